//! Tests of the queue through its commands and events: hold, move, schedule, edit, retry, spending caps, unreachable
//! gateways, and the state after a restart.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use atelier::{
    demo::DemoOptions,
    keychain::MemoryKeychain,
    library::{Library, QueueEntry, RequestRecord, RequestStatus},
    recipe::{Cap, Caps, Charge, FailureKind, Money, Profile, ProfileId, Recipe, RequestId, Spending},
    settings::Settings,
    studio::{
        self, CardState, Command, Dependencies, Event, GalleryEvent, Handle, NoDialogs, Notice, OrganizeCommand,
        OrganizeEvent, Paths, QueueCommand, QueueEvent, QueuePosition, QueueStatus, RequestCard, RunSummary,
        SettingsCommand,
    },
};
use serde_json::json;

use crate::{
    gateway::{Gateway, Part, RecordedRequest, Reply},
    images::{chat_response, image_response, png},
    test_home::TestHome,
};

/// The test ends if the studio sends no event for this long.
const EVENT_TIMEOUT: Duration = Duration::from_secs(40);

/// The time without an event after which the queue has nothing more to report; it reports changes within a fifth of a
/// second.
const SETTLE_TIME: Duration = Duration::from_millis(600);

/// The model of the requests, whose price is known: $0.039 per image.
const MODEL: &str = "gemini-2.5-flash-image";

/// A studio, and the events that it has sent.
pub struct TestStudio {
    handle: Handle,
    settings: Settings,
    pub jobs: BTreeMap<RequestId, RequestCard>,
    pub queue: QueueStatus,
    ended: Vec<RunSummary>,
    pub notices: Vec<Notice>,
    pub events: usize,
    pub stored: usize,
}

impl TestStudio {
    /// Opens the library of a home with a gateway at this base URL.
    pub fn open(home: &TestHome, base: &str, change: impl FnOnce(&mut Settings)) -> Self {
        Self::open_with(home, base, change, |_| ())
    }

    pub fn open_with(
        home: &TestHome,
        base: &str,
        change: impl FnOnce(&mut Settings),
        change_dependencies: impl FnOnce(&mut Dependencies),
    ) -> Self {
        let mut settings = Settings { concurrency: 1, ..Settings::default() };
        settings.profiles.retain(|profile| profile.id != ProfileId::dgrid());
        settings.profiles.push(Profile { base_url: base.to_owned(), ..Profile::dgrid() });
        change(&mut settings);
        let config = home.path().join("config");
        std::fs::create_dir_all(&config).expect("a folder");
        let text = serde_json::to_string(&settings).expect("settings can be written");
        std::fs::write(config.join("settings.json"), text).expect("a file");
        let mut dependencies = Dependencies {
            keychain: Arc::new(MemoryKeychain::default()),
            environment: Arc::new(|_| None),
            demo: DemoOptions::instant(),
            random: Arc::new(|| 0.0),
            ..Dependencies::system(Arc::new(NoDialogs))
        };
        change_dependencies(&mut dependencies);
        let paths = Paths { config, library: Some(home.library()) };
        let handle = studio::start(paths, dependencies, Arc::new(|| ()));
        let mut studio = Self {
            handle,
            settings,
            jobs: BTreeMap::new(),
            queue: QueueStatus::default(),
            ended: Vec::new(),
            notices: Vec::new(),
            events: 0,
            stored: 0,
        };
        studio.wait_until("it is ready", |_, event| matches!(event, Event::Ready(_)));
        studio
    }

    pub fn send(&self, command: Command) {
        self.handle.send(command);
    }

    fn record(&mut self, event: &Event) {
        self.events += 1;
        match event {
            Event::Queue(QueueEvent::RequestChanged(job)) => {
                self.jobs.insert(job.id, job.clone());
            }
            Event::Queue(QueueEvent::RequestRemoved(id)) => {
                self.jobs.remove(id);
            }
            Event::Queue(QueueEvent::Status(state)) => self.queue = QueueStatus::clone(state),
            Event::Queue(QueueEvent::RunEnded(ended)) => self.ended.push(*ended),
            Event::Notice(notice) => self.notices.push(notice.clone()),
            Event::Gallery(GalleryEvent::ImageStored(_)) => self.stored += 1,
            Event::StartFailed(error) => panic!("{error}"),
            _ => {}
        }
    }

