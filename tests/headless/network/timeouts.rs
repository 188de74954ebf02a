//! Tests of gateways, links and a keychain that never respond: everything ends by itself, and nothing else is delayed.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use atelier::{
    demo::DemoOptions,
    gateway::Timeouts,
    keychain::MemoryKeychain,
    recipe::{Charge, Failure, FailureKind, Profile, Recipe, RequestId},
    settings::Settings,
    studio::{
        self, CardState, Command, Dependencies, Event, GalleryEvent, Handle, ImageDetails, NoDialogs, Paths,
        QueueCommand, QueueEvent, SettingsCommand,
    },
};
use serde_json::json;

use crate::{
    gateway::{Gateway, Part, Reply},
    images::{chat_response, event_stream, image_response, markdown_image, png},
    test_home::TestHome,
};

/// The test ends if the studio sends no event for this long.
const EVENT_TIMEOUT: Duration = Duration::from_secs(30);

/// A studio with short timeouts for gateways.
fn open_studio_with_short_timeouts(home: &TestHome) -> Handle {
    let brief = Duration::from_millis(250);
    open_studio(
        home,
        Timeouts {
            connect: brief,
            first_byte: brief,
            between_bytes: brief,
            models: brief,
            link: brief,
            ..Timeouts::default()
        },
    )
}

pub fn open_studio(home: &TestHome, timeouts: Timeouts) -> Handle {
    let dependencies = Dependencies {
        keychain: Arc::new(MemoryKeychain::default()),
        environment: Arc::new(|_| None),
        timeouts,
        demo: DemoOptions::instant(),
        ..Dependencies::system(Arc::new(NoDialogs))
    };
    let paths = Paths { config: home.path().join("config"), library: Some(home.library()) };
    let handle = studio::start(paths, dependencies, Arc::new(|| ()));
    wait_for_event(&handle, |event| matches!(event, Event::Ready(_)).then_some(()));
    handle
}

/// Reads events until one matches.
pub fn wait_for_event<T>(handle: &Handle, mut is: impl FnMut(&Event) -> Option<T>) -> T {
    let deadline = Instant::now() + EVENT_TIMEOUT;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let event = handle.next(left).expect("the studio sends an event in time");
        if let Event::StartFailed(error) = &event {
            panic!("{error}");
        }
        if let Some(found) = is(&event) {
            return found;
        }
    }
}

/// Sends a request to a gateway and returns its ID.
pub fn send_request(handle: &Handle, gateway: &Gateway) -> RequestId {
    send_request_to(handle, &gateway.base_url())
}

/// Sends a request to an address and returns its ID.
pub fn send_request_to(handle: &Handle, base: &str) -> RequestId {
    handle.send(Command::Settings(SettingsCommand::OverrideProfile(Box::new(Profile {
        base_url: base.to_owned(),
        ..Profile::dgrid()
    }))));
    let recipe = Recipe { prompt: "a fox".to_owned(), profile: Profile::dgrid().id, ..Recipe::default() };
    handle.send(Command::Queue(QueueCommand::Generate(vec![recipe])));
    wait_for_event(handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job)) if job.state == CardState::Queued => Some(job.id),
        _ => None,
    })
}

/// The final state of a request.
pub fn final_state(handle: &Handle, request: RequestId) -> CardState {
    wait_for_event(handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job)) if job.id == request => match &job.state {
            CardState::Queued
            | CardState::Generating { .. }
            | CardState::RetryScheduled { .. }
            | CardState::Receiving { .. } => None,
            ended => Some(ended.clone()),
        },
        _ => None,
    })
}

