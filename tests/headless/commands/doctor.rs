//! Tests of `atelier doctor`: the state of a gateway, step by step.

use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Reply},
    images::{image_response, png},
    test_home::{Run, TestHome, run},
};

const KEY: &str = "sk-sentinel-1f2e3d4c5b6a7988";

fn models() -> Reply {
    Reply::json(&json!({ "data": [{ "id": "maker/image-1" }, { "id": "maker/talker" }] }))
}

fn doctor(home: &TestHome, base: &str, more: &[&str]) -> Run {
    let mut command = home.command(&[&["doctor", "--json", "--base-url", base], more].concat());
    command.env("DGRID_API_KEY", KEY);
    run(command)
}

/// The result of each step.
fn step_results(run: &Run) -> Vec<(String, String)> {
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    run.events("check").iter().map(|line| (text(line, "check"), text(line, "health"))).collect()
}

fn step_result(run: &Run, check: &str) -> (String, String) {
    let found = run.events("check").into_iter().find(|line| line["check"] == check);
    let line = found.unwrap_or_else(|| panic!("{check}: {run:?}"));
    (line["health"].as_str().unwrap_or_default().to_owned(), line["message"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn working_gateway_passes_every_step_at_no_cost() {
    let home = TestHome::new();
    let gateway = Gateway::start(|request| {
        if request.header("authorization").is_some() { models() } else { Reply::new(401, "application/json", "{}") }
    });
    let diagnosis = doctor(&home, &gateway.base_url(), &[]);
    assert_eq!(diagnosis.code, Some(0), "{diagnosis:?}");
    let order: Vec<String> = step_results(&diagnosis).into_iter().map(|(check, _)| check).collect();
    assert_eq!(order, ["address", "network", "encryption", "models", "key", "clock", "model", "picture"]);
    assert!(step_result(&diagnosis, "models").1.starts_with("2 models, 1 for images"), "{diagnosis:?}");
    assert_eq!(step_result(&diagnosis, "key"), ("ok".to_owned(), "Key accepted.".to_owned()));
    assert!(step_result(&diagnosis, "model").1.contains("maker/image-1"));
    assert!(step_result(&diagnosis, "picture").1.contains("No test image requested"), "{diagnosis:?}");
    assert_eq!(gateway.posts().len(), 0);
}

#[test]
fn test_image_is_generated_only_with_consent_and_is_stored() {
    let home = TestHome::new();
    let gateway = Gateway::start(|request| match request.method.as_str() {
        "POST" => Reply::json(&image_response(&png(1))),
        _ => models(),
    });
    let diagnosis = doctor(&home, &gateway.base_url(), &["--spend"]);
    assert_eq!(diagnosis.code, Some(0), "{diagnosis:?}");
    let (health, said) = step_result(&diagnosis, "picture");
    assert!(health == "ok" && said.contains("PNG") && said.contains("/chat/completions"), "{said}");
    assert_eq!(gateway.posts().len(), 1);
    assert_eq!(gateway.posts()[0].json()["model"], "maker/image-1");
    let kept = crate::test_home::files(&home.library().join("originals"));
    assert!(kept.iter().any(|path| path.extension().is_some_and(|extension| extension == "png")));
    // Its list is available without a key as well.
    assert_eq!(step_result(&diagnosis, "key").0, "warning");
}

#[test]
fn failing_steps_are_reported_at_no_cost() {
    let home = TestHome::new();
    let refusing = Gateway::always(Reply::new(
        401,
        "application/json",
        json!({ "error": { "message": format!("no such key {KEY}") } }).to_string(),
    ));
    let diagnosis = doctor(&home, &refusing.base_url(), &["--spend"]);
    assert_eq!(diagnosis.code, Some(1), "{diagnosis:?}");
    assert_eq!(step_result(&diagnosis, "key").0, "failed");
    assert_eq!(refusing.posts().len(), 0);
    assert!(!diagnosis.stdout.contains(KEY) && !diagnosis.stderr.contains(KEY));

    let nobody = doctor(&home, "http://127.0.0.1:9/v1", &[]);
    assert_eq!((nobody.code, step_result(&nobody, "network").0.as_str()), (Some(1), "failed"), "{nobody:?}");
    let nowhere = doctor(&home, "ftp://api.example/v1", &[]);
    assert_eq!((nowhere.code, step_result(&nowhere, "address").0.as_str()), (Some(1), "failed"), "{nowhere:?}");
    let unknown = home.run(&["doctor", "--provider", "nobody"]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
}

#[test]
fn wrong_clock_is_reported() {
    let home = TestHome::new();
    let list = json!({ "data": [{ "id": "maker/image-1" }] }).to_string();
    let headers = [("content-type", "application/json"), ("date", "Mon, 02 Jan 2006 15:04:05 GMT")];
    let gateway = Gateway::always(Reply::with(200, &headers, list));
    let diagnosis = doctor(&home, &gateway.base_url(), &["--model", "maker/other"]);
    assert_eq!(diagnosis.code, Some(0), "{diagnosis:?}");
    assert_eq!(step_result(&diagnosis, "clock").0, "warning");
    assert_eq!(step_result(&diagnosis, "model").0, "warning");
}

#[test]
fn key_is_sent_only_to_its_gateway() {
    let elsewhere = Gateway::always(models());
    let target = format!("{}/v1/models", elsewhere.origin());
    let gateway = Gateway::always(Reply::with(307, &[("location", &target)], ""));
    let home = TestHome::new();
    let diagnosis = doctor(&home, &gateway.base_url(), &["--spend"]);
    assert_eq!(diagnosis.code, Some(1), "{diagnosis:?}");
    assert_eq!(elsewhere.requests().len(), 0);
}