    /// Reads events until one makes this true.
    pub fn wait_until(&mut self, what: &str, is: impl FnMut(&Self, &Event) -> bool) {
        self.wait_until_within(EVENT_TIMEOUT, what, is);
    }

    /// The same for an operation that may take long.
    pub fn wait_until_within(&mut self, limit: Duration, what: &str, mut is: impl FnMut(&Self, &Event) -> bool) {
        let deadline = Instant::now() + limit;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(event) = self.handle.next(left) else {
                panic!("{what}: {:#?} {:#?}", self.queue, self.jobs.values().map(|job| &job.state).collect::<Vec<_>>());
            };
            self.record(&event);
            if is(self, &event) {
                return;
            }
        }
    }

    /// Enqueues these prompts and returns the IDs of their requests.
    pub fn enqueue(&mut self, prompts: &[&str]) -> Vec<RequestId> {
        self.send(Command::Queue(QueueCommand::Generate(prompts.iter().map(|prompt| recipe(prompt)).collect())));
        self.wait_for_cards(prompts)
    }

    /// Waits for the cards of these prompts.
    fn wait_for_cards(&mut self, prompts: &[&str]) -> Vec<RequestId> {
        let of = |studio: &Self, prompt: &str| {
            studio.jobs.values().find(|job| job.recipe.prompt == prompt).map(|job| job.id)
        };
        let there = |studio: &Self| prompts.iter().all(|prompt| of(studio, prompt).is_some());
        if !there(self) {
            self.wait_until("the cards are there", |studio, _| there(studio));
        }
        prompts.iter().map(|prompt| of(self, prompt).expect("it is there")).collect()
    }

    pub fn state(&self, id: RequestId) -> Option<&CardState> {
        self.jobs.get(&id).map(|job| &job.state)
    }

    /// Waits until the queue reports this state.
    pub fn wait_for_queue(&mut self, what: &str, is: impl Fn(&QueueStatus) -> bool) {
        if !is(&self.queue) {
            self.wait_until(what, |studio, _| is(&studio.queue));
        }
    }

    /// Waits until nothing runs and nothing could start.
    pub fn wait_until_done(&mut self) {
        let runs = self.ended.len();
        self.wait_until("the run ends", |studio, _| studio.ended.len() > runs);
    }

    /// Waits until the queue reports that nothing runs and nothing waits.
    pub fn wait_until_idle(&mut self) {
        // The queue reports its state soon after the start in any case.
        self.send(Command::Queue(QueueCommand::ProbeGateway(ProfileId::dgrid())));
        self.wait_until("it is idle", |studio, event| {
            matches!(event, Event::Queue(QueueEvent::Status(_)))
                && studio.queue.running + studio.queue.queued + studio.queue.on_hold == 0
        });
    }

    /// Waits until nothing runs, and only spending caps keep requests from starting.
    pub fn wait_until_settled(&mut self) {
        self.send(Command::Queue(QueueCommand::ProbeGateway(ProfileId::dgrid())));
        // Events that were already sent describe the queue before the last command.
        self.send(Command::Organize(OrganizeCommand::SuggestTags(String::new())));
        self.wait_until("the commands are taken", |_, event| {
            matches!(event, Event::Organize(OrganizeEvent::TagSuggestions(..)))
        });
        let deadline = Instant::now() + EVENT_TIMEOUT;
        loop {
            let is_idle = self.queue.running == 0 && (self.queue.queued == 0 || !self.queue.budget_blocks.is_empty());
            match self.handle.next(SETTLE_TIME) {
                Ok(event) => self.record(&event),
                Err(_) if is_idle => return,
                Err(_) => assert!(Instant::now() < deadline, "it settles: {:#?}", self.queue),
            }
        }
    }

    pub fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.send(Command::Settings(SettingsCommand::Save(self.settings.clone())));
        self.wait_until("the settings are changed", |_, event| matches!(event, Event::Settings(_)));
    }

    pub fn stop(mut self) {
        self.send(Command::Shutdown);
        self.wait_until("it stops", |_, event| matches!(event, Event::Stopped));
    }
}

