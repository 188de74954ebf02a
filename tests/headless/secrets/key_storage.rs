//! Tests that the key is sent to its gateway in one header, and is nowhere else.

use std::fs;

use atelier::recipe::Exchange;
use serde_json::json;

use crate::{
    gateway::{Gateway, RecordedRequest, Reply},
    images::{chat_response, image_response, markdown_image, png},
    test_home::{Run, TestHome, files, run},
};

/// Two keys: one looks like a key, one does not.
const KEYS: [&str; 2] = ["sk-sentinel-1f2e3d4c5b6a7988", "5entinel5entinel5entinel7988"];

fn generate_with_key(home: &TestHome, key: &str, base: &str, more: &[&str]) -> Run {
    let mut command = home.generate_command(base, more);
    command.env("DGRID_API_KEY", key);
    run(command)
}

/// Asserts that a request contains the key in its header and nowhere else.
fn assert_only_in_header(request: &RecordedRequest, key: &str) {
    assert_eq!(request.header("authorization"), Some(format!("Bearer {key}").as_str()));
    let others = request.headers.iter().filter(|(name, _)| name != "authorization");
    assert!(!others.map(|(_, value)| value).chain([&request.path]).any(|text| text.contains(key)), "{request:?}");
    assert!(!contains(&request.body, key));
}

fn contains(bytes: &[u8], key: &str) -> bool {
    bytes.windows(key.len()).any(|window| window == key.as_bytes())
}

/// Asserts that neither the output nor a file contains the key.
fn assert_key_is_not_stored(home: &TestHome, run: &Run, key: &str) {
    assert!(!run.stdout.contains(key) && !run.stderr.contains(key), "{run:?}");
    let files = files(home.path());
    assert!(files.iter().any(|path| path.extension().is_some_and(|extension| extension == "log")), "a log");
    for path in files {
        assert!(!contains(&fs::read(&path).expect("a file can be read"), key), "{}", path.display());
    }
}

#[test]
fn key_is_sent_in_its_header_and_not_stored() {
    for key in KEYS {
        let home = TestHome::new();
        let gateway = Gateway::always(Reply::json(&image_response(&png(1))));
        let made = generate_with_key(&home, key, &gateway.base_url(), &[]);
        made.only_image();
        assert_only_in_header(&gateway.posts()[0], key);
        assert_key_is_not_stored(&home, &made, key);
    }
}

#[test]
fn rejected_key_is_not_repeated() {
    for key in KEYS {
        let home = TestHome::new();
        let words = format!("Incorrect API key provided: {key}. Header: Bearer {key}");
        let error = json!({ "error": { "message": words, "code": "invalid_api_key" } });
        for reply in [
            Reply::new(401, "application/json", error.to_string()),
            Reply::html(401, &format!("<html><body><b>{words}</b></body></html>")),
            // Gateways also report errors in responses with a successful status.
            Reply::json(&error),
            Reply::json(&chat_response(&json!(words), "stop")),
            Reply::html(200, &format!("<html><body><b>{words}</b></body></html>")),
            Reply::event_stream(&format!("data: {error}\n\n")),
            Reply::new(200, "application/json", format!("{{broken: {words}")),
        ] {
            let gateway = Gateway::always(reply);
            let failed = generate_with_key(&home, key, &gateway.base_url(), &[]);
            assert_eq!((failed.code, failed.events("failure").len()), (Some(1), 1), "{failed:?}");
            assert_key_is_not_stored(&home, &failed, key);
        }
    }
}

#[test]
fn truncated_messages_do_not_end_with_a_partial_key() {
    let key = KEYS[1];
    let home = TestHome::new();
    let words = format!("{} {key}", "x ".repeat(140));
    for reply in [
        Reply::json(&json!({ "error": { "message": words } })),
        Reply::json(&chat_response(&json!(words), "stop")),
        Reply::new(500, "application/json", json!({ "error": words }).to_string()),
    ] {
        let gateway = Gateway::always(reply);
        let failed = generate_with_key(&home, key, &gateway.base_url(), &[]);
        let message = failed.only_event("failure")["message"].to_string();
        assert!(message.contains("x x x") && !message.contains(&key[..6]), "{message}");
    }
}

