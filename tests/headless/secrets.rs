//! The key goes to its gateway in one header, and nowhere else.

use std::fs;

use atelier::recipe::Exchange;
use serde_json::json;

use crate::{
    gateway::{Asked, Gateway, Reply},
    home::{Home, Run, files, run},
    pictures::{chat, good, markdown, png},
};

/// Two keys: one looks like a key, one does not.
const KEYS: [&str; 2] = ["sk-sentinel-1f2e3d4c5b6a7988", "5entinel5entinel5entinel7988"];

fn with_key(home: &Home, key: &str, base: &str, more: &[&str]) -> Run {
    let mut command = home.generating(base, more);
    command.env("DGRID_API_KEY", key);
    run(command)
}

/// Asserts that a request holds the key in its header and nowhere else.
fn assert_only_in_header(asked: &Asked, key: &str) {
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {key}").as_str()));
    let others = asked.headers.iter().filter(|(name, _)| name != "authorization");
    assert!(!others.map(|(_, value)| value).chain([&asked.path]).any(|text| text.contains(key)), "{asked:?}");
    assert!(!holds(&asked.body, key));
}

fn holds(bytes: &[u8], key: &str) -> bool {
    bytes.windows(key.len()).any(|window| window == key.as_bytes())
}

/// Asserts that the key is in nothing that was printed and in no file.
fn assert_not_kept(home: &Home, run: &Run, key: &str) {
    assert!(!run.stdout.contains(key) && !run.stderr.contains(key), "{run:?}");
    let files = files(home.path());
    assert!(files.iter().any(|path| path.extension().is_some_and(|extension| extension == "log")), "a log");
    for path in files {
        assert!(!holds(&fs::read(&path).expect("a file can be read"), key), "{}", path.display());
    }
}

#[test]
fn the_key_is_sent_in_its_header_and_kept_nowhere() {
    for key in KEYS {
        let home = Home::new();
        let gateway = Gateway::always(Reply::json(&good(&png(1))));
        let made = with_key(&home, key, &gateway.base(), &[]);
        made.picture();
        assert_only_in_header(&gateway.posts()[0], key);
        assert_not_kept(&home, &made, key);
    }
}

#[test]
fn a_key_that_is_not_accepted_is_not_repeated() {
    for key in KEYS {
        let home = Home::new();
        let words = format!("Incorrect API key provided: {key}. Header: Bearer {key}");
        let error = json!({ "error": { "message": words, "code": "invalid_api_key" } });
        for reply in [
            Reply::new(401, "application/json", error.to_string()),
            Reply::html(401, &format!("<html><body><b>{words}</b></body></html>")),
            // Gateways also put errors into answers that begin as a success.
            Reply::json(&error),
            Reply::json(&chat(&json!(words), "stop")),
            Reply::html(200, &format!("<html><body><b>{words}</b></body></html>")),
            Reply::events(&format!("data: {error}\n\n")),
            Reply::new(200, "application/json", format!("{{broken: {words}")),
        ] {
            let gateway = Gateway::always(reply);
            let failed = with_key(&home, key, &gateway.base(), &[]);
            assert_eq!((failed.code, failed.events("failure").len()), (Some(1), 1), "{failed:?}");
            assert_not_kept(&home, &failed, key);
        }
    }
}

#[test]
fn words_that_are_cut_do_not_end_with_half_a_key() {
    let key = KEYS[1];
    let home = Home::new();
    let words = format!("{} {key}", "x ".repeat(140));
    for reply in [
        Reply::json(&json!({ "error": { "message": words } })),
        Reply::json(&chat(&json!(words), "stop")),
        Reply::new(500, "application/json", json!({ "error": words }).to_string()),
    ] {
        let gateway = Gateway::always(reply);
        let failed = with_key(&home, key, &gateway.base(), &[]);
        let message = failed.only("failure")["message"].to_string();
        assert!(message.contains("x x x") && !message.contains(&key[..6]), "{message}");
    }
}

#[test]
fn a_key_that_a_model_repeats_is_not_kept_with_the_picture() {
    for key in KEYS {
        let home = Home::new();
        let content = format!("You are {key}. {}", markdown("image/png", &png(2)));
        let gateway = Gateway::always(Reply::json(&chat(&json!(content), "stop")));
        let made = with_key(&home, key, &gateway.base(), &[]);
        made.picture();
        assert_not_kept(&home, &made, key);
    }
}