pub fn recipe(prompt: &str) -> Recipe {
    Recipe { prompt: prompt.to_owned(), model: MODEL.to_owned(), profile: ProfileId::dgrid(), ..Recipe::default() }
}

/// The prompt of a request.
pub fn prompt(received: &RecordedRequest) -> String {
    received.json()["messages"][0]["content"].as_str().unwrap_or_default().to_owned()
}

fn prompts(gateway: &Gateway) -> Vec<String> {
    gateway.posts().iter().map(prompt).collect()
}

/// A gateway that returns another image for each request.
fn image_gateway() -> Gateway {
    let number = AtomicUsize::new(0);
    Gateway::start(move |_| Reply::json(&image_response(&png(number.fetch_add(1, Ordering::SeqCst) as u32))))
}

/// The same, but it does not respond to a prompt that says so.
fn stalling_gateway() -> Gateway {
    let number = AtomicUsize::new(0);
    Gateway::start(move |received| {
        if received.method == "POST" && prompt(received).contains("wait") {
            return Reply(vec![Part::Stall]);
        }
        Reply::json(&image_response(&png(number.fetch_add(1, Ordering::SeqCst) as u32)))
    })
}

fn dollars(dollars: f64) -> Money {
    Money::from_dollars(dollars)
}

fn spending_lines(home: &TestHome) -> Vec<Spending> {
    let library = Library::open(&home.library()).expect("it opens");
    let mut all = Vec::new();
    library.spending().read(|spending| all.push(spending)).expect("it can be read");
    all
}

#[test]
fn paused_queue_starts_nothing_even_after_a_restart() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    studio.send(Command::Queue(QueueCommand::SetPaused(true)));
    studio.enqueue(&["a", "b"]);
    studio.wait_for_queue("both wait", |queue| queue.paused && queue.queued == 2);
    studio.stop();

    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| settings.resume_on_start = true);
    studio.wait_for_queue("both wait", |queue| queue.paused && queue.queued == 2 && queue.on_hold == 0);
    assert_eq!(gateway.posts().len(), 0);
    studio.send(Command::Queue(QueueCommand::SetPaused(false)));
    studio.wait_until_done();
    assert_eq!(prompts(&gateway), ["a", "b"]);
    assert_eq!(studio.ended[0].progress.done, 2);
    studio.stop();
}

#[test]
fn queued_requests_resume_at_start_only_with_permission() {
    let home = TestHome::new();
    let gateway = image_gateway();
    for (allowed, prompt) in [(false, "a"), (true, "b")] {
        let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
        studio.send(Command::Queue(QueueCommand::SetPaused(true)));
        studio.enqueue(&[prompt]);
        studio.stop();
        // Without a window no one can resume the queue.
        assert_eq!(home.run(&["export", "--all", "--out", "out"]).code, Some(2));
        let before = gateway.posts().len();
        let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| settings.resume_on_start = allowed);
        if !allowed {
            studio.wait_for_queue("it is held", |queue| queue.on_hold == 1 && queue.queued == 0);
            assert!(studio.notices.contains(&Notice::RequestsOnHold { count: 1 }));
            assert_eq!(gateway.posts().len(), before);
        }
        studio.send(Command::Queue(QueueCommand::SetPaused(false)));
        studio.wait_until_done();
        assert_eq!(gateway.posts().len(), before + 1);
        studio.stop();
        std::fs::remove_dir_all(home.path().join("out")).ok();
        std::fs::remove_dir_all(home.library()).expect("it is closed");
    }
}

