//! Tests of request cards: every stage, every outcome, and the files that remain.

use std::{fs, path::PathBuf, time::Duration};

use atelier::library::Library;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use serde_json::json;

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Part, Reply, unused_address},
        images::{chat_response, data_url, event_stream, image_response, markdown_image, png},
        prompt,
    },
    test_app::{Machine, Stage, files},
};

/// All files that a request may leave in the library while it runs.
fn temporary_files(machine: &Machine) -> Vec<PathBuf> {
    let mut remains = files(&machine.library().join("spool"));
    remains.extend(files(&machine.library().join("originals")));
    remains
}

fn assert_canceled_after(reply: &Reply, sees: &str) {
    let reply = reply.clone();
    let gateway =
        gateway(
            move |request| {
                if prompt(request) == "stalls" { reply.clone() } else { Reply::json(&image_response(&png(1))) }
            },
        );
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("stalls");
    stage.sees(sees);
    stage.click("Cancel “stalls”");
    stage.sees("Canceled. You may have been charged.");
    assert_eq!(temporary_files(&machine), Vec::<PathBuf>::new(), "{sees}");
    // It does not delay other requests.
    stage.generate("goes on");
    stage.pictures(1);
    stage.close();
    // No request remains to be resumed.
    let library = Library::open(&machine.library()).expect("it was closed");
    assert_eq!(library.requests().unfinished().expect("it can be read"), []);
    assert_eq!(library.requests().failed().expect("it can be read"), []);
    drop(library);
    machine.open().pictures(1);
    assert_eq!(gateway.posts().len(), 2);
}

#[test]
fn request_is_canceled_while_the_gateway_is_silent() {
    assert_canceled_after(&Reply(vec![Part::Stall]), "Generating…");
}

#[test]
fn request_is_canceled_while_its_image_arrives() {
    let answer = Reply::json(&image_response(&png(1)));
    assert_canceled_after(&answer.truncated_by(2_000, Part::Stall), "Receiving");
    let answer = Reply::event_stream(&event_stream(&[&markdown_image("image/png", &png(1))], Some("stop")));
    assert_canceled_after(&answer.truncated_by(2_000, Part::Stall), "Receiving");
}

#[test]
fn queued_request_is_canceled_at_no_cost_and_the_next_one_starts() {
    let gateway = gateway(|request| {
        if prompt(request) == "first" { Reply(vec![Part::Stall]) } else { Reply::json(&image_response(&png(1))) }
    });
    let machine = Machine::at_with(&gateway.base_url(), |settings| settings.concurrency = 1);
    let mut stage = machine.open();
    for prompt in ["first", "second", "third"] {
        stage.generate(prompt);
        stage.sees(&format!("Cancel “{prompt}”"));
    }
    stage.until("two wait", |window| window.query_all(by().label_contains("Queued")).count() >= 2);
    stage.click("Cancel “second”");
    stage.sees("You were not charged.");
    assert_eq!(gateway.posts().len(), 1);
    stage.click("Cancel “first”");
    stage.pictures(1);
    let request: Vec<String> = gateway.posts().iter().map(prompt).collect();
    assert_eq!(request, ["first", "third"]);
}

#[test]
fn card_shows_received_bytes_and_elapsed_time() {
    let whole = Reply::json(&image_response(&png(1)));
    let gateway = gateway(move |_| whole.clone().truncated_by(2_000, Part::Stall));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a slow fox");
    stage.sees("Receiving · ");
    stage.sees(" kB of ");
    stage.sees("1 running");
}

/// The behavior of a gateway, and the expected card: its title, its message and its charge.
struct Case(&'static str, Reply, &'static str, &'static str, &'static str);

fn error_reply(status: u16, message: &str, code: &str) -> Reply {
    let body = json!({ "error": { "message": message, "code": code } });
    Reply::new(status, "application/json", body.to_string())
}

const NOT_CHARGED: &str = "You were not charged.";
const MAYBE_CHARGED: &str = "You may have been charged.";
const CHARGED: &str = "You were charged.";

/// Answers one request after another with the cases, each followed by an undisturbed successful one.
fn run_cases(cases: &[Case]) {
    let replies: Vec<(String, Reply)> = cases.iter().map(|case| (case.0.to_owned(), case.1.clone())).collect();
    let gateway = gateway(move |request| {
        let request = prompt(request);
        let scripted = replies.iter().find(|(name, _)| *name == request);
        scripted.map_or_else(|| Reply::json(&image_response(&png(1))), |(_, reply)| reply.clone())
    });
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    let mut request = 0;
    for Case(name, _, title, sentence, charge) in cases {
        stage.generate(name);
        wait_for_card(&mut stage, title, sentence, charge);
        request += 1;
        assert_eq!(gateway.posts().len(), request, "{name}: nothing is sent twice automatically");
        stage.click(&format!("Remove card: {name}"));
        stage.sees_no_more(charge);
    }
    stage.generate("a fox");
    stage.pictures(1);
    let originals = files(&machine.library().join("originals"));
    assert_eq!(originals.len(), 2, "only the valid image and its sidecar");
}