#[test]
fn key_repeated_by_a_model_is_not_stored_with_the_image() {
    for key in KEYS {
        let home = TestHome::new();
        let content = format!("You are {key}. {}", markdown_image("image/png", &png(2)));
        let gateway = Gateway::always(Reply::json(&chat_response(&json!(content), "stop")));
        let made = generate_with_key(&home, key, &gateway.base_url(), &[]);
        made.only_image();
        assert_key_is_not_stored(&home, &made, key);
    }
}

#[test]
fn key_is_not_sent_to_other_hosts_by_redirects_or_links() {
    let key = KEYS[0];
    let elsewhere = Gateway::always(Reply::json(&image_response(&png(3))));
    for (status, charged) in [(301, "no"), (302, "maybe"), (303, "maybe"), (307, "no"), (308, "no")] {
        let home = TestHome::new();
        let target = format!("{}/v1/chat/completions", elsewhere.origin());
        let gateway = Gateway::always(Reply::with(status, &[("location", &target)], ""));
        let failed = generate_with_key(&home, key, &gateway.base_url(), &[]);
        let failure = failed.only_event("failure");
        assert_eq!(
            (failed.code, &failure["kind"], &failure["charged"]),
            (Some(1), &json!("redirected"), &json!(charged))
        );
        assert_eq!(gateway.posts().len(), 1);
        assert_key_is_not_stored(&home, &failed, key);
    }
    assert_eq!(elsewhere.requests().len(), 0, "a redirect to elsewhere is not followed at all");

    // Images of the gateway itself are fetched without special rights.
    let gateway = Gateway::start(|request| match request.header("host") {
        Some(host) if request.method == "POST" => {
            Reply::json(&chat_response(&json!(format!("![image](http://{host}/1.png)")), "stop"))
        }
        _ => Reply::new(200, "image/png", png(4)),
    });
    let home = TestHome::new();
    let made = generate_with_key(&home, key, &gateway.base_url(), &[]);
    made.only_image();
    let [_, request] = &gateway.requests()[..] else { panic!("{:?}", gateway.requests()) };
    assert_eq!(
        (request.method.as_str(), request.header("authorization"), request.header("referer")),
        ("GET", None, None)
    );
    assert_key_is_not_stored(&home, &made, key);

    // The same machine at another port is another origin, to which links are not followed.
    let link = format!("![image]({}/1.png)", elsewhere.origin());
    let gateway = Gateway::always(Reply::json(&chat_response(&json!(link), "stop")));
    let failed = generate_with_key(&home, key, &gateway.base_url(), &[]);
    assert_eq!((failed.code, &failed.only_event("failure")["kind"]), (Some(1), &json!("link_refused")));
    assert_eq!(elsewhere.requests().len(), 0);
}

#[test]
fn redirect_within_the_gateway_does_not_resend_the_prompt() {
    let key = KEYS[0];
    let gateway = Gateway::start(|request| match request.path.as_str() {
        "/v1/chat/completions" => Reply::with(308, &[("location", "/v2/chat/completions")], ""),
        _ => Reply::json(&image_response(&png(5))),
    });
    let home = TestHome::new();
    let failed = generate_with_key(&home, key, &gateway.base_url(), &[]);
    let failure = failed.only_event("failure");
    assert_eq!((failed.code, &failure["kind"], &failure["charged"]), (Some(1), &json!("redirected"), &json!("no")));
    assert_eq!(gateway.posts().len(), 1);
    assert_only_in_header(&gateway.posts()[0], key);
}

#[test]
fn demo_gateway_receives_no_key() {
    let home = TestHome::new();
    let mut command = home.command(&["generate", "--provider", "demo", "--json", "--size", "512", "--prompt", "a fox"]);
    command.env("DGRID_API_KEY", KEYS[0]).env("DEMO_API_KEY", KEYS[0]);
    let made = run(command);
    made.only_image();
    assert_key_is_not_stored(&home, &made, KEYS[0]);
}