#[test]
fn queue_order_survives_a_restart() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    studio.send(Command::Queue(QueueCommand::SetPaused(true)));
    let ids = studio.enqueue(&["a", "b", "c", "d", "e"]);
    studio.send(Command::Queue(QueueCommand::Move { requests: vec![ids[4]], to: QueuePosition::First }));
    studio
        .send(Command::Queue(QueueCommand::Move { requests: vec![ids[3], ids[0]], to: QueuePosition::After(ids[1]) }));
    let expected = [ids[4], ids[1], ids[3], ids[0], ids[2]];
    studio.wait_for_queue("the order is reported", |queue| *queue.order == expected);
    studio.stop();

    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| settings.resume_on_start = true);
    studio.wait_for_queue("the order is as it was", |queue| *queue.order == expected);
    studio.send(Command::Queue(QueueCommand::GenerateFirst(vec![recipe("f"), recipe("g")])));
    studio.send(Command::Queue(QueueCommand::SetPaused(false)));
    studio.wait_until_done();
    assert_eq!(prompts(&gateway), ["f", "g", "e", "b", "d", "a", "c"]);
    studio.stop();
}

#[test]
fn held_and_scheduled_requests_let_others_pass() {
    let home = TestHome::new();
    let gateway = stalling_gateway();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    let ids = studio.enqueue(&["wait", "a", "b", "c"]);
    studio.send(Command::Queue(QueueCommand::Hold { requests: vec![ids[1]], on_hold: true }));
    let soon = jiff::Timestamp::now() + Duration::from_secs(3);
    studio.send(Command::Queue(QueueCommand::Schedule { requests: vec![ids[2]], at: Some(soon) }));
    studio.wait_for_queue("they are told apart", |queue| (queue.on_hold, queue.scheduled, queue.queued) == (1, 1, 1));
    let deadline = Instant::now() + EVENT_TIMEOUT;
    while gateway.posts().is_empty() {
        assert!(Instant::now() < deadline, "the first is sent");
        std::thread::sleep(Duration::from_millis(2));
    }
    studio.stop();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| settings.resume_on_start = true);
    studio.wait_until("its time comes", |studio, _| studio.stored == 2);
    assert!(jiff::Timestamp::now() >= soon);
    assert_eq!(prompts(&gateway), ["wait", "c", "b"]);
    assert!(studio.jobs.get(&ids[1]).is_some_and(|job| job.on_hold && job.state == CardState::Queued));
    studio.send(Command::Queue(QueueCommand::Hold { requests: vec![ids[1]], on_hold: false }));
    studio.wait_until("it resumes", |studio, _| studio.stored == 3);
    studio.stop();
}

#[test]
fn queued_request_can_be_edited_and_a_sent_one_cannot() {
    let home = TestHome::new();
    let gateway = stalling_gateway();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    let ids = studio.enqueue(&["wait for me", "b", "c"]);
    studio.wait_until("the first is sent", |studio, _| {
        matches!(studio.state(ids[0]), Some(CardState::Generating { .. }))
    });
    let edit = |request, prompt: &str| Command::Queue(QueueCommand::Edit { request, recipe: Box::new(recipe(prompt)) });
    studio.send(edit(ids[0], "too late"));
    studio.wait_until("it is too late", |studio, _| studio.notices.contains(&Notice::TooLateToChange));
    let mut several = recipe("b2");
    several.parameters.n = Some(2);
    studio.send(Command::Queue(QueueCommand::Edit { request: ids[1], recipe: Box::new(several) }));
    studio.send(Command::Queue(QueueCommand::Duplicate(ids[2])));
    studio.wait_for_queue("they wait", |queue| queue.queued == 4);
    studio.send(Command::Queue(QueueCommand::Cancel(ids[0])));
    studio.wait_until_done();
    assert_eq!(prompts(&gateway), ["wait for me", "b2", "b2", "c", "c"]);
    assert_eq!(studio.ended[0].progress.total, 5);
    studio.stop();
}