pub fn request_failure(handle: &Handle, gateway: &Gateway) -> Failure {
    match final_state(handle, send_request(handle, gateway)) {
        CardState::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

pub fn shut_down(handle: &Handle) {
    handle.send(Command::Shutdown);
    wait_for_event(handle, |event| matches!(event, Event::Stopped).then_some(()));
}

#[test]
fn silent_gateway_times_out() {
    let home = TestHome::new();
    let handle = open_studio_with_short_timeouts(&home);
    let whole = || Reply::json(&image_response(&png(1)));
    let stream = Reply::event_stream(&event_stream(&[&markdown_image("image/png", &png(2))], None));
    let error = || Reply::new(500, "application/json", r#"{"error":{"message":"ill"}}"#);
    let rows = [
        ("nothing at all", Reply(vec![Part::Stall]), FailureKind::TimedOut, Charge::Maybe),
        (
            "half a header",
            Reply(vec![Part::Bytes(b"HTTP/1.1 200".to_vec()), Part::Stall]),
            FailureKind::TimedOut,
            Charge::Maybe,
        ),
        (
            "no body",
            Reply::with_length(200, &[], "", 99).truncated_by(0, Part::Stall),
            FailureKind::TimedOut,
            Charge::Maybe,
        ),
        ("half a picture", whole().truncated_by(500, Part::Stall), FailureKind::TimedOut, Charge::Maybe),
        ("half a stream", stream.truncated_by(500, Part::Stall), FailureKind::TimedOut, Charge::Maybe),
        ("half an error", error().truncated_by(5, Part::Stall), FailureKind::GatewayFailed, Charge::Maybe),
    ];
    for (name, reply, kind, charged) in rows {
        let gateway = Gateway::always(reply);
        let failure = request_failure(&handle, &gateway);
        assert_eq!((failure.kind, failure.charged), (kind, charged), "{name}: {failure:?}");
        let next = Gateway::always(whole());
        assert!(matches!(final_state(&handle, send_request(&handle, &next)), CardState::Done { .. }), "{name}");
        assert_eq!(gateway.posts().len(), 1, "{name}");
    }
    let gateway = Gateway::start(|received| match received.header("host") {
        Some(host) if received.method == "POST" => {
            Reply::json(&chat_response(&json!(format!("![image](http://{host}/1.png)")), "stop"))
        }
        _ => Reply(vec![Part::Stall]),
    });
    let failure = request_failure(&handle, &gateway);
    assert_eq!((failure.kind, failure.charged), (FailureKind::LinkFailed, Charge::Yes));
    shut_down(&handle);
}

#[test]
fn slow_image_does_not_time_out_while_bytes_arrive() {
    let home = TestHome::new();
    let brief = Duration::from_millis(400);
    let handle = open_studio(&home, Timeouts { first_byte: brief, between_bytes: brief, ..Timeouts::default() });
    // One second in all, with a chunk every 25 ms.
    let gateway = Gateway::always(Reply::json(&image_response(&png(3))).paced(40, Duration::from_millis(25)));
    assert!(matches!(final_state(&handle, send_request(&handle, &gateway)), CardState::Done { .. }));
    shut_down(&handle);
}

#[test]
fn wait_given_by_the_gateway_is_kept() {
    let home = TestHome::new();
    let handle = open_studio_with_short_timeouts(&home);
    let gateway = Gateway::always(Reply::with(429, &[("retry-after", "7200")], ""));
    let failure = request_failure(&handle, &gateway);
    assert_eq!((failure.kind, failure.wait), (FailureKind::RateLimited, Some(Duration::from_hours(2))));
    shut_down(&handle);
}

#[test]
fn silent_gateway_delays_no_other_and_can_be_canceled() {
    let home = TestHome::new();
    let handle = open_studio(&home, Timeouts::default());
    let silent = Gateway::always(Reply(vec![Part::Stall]));
    let waiting = send_request(&handle, &silent);
    wait_for_event(&handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job))
            if job.id == waiting && matches!(job.state, CardState::Generating { .. }) =>
        {
            Some(())
        }
        _ => None,
    });
    let quick = Gateway::always(Reply::json(&image_response(&png(4))));
    assert!(matches!(final_state(&handle, send_request(&handle, &quick)), CardState::Done { .. }));
    handle.send(Command::Queue(QueueCommand::Cancel(waiting)));
    assert_eq!(final_state(&handle, waiting), CardState::Cancelled { sent: true });
    shut_down(&handle);
}

/// A file in place of a folder simulates a disk that stores the response but no image.
fn block_originals_folder(home: &TestHome) -> std::path::PathBuf {
    let originals = home.library().join("originals");
    std::fs::create_dir_all(&originals).expect("a folder");
    let year = originals.join(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year().to_string());
    std::fs::write(&year, "").expect("a file");
    year
}

fn assert_stored(handle: &Handle, bytes: &[u8]) {
    let stored: ImageDetails = wait_for_event(handle, |event| match event {
        Event::Gallery(GalleryEvent::ImageStored(details)) => Some(ImageDetails::clone(details)),
        _ => None,
    });
    assert_eq!(std::fs::read(&stored.path).expect("it is there"), bytes);
}

fn assert_no_space(handle: &Handle) {
    let state = wait_for_event(handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job)) => Some(job.state.clone()),
        _ => None,
    });
    assert!(matches!(&state, CardState::Failed(failure) if failure.kind == FailureKind::CannotWrite), "{state:?}");
}

#[test]
fn response_without_disk_space_is_stored_at_the_next_start_and_paid_once() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(5))));
    let obstacle = block_originals_folder(&home);
    let handle = open_studio_with_short_timeouts(&home);
    let failure = request_failure(&handle, &gateway);
    assert_eq!((failure.kind, failure.charged), (FailureKind::CannotWrite, Charge::Yes));
    shut_down(&handle);

    // There is still no space: the card is shown again, and the response is kept.
    let handle = open_studio_with_short_timeouts(&home);
    assert_no_space(&handle);
    shut_down(&handle);

    std::fs::remove_file(&obstacle).expect("it can be removed");
    let handle = open_studio_with_short_timeouts(&home);
    assert_stored(&handle, &png(5));
    assert_eq!(gateway.posts().len(), 1);
    shut_down(&handle);
}