/// Images, failures, a diagnosis of the gateway, an export and shell commands, all against a gateway that repeats the
/// key wherever it can.
#[test]
fn key_is_in_no_file_after_every_command() {
    for key in KEYS {
        let home = TestHome::new();
        let words = format!("You sent {key}, Bearer {key}. {}", "x ".repeat(60));
        let headers = [("content-type", "application/json"), ("x-request-id", key), ("server", key), ("via", key)];
        let picture =
            chat_response(&json!(format!("{words} {}", markdown_image("image/png", &png(2)))), "stop").to_string();
        let events = format!("data: {}\n\ndata: [DONE]\n\n", json!({ "error": { "message": words } }));
        let echo = |status: u16, body: &str| Reply::with(status, &headers, body);
        let elsewhere = format!("https://elsewhere.example/{key}?key={key}");
        let mut runs = Vec::new();
        for reply in [
            echo(200, &picture),
            echo(400, &json!({ "error": words }).to_string()),
            echo(500, &format!("<html><title>{words}</title><body>{words}</body></html>")),
            Reply::event_stream(&events),
            Reply::with(302, &[("location", elsewhere.as_str()), ("server", key)], &words),
            echo(200, &picture[..picture.len() / 2]),
        ] {
            let gateway = Gateway::always(reply.clone());
            runs.push(generate_with_key(&home, key, &gateway.base_url(), &[]));
            let mut doctor = home.command(&["doctor", "--spend", "--base-url", &gateway.base_url()]);
            doctor.env("DGRID_API_KEY", key);
            runs.push(run(doctor));
        }
        let out = home.path().join("out");
        let out = out.to_str().expect("a path in UTF-8");
        runs.push(home.run(&["export", "--all", "--out", out]));
        for made in &runs {
            assert_key_is_not_stored(&home, made, key);
        }
        let exchanges = files(&home.library().join("exchanges"));
        assert!(exchanges.len() >= 6, "{exchanges:?}");
        for path in exchanges {
            let json = fs::read(&path).expect("a file can be read");
            let kept: Exchange = serde_json::from_slice(&json).expect("it contains request and response");
            let copied = [kept.curl(), kept.request_text(), kept.answer_text()].concat();
            assert!(!copied.contains(key), "{}", path.display());
            assert!(copied.contains("$DGRID_API_KEY"), "{copied}");
        }
    }
}

/// A shared profile with a name whose key is in the environment.
#[test]
fn imported_profile_gets_a_key_only_after_its_host_is_confirmed() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(1))));
    // This machine needs no key, so the host is one that does.
    let profile = |base: &str| json!({ "id": "anthropic", "name": "Anthropic\u{202e}\u{1b}[2J", "base_url": base });
    fs::write(home.path().join("gift.json"), profile("https://keys.example:8443/v1").to_string()).expect("a file");
    let imported = home.run(&["profiles", "import", "gift.json"]);
    assert!(imported.code == Some(0) && imported.stdout.contains("atelier profiles trust"), "{imported:?}");
    let generate = |more: &[&str]| {
        let usual = ["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "anthropic"];
        let mut command = home.command(&[&usual, more].concat());
        command.env("ANTHROPIC_API_KEY", KEYS[0]);
        run(command)
    };
    let refused = generate(&[]);
    let failure = refused.only_event("failure");
    assert_eq!((refused.code, &failure["kind"]), (Some(2), &json!("host_not_confirmed")));
    let message = failure["message"].to_string();
    assert!(message.contains("keys.example:8443") && message.contains("atelier profiles trust anthropic"), "{message}");
    let mut doctor = home.command(&["doctor", "--provider", "anthropic", "--json"]);
    doctor.env("ANTHROPIC_API_KEY", KEYS[0]);
    assert_eq!(run(doctor).code, Some(1));
    assert_eq!(home.run(&["profiles", "trust", "nobody"]).code, Some(2));

    // An address that the user enters is trusted.
    generate(&["--base-url", &gateway.base_url()]).only_image();
    assert_only_in_header(&gateway.posts()[0], KEYS[0]);

    let listed = home.run(&["profiles", "list"]);
    assert!(listed.stdout.contains("Anthropic") && !listed.stdout.contains(['\u{202e}', '\u{1b}']), "{listed:?}");
    let trusted = home.run(&["profiles", "trust", "anthropic"]);
    assert!(trusted.code == Some(0) && trusted.stdout.contains("keys.example:8443"), "{trusted:?}");
    let confirmed = home.run(&["profiles", "list", "--json"]);
    let profiles = confirmed.events("profile");
    assert!(profiles.iter().all(|profile| profile["confirmed"] == true) && !profiles.is_empty(), "{confirmed:?}");
}