#[test]
fn all_queued_requests_are_canceled_and_running_ones_continue() {
    let home = TestHome::new();
    let gateway = stalling_gateway();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    let ids = studio.enqueue(&["wait", "b", "c", "d"]);
    studio.wait_until("the first is sent", |studio, _| {
        matches!(studio.state(ids[0]), Some(CardState::Generating { .. }))
    });
    studio.send(Command::Queue(QueueCommand::CancelQueued));
    studio.wait_until("they are stopped", |studio, _| {
        ids[1..].iter().all(|id| studio.state(*id) == Some(&CardState::Cancelled { sent: false }))
    });
    assert!(matches!(studio.state(ids[0]), Some(CardState::Generating { .. })));
    studio.send(Command::Queue(QueueCommand::CancelMany(ids.clone())));
    studio
        .wait_until("so is the first", |studio, _| studio.state(ids[0]) == Some(&CardState::Cancelled { sent: true }));
    studio.stop();
    let spent = spending_lines(&home);
    assert_eq!(spent.len(), 1, "what was never sent has come to nothing");
    assert_eq!((spent[0].charged, spent[0].estimate), (Charge::Maybe, Some(dollars(0.039))));
}

#[test]
fn single_prompt_overtakes_a_long_batch() {
    let home = TestHome::new();
    let gateway = stalling_gateway();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    let ids = studio.enqueue(&["wait"]);
    let names: Vec<String> = (0..30).map(|number| format!("row {number}")).collect();
    studio.enqueue(&names.iter().map(String::as_str).collect::<Vec<_>>());
    studio.enqueue(&["single"]);
    studio.send(Command::Queue(QueueCommand::Cancel(ids[0])));
    studio.wait_until_done();
    let sent = prompts(&gateway);
    assert!(sent.iter().position(|prompt| prompt == "single").is_some_and(|at| at <= 2), "{sent:?}");
    // The request that was cancelled may have been cancelled before it was sent.
    assert_eq!(sent.iter().filter(|prompt| *prompt != "wait").collect::<BTreeSet<_>>().len(), 31);
    studio.stop();
}

#[test]
fn free_failures_are_retried_and_name_the_original_request() {
    let home = TestHome::new();
    let ill = Arc::new(AtomicUsize::new(0));
    let state = Arc::clone(&ill);
    let gateway = Gateway::start(move |received| match (state.load(Ordering::SeqCst), prompt(received).as_str()) {
        (0, "dear") => Reply::new(500, "application/json", r#"{"error":{"message":"ill"}}"#),
        (0, _) => Reply::new(401, "application/json", r#"{"error":{"message":"who are you"}}"#),
        _ => Reply::json(&image_response(&png(prompt(received).len() as u32))),
    });
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    let ids = studio.enqueue(&["a", "dear", "bb"]);
    studio.wait_until_done();
    studio.wait_for_queue("three have failed", |queue| queue.failed == 3);
    ill.store(1, Ordering::SeqCst);
    studio.send(Command::Queue(QueueCommand::RetryUncharged));
    studio.wait_until_done();
    assert_eq!(prompts(&gateway), ["a", "dear", "bb", "a", "bb"], "what may have cost money is not asked again");
    studio.send(Command::Queue(QueueCommand::SetPaused(true)));
    studio.send(Command::Queue(QueueCommand::Retry(ids[1])));
    studio.wait_until("it is asked again", |studio, _| {
        studio.jobs.values().any(|job| job.retry_of == Some(ids[1]) && job.state == CardState::Queued)
    });
    studio.stop();
    let library = Library::open(&home.library()).expect("it opens");
    let waiting = library.requests().unfinished().expect("it can be read");
    assert_eq!(waiting.len(), 1);
    let turn = library.requests().queue_entry(waiting[0].0.request).expect("it can be read").expect("it is known");
    assert_eq!(turn.repeats, Some(ids[1]), "who asked for it is on the disk");
    assert_eq!(library.requests().status(ids[1]).expect("it can be read"), None);
}

#[test]
fn spending_cap_counts_running_requests_and_a_raised_cap_resumes() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| {
        settings.concurrency = 3;
        settings.caps = Caps { day: Some(dollars(0.10)), ..Caps::default() };
    });
    let names: Vec<String> = (0..6).map(|number| number.to_string()).collect();
    studio.enqueue(&names.iter().map(String::as_str).collect::<Vec<_>>());
    studio.wait_for_queue("the cap is reached", |queue| !queue.budget_blocks.is_empty() && queue.running == 0);
    let block = studio.queue.budget_blocks[0];
    assert_eq!(
        (block.cap, block.limit, block.used, block.next_estimate),
        (Cap::Day, dollars(0.10), dollars(0.078), Some(dollars(0.039)))
    );
    assert_eq!((studio.queue.queued, gateway.posts().len()), (4, 2));
    studio.stop();

    // The state is known after a restart.
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| {
        settings.caps = Caps { day: Some(dollars(0.10)), ..Caps::default() };
        settings.resume_on_start = true;
    });
    studio.wait_for_queue("the cap is still reached", |queue| !queue.budget_blocks.is_empty() && queue.queued == 4);
    assert_eq!(studio.queue.budget.day, dollars(0.078));
    assert!(studio.queue.time_left.is_some(), "how long the model takes was measured before");
    assert_eq!(gateway.posts().len(), 2);
    studio.change_settings(|settings| settings.caps.day = Some(dollars(1.0)));
    studio.wait_until_done();
    assert_eq!(gateway.posts().len(), 6);
    studio.stop();
    assert_eq!(spending_lines(&home).len(), 6);
}

