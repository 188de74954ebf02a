//! Tests of the queue of the real studio in random courses of events and with many requests: gateways that fail at
//! random, a person who acts at random, and restarts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use atelier::{
    library::{Library, RequestStatus},
    recipe::{Caps, Charge, Money, RequestId, Spending},
    studio::{CardState, Command, Event, OrganizeCommand, OrganizeEvent, QueueCommand, QueueEvent, QueuePosition},
};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::{
    gateway::{Gateway, Part, Reply},
    images::{image_response, png},
    queue::{TestStudio, prompt, recipe},
    test_home::{TestHome, files, files_with_extension},
};

fn number_from_environment(name: &str, usual: u32) -> u32 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// A deterministic pseudorandom number generator.
struct Rng(u64);

impl Rng {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }
}

/// The responses of a gateway to each prompt.
#[derive(Default)]
struct ResponseLog {
    /// The number of complete images.
    pictures: usize,
    /// The number of rate limit responses, which are free of charge.
    turned_down: usize,
}

#[test]
fn random_events_never_send_twice_or_exceed_a_cap() {
    for case in 0..number_from_environment("ATELIER_CASES", 6) {
        run_random_events(u64::from(case));
    }
}

fn run_random_events(seed: u64) {
    let home = TestHome::new();
    let answered = Arc::<Mutex<BTreeMap<String, ResponseLog>>>::default();
    let book = Arc::clone(&answered);
    let count = AtomicUsize::new(0);
    let chance = Mutex::new(Rng(seed ^ 0x5851_F42D));
    let gateway = Gateway::start(move |request| {
        if request.method != "POST" {
            return Reply::json(&json!({ "data": [] }));
        }
        let mut book = book.lock().expect("no thread panics while it holds the lock");
        let of = book.entry(prompt(request)).or_default();
        let picture = png(count.fetch_add(1, Ordering::SeqCst) as u32);
        match chance.lock().expect("no thread panics while it holds the lock").next(10) {
            0 => Reply::new(500, "application/json", r#"{"error":{"message":"ill"}}"#),
            1 => {
                of.turned_down += 1;
                Reply::with(429, &[("retry-after-ms", "5")], "")
            }
            2 => Reply(vec![Part::Reset]),
            3 => Reply::json(&image_response(&picture)).truncated_by(30, Part::Reset),
            4 => Reply::new(401, "application/json", "{}"),
            _ => {
                of.pictures += 1;
                Reply::json(&image_response(&picture)).paced(3, Duration::from_millis(3))
            }
        }
    });
    let cap = Money::from_dollars(1.0);
    let open = |allowed: bool| {
        TestStudio::open(&home, &gateway.base_url(), |settings| {
            settings.concurrency = 3;
            settings.resume_on_start = allowed;
            settings.caps = Caps { day: Some(cap), ..Caps::default() };
        })
    };
    let mut chance = Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut studio = open(true);
    let mut names = 0;
    // The number of clicks by which a person has retried or duplicated a prompt.
    let mut clicks: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..40 {
        let ids: Vec<RequestId> = studio.jobs.keys().copied().collect();
        let one = (!ids.is_empty()).then(|| ids[chance.next(ids.len())]);
        let other = (!ids.is_empty()).then(|| ids[chance.next(ids.len())]);
        let clicked = |clicks: &mut BTreeMap<String, usize>, studio: &TestStudio, id: &RequestId| {
            *clicks.entry(studio.jobs[id].recipe.prompt.clone()).or_default() += 1;
        };
        match (chance.next(12), one, other) {
            (0..=2, ..) | (_, None, _) | (_, _, None) => {
                let prompts: Vec<String> = (0..=chance.next(4)).map(|at| format!("fox {}", names + at)).collect();
                names += prompts.len();
                let recipes: Vec<_> = prompts.iter().map(|prompt| recipe(prompt)).collect();
                let first = chance.next(3) == 0;
                studio.send(if first {
                    Command::Queue(QueueCommand::GenerateFirst(recipes))
                } else {
                    Command::Queue(QueueCommand::Generate(recipes))
                });
            }
            (3, ..) => studio.send(Command::Queue(QueueCommand::SetPaused(true))),
            (4, ..) => studio.send(Command::Queue(QueueCommand::SetPaused(false))),
            (5, Some(id), _) => {
                studio.send(Command::Queue(QueueCommand::Hold { requests: vec![id], on_hold: chance.next(2) == 0 }));
            }
            (6, Some(id), Some(other)) => {
                let to = [
                    QueuePosition::First,
                    QueuePosition::Last,
                    QueuePosition::Before(other),
                    QueuePosition::After(other),
                ][chance.next(4)];
                studio.send(Command::Queue(QueueCommand::Move { requests: vec![id], to }));
            }
            (7, Some(id), _) => studio.send(Command::Queue(QueueCommand::Cancel(id))),
            (8, Some(id), _) => {
                clicked(&mut clicks, &studio, &id);
                studio.send(Command::Queue(QueueCommand::Retry(id)));
            }
            (9, Some(id), _) => {
                clicked(&mut clicks, &studio, &id);
                studio.send(Command::Queue(QueueCommand::Duplicate(id)));
            }
            (10, ..) => {
                studio.stop();
                studio = open(chance.next(2) == 0);
            }
            _ => {
                // The queue may continue for a while.
                let events = studio.events + 1 + chance.next(20);
                studio.send(Command::Organize(OrganizeCommand::SuggestTags(String::new())));
                studio.wait_until("something happens", |studio, event| {
                    studio.events >= events || matches!(event, Event::Organize(OrganizeEvent::TagSuggestions(..)))
                });
            }
        }
        assert!(studio.queue.budget.day + studio.queue.budget.reserved <= cap, "{:?}", studio.queue.budget);
    }
    // Everything may finish, except for requests that the cap holds back.
    studio.send(Command::Queue(QueueCommand::SetPaused(false)));
    studio.wait_until_settled();
    studio.stop();

    let answered = answered.lock().expect("no thread panics while it holds the lock");
    let library = Library::open(&home.library()).expect("it opens");
    let mut posts: BTreeMap<String, usize> = BTreeMap::new();
    for request in gateway.posts() {
        *posts.entry(prompt(&request)).or_default() += 1;
    }
    for (prompt, posts) in &posts {
        let allowed = 1 + clicks.get(prompt).copied().unwrap_or_default() + answered[prompt].turned_down;
        assert!(*posts <= allowed, "seed {seed}: {prompt} was asked for {posts} times, {allowed} were allowed");
    }
    let mut pictures: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for id in library.search().find_text("", &TimeZone::UTC).expect("it can be read").ids {
        let sidecar = library.images().sidecar(id).expect("it can be read").expect("it has a sidecar");
        assert!(
            pictures.entry(sidecar.facts.recipe.prompt).or_default().insert(sidecar.sha256),
            "seed {seed}: an image is stored twice"
        );
    }
    for (prompt, found) in &pictures {
        // A response that was cut after its image has delivered one as well.
        assert!(found.len() <= posts[prompt], "seed {seed}: {prompt}");
    }
    let mut spent: Vec<Spending> = Vec::new();
    library.spending().read(|spending| spent.push(spending)).expect("it can be read");
    let requests: BTreeSet<RequestId> = spent.iter().map(|spending| spending.request).collect();
    assert_eq!(requests.len(), spent.len(), "seed {seed}: a request is written down twice");
    let total: Money = spent.iter().filter_map(Spending::counted).sum();
    assert!(total <= cap, "seed {seed}: {total}");
    let with_pictures = spent.iter().filter(|spending| spending.image_count > 0).count();
    assert_eq!(with_pictures, pictures.values().map(BTreeSet::len).sum::<usize>(), "seed {seed}");
    for (intent, state) in library.requests().unfinished().expect("it can be read") {
        assert_eq!(state, RequestStatus::Queued, "seed {seed}: {intent:?}");
        assert!(!requests.contains(&intent.request));
    }
    assert!(files(&home.library().join("spool")).is_empty());
    assert!(files_with_extension(&home.library().join("originals"), "part").is_empty());
}

/// The memory of the process, in bytes.
fn memory_bytes() -> usize {
    memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem)
}

