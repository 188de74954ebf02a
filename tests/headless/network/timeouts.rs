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
    images::{chat, events, good, markdown, png},
    test_home::Home,
};

/// The test ends if the studio sends no event for this long.
const LIMIT: Duration = Duration::from_secs(30);

/// A studio with short timeouts for gateways.
fn impatient(home: &Home) -> Handle {
    let brief = Duration::from_millis(250);
    patient(
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

pub fn patient(home: &Home, timeouts: Timeouts) -> Handle {
    let dependencies = Dependencies {
        keychain: Arc::new(MemoryKeychain::default()),
        environment: Arc::new(|_| None),
        timeouts,
        demo: DemoOptions::instant(),
        ..Dependencies::system(Arc::new(NoDialogs))
    };
    let paths = Paths { config: home.path().join("config"), library: Some(home.library()) };
    let handle = studio::start(paths, dependencies, Arc::new(|| ()));
    until(&handle, |event| matches!(event, Event::Ready(_)).then_some(()));
    handle
}

/// Reads events until one matches.
pub fn until<T>(handle: &Handle, mut is: impl FnMut(&Event) -> Option<T>) -> T {
    let deadline = Instant::now() + LIMIT;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let event = handle.next(left).expect("the studio says something in time");
        if let Event::StartFailed(error) = &event {
            panic!("{error}");
        }
        if let Some(found) = is(&event) {
            return found;
        }
    }
}

/// Sends a request to a gateway and returns its ID.
pub fn ask(handle: &Handle, gateway: &Gateway) -> RequestId {
    ask_at(handle, &gateway.base())
}

/// Sends a request to an address and returns its ID.
pub fn ask_at(handle: &Handle, base: &str) -> RequestId {
    handle.send(Command::Settings(SettingsCommand::OverrideProfile(Box::new(Profile {
        base_url: base.to_owned(),
        ..Profile::dgrid()
    }))));
    let recipe = Recipe { prompt: "a fox".to_owned(), profile: Profile::dgrid().id, ..Recipe::default() };
    handle.send(Command::Queue(QueueCommand::Generate(vec![recipe])));
    until(handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job)) if job.state == CardState::Queued => Some(job.id),
        _ => None,
    })
}