#[test]
fn paid_response_without_its_image_counts_once_under_the_cap() {
    let home = TestHome::new();
    let reachable = Arc::new(AtomicUsize::new(0));
    let state = Arc::clone(&reachable);
    let gateway = Gateway::start(move |received| match received.header("host") {
        Some(host) if received.method == "POST" => {
            Reply::json(&chat_response(&json!(format!("![image](http://{host}/1.png)")), "stop"))
        }
        _ if state.load(Ordering::SeqCst) == 0 => Reply::new(503, "", ""),
        _ => Reply::new(200, "image/png", png(7)),
    });
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| {
        settings.caps = Caps { day: Some(dollars(0.05)), ..Caps::default() };
    });
    let ids = studio.enqueue(&["a", "b"]);
    studio.wait_for_queue("the cap is reached", |queue| !queue.budget_blocks.is_empty() && queue.running == 0);
    assert!(
        matches!(studio.state(ids[0]), Some(CardState::Failed(failure)) if failure.kind == FailureKind::LinkFailed)
    );
    assert_eq!((studio.queue.budget.day, gateway.posts().len()), (dollars(0.039), 1));
    reachable.store(1, Ordering::SeqCst);
    studio.send(Command::Queue(QueueCommand::RereadResponse(ids[0])));
    studio.wait_until("its image is stored", |studio, _| studio.stored == 1);
    studio.stop();
    assert_eq!(spending_lines(&home).len(), 1);
}

#[test]
fn cost_of_a_response_without_image_is_exact() {
    let home = TestHome::new();
    let gateway = Gateway::start(|_| {
        let mut answer = chat_response(&json!("I would rather not."), "stop");
        answer["usage"]["cost"] = json!(0.02);
        Reply::json(&answer)
    });
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    studio.enqueue(&["a"]);
    studio.wait_until_done();
    studio.wait_for_queue("it is counted", |queue| queue.budget.day == dollars(0.02));
    studio.stop();
    assert_eq!(spending_lines(&home)[0].amount, Some(dollars(0.02)));
}

#[test]
fn requests_of_a_removed_gateway_fail() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    studio.send(Command::Queue(QueueCommand::SetPaused(true)));
    let ids = studio.enqueue(&["a"]);
    studio.change_settings(|settings| settings.profiles.retain(|profile| profile.id != ProfileId::dgrid()));
    studio.send(Command::Queue(QueueCommand::SetPaused(false)));
    studio.wait_until("it has failed", |studio, _| matches!(studio.state(ids[0]), Some(CardState::Failed(_))));
    studio.stop();
    let library = Library::open(&home.library()).expect("it opens");
    let state = library.requests().status(ids[0]).expect("it can be read");
    assert!(matches!(state, Some(RequestStatus::Failed(failure)) if failure.charged == Charge::No));
    assert_eq!(gateway.posts().len(), 0);
}