/// Waits until one card shows all of this.
fn wait_for_card(stage: &mut Stage, title: &str, sentence: &str, charge: &str) {
    stage.until(title, |window| {
        window.query_all(by().role(Role::Article).label_contains(title)).any(|card| {
            let label = card.accesskit_node().label().unwrap_or_default();
            label.contains(sentence) && label.contains(charge)
        })
    });
}

#[test]
fn rejection_by_a_gateway_is_explained() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    run_cases(&[
        Case("key", error_reply(401, "bad key", ""), "API key rejected", "does not accept this API key", NOT_CHARGED),
        Case(
            "money",
            error_reply(403, "quota", "insufficient_user_quota"),
            "No credit left",
            "no credit or quota left",
            NOT_CHARGED,
        ),
        Case(
            "model",
            error_reply(503, "no channel", "model_not_found"),
            "Unknown model",
            "does not offer this model",
            NOT_CHARGED,
        ),
        Case(
            "blocked",
            error_reply(400, "no", "prompt_blocked"),
            "Prompt blocked",
            "before it generated anything",
            NOT_CHARGED,
        ),
        Case(
            "broke",
            error_reply(500, "the painter is ill", ""),
            "Provider error",
            "the painter is ill",
            MAYBE_CHARGED,
        ),
        Case("page", Reply::html(502, page), "Provider error", "502 Bad Gateway", MAYBE_CHARGED),
        Case("path", Reply::html(404, "no page"), "Nothing at this address", "no API at this address", NOT_CHARGED),
    ]);
}

#[test]
fn response_without_a_complete_image_is_explained() {
    let cut = png(1)[..400].to_vec();
    let mut absurd = png(1);
    absurd[16..20].copy_from_slice(&200_000_u32.to_be_bytes());
    let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>";
    let words = chat_response(&json!("I would rather not draw this."), "stop");
    let answer = |content: String| Reply::json(&chat_response(&json!(content), "stop"));
    let cut_off = Reply::json(&image_response(&png(1))).truncated_by(2_000, Part::Reset);
    run_cases(&[
        Case("html", Reply::html(200, page), "Unreadable response", "leads to a web page", MAYBE_CHARGED),
        Case(
            "empty",
            Reply::new(200, "application/json", ""),
            "Empty response",
            "sent an empty response",
            MAYBE_CHARGED,
        ),
        Case("words", Reply::json(&words), "No image in the response", "I would rather not draw this.", CHARGED),
        Case("truncated", answer(markdown_image("image/png", &cut)), "Broken image", "damaged or incomplete", CHARGED),
        Case("text", answer(data_url("image/png", b"not a picture")), "Broken image", "damaged or incomplete", CHARGED),
        Case("absurd", answer(markdown_image("image/png", &absurd)), "Image too large", "larger than", CHARGED),
        Case("cut off", cut_off, "Connection lost", "while the response was arriving", MAYBE_CHARGED),
    ]);
}

#[test]
fn mislabeled_image_is_stored_in_its_real_format() {
    let gateway = gateway(|_| Reply::json(&chat_response(&json!(markdown_image("image/jpeg", &png(1))), "stop")));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.pictures(1);
    stage.sees("64 × 48 · PNG");
    assert!(machine.originals()[0].extension().is_some_and(|extension| extension == "png"));
}

#[test]
fn offline_request_is_not_charged_and_retry_works_when_online() {
    let machine = Machine::at(&format!("http://{}/v1", unused_address()));
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.until("it gives up", |window| window.query_all(by().role(Role::Button).label("Retry")).next().is_some());
    stage.sees(NOT_CHARGED);
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    stage.click("Settings");
    stage.click("Near");
    stage.fill("Base URL", &gateway.base_url());
    stage.click("Done");
    stage.click("Retry");
    stage.pictures(1);
    assert_eq!(gateway.posts().len(), 1);
}

#[test]
fn failed_request_does_not_affect_others() {
    let gateway = gateway(|request| match prompt(request).as_str() {
        "bad" => error_reply(500, "the painter is ill", ""),
        _ => Reply::json(&image_response(&png(1))).paced(4, Duration::from_millis(20)),
    });
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    for prompt in ["good one", "bad", "good two"] {
        stage.generate(prompt);
    }
    stage.pictures(2);
    stage.sees("the painter is ill");
    stage.write_prompt("half a thought");
    stage.click("Edit prompt");
    stage.until("the prompt is back", |window| {
        window.query_all(by().role(Role::MultilineTextInput)).any(|field| field.value().as_deref() == Some("bad"))
    });
    assert_eq!(gateway.posts().len(), 3);
}

#[test]
fn unwritable_folder_is_reported_and_the_response_kept() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    // A file in place of the folder, so that no user can write into it.
    let originals = machine.library().join("originals");
    fs::remove_dir_all(&originals).expect("it is empty");
    fs::write(&originals, "").expect("a file");
    stage.generate("a fox");
    stage.sees("Library not writable");
    stage.sees(CHARGED);
    assert_eq!(files(&machine.library().join("spool")).len(), 1, "the answer is still there");
    fs::remove_file(&originals).expect("it is there");
    fs::create_dir(&originals).expect("a folder");
    stage.close();
    let mut reopened = machine.open();
    reopened.pictures(1);
    assert_eq!(gateway.posts().len(), 1, "nothing is paid for twice");
}