#[test]
fn long_queue_with_faults_finishes_without_growth_and_stays_responsive() {
    let count = number_from_environment("ATELIER_SOAK", 300) as usize;
    let home = TestHome::new();
    let served = AtomicUsize::new(0);
    let gateway = Gateway::start(move |request| {
        if request.method != "POST" {
            return Reply::json(&json!({ "data": [] }));
        }
        let number = served.fetch_add(1, Ordering::SeqCst);
        match number % 20 {
            3 => Reply::new(500, "application/json", r#"{"error":{"message":"ill"}}"#),
            8 => Reply::with(429, &[("retry-after-ms", "2")], ""),
            13 => Reply(vec![Part::Reset]),
            18 => Reply::json(&image_response(&png(number as u32))).truncated_by(200, Part::Reset),
            _ => Reply::json(&image_response(&png(number as u32))),
        }
    });
    let mut studio = TestStudio::open(&home, &gateway.base_url(), |settings| settings.concurrency = 8);
    let recipes: Vec<_> = (0..count).map(|number| recipe(&format!("fox {number}"))).collect();
    studio.send(Command::Queue(QueueCommand::Generate(recipes)));
    let (mut warm, mut most) = (0, 0);
    let mut failed: BTreeMap<RequestId, Charge> = BTreeMap::new();
    let mut reported = 0;
    let asked_for = std::cell::Cell::new(0);
    let start = std::time::Instant::now();
    studio.wait_until_within(Duration::from_mins(40), "all of it ends", |studio, event| {
        if let Event::Queue(QueueEvent::RequestChanged(job)) = event
            && let CardState::Failed(failure) = &job.state
        {
            failed.insert(job.id, failure.charged);
        }
        if matches!(event, Event::Organize(OrganizeEvent::TagSuggestions(..))) {
            reported += 1;
        }
        // The window is used meanwhile.
        if asked_for.get() * 50 < studio.stored {
            asked_for.set(asked_for.get() + 1);
            studio.send(Command::Organize(OrganizeCommand::SuggestTags(String::new())));
            let now = memory_bytes();
            if studio.stored * 5 < count {
                warm = warm.max(now);
            }
            most = most.max(now);
        }
        matches!(event, Event::Queue(QueueEvent::RunEnded(_)))
    });
    studio.send(Command::Organize(OrganizeCommand::SuggestTags(String::new())));
    studio.wait_until("it answers", |_, event| matches!(event, Event::Organize(OrganizeEvent::TagSuggestions(..))));
    println!(
        "{count} requests in {:.0} s: {} pictures, {} failed, {} events, {} → {} MB, {reported} answers meanwhile",
        start.elapsed().as_secs_f64(),
        studio.stored,
        failed.len(),
        studio.events,
        warm >> 20,
        most >> 20
    );
    assert_eq!(studio.stored + failed.len(), count, "each has come to one end");
    assert!(failed.values().all(|charged| *charged != Charge::No), "what was turned down at no cost was sent again");
    assert!(studio.queue.running == 0 || studio.queue.progress.ended() == count);
    // The number of events per request is limited, however many requests wait.
    assert!(studio.events < 24 * count + 2_000, "{} events", studio.events);
    assert!(most < warm + (96 << 20), "memory has grown from {} to {} MB", warm >> 20, most >> 20);
    studio.stop();
    let library = Library::open(&home.library()).expect("it opens");
    let mut written = 0;
    library.spending().read(|_| written += 1).expect("it can be read");
    assert_eq!(written, count);
    assert!(library.requests().unfinished().expect("it can be read").is_empty());
    assert!(files(&home.library().join("spool")).is_empty());
}