#[test]
fn headless_request_over_the_cap_fails_at_no_cost() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let studio = TestStudio::open(&home, &gateway.base_url(), |settings| {
        settings.caps = Caps { batch: Some(dollars(0.05)), ..Caps::default() };
    });
    studio.stop();
    let arguments = [
        "generate",
        "--config",
        "config",
        "--json",
        "--provider",
        "dgrid",
        "--model",
        MODEL,
        "--prompt",
        "a fox",
        "--n",
        "2",
    ];
    let run = home.run(&arguments);
    assert_eq!(run.code, Some(1), "{run:?}");
    let failure = run.only_event("failure");
    assert_eq!((&failure["kind"], &failure["charged"]), (&json!("over_cap"), &json!("no")));
    assert_eq!((run.events("image").len(), gateway.posts().len()), (1, 1));
}

#[test]
fn cost_reported_by_the_gateway_counts_and_is_exported() {
    let home = TestHome::new();
    let gateway = Gateway::start(|received| match prompt(received).as_str() {
        "body" => {
            let mut answer = image_response(&png(1));
            answer["usage"]["cost"] = json!(0.05);
            Reply::json(&answer)
        }
        "header" => {
            let headers = [("content-type", "application/json"), ("x-litellm-response-cost", "0.0612")];
            Reply::with(200, &headers, image_response(&png(2)).to_string())
        }
        _ => Reply::json(&image_response(&png(3))),
    });
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |_| ());
    studio.enqueue(&["body", "header", "silence"]);
    studio.wait_until_done();
    studio.wait_for_queue("it is counted", |queue| queue.budget.day == dollars(0.05 + 0.0612 + 0.039));
    studio.stop();
    let run = home.run(&["spending", "--json"]);
    let all = run.events("spending").into_iter().find(|line| line["by"] == "all").expect("the sum of all");
    assert_eq!(
        (&all["known_usd"], &all["estimated_usd"], &all["requests"]),
        (&json!(0.1112), &json!(0.039), &json!(3))
    );
    let run = home.run(&["spending", "--csv", "spending.csv"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let table = std::fs::read_to_string(home.path().join("spending.csv")).expect("it is written");
    assert_eq!(table.lines().count(), 4);
    assert!(table.contains(",yes,0.061200,0.039000,1,"), "{table}");
    // The images contain it as well.
    let library = Library::open(&home.library()).expect("it opens");
    let ids = library.search().find_text("cost:0.05", &jiff::tz::TimeZone::UTC).expect("it can be read").ids;
    assert_eq!(ids.len(), 1);
}

#[test]
fn unreachable_gateway_blocks_its_requests_without_failing_them() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let base = gateway.base_url();
    let mut studio = TestStudio::open(&home, &base, |settings| settings.concurrency = 3);
    studio.enqueue(&["first"]);
    studio.wait_until_done();
    // The gateway stops and releases its port.
    drop(gateway);
    let names: Vec<String> = (0..20).map(|number| format!("row {number}")).collect();
    let ids = studio.enqueue(&names.iter().map(String::as_str).collect::<Vec<_>>());
    studio.wait_for_queue("it is out of reach", |queue| !queue.unreachable.is_empty() && queue.running == 0);
    let offline = studio.queue.unreachable[0].clone();
    assert_eq!((offline.profile, offline.failure.kind), (ProfileId::dgrid(), FailureKind::NoConnection));
    assert!(offline.next_probe > offline.since);
    assert!(ids.iter().all(|id| studio.state(*id) == Some(&CardState::Queued)));
    studio.stop();
    assert_eq!(spending_lines(&home).len(), 1, "what did not reach its gateway has come to nothing");

    // It is back at the same address.
    let number = AtomicUsize::new(100);
    let address = base.trim_start_matches("http://").trim_end_matches("/v1").to_owned();
    let gateway = Gateway::start_at(&address, move |received| {
        if received.method == "POST" {
            Reply::json(&image_response(&png(number.fetch_add(1, Ordering::SeqCst) as u32)))
        } else {
            Reply::json(&json!({ "data": [] }))
        }
    });
    let mut studio = TestStudio::open(&home, &base, |settings| settings.resume_on_start = true);
    studio.wait_until_done();
    assert_eq!(gateway.posts().len(), 20);
    studio.stop();
}

