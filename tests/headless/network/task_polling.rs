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
    gateway::{Asked, Gateway, Reply},
    images::png,
    test_home::{Home, run},
};

const ID: &str = "task_7f3a";

/// A gateway that starts a task for every prompt and reports it only at `place`, as running for the first `waiting`
/// polls. Images are linked.
fn begins(place: &'static str, waiting: usize, done: Value) -> (Gateway, Arc<AtomicUsize>) {
    let questions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&questions);
    let gateway = Gateway::start(move |asked: &Asked| {
        if asked.method == "POST" {
            return Reply::json(&json!({ "code": 200, "data": [{ "status": "submitted", "task_id": ID }] }));
        }
        if asked.path == "/files/fox.png" {
            return Reply::new(200, "image/png", png(1));
        }
        if asked.path != format!("{place}/{ID}") {
            return Reply::html(404, "<html>no such page</html>");
        }
        if asked.header("authorization").is_none() {
            return Reply::new(401, "application/json", "{}");
        }
        match counted.fetch_add(1, Ordering::SeqCst) {
            number if number < waiting => Reply::json(&json!({ "data": { "id": ID, "status": "in_progress" } })),
            _ => Reply::json(&done),
        }
    });
    (gateway, questions)
}

fn keyed(home: &Home, gateway: &Gateway) -> crate::test_home::Run {
    let mut command = home.generating(&gateway.base(), &["--dialect", "images"]);
    command.env("DGRID_API_KEY", "sk-real-0001");
    run(command)
}

#[test]
fn task_is_polled_until_its_image_and_paid_once() {
    let link = |url: &str| json!({ "code": 200, "data": { "status": "completed", "result": { "images": [{ "url": [url] }] } } });
    for (place, waiting) in [("/v1/tasks", 2), ("/v1/images/generations", 0), ("/api/v1/tasks", 1)] {
        let home = Home::new();
        let (gateway, questions) = begins(place, waiting, link("/files/fox.png"));
        let made = keyed(&home, &gateway).picture();
        assert_eq!(made["sha256"], crate::test_home::sha256(&png(1)), "{place}");
        assert_eq!((gateway.posts().len(), questions.load(Ordering::SeqCst)), (1, waiting + 1), "{place}");
    }
}

#[test]
fn embedded_task_images_are_stored_and_failed_tasks_say_why() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let home = Home::new();
    let done = json!({ "status": "SUCCEEDED", "data": [{ "b64_json": BASE64_STANDARD.encode(png(2)) }] });
    let (gateway, _) = begins("/v1/tasks", 1, done);
    keyed(&home, &gateway).picture();

    let failed =
        json!({ "data": { "status": "failed", "fail_reason": "no worker", "error": { "message": "no worker" } } });
    let (gateway, _) = begins("/v1/tasks", 1, failed);
    let failed = keyed(&home, &gateway);
    let failure = failed.only("failure");
    assert!(failure["message"].as_str().is_some_and(|message| message.contains("no worker")), "{failure}");
    assert_eq!((failed.code, &failure["charged"], gateway.posts().len()), (Some(1), &json!("maybe"), 1));
}

#[test]
fn unpollable_task_is_reported_and_kept() {
    let home = Home::new();
    let (gateway, _) = begins("/nowhere", 0, json!({}));
    let failed = keyed(&home, &gateway);
    let failure = failed.only("failure");
    assert_eq!((&failure["kind"], &failure["charged"]), (&json!("task_not_found"), &json!("maybe")), "{failed:?}");
    assert!(failure["message"].as_str().is_some_and(|message| message.contains(ID)), "{failure}");
    assert!(failure["kept"].is_object(), "the response is kept: {failure}");
    assert_eq!(gateway.posts().len(), 1);
}

/// A command that generates with a provider of the settings whose API is at this address.
fn generating(home: &Home, base: &str) -> std::process::Command {
    let config = home.path().join("config-of-mine");
    std::fs::create_dir_all(&config).expect("a folder");
    let settings = json!({ "version": 1, "profiles": [
        { "id": "mine", "name": "Mine", "base_url": base, "dialect": "images" },
    ] });
    std::fs::write(config.join("settings.json"), settings.to_string()).expect("a file");
    let mut command = home.atelier(&["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "mine"]);
    command.env("ATELIER_CONFIG", &config).env("MINE_API_KEY", "sk-real-0001");
    command
}

/// Starts a task and kills the program while it polls.
fn interrupt(home: &Home, gateway: &Gateway, questions: &AtomicUsize) {
    let mut child = generating(home, &gateway.base()).spawn().expect("the program starts");
    while questions.load(Ordering::SeqCst) == 0 {
        assert_eq!(child.try_wait().expect("it can be asked"), None, "it has ended too early");
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

#[test]
fn task_polling_resumes_after_a_kill() {
    let home = Home::new();
    let done = json!({ "status": "completed", "output": [{ "url": "/files/fox.png" }] });
    let (gateway, questions) = begins("/v1/tasks", 3, done);
    interrupt(&home, &gateway, &questions);
    let first = crate::test_home::files(&home.library().join("spool"));
    assert_eq!(first.len(), 1, "{first:?}");
    // The next command polls the task besides its own request.
    run(generating(&home, &gateway.base())).picture();
    assert_eq!(gateway.posts().len(), 2, "one for each prompt");
    let images = crate::test_home::with_extension(&home.library().join("originals"), "png");
    assert_eq!(images.len(), 2, "{images:?}");
}

#[test]
fn key_of_a_moved_provider_is_not_sent_to_its_old_address() {
    let home = Home::new();
    let (before, questions) = begins("/v1/tasks", 1000, json!({}));
    interrupt(&home, &before, &questions);
    let asked = before.asked().len();
    let now = Gateway::start(|asked| match asked.method.as_str() {
        "POST" => Reply::json(&json!({ "data": [{ "url": "/files/fox.png" }] })).paced(4, Duration::from_millis(500)),
        _ => Reply::new(200, "image/png", png(3)),
    });
    run(generating(&home, &now.base())).picture();
    let later: Vec<Asked> = before.asked().split_off(asked);
    assert!(!later.is_empty(), "the task is asked for where it was begun");
    assert!(later.iter().all(|asked| asked.header("authorization").is_none()), "{later:?}");
}