#[test]
fn local_server_of_an_imported_profile_gets_no_key() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(1))));
    let profile = json!({ "id": "anthropic", "name": "A", "base_url": gateway.base_url() });
    fs::write(home.path().join("gift.json"), profile.to_string()).expect("a file");
    assert_eq!(home.run(&["profiles", "import", "gift.json"]).code, Some(0));
    let usual = ["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "anthropic"];
    let generate = || {
        let mut command = home.command(&usual);
        command.env("ANTHROPIC_API_KEY", KEYS[0]);
        run(command)
    };
    generate().only_image();
    assert_eq!(gateway.posts()[0].header("authorization"), None);
    assert_eq!(home.run(&["profiles", "trust", "anthropic"]).code, Some(0));
    generate().only_image();
    assert_only_in_header(&gateway.posts()[1], KEYS[0]);
}

/// Profiles in the settings of an earlier version continue to work.
#[test]
fn existing_profiles_keep_their_key() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(1))));
    let config = home.path().join("config/atelier");
    fs::create_dir_all(&config).expect("a folder");
    let profile = json!({ "id": "mine", "name": "Mine", "base_url": gateway.base_url() });
    fs::write(config.join("settings.json"), json!({ "version": 1, "profiles": [profile] }).to_string())
        .expect("a file");
    let usual = ["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "mine"];
    let mut command = home.command(&usual);
    command.env("MINE_API_KEY", KEYS[0]);
    run(command).only_image();
    assert_only_in_header(&gateway.posts()[0], KEYS[0]);
}

#[cfg(unix)]
#[test]
fn library_files_are_private_and_exported_files_are_not() {
    use std::{os::unix::fs::PermissionsExt as _, path::Path};

    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(1))));
    generate_with_key(&home, KEYS[0], &gateway.base_url(), &[]).only_image();
    let mut folders = vec![home.library()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 5, "{seen}");
    for log in files(home.path()).iter().filter(|path| path.extension().is_some_and(|extension| extension == "log")) {
        assert_eq!(mode(log.parent().expect("a folder")), 0o700);
    }

    // A library that an earlier version made is closed to others when it is opened.
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    for name in ["", "originals", "exchanges", "spool"] {
        open(&home.library().join(name), 0o755);
    }
    for name in ["library.db", "spending.jsonl"] {
        open(&home.library().join(name), 0o644);
    }
    let out = home.path().join("out");
    let exported = home.run(&["export", "--all", "--out", out.to_str().expect("a path in UTF-8")]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    for name in ["", "originals", "exchanges", "spool"] {
        assert_eq!(mode(&home.library().join(name)), 0o700, "{name}");
    }
    for name in ["library.db", "spending.jsonl"] {
        assert_eq!(mode(&home.library().join(name)), 0o600, "{name}");
    }
    // An ordinary new file has the permissions that the mask leaves of 0666.
    let ordinary = home.path().join("ordinary");
    fs::write(&ordinary, "").expect("a file");
    for path in files(&out) {
        assert_eq!(mode(&path), mode(&ordinary), "{}", path.display());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn crash_leaves_no_core_dump() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply(vec![crate::gateway::Part::Stall]));
    let mut command = home.generate_command(&gateway.base_url(), &[]);
    command.env("DGRID_API_KEY", KEYS[0]);
    let mut child = command.spawn().expect("the program starts");
    while gateway.posts().is_empty() {
        assert!(child.try_wait().expect("it can be waited for").is_none(), "it waits for an answer");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("its limits");
    child.kill().expect("it can be killed");
    crate::test_home::wait_for_exit(&mut child);
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}