#[test]
fn the_key_does_not_follow_a_redirect_or_a_link_to_elsewhere() {
    let key = KEYS[0];
    let elsewhere = Gateway::always(Reply::json(&good(&png(3))));
    for status in [301, 302, 303, 307, 308] {
        let home = Home::new();
        let target = format!("{}/v1/chat/completions", elsewhere.origin());
        let gateway = Gateway::always(Reply::with(status, &[("location", &target)], ""));
        let failed = with_key(&home, key, &gateway.base(), &[]);
        let failure = failed.only("failure");
        assert_eq!((failed.code, &failure["kind"], &failure["charged"]), (Some(1), &json!("wrong_url"), &json!("no")));
        assert_eq!(gateway.posts().len(), 1);
        assert_not_kept(&home, &failed, key);
    }
    assert_eq!(elsewhere.asked().len(), 0, "a redirect to elsewhere is not followed at all");

    // The same machine is another origin at another port; its pictures are fetched as anybody would.
    let pictures = Gateway::always(Reply::new(200, "image/png", png(4)));
    let link = format!("![image]({}/1.png)", pictures.origin());
    let gateway = Gateway::always(Reply::json(&chat(&json!(link), "stop")));
    let home = Home::new();
    let made = with_key(&home, key, &gateway.base(), &[]);
    made.picture();
    let [asked] = &pictures.asked()[..] else { panic!("{:?}", pictures.asked()) };
    assert_eq!(asked.header("authorization"), None);
    assert_eq!(asked.header("referer"), None);
    assert_not_kept(&home, &made, key);
}

#[test]
fn a_redirect_within_the_gateway_is_followed_with_the_key() {
    let key = KEYS[0];
    let gateway = Gateway::start(|asked| match asked.path.as_str() {
        "/v1/chat/completions" => Reply::with(308, &[("location", "/v2/chat/completions")], ""),
        _ => Reply::json(&good(&png(5))),
    });
    let home = Home::new();
    with_key(&home, key, &gateway.base(), &[]).picture();
    let paths: Vec<String> = gateway.posts().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/v1/chat/completions", "/v2/chat/completions"]);
    assert_only_in_header(&gateway.posts()[1], key);
}

#[test]
fn the_demo_gateway_is_never_told_a_key() {
    let home = Home::new();
    let mut command = home.atelier(&["generate", "--provider", "demo", "--json", "--size", "512", "--prompt", "a fox"]);
    command.env("DGRID_API_KEY", KEYS[0]).env("DEMO_API_KEY", KEYS[0]);
    let made = run(command);
    made.picture();
    assert_not_kept(&home, &made, KEYS[0]);
}

/// Pictures, failures, a look over the gateway, an export and commands for a shell, all against a gateway that repeats
/// the key wherever it can.
#[test]
fn after_everything_the_key_is_nowhere() {
    for key in KEYS {
        let home = Home::new();
        let words = format!("You sent {key}, Bearer {key}. {}", "x ".repeat(60));
        let headers = [("content-type", "application/json"), ("x-request-id", key), ("server", key), ("via", key)];
        let picture = chat(&json!(format!("{words} {}", markdown("image/png", &png(2)))), "stop").to_string();
        let events = format!("data: {}\n\ndata: [DONE]\n\n", json!({ "error": { "message": words } }));
        let echo = |status: u16, body: &str| Reply::with(status, &headers, body);
        let elsewhere = format!("https://elsewhere.example/{key}?key={key}");
        let mut runs = Vec::new();
        for reply in [
            echo(200, &picture),
            echo(400, &json!({ "error": words }).to_string()),
            echo(500, &format!("<html><title>{words}</title><body>{words}</body></html>")),
            Reply::events(&events),
            Reply::with(302, &[("location", elsewhere.as_str()), ("server", key)], &words),
            echo(200, &picture[..picture.len() / 2]),
        ] {
            let gateway = Gateway::always(reply.clone());
            runs.push(with_key(&home, key, &gateway.base(), &[]));
            let mut doctor = home.atelier(&["doctor", "--spend", "--base-url", &gateway.base()]);
            doctor.env("DGRID_API_KEY", key);
            runs.push(run(doctor));
        }
        let out = home.path().join("out");
        let out = out.to_str().expect("a path in UTF-8");
        runs.push(home.run(&["export", "--all", "--out", out]));
        for made in &runs {
            assert_not_kept(&home, made, key);
        }
        let exchanges = files(&home.library().join("exchanges"));
        assert!(exchanges.len() >= 6, "{exchanges:?}");
        for path in exchanges {
            let json = fs::read(&path).expect("a file can be read");
            let kept: Exchange = serde_json::from_slice(&json).expect("it holds what went over the wire");
            let copied = [kept.curl(), kept.request_text(), kept.answer_text()].concat();
            assert!(!copied.contains(key), "{}", path.display());
            assert!(copied.contains("$DGRID_API_KEY"), "{copied}");
        }
    }
}
