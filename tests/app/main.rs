//! Tests of the whole application, as a person uses it: the real window, the real studio, a gateway over HTTP.

mod batch;
mod capabilities;
mod command_palette;
mod connection;
mod editing;
mod focus;
mod gallery;
mod grids;
mod import;
mod inspector;
mod kept_responses;
mod keyboard;
mod languages;
mod masking;
mod organizing;
mod persistence;
mod progressive_preview;
mod prompt_sheets;
mod prompt_templates;
mod queue;
mod references;
mod request_bodies;
mod request_cards;
mod reuse_settings;
mod scripted_gateways;
mod test_app;

use std::{fs, time::Duration};

use atelier::{demo::DemoOptions, imaging, recipe::Format};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use test_app::{Machine, files};

const KEY: &str = "sk-0123456789abcdefWHOLE4f2c";

fn instant() -> Machine {
    Machine::new(DemoOptions::instant())
}

#[test]
fn prompt_becomes_an_image_and_only_ctrl_enter_sends_it() {
    let machine = instant();
    let mut stage = machine.open();
    stage.write_prompt("a lighthouse at dusk 燈塔");
    stage.press(Modifiers::NONE, Key::Enter);
    let compose = |text: &str| {
        let text = text.to_owned();
        egui::Event::Ime(egui::ImeEvent::Preedit { text, active_range_chars: None })
    };
    stage.window.event(compose("ㄒㄧ"));
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.window.event(compose(""));
    stage.window.event(egui::Event::Ime(egui::ImeEvent::Commit("細".to_owned())));
    stage.frames();
    assert_eq!(machine.gateway.posts(), 0, "plain Enter and a composing input method spend nothing");
    stage.press(Modifiers::COMMAND, Key::Enter);
    let names = stage.pictures(1);
    assert!(names[0].starts_with("a lighthouse at dusk 燈塔"), "{names:?}");
    assert_eq!(machine.gateway.posts(), 1);
    let original = machine.originals().remove(0);
    let sidecar: Value = serde_json::from_slice(&fs::read(original.with_extension("json")).unwrap()).unwrap();
    let digest = Sha256::digest(fs::read(original).unwrap());
    let hash = digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!(sidecar["sha256"], hash);
}

#[test]
fn key_is_stored_in_the_keychain_tested_replaced_and_deleted() {
    use atelier::keychain::Keychain as _;
    let machine = instant();
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::Comma);
    stage.click("DGrid");
    stage.sees("No API key yet");
    stage.write(Role::TextInput, "Base URL", &machine.gateway.base_url());
    stage.write(Role::PasswordInput, "API key", KEY);
    stage.click("Save");
    stage.sees("Stored in the system keychain");
    stage.reads("4f2c");
    // The new key is tested at once.
    stage.sees("OK · ");
    stage.sees("3 image models");
    assert_eq!(machine.keychain.get("dgrid").unwrap().as_deref(), Some(KEY));
    stage.click("Replace");
    stage.write(Role::PasswordInput, "API key", "sk-another-key-9z8y");
    stage.click("Save");
    stage.until("the key is replaced", |_| machine.keychain.get("dgrid").unwrap().as_deref() != Some(KEY));
    stage.reads("9z8y");
    stage.click("Remove key");
    // A gateway on this machine needs no key.
    stage.sees("Not needed on this computer");
    assert_eq!(machine.keychain.get("dgrid"), Ok(None));
    stage.close();
    for file in files(machine.home.path()) {
        let bytes = fs::read(&file).unwrap();
        let found = bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes());
        assert!(!found, "the key is in {}", file.display());
    }
}

#[test]
fn only_set_parameters_are_sent() {
    let machine = Machine::with(DemoOptions::instant(), |_, session| {
        let parameters = &mut session.composer.parameters;
        parameters.n = Some(2);
        parameters.seed = Some(7);
        parameters.stream = Some(true);
        parameters.presence_penalty = Some(0.5);
        parameters.stop = Some(serde_json::json!(["end"]));
        parameters.aspect = "16:9".parse().ok();
        parameters.size = "512".parse().ok();
        parameters.contents = true;
    });
    let mut stage = machine.open();
    stage.generate("sea");
    stage.pictures(2);
    stage.press(Modifiers::NONE, Key::Escape);
    stage.sees("Here is your picture.");
    stage.sees("688 × 384 · PNG");
    let body = &machine.gateway.requests()[0];
    let expected = serde_json::json!({
        "model": "demo/painter", "n": 2, "seed": 7, "stream": true, "presence_penalty": 0.5, "stop": ["end"],
        "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "512" } } },
        "stream_options": { "include_usage": true }
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&body[name], value, "{name}");
    }
    assert!(body["contents"].is_array());
    let sent: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(sent.len(), expected.as_object().unwrap().len() + 2, "nothing else but messages and contents: {sent:?}");
}

#[test]
fn request_can_be_canceled_in_every_state_and_leaves_no_files() {
    let thinking = DemoOptions { thinks: Duration::from_mins(10), ..DemoOptions::instant() };
    let machine = Machine::with(thinking, |settings, _| settings.concurrency = 1);
    let mut stage = machine.open();
    stage.generate("first");
    stage.sees("Generating…");
    stage.generate("second");
    stage.sees("Queued");
    stage.click("Cancel “second”");
    stage.sees("Canceled. You were not charged.");
    stage.click("Cancel “first”");
    stage.sees("Canceled. You may have been charged.");
    assert_eq!(machine.gateway.posts(), 1);
    assert!(machine.originals().is_empty());
    assert!(files(&machine.library().join("spool")).is_empty());

    let slow = DemoOptions { thinks: Duration::ZERO, bytes_per_second: 30_000 };
    let machine = Machine::new(slow);
    let mut stage = machine.open();
    stage.generate("third");
    stage.sees("Receiving");
    stage.click("Cancel “third”");
    stage.sees("Canceled. You may have been charged.");
    assert!(machine.originals().is_empty());
    assert!(files(&machine.library().join("spool")).is_empty());
    stage.click("Remove card: third");
    stage.sees_no_more("Canceled");
}