/// The final state of a request.
pub fn end(handle: &Handle, request: RequestId) -> CardState {
    until(handle, |event| match event {
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

pub fn failure(handle: &Handle, gateway: &Gateway) -> Failure {
    match end(handle, ask(handle, gateway)) {
        CardState::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

pub fn stop(handle: &Handle) {
    handle.send(Command::Shutdown);
    until(handle, |event| matches!(event, Event::Stopped).then_some(()));
}

#[test]
fn silent_gateway_times_out() {
    let home = Home::new();
    let handle = impatient(&home);
    let whole = || Reply::json(&good(&png(1)));
    let stream = Reply::events(&events(&[&markdown("image/png", &png(2))], None));
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
            Reply::with_length(200, &[], "", 99).without_last(0, Part::Stall),
            FailureKind::TimedOut,
            Charge::Maybe,
        ),
        ("half a picture", whole().without_last(500, Part::Stall), FailureKind::TimedOut, Charge::Maybe),
        ("half a stream", stream.without_last(500, Part::Stall), FailureKind::TimedOut, Charge::Maybe),
        ("half an error", error().without_last(5, Part::Stall), FailureKind::GatewayFailed, Charge::Maybe),
    ];
    for (name, reply, kind, charged) in rows {
        let gateway = Gateway::always(reply);
        let failure = failure(&handle, &gateway);
        assert_eq!((failure.kind, failure.charged), (kind, charged), "{name}: {failure:?}");
        let next = Gateway::always(whole());
        assert!(matches!(end(&handle, ask(&handle, &next)), CardState::Done { .. }), "{name}");
        assert_eq!(gateway.posts().len(), 1, "{name}");
    }
    let gateway = Gateway::start(|asked| match asked.header("host") {
        Some(host) if asked.method == "POST" => {
            Reply::json(&chat(&json!(format!("![image](http://{host}/1.png)")), "stop"))
        }
        _ => Reply(vec![Part::Stall]),
    });
    let failure = failure(&handle, &gateway);
    assert_eq!((failure.kind, failure.charged), (FailureKind::LinkFailed, Charge::Yes));
    stop(&handle);
}

#[test]
fn slow_image_does_not_time_out_while_bytes_arrive() {
    let home = Home::new();
    let brief = Duration::from_millis(400);
    let handle = patient(&home, Timeouts { first_byte: brief, between_bytes: brief, ..Timeouts::default() });
    // One second in all, with a chunk every 25 ms.
    let gateway = Gateway::always(Reply::json(&good(&png(3))).paced(40, Duration::from_millis(25)));
    assert!(matches!(end(&handle, ask(&handle, &gateway)), CardState::Done { .. }));
    stop(&handle);
}

#[test]
fn wait_given_by_the_gateway_is_kept() {
    let home = Home::new();
    let handle = impatient(&home);
    let gateway = Gateway::always(Reply::with(429, &[("retry-after", "7200")], ""));
    let failure = failure(&handle, &gateway);
    assert_eq!((failure.kind, failure.wait), (FailureKind::RateLimited, Some(Duration::from_hours(2))));
    stop(&handle);
}

#[test]
fn silent_gateway_delays_no_other_and_can_be_canceled() {
    let home = Home::new();
    let handle = patient(&home, Timeouts::default());
    let silent = Gateway::always(Reply(vec![Part::Stall]));
    let waiting = ask(&handle, &silent);
    until(&handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job))
            if job.id == waiting && matches!(job.state, CardState::Generating { .. }) =>
        {
            Some(())
        }
        _ => None,
    });
    let quick = Gateway::always(Reply::json(&good(&png(4))));
    assert!(matches!(end(&handle, ask(&handle, &quick)), CardState::Done { .. }));
    handle.send(Command::Queue(QueueCommand::Cancel(waiting)));
    assert_eq!(end(&handle, waiting), CardState::Cancelled { sent: true });
    stop(&handle);
}

/// A file in place of a folder simulates a disk that stores the response but no image.
fn obstacle(home: &Home) -> std::path::PathBuf {
    let originals = home.library().join("originals");
    std::fs::create_dir_all(&originals).expect("a folder");
    let year = originals.join(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year().to_string());
    std::fs::write(&year, "").expect("a file");
    year
}

fn assert_stored(handle: &Handle, bytes: &[u8]) {
    let stored: ImageDetails = until(handle, |event| match event {
        Event::Gallery(GalleryEvent::ImageStored(details)) => Some(ImageDetails::clone(details)),
        _ => None,
    });
    assert_eq!(std::fs::read(&stored.path).expect("it is there"), bytes);
}

fn assert_no_room(handle: &Handle) {
    let state = until(handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job)) => Some(job.state.clone()),
        _ => None,
    });
    assert!(matches!(&state, CardState::Failed(failure) if failure.kind == FailureKind::CannotWrite), "{state:?}");
}

#[test]
fn response_without_disk_space_is_stored_at_the_next_start_and_paid_once() {
    let home = Home::new();
    let gateway = Gateway::always(Reply::json(&good(&png(5))));
    let obstacle = obstacle(&home);
    let handle = impatient(&home);
    let failure = failure(&handle, &gateway);
    assert_eq!((failure.kind, failure.charged), (FailureKind::CannotWrite, Charge::Yes));
    stop(&handle);

    // There is still no space: the card is shown again, and the response is kept.
    let handle = impatient(&home);
    assert_no_room(&handle);
    stop(&handle);

    std::fs::remove_file(&obstacle).expect("it can be removed");
    let handle = impatient(&home);
    assert_stored(&handle, &png(5));
    assert_eq!(gateway.posts().len(), 1);
    stop(&handle);
}

