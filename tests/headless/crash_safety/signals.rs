//! Tests of signals: nothing new is sent, running requests may finish, received images are stored, and the exit code
//! tells which signal it was.

use std::{
    fs,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use atelier::{imaging::Encoding, library::Library};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Part, Reply},
    images::{chat_response, encoded_image, markdown_image},
    test_home::{Run, TestHome, files, join_text, read_in_background, wait_for_exit},
};

const TERM: (&str, i32) = ("TERM", 143);

/// The signals that this process does not ignore, with the exit codes that they cause.
fn signals() -> Vec<(&'static str, i32)> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default();
    let all = [("HUP", 129), ("INT", 130), TERM];
    all.into_iter().filter(|(_, code)| ignored & (1 << (code - 128 - 1)) == 0).collect()
}

fn send_signal(signal: &str, child: &Child) {
    let sent = Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status();
    assert!(sent.is_ok_and(|status| status.success()), "the signal is sent");
}

fn image_reply() -> Reply {
    let content = markdown_image("image/png", &encoded_image(64, 48, 1, Encoding::Png));
    Reply::new(200, "application/json", chat_response(&json!(content), "stop").to_string())
}

fn delayed(pause: Duration, reply: Reply) -> Reply {
    Reply([vec![Part::Pause(pause)], reply.0].concat())
}

/// Waits until a condition holds.
fn wait_until(what: &str, is: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a command, sends it signals with a pause after each once `ready`, and waits for its end.
fn run_with_signals(mut command: Command, ready: impl Fn() -> bool, signals: &[(&str, Duration)]) -> Run {
    let mut child = command.spawn().expect("the program starts");
    let (stdout, stderr) = (read_in_background(child.stdout.take()), read_in_background(child.stderr.take()));
    wait_until("it comes so far", ready);
    for (signal, pause) in signals {
        send_signal(signal, &child);
        thread::sleep(*pause);
    }
    let code = wait_for_exit(&mut child);
    Run { code, stdout: join_text(stdout), stderr: join_text(stderr) }
}

fn image_count(home: &TestHome) -> usize {
    let library = Library::open(&home.library()).expect("it can be opened");
    library.search().find_text("", &TimeZone::UTC).expect("it can be read").ids.len()
}

#[test]
fn running_request_finishes_after_any_signal() {
    for (signal, code) in signals() {
        let home = TestHome::new();
        let gateway = Gateway::always(delayed(Duration::from_millis(700), image_reply()));
        let posted = || !gateway.posts().is_empty();
        let run =
            run_with_signals(home.generate_command(&gateway.base_url(), &[]), posted, &[(signal, Duration::ZERO)]);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert_eq!((run.events("image").len(), gateway.posts().len()), (1, 1), "{run:?}");
        assert_eq!(run.only_event("ending")["signal"], format!("SIG{signal}"));
        assert_eq!(run.only_event("requests_left")["images"], 1);
        assert_eq!(run.events("failure"), Vec::<Value>::new());
        assert_eq!(image_count(&home), 1);
    }
}

#[test]
fn arriving_response_is_read_to_its_end() {
    let home = TestHome::new();
    let gateway = Gateway::always(image_reply().paced(30, Duration::from_millis(20)));
    let arrives = || !files(&home.library().join("spool")).is_empty();
    let run = run_with_signals(home.generate_command(&gateway.base_url(), &[]), arrives, &[("TERM", Duration::ZERO)]);
    assert_eq!(run.code, Some(TERM.1), "{run:?}");
    assert_eq!((run.events("image").len(), gateway.posts().len(), image_count(&home)), (1, 1, 1));
}

#[test]
fn queued_requests_stay_in_the_library_unsent() {
    let home = TestHome::new();
    let rows = (0..12).map(|number| format!("fox {number}\n")).collect::<Vec<_>>().concat();
    fs::write(home.path().join("rows.csv"), format!("prompt\n{rows}")).unwrap();
    let gateway = Gateway::always(delayed(Duration::from_millis(500), image_reply()));
    let command = home.command(&[
        "generate",
        "--json",
        "--model",
        "m",
        "--base-url",
        &gateway.base_url(),
        "--sheet",
        "rows.csv",
        "--out",
        "out",
    ]);
    let run = run_with_signals(command, || !gateway.posts().is_empty(), &[("TERM", Duration::ZERO)]);
    assert_eq!(run.code, Some(TERM.1), "{run:?}");
    let left = run.only_event("requests_left");
    let made = run.events("image").len();
    assert_eq!(made, gateway.posts().len(), "every image that was sent for came: {run:?}");
    assert_eq!((&left["images"], &left["not_sent"], &left["under_way"]), (&json!(made), &json!(12 - made), &json!(0)));
    assert_eq!(files(&home.path().join("out")).len(), made + 1, "the images and their table");
    assert_eq!(image_count(&home), made);
}

#[test]
fn waiting_retry_is_not_sent_after_a_signal() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::with(429, &[("retry-after", "2")], "slow down"));
    let run = run_with_signals(
        home.generate_command(&gateway.base_url(), &[]),
        || !gateway.posts().is_empty(),
        &[("TERM", Duration::ZERO)],
    );
    assert_eq!((run.code, gateway.posts().len()), (Some(TERM.1), 1), "{run:?}");
    assert_eq!(run.only_event("requests_left")["not_sent"], 1);
}