#[test]
fn waiting_requests_resume_when_the_gateway_is_reachable() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let base = gateway.base_url();
    let mut studio = TestStudio::open(&home, &base, |_| ());
    studio.enqueue(&["first"]);
    studio.wait_until_done();
    drop(gateway);
    studio.enqueue(&["a", "b"]);
    studio.wait_for_queue("it is out of reach", |queue| !queue.unreachable.is_empty());
    let address = base.trim_start_matches("http://").trim_end_matches("/v1").to_owned();
    let number = AtomicUsize::new(200);
    let gateway = Gateway::start_at(&address, move |_| {
        Reply::json(&image_response(&png(number.fetch_add(1, Ordering::SeqCst) as u32)))
    });
    studio.send(Command::Queue(QueueCommand::ProbeGateway(ProfileId::dgrid())));
    studio.wait_until_done();
    studio.wait_for_queue("it is reached", |queue| queue.unreachable.is_empty());
    assert_eq!(prompts(&gateway).len(), 2);
    studio.stop();
}

#[test]
fn canceled_request_leaves_no_file_or_connection() {
    let home = TestHome::new();
    let gateway = Gateway::start(|_| {
        let start = br#"{"choices":[{"message":{"content":"![image](data:image/png;base64,iVBORw0KGgo"#;
        let mut parts = vec![Part::Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec())];
        parts.push(Part::Bytes(start.to_vec()));
        parts.extend([Part::Pause(Duration::from_millis(50)), Part::Bytes(b"AAAA".to_vec()), Part::Stall]);
        Reply(parts)
    });
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| settings.concurrency = 3);
    let ids = studio.enqueue(&["a", "b", "c"]);
    studio.wait_until("they arrive", |studio, _| {
        ids.iter().all(|id| matches!(studio.state(*id), Some(CardState::Receiving { .. })))
    });
    let open = || crate::test_home::open_connections(&gateway.base_url());
    assert!(open().is_none_or(|open| open == 3));
    studio.send(Command::Queue(QueueCommand::CancelMany(ids.clone())));
    studio.wait_until("they are stopped", |studio, _| {
        ids.iter().all(|id| studio.state(*id) == Some(&CardState::Cancelled { sent: true }))
    });
    assert_eq!(crate::test_home::files(&home.library().join("spool")), Vec::<std::path::PathBuf>::new());
    assert!(crate::test_home::files_with_extension(&home.library().join("originals"), "part").is_empty());
    let deadline = Instant::now() + Duration::from_secs(10);
    while open().is_some_and(|open| open > 0) {
        assert!(Instant::now() < deadline, "a connection stays open");
        std::thread::sleep(Duration::from_millis(20));
    }
    studio.wait_for_queue("nothing runs", |queue| queue.running == 0);
    studio.stop();
}

#[test]
fn request_of_an_older_library_is_scheduled() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let request = RequestId::from_uuid(uuid::Uuid::now_v7());
    {
        let library = Library::open(&home.library()).expect("it opens");
        let intent = RequestRecord { request, recipe: recipe("old"), created: jiff::Timestamp::now() };
        library.requests().record(&[intent]).expect("it can be written");
        assert_eq!(library.requests().queue_entry(request).expect("it can be read"), Some(QueueEntry::default()));
        assert_eq!(library.requests().status(request).expect("it can be read"), Some(RequestStatus::Queued));
    }
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| settings.resume_on_start = true);
    studio.wait_until_done();
    assert_eq!(prompts(&gateway), ["old"]);
    studio.stop();
}
