//! Tests that the exchange of every image and every failure is saved, and can be repeated from a shell.

use std::{fs, path::PathBuf};

use atelier::recipe::{Exchange, SentBody};
use serde_json::json;

use crate::{
    gateway::{Gateway, Reply},
    images::{image_response, png},
    test_home::{Run, TestHome, files, run},
};

const KEY: &str = "sk-sentinel-1f2e3d4c5b6a7988";

fn generate_with_key(home: &TestHome, base: &str, more: &[&str]) -> Run {
    let mut command = home.generate_command(base, more);
    command.env("DGRID_API_KEY", KEY);
    run(command)
}

fn saved_exchanges(home: &TestHome) -> Vec<(PathBuf, Exchange)> {
    let read = |path: PathBuf| {
        let json = fs::read(&path).expect("a file can be read");
        (path, serde_json::from_slice(&json).expect("it contains request and response"))
    };
    files(&home.library().join("exchanges")).into_iter().map(read).collect()
}

#[test]
fn exchange_of_an_image_is_saved_without_its_data() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(1))));
    let made = generate_with_key(&home, &gateway.base_url(), &["--seed", "7"]).only_image();
    let [(path, exchange)] = &saved_exchanges(&home)[..] else { panic!("one for one request") };
    assert!(path.ends_with(format!("{}.json", made["request"].as_str().unwrap_or_default())), "{path:?}");
    assert_eq!(exchange.url, format!("{}/chat/completions", gateway.base_url()));
    let SentBody::Json(body) = &exchange.body else { panic!("{exchange:?}") };
    assert_eq!(*body, gateway.posts()[0].json());
    let answer = exchange.answer.as_ref().expect("an answer came");
    let said = answer.body.as_deref().unwrap_or_default();
    assert!(answer.status == 200 && said.contains("image/png>"), "{answer:?}");
    assert!(answer.bytes > said.len() as u64);
}

#[test]
fn exchange_of_a_failure_keeps_the_response() {
    let home = TestHome::new();
    let error = json!({ "error": { "message": "no such model", "code": "model_not_found" } }).to_string();
    let headers = [("content-type", "application/json"), ("x-request-id", "r-17"), ("set-cookie", "session=1")];
    let gateway = Gateway::always(Reply::with(404, &headers, &error));
    assert_eq!(generate_with_key(&home, &gateway.base_url(), &[]).code, Some(1));
    let [(_, exchange)] = &saved_exchanges(&home)[..] else { panic!("one for one request") };
    let answer = exchange.answer.as_ref().expect("an answer came");
    assert_eq!((answer.status, answer.body.as_deref()), (404, Some(error.as_str())));
    assert!(answer.headers.contains(&("x-request-id".to_owned(), "r-17".to_owned())), "{answer:?}");
    assert!(!answer.headers.iter().any(|(name, _)| name == "set-cookie"), "{answer:?}");
}

#[test]
fn request_is_saved_without_a_response() {
    let home = TestHome::new();
    assert_eq!(generate_with_key(&home, "http://127.0.0.1:9/v1", &[]).code, Some(1));
    let [(_, exchange)] = &saved_exchanges(&home)[..] else { panic!("one for one request") };
    assert!(exchange.method == "POST" && exchange.answer.is_none(), "{exchange:?}");
}

/// A shell parses the command as intended, whatever the prompt contains.
#[cfg(unix)]
#[test]
fn curl_command_runs_in_a_shell_with_the_key_variable() {
    use std::{os::unix::fs::PermissionsExt as _, process::Command};

    let prompt = "it's \"quoted\" $HOME `id` \\n $(id) !! 漢字\nsecond line; rm -rf *";
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(2))));
    let mut command = home.command(&["generate", "--json", "--model", "m/painter", "--base-url", &gateway.base_url()]);
    command.args(["--prompt", prompt]).env("DGRID_API_KEY", KEY);
    run(command).only_image();
    let [(_, exchange)] = &saved_exchanges(&home)[..] else { panic!("one for one request") };
    let curl = exchange.curl();
    assert!(!curl.contains(KEY), "{curl}");

    // A script in place of curl writes down its arguments.
    let tools = home.path().join("tools");
    fs::create_dir_all(&tools).expect("a folder");
    let fake = tools.join("curl");
    let arguments = home.path().join("arguments");
    fs::write(&fake, "#!/bin/sh\nprintf '%s\\0' \"$@\" > \"$ARGUMENTS\"\n").expect("a script");
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).expect("a script that can be run");
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(&curl).env("PATH", &tools).env("ARGUMENTS", &arguments).env("DGRID_API_KEY", KEY);
    assert!(shell.status().expect("a shell").success());
    let text = fs::read_to_string(&arguments).expect("what the shell made of it");
    let given: Vec<&str> = text.trim_end_matches('\0').split('\0').collect();
    assert_eq!(given[..3], ["--request", "POST", exchange.url.as_str()]);
    assert!(given.contains(&format!("authorization: Bearer {KEY}").as_str()), "{given:?}");
    let [.., option, body] = given[..] else { panic!("{given:?}") };
    assert_eq!(option, "--data-raw");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body, gateway.posts()[0].json());
}