#[test]
fn request_is_cut_off_and_reported_after_the_grace_period() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply(vec![Part::Stall]));
    let run = run_with_signals(
        home.generate_command(&gateway.base_url(), &["--grace", "1"]),
        || !gateway.posts().is_empty(),
        &[("TERM", Duration::ZERO)],
    );
    assert_eq!(run.code, Some(TERM.1), "{run:?}");
    let failure = run.only_event("failure");
    assert_eq!((&failure["kind"], &failure["charged"]), (&json!("interrupted"), &json!("maybe")));
    assert_eq!(run.only_event("requests_left")["under_way"], 1);
}

#[test]
fn second_signal_exits_at_once_and_received_bytes_are_recovered() {
    let home = TestHome::new();
    // All but the last byte arrives, and then nothing more.
    let slow = Gateway::always(image_reply().truncated_by(1, Part::Stall));
    let arrived = || {
        let spools = files(&home.library().join("spool"));
        spools.iter().any(|spool| fs::metadata(spool).is_ok_and(|about| about.len() > 100))
    };
    let start = Instant::now();
    let pause = Duration::from_millis(800);
    let run = run_with_signals(
        home.generate_command(&slow.base_url(), &[]),
        arrived,
        &[("TERM", pause), ("TERM", Duration::ZERO)],
    );
    assert_eq!(run.code, Some(TERM.1), "{run:?}");
    assert!(start.elapsed() < Duration::from_secs(15), "it does not wait for the grace");
    assert_eq!(run.events("stopped").len(), 1);
    assert!(!files(&home.library().join("spool")).is_empty(), "the spool is there");
    // The next start continues it, and sends no `POST`.
    let next = home.run(&["spending", "--json"]);
    assert_eq!(next.code, Some(0), "{next:?}");
    assert_eq!(slow.posts().len(), 1);
}

#[test]
fn interrupted_import_and_export_report_exactly_what_was_done() {
    let home = TestHome::new();
    let folder = home.path().join("many");
    fs::create_dir(&folder).unwrap();
    for number in 0..30 {
        fs::write(folder.join(format!("{number}.png")), encoded_image(300, 200, number, Encoding::Png)).unwrap();
    }
    let begun = || files(&home.library().join("originals")).len() > 6;
    let run = run_with_signals(home.command(&["import", "--json", "many"]), begun, &[("TERM", Duration::ZERO)]);
    assert_eq!(run.code, Some(TERM.1), "{run:?}");
    let reported = run.events("imported").len();
    assert_eq!((run.only_event("import")["new"].as_u64(), image_count(&home)), (Some(reported as u64), reported));
    assert_eq!(run.events("failure"), Vec::<Value>::new());
    let whole = home.run(&["import", "--json", "many"]);
    assert_eq!((whole.code, image_count(&home)), (Some(0), 30));

    let begun = || files(&home.path().join("out")).len() > 3;
    let export = home.command(&["export", "--json", "--all", "--out", "out", "--format", "png"]);
    let run = run_with_signals(export, begun, &[("TERM", Duration::ZERO)]);
    assert_eq!(run.code, Some(TERM.1), "{run:?}");
    let exported = run.events("exported");
    let written = files(&home.path().join("out"));
    assert_eq!(exported.len(), written.len());
    assert!(exported.iter().all(|line| line["path"].as_str().is_some_and(|path| fs::exists(path).unwrap())));
}