#[test]
fn failure_is_explained_and_retried_only_by_hand() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate("harbour [fail:503]");
    stage.sees("Provider error");
    stage.sees("You may have been charged.");
    assert_eq!(machine.gateway.posts(), 1);
    stage.click("Retry");
    stage.until("a second request", |_| machine.gateway.posts() == 2);
    stage.sees("Provider error");
    stage.write_prompt("something else");
    stage.click("Edit prompt");
    stage.until("the prompt is back", |window| {
        let prompt = window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
        prompt.accesskit_node().value().as_deref() == Some("harbour [fail:503]")
    });
    assert_eq!(machine.gateway.posts(), 2);
}

#[test]
fn image_is_viewed_reused_deleted_and_restored() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate_one_by_one(&["mountain at dawn", "desert at noon"]);
    stage.click_tile("mountain at dawn");
    stage.sees("1024 × 1024 · PNG");
    stage.click("Reuse settings");
    stage.until("the composer is filled", |window| {
        let prompt = window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
        prompt.accesskit_node().value().as_deref() == Some("mountain at dawn")
    });
    stage.click_tile("mountain at dawn");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("2 / 2");
    stage.press(Modifiers::NONE, Key::ArrowLeft);
    stage.sees("1 / 2");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.pictures(2);
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees("1 image moved to the trash");
    stage.pictures(1);
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.pictures(2);
    assert_eq!(machine.originals().len(), 2);
}

#[test]
fn image_is_sent_as_a_reference() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate("a red bottle");
    stage.pictures(1);
    stage.click_tile("a red bottle");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.click_tile("a red bottle");
    stage.window.query_all_by_label("Use as reference").next().expect("the button").click();
    stage.until("the reference is there", |window| window.query_by_label("Remove a red bottle").is_some());
    stage.generate("the same in snow");
    stage.pictures(2);
    let parts = machine.gateway.requests()[1]["messages"][0]["content"].clone();
    let url = parts.as_array().unwrap().iter().find_map(|part| part["image_url"]["url"].as_str()).unwrap();
    assert!(url.starts_with("data:image/png;base64,"));
}

#[test]
fn batch_sends_the_announced_number_of_requests() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate_one_by_one(&["sea", "forest"]);
    stage.click_tile("forest");
    stage.press(Modifiers::COMMAND, Key::A);
    stage.press(Modifiers::COMMAND, Key::B);
    stage.write(Role::MultilineTextInput, "Prompt for each image", "the same {at night|in snow}");
    stage.sees("4 requests");
    assert_eq!(machine.gateway.posts(), 2, "nothing is sent before it is started");
    stage.click("Queue 4");
    stage.pictures(6);
    assert_eq!(machine.gateway.posts(), 6);
}

#[test]
fn images_are_exported_unchanged_or_converted_without_overwriting() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate_one_by_one(&["sea", "forest"]);
    stage.click_tile("sea");
    stage.press(Modifiers::COMMAND, Key::A);
    for (format, expected, count) in [
        ("Original", Format::Png, 2),
        ("Original", Format::Png, 4),
        ("JPEG", Format::Jpeg, 2),
        ("WebP", Format::Webp, 2),
    ] {
        stage.press(Modifiers::COMMAND, Key::E);
        stage.until("a folder is asked for", |window| window.query_by_label("Export 2").is_some());
        stage.click("Choose…");
        stage.reads("chosen");
        stage.window.query_all_by_label(format).last().expect("the format").click();
        stage.frames();
        stage.until("there is a preview", |window| window.query_all(by().label_contains("2 files")).next().is_some());
        stage.click("Export 2");
        stage.sees("2 files exported");
        stage.press(Modifiers::NONE, Key::Escape);
        let written: Vec<_> = files(&machine.chosen())
            .into_iter()
            .map(|path| fs::read(path).unwrap())
            .filter(|bytes| imaging::sniff(bytes) == Some(expected))
            .collect();
        assert_eq!(written.len(), count, "{format}");
        if format == "Original" {
            for original in machine.originals() {
                assert!(written.contains(&fs::read(original).unwrap()));
            }
        }
    }
}

#[test]
fn state_is_restored_after_closing_and_a_second_window_is_refused() {
    let machine = instant();
    let mut stage = machine.open();
    stage.generate("sea");
    stage.pictures(1);
    stage.generate("forest [fail:401]");
    stage.sees("API key rejected");
    stage.write_prompt("half a thought, 寫到一半");
    stage.click_tile("sea");
    let mut second = machine.launch();
    second.sees("Another Atelier is using this library");
    second.sees(&machine.library().display().to_string());
    drop(second);
    stage.close();
    let mut reopened = machine.open();
    reopened.pictures(1);
    reopened.sees("API key rejected");
    assert_eq!(reopened.tile("sea").accesskit_node().is_selected(), Some(true));
    let prompt = reopened.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
    assert_eq!(prompt.accesskit_node().value().as_deref(), Some("half a thought, 寫到一半"));
    assert_eq!(machine.gateway.posts(), 2, "nothing is sent again by itself");
}