#[test]
fn linked_image_is_downloaded_at_the_next_start_and_paid_once() {
    let home = Home::new();
    let stalls = std::sync::atomic::AtomicBool::new(true);
    let gateway = Gateway::start(move |asked| match asked.header("host") {
        Some(host) if asked.method == "POST" => {
            Reply::json(&chat(&json!(format!("![image](http://{host}/1.png)")), "stop"))
        }
        _ if stalls.swap(false, std::sync::atomic::Ordering::SeqCst) => Reply(vec![Part::Stall]),
        _ => Reply::new(200, "image/png", png(7)),
    });
    let handle = patient(&home, Timeouts::default());
    let profile = Profile { base_url: gateway.base(), ..Profile::dgrid() };
    handle.send(Command::Settings(SettingsCommand::Save(Settings { profiles: vec![profile], ..Settings::default() })));
    ask(&handle, &gateway);
    let deadline = Instant::now() + LIMIT;
    while gateway.asked().len() < 2 {
        assert!(Instant::now() < deadline, "the link is not followed");
        std::thread::sleep(Duration::from_millis(2));
    }
    stop(&handle);

    let handle = patient(&home, Timeouts::default());
    assert_stored(&handle, &png(7));
    assert_eq!(gateway.posts().len(), 1);
    stop(&handle);
}

#[test]
fn response_without_disk_space_is_stored_on_retry_and_paid_once() {
    let home = Home::new();
    let gateway = Gateway::always(Reply::json(&good(&png(6))));
    let obstacle = obstacle(&home);
    let handle = impatient(&home);
    let request = ask(&handle, &gateway);
    assert!(matches!(end(&handle, request), CardState::Failed(_)));
    handle.send(Command::Queue(QueueCommand::Retry(request)));
    assert_no_room(&handle);

    std::fs::remove_file(&obstacle).expect("it can be removed");
    handle.send(Command::Queue(QueueCommand::Retry(request)));
    assert_stored(&handle, &png(6));
    assert_eq!(gateway.posts().len(), 1);

    // A response whose card is removed is kept without it, and is not read again automatically.
    std::fs::rename(home.library().join("originals"), home.path().join("aside")).expect("it can be moved");
    let obstacle = self::obstacle(&home);
    let request = ask(&handle, &gateway);
    assert!(matches!(end(&handle, request), CardState::Failed(_)));
    handle.send(Command::Queue(QueueCommand::Dismiss(request)));
    until(&handle, |event| {
        matches!(event, Event::Queue(QueueEvent::RequestRemoved(gone)) if *gone == request).then_some(())
    });
    stop(&handle);
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

    let home = Home::new();
    // A client of the keychain connects here, and gets no reply.
    let bus = home.path().join("bus");
    let _listener = std::os::unix::net::UnixListener::bind(&bus).expect("a socket");
    let address = format!("unix:path={}", bus.display());

    let other = Home::new();
    let gateway = Gateway::always(Reply::json(&good(&png(6))));
    let mut without = home.generating("https://gateway.invalid/v1", &[]);
    without.env("DBUS_SESSION_BUS_ADDRESS", &address);
    let mut with = other.generating(&gateway.base(), &[]);
    with.env("DBUS_SESSION_BUS_ADDRESS", &address).env("DGRID_API_KEY", "sk-sentinel-1f2e3d4c5b6a7988");
    let without = std::thread::spawn(|| run(without));
    run(with).picture();
    let failed = without.join().expect("the other ends as well");
    let failure = failed.only("failure");
    assert_eq!(
        (failed.code, &failure["kind"], &failure["charged"]),
        (Some(1), &json!("keychain_silent"), &json!("no"))
    );
    assert_eq!(gateway.posts()[0].header("authorization"), Some("Bearer sk-sentinel-1f2e3d4c5b6a7988"));
}