#[test]
fn linked_image_is_downloaded_at_the_next_start_and_paid_once() {
    let home = TestHome::new();
    let stalls = std::sync::atomic::AtomicBool::new(true);
    let gateway = Gateway::start(move |received| match received.header("host") {
        Some(host) if received.method == "POST" => {
            Reply::json(&chat_response(&json!(format!("![image](http://{host}/1.png)")), "stop"))
        }
        _ if stalls.swap(false, std::sync::atomic::Ordering::SeqCst) => Reply(vec![Part::Stall]),
        _ => Reply::new(200, "image/png", png(7)),
    });
    let handle = open_studio(&home, Timeouts::default());
    let profile = Profile { base_url: gateway.base_url(), ..Profile::dgrid() };
    handle.send(Command::Settings(SettingsCommand::Save(Settings { profiles: vec![profile], ..Settings::default() })));
    send_request(&handle, &gateway);
    let deadline = Instant::now() + EVENT_TIMEOUT;
    while gateway.requests().len() < 2 {
        assert!(Instant::now() < deadline, "the link is not followed");
        std::thread::sleep(Duration::from_millis(2));
    }
    shut_down(&handle);

    let handle = open_studio(&home, Timeouts::default());
    assert_stored(&handle, &png(7));
    assert_eq!(gateway.posts().len(), 1);
    shut_down(&handle);
}

#[test]
fn response_without_disk_space_is_stored_on_retry_and_paid_once() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(6))));
    let obstacle = block_originals_folder(&home);
    let handle = open_studio_with_short_timeouts(&home);
    let request = send_request(&handle, &gateway);
    assert!(matches!(final_state(&handle, request), CardState::Failed(_)));
    handle.send(Command::Queue(QueueCommand::Retry(request)));
    assert_no_space(&handle);

    std::fs::remove_file(&obstacle).expect("it can be removed");
    handle.send(Command::Queue(QueueCommand::Retry(request)));
    assert_stored(&handle, &png(6));
    assert_eq!(gateway.posts().len(), 1);

    // A response whose card is removed is kept without it, and is not read again automatically.
    std::fs::rename(home.library().join("originals"), home.path().join("aside")).expect("it can be moved");
    let obstacle = self::block_originals_folder(&home);
    let request = send_request(&handle, &gateway);
    assert!(matches!(final_state(&handle, request), CardState::Failed(_)));
    handle.send(Command::Queue(QueueCommand::Dismiss(request)));
    wait_for_event(&handle, |event| {
        matches!(event, Event::Queue(QueueEvent::RequestRemoved(gone)) if *gone == request).then_some(())
    });
    shut_down(&handle);
    std::fs::remove_file(&obstacle).expect("it can be removed");
    let library = atelier::library::Library::open(&home.library()).expect("it opens");
    assert!(library.requests().unfinished().expect("it can be read").is_empty());
    assert!(library.requests().failed().expect("it can be read").is_empty());
    let kept = home.library().join(format!("spool/kept/{request}.body"));
    assert_eq!(crate::test_home::files(&home.library().join("spool")), [kept]);
}

#[test]
#[cfg(target_os = "linux")]
fn unresponsive_keychain_is_reported_and_the_environment_key_is_used() {
    use crate::test_home::run;

    let home = TestHome::new();
    // A client of the keychain connects here, and gets no reply.
    let bus = home.path().join("bus");
    let _listener = std::os::unix::net::UnixListener::bind(&bus).expect("a socket");
    let address = format!("unix:path={}", bus.display());

    let other = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(6))));
    let mut without = home.generate_command("https://gateway.invalid/v1", &[]);
    without.env("DBUS_SESSION_BUS_ADDRESS", &address);
    let mut with = other.generate_command(&gateway.base_url(), &[]);
    with.env("DBUS_SESSION_BUS_ADDRESS", &address).env("DGRID_API_KEY", "sk-sentinel-1f2e3d4c5b6a7988");
    let without = std::thread::spawn(|| run(without));
    run(with).only_image();
    let failed = without.join().expect("the other ends as well");
    let failure = failed.only_event("failure");
    assert_eq!(
        (failed.code, &failure["kind"], &failure["charged"]),
        (Some(1), &json!("keychain_silent"), &json!("no"))
    );
    assert_eq!(gateway.posts()[0].header("authorization"), Some("Bearer sk-sentinel-1f2e3d4c5b6a7988"));
}
