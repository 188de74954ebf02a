//! Tests of automatic retries: which requests are sent again, which never are, and links that are fetched again free of
//! charge.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use atelier::{
    demo::DemoOptions,
    gateway::Timeouts,
    keychain::MemoryKeychain,
    library::{Library, RequestStatus},
    recipe::{Charge, Failure, FailureKind},
    studio::{
        self, CardState, Command, Dependencies, Event, Handle, NoDialogs, Paths, PauseReason, QueueCommand, QueueEvent,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    gateway::{Gateway, Part, Reply, unused_address},
    images::{chat_response, image_response, png},
    network::timeouts::{final_state, open_studio, send_request, send_request_to, shut_down, wait_for_event},
    test_home::TestHome,
};

/// A studio whose random delays are all zero.
fn open_studio_without_jitter(home: &TestHome) -> Handle {
    open_studio_at(home, Arc::new(Timestamp::now))
}

fn open_studio_at(home: &TestHome, clock: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Handle {
    let dependencies = Dependencies {
        clock,
        keychain: Arc::new(MemoryKeychain::default()),
        environment: Arc::new(|_| None),
        demo: DemoOptions::instant(),
        random: Arc::new(|| 0.0),
        ..Dependencies::system(Arc::new(NoDialogs))
    };
    let paths = Paths { config: home.path().join("config"), library: Some(home.library()) };
    let handle = studio::start(paths, dependencies, Arc::new(|| ()));
    wait_for_event(&handle, |event| matches!(event, Event::Ready(_)).then_some(()));
    handle
}

/// Answers the first `count` requests with one reply and all others with an image.
fn gateway_failing_first(count: usize, reply: Reply) -> Gateway {
    let received = AtomicUsize::new(0);
    Gateway::start(move |_| {
        if received.fetch_add(1, Ordering::SeqCst) < count {
            reply.clone()
        } else {
            Reply::json(&image_response(&png(1)))
        }
    })
}

fn expect_failure(state: CardState) -> Failure {
    match state {
        CardState::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn free_rejections_are_retried_until_they_succeed() {
    let home = TestHome::new();
    let handle = open_studio_without_jitter(&home);
    for reply in
        [Reply::with(409, &[("x-should-retry", "true")], ""), Reply::with(408, &[("x-should-retry", "true")], "")]
    {
        let gateway = gateway_failing_first(3, reply);
        let request = send_request(&handle, &gateway);
        let mut tries = Vec::new();
        wait_for_event(&handle, |event| match event {
            Event::Queue(QueueEvent::RequestChanged(job)) if job.id == request => match &job.state {
                CardState::RetryScheduled { attempts: so_far, max_attempts: 4, .. } => {
                    tries.push(*so_far);
                    None
                }
                CardState::Done { .. } => Some(()),
                CardState::Failed(failure) => panic!("{failure:?}"),
                _ => None,
            },
            _ => None,
        });
        assert_eq!(tries, [1, 2, 3]);
        assert_eq!(gateway.posts().len(), 4);
    }
    shut_down(&handle);
}

#[test]
fn rate_limits_use_no_attempts() {
    let home = TestHome::new();
    let handle = open_studio_without_jitter(&home);
    for reply in [
        Reply::with(429, &[("retry-after-ms", "20")], ""),
        Reply::with(429, &[("retry-after", "0.02")], ""),
        Reply::with(429, &[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "20ms")], ""),
        Reply::with(503, &[("retry-after", "0.02")], ""),
        Reply::new(429, "application/json", r#"{"error":{"message":"Rate limited. Please try again in 20ms."}}"#),
    ] {
        let gateway = gateway_failing_first(7, reply.clone());
        assert!(matches!(final_state(&handle, send_request(&handle, &gateway)), CardState::Done { .. }), "{reply:?}");
        assert_eq!(gateway.posts().len(), 8, "{reply:?}");
    }
    shut_down(&handle);
}

/// Between any two readings of this clock more time passes than most of the waits take.
#[test]
fn wait_that_ends_between_two_clock_readings_is_not_missed() {
    let readings = AtomicI64::new(0);
    let clock = move || Timestamp::now() + SignedDuration::from_millis(50 * readings.fetch_add(1, Ordering::SeqCst));
    let home = TestHome::new();
    let handle = open_studio_at(&home, Arc::new(clock));
    for wait in (25..600).step_by(50) {
        let gateway = gateway_failing_first(3, Reply::with(429, &[("retry-after-ms", &wait.to_string())], ""));
        assert!(matches!(final_state(&handle, send_request(&handle, &gateway)), CardState::Done { .. }), "{wait} ms");
        assert_eq!(gateway.posts().len(), 4, "{wait} ms");
    }
    shut_down(&handle);
}

#[test]
fn rate_limit_without_a_wait_pauses_all_requests_of_the_gateway() {
    let home = TestHome::new();
    let handle = open_studio_without_jitter(&home);
    let gateway = gateway_failing_first(1, Reply::new(429, "", ""));
    let request = send_request(&handle, &gateway);
    let resting = wait_for_event(&handle, |event| match event {
        Event::Queue(QueueEvent::Status(queue))
            if queue.pauses.iter().any(|resting| resting.reason == PauseReason::RateLimited) =>
        {
            Some(queue.pauses[0].clone())
        }
        _ => None,
    });
    let left = resting.until.duration_since(Timestamp::now()).as_secs_f64();
    assert!((0.0..=2.0).contains(&left), "{left}");
    assert!(matches!(final_state(&handle, request), CardState::Done { .. }));
    assert_eq!(gateway.posts().len(), 2);
    shut_down(&handle);
}

#[test]
fn retries_end_after_four_attempts_with_a_message() {
    let home = TestHome::new();
    let handle = open_studio_without_jitter(&home);
    let request = send_request_to(&handle, &format!("http://{}/v1", unused_address()));
    let failure = expect_failure(final_state(&handle, request));
    assert_eq!((failure.kind, failure.charged), (FailureKind::NoConnection, Charge::No));
    shut_down(&handle);
}

#[test]
fn possibly_charged_or_forbidden_requests_are_not_retried() {
    let home = TestHome::new();
    let handle = open_studio_without_jitter(&home);
    for reply in [
        Reply::with(429, &[("x-should-retry", "false")], ""),
        Reply::with(429, &[("retry-after", "3601")], ""),
        Reply::with(500, &[("x-should-retry", "true")], ""),
        Reply::new(503, "", "upstream connect error or disconnect/reset before headers"),
        Reply::new(408, "", ""),
        Reply::new(401, "", ""),
        Reply::new(200, "application/json", r#"{"error":{"code":429,"message":"slow down"}}"#),
        Reply(vec![Part::Reset]),
        Reply(Vec::new()),
    ] {
        let gateway = Gateway::always(reply.clone());
        expect_failure(final_state(&handle, send_request(&handle, &gateway)));
        assert_eq!(gateway.posts().len(), 1, "{reply:?}");
    }
    shut_down(&handle);
}

#[test]
fn retry_countdown_is_shown_and_can_be_skipped_or_canceled() {
    let home = TestHome::new();
    let handle = open_studio(&home, Timeouts::default());
    let gateway = gateway_failing_first(1, Reply::with(429, &[("retry-after", "100")], ""));
    let waits = || {
        wait_for_event(&handle, |event| match event {
            Event::Queue(QueueEvent::Status(queue)) => {
                queue.pauses.first().map(|resting| (resting.reason, resting.until))
            }
            _ => None,
        })
    };
    let request = send_request(&handle, &gateway);
    let (reason, at) = waits();
    assert_eq!(reason, PauseReason::Requested);
    let left = at.duration_since(Timestamp::now()).as_secs();
    assert!((0..=100).contains(&left), "{left}");
    handle.send(Command::Queue(QueueCommand::SendNow(request)));
    assert!(matches!(final_state(&handle, request), CardState::Done { .. }));
    assert_eq!(gateway.posts().len(), 2);

    let gateway = gateway_failing_first(1, Reply::with(429, &[("retry-after", "100")], ""));
    let request = send_request(&handle, &gateway);
    waits();
    handle.send(Command::Queue(QueueCommand::Cancel(request)));
    assert_eq!(final_state(&handle, request), CardState::Cancelled { sent: false });
    assert_eq!(gateway.posts().len(), 1);

    // A program that ends while a request waits has lost no money, and reports it at the next start.
    let gateway = gateway_failing_first(1, Reply::with(429, &[("retry-after", "100")], ""));
    let request = send_request(&handle, &gateway);
    waits();
    shut_down(&handle);
    {
        let library = Library::open(&home.library()).expect("it opens");
        assert_eq!(library.requests().status(request).expect("it can be read"), Some(RequestStatus::Queued));
    }
    let handle = open_studio(&home, Timeouts::default());
    wait_for_event(&handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job)) if job.id == request => {
            assert_eq!((&job.state, job.on_hold), (&CardState::Queued, true));
            Some(())
        }
        _ => None,
    });
    shut_down(&handle);
    assert_eq!(gateway.posts().len(), 1, "it waits for a person");
}

#[test]
fn dead_link_is_downloaded_again_at_no_cost() {
    let home = TestHome::new();
    let works = Arc::new(AtomicUsize::new(0));
    let state = Arc::clone(&works);
    let gateway = Gateway::start(move |received| match received.header("host") {
        Some(host) if received.method == "POST" => {
            Reply::json(&chat_response(&json!(format!("![image](http://{host}/1.png)")), "stop"))
        }
        _ if state.load(Ordering::SeqCst) == 0 => Reply::new(503, "", ""),
        _ => Reply::new(200, "image/png", png(7)),
    });
    let handle = open_studio(&home, Timeouts::default());
    let request = send_request(&handle, &gateway);
    let failure = expect_failure(final_state(&handle, request));
    assert_eq!((failure.kind, failure.charged), (FailureKind::LinkFailed, Charge::Yes));
    handle.send(Command::Queue(QueueCommand::RereadResponse(request)));
    assert_eq!(expect_failure(final_state(&handle, request)).kind, FailureKind::LinkFailed);
    assert_eq!(gateway.posts().len(), 1);
    works.store(1, Ordering::SeqCst);
    handle.send(Command::Queue(QueueCommand::RereadResponse(request)));
    assert!(matches!(final_state(&handle, request), CardState::Done { .. }));
    assert_eq!(gateway.posts().len(), 1, "nothing was sent again");

    // A retry is a new request, and the old response is kept until a person removes it.
    works.store(0, Ordering::SeqCst);
    let request = send_request(&handle, &gateway);
    expect_failure(final_state(&handle, request));
    works.store(1, Ordering::SeqCst);
    handle.send(Command::Queue(QueueCommand::Retry(request)));
    wait_for_event(&handle, |event| match event {
        Event::Queue(QueueEvent::RequestChanged(job)) if job.id != request => {
            matches!(job.state, CardState::Done { .. }).then_some(())
        }
        _ => None,
    });
    assert_eq!(gateway.posts().len(), 3);
    shut_down(&handle);
    let spool = crate::test_home::files(&home.library().join("spool"));
    assert_eq!(spool, [home.library().join(format!("spool/kept/{request}.body"))]);
}
