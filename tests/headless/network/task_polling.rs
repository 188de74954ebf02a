//! Tests of gateways that respond with a task instead of an image: the task is polled, also by the next start, and paid
//! for once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, RecordedRequest, Reply},
    images::png,
    test_home::{TestHome, run},
};

const ID: &str = "task_7f3a";

/// A gateway that starts a task for every prompt and reports it only at `place`, as running for the first `waiting`
/// polls. Images are linked.
fn task_gateway(place: &'static str, waiting: usize, done: Value) -> (Gateway, Arc<AtomicUsize>) {
    let polls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&polls);
    let gateway = Gateway::start(move |request: &RecordedRequest| {
        if request.method == "POST" {
            return Reply::json(&json!({ "code": 200, "data": [{ "status": "submitted", "task_id": ID }] }));
        }
        if request.path == "/files/fox.png" {
            return Reply::new(200, "image/png", png(1));
        }
        if request.path != format!("{place}/{ID}") {
            return Reply::html(404, "<html>no such page</html>");
        }
        if request.header("authorization").is_none() {
            return Reply::new(401, "application/json", "{}");
        }
        match counted.fetch_add(1, Ordering::SeqCst) {
            number if number < waiting => Reply::json(&json!({ "data": { "id": ID, "status": "in_progress" } })),
            _ => Reply::json(&done),
        }
    });
    (gateway, polls)
}

fn generate_with_key(home: &TestHome, gateway: &Gateway) -> crate::test_home::Run {
    let mut command = home.generate_command(&gateway.base_url(), &["--dialect", "images"]);
    command.env("DGRID_API_KEY", "sk-real-0001");
    run(command)
}

#[test]
fn task_is_polled_until_its_image_and_paid_once() {
    let link = |url: &str| json!({ "code": 200, "data": { "status": "completed", "result": { "images": [{ "url": [url] }] } } });
    for (place, waiting) in [("/v1/tasks", 2), ("/v1/images/generations", 0), ("/api/v1/tasks", 1)] {
        let home = TestHome::new();
        let (gateway, polls) = task_gateway(place, waiting, link("/files/fox.png"));
        let made = generate_with_key(&home, &gateway).only_image();
        assert_eq!(made["sha256"], crate::test_home::sha256(&png(1)), "{place}");
        assert_eq!((gateway.posts().len(), polls.load(Ordering::SeqCst)), (1, waiting + 1), "{place}");
    }
}

#[test]
fn embedded_task_images_are_stored_and_failed_tasks_say_why() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let home = TestHome::new();
    let done = json!({ "status": "SUCCEEDED", "data": [{ "b64_json": BASE64_STANDARD.encode(png(2)) }] });
    let (gateway, _) = task_gateway("/v1/tasks", 1, done);
    generate_with_key(&home, &gateway).only_image();

    let failed =
        json!({ "data": { "status": "failed", "fail_reason": "no worker", "error": { "message": "no worker" } } });
    let (gateway, _) = task_gateway("/v1/tasks", 1, failed);
    let failed = generate_with_key(&home, &gateway);
    let failure = failed.only_event("failure");
    assert!(failure["message"].as_str().is_some_and(|message| message.contains("no worker")), "{failure}");
    assert_eq!((failed.code, &failure["charged"], gateway.posts().len()), (Some(1), &json!("maybe"), 1));
}

#[test]
fn unpollable_task_is_reported_and_kept() {
    let home = TestHome::new();
    let (gateway, _) = task_gateway("/nowhere", 0, json!({}));
    let failed = generate_with_key(&home, &gateway);
    let failure = failed.only_event("failure");
    assert_eq!((&failure["kind"], &failure["charged"]), (&json!("task_not_found"), &json!("maybe")), "{failed:?}");
    assert!(failure["message"].as_str().is_some_and(|message| message.contains(ID)), "{failure}");
    assert!(failure["kept"].is_object(), "the response is kept: {failure}");
    assert_eq!(gateway.posts().len(), 1);
}

/// A command that generates with a provider of the settings whose API is at this address.
fn generating(home: &TestHome, base: &str) -> std::process::Command {
    let config = home.path().join("config-of-mine");
    std::fs::create_dir_all(&config).expect("a folder");
    let settings = json!({ "version": 1, "profiles": [
        { "id": "mine", "name": "Mine", "base_url": base, "dialect": "images" },
    ] });
    std::fs::write(config.join("settings.json"), settings.to_string()).expect("a file");
    let mut command = home.command(&["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "mine"]);
    command.env("ATELIER_CONFIG", &config).env("MINE_API_KEY", "sk-real-0001");
    command
}

/// Starts a task and kills the program while it polls.
fn kill_during_polling(home: &TestHome, gateway: &Gateway, polls: &AtomicUsize) {
    let mut child = generating(home, &gateway.base_url()).spawn().expect("the program starts");
    while polls.load(Ordering::SeqCst) == 0 {
        assert_eq!(child.try_wait().expect("it can be asked"), None, "it has ended too early");
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

#[test]
fn task_polling_resumes_after_a_kill() {
    let home = TestHome::new();
    let done = json!({ "status": "completed", "output": [{ "url": "/files/fox.png" }] });
    let (gateway, polls) = task_gateway("/v1/tasks", 3, done);
    kill_during_polling(&home, &gateway, &polls);
    let first = crate::test_home::files(&home.library().join("spool"));
    assert_eq!(first.len(), 1, "{first:?}");
    // The next command polls the task besides its own request.
    run(generating(&home, &gateway.base_url())).only_image();
    assert_eq!(gateway.posts().len(), 2, "one for each prompt");
    let images = crate::test_home::files_with_extension(&home.library().join("originals"), "png");
    assert_eq!(images.len(), 2, "{images:?}");
}

#[test]
fn key_of_a_moved_provider_is_not_sent_to_its_old_address() {
    let home = TestHome::new();
    let (before, polls) = task_gateway("/v1/tasks", 1000, json!({}));
    kill_during_polling(&home, &before, &polls);
    let request = before.requests().len();
    let now = Gateway::start(|request| match request.method.as_str() {
        "POST" => Reply::json(&json!({ "data": [{ "url": "/files/fox.png" }] })).paced(4, Duration::from_millis(500)),
        _ => Reply::new(200, "image/png", png(3)),
    });
    run(generating(&home, &now.base_url())).only_image();
    let later: Vec<RecordedRequest> = before.requests().split_off(request);
    assert!(!later.is_empty(), "the task is asked for where it was begun");
    assert!(later.iter().all(|request| request.header("authorization").is_none()), "{later:?}");
}
