//! Tests of prompt templates: the prompts that are sent, and the confirmation before.

use std::{fs, thread, time::Duration};

use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, Part, Reply},
        images::{image_response, png},
        prompt,
    },
    test_app::{Machine, Stage},
};

fn image_gateway() -> Gateway {
    gateway(|_| Reply::json(&image_response(&png(1))))
}

/// The prompts that were requested, once there are `count` and no more arrive.
fn wait_for_prompts(gateway: &Gateway, stage: &mut Stage, count: usize) -> Vec<String> {
    stage.until("the requests", |_| gateway.posts().len() >= count);
    for _ in 0..10 {
        stage.frames();
        thread::sleep(Duration::from_millis(5));
    }
    let mut request: Vec<String> = gateway.posts().iter().map(prompt).collect();
    request.sort();
    request
}

#[test]
fn each_expanded_prompt_is_one_request() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("a {red|blue} fox {1..2} {\"json\": 1} 海");
    stage.sees("4 variants = 4 requests");
    stage.sees("3 at a time");
    stage.click("Show 4 variants");
    stage.sees("4  a blue fox 2 {\"json\": 1} 海");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.click("Generate 4 images");
    let expected = ["a blue fox 1", "a blue fox 2", "a red fox 1", "a red fox 2"];
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 4), expected.map(|words| format!("{words} {{\"json\": 1}} 海")));
    stage.pictures(4);
}

#[test]
fn braces_are_sent_literally_if_chosen_and_in_json() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    let json = r#"{"scene": "a|b", "list": ["x"]}"#;
    stage.generate(json);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 1), [json]);
    stage.write_prompt("{a|b} $c");
    stage.click("Literal text");
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 2), [json, "{a|b} $c"]);
    stage.click("Every combination");
    stage.generate(r"\{a\|b\}");
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 3), [json, "{a|b}", "{a|b} $c"]);
}

#[test]
fn image_of_a_template_is_generated_again_with_its_own_prompt() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate(r"literally \{a\|b\}");
    let name = stage.pictures(1).remove(0);
    stage.write_prompt("something else");
    stage.click_tile(&name);
    stage.press(Modifiers::NONE, Key::R);
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 2), ["literally {a|b}", "literally {a|b}"]);
}

#[test]
fn large_expansion_needs_confirmation() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("fox {1..51}");
    stage.sees("51 variants = 51 requests");
    stage.click("Cancel");
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 0), [""; 0]);
    // The key that opened the question does not answer it when it is pressed twice by mistake, but later it does.
    for pressed in [true, false, true, false] {
        stage.window.event(Event::Key {
            key: Key::Enter,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::COMMAND,
        });
        stage.window.step();
    }
    stage.sees("Send 51");
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 0), [""; 0]);
    // A frame counts as a sixtieth of a second.
    for _ in 0..60 {
        stage.window.step();
    }
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 51).len(), 51);
    // A number of prompts beyond the limit is not sent at all.
    stage.write_prompt("fox {1..999999999}");
    stage.sees("at most 10,000 requests");
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 51).len(), 51);
}

#[test]
fn random_sample_sends_the_previewed_prompts() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("fox {1..1000}");
    stage.click("Random selection");
    stage.write(Role::TextInput, "Number of prompts", "3");
    stage.write(Role::TextInput, "Seed for the selection", "7");
    stage.click("Show 3 variants");
    let shown = |stage: &Stage| -> Vec<String> {
        let lines = stage.window.query_all(by().label_contains("  fox "));
        lines
            .filter_map(|line| line.accesskit_node().value()?.split_once("  ").map(|(_, line)| line.to_owned()))
            .collect()
    };
    let mut expected = shown(&stage);
    expected.sort();
    assert_eq!(expected.len(), 3);
    stage.press(Modifiers::NONE, Key::Escape);
    stage.click("Generate 3 images");
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 3), expected);
}

#[test]
fn prioritized_request_starts_before_queued_ones() {
    let gateway = gateway(|request| {
        if prompt(request) == "slow" { Reply(vec![Part::Stall]) } else { Reply::json(&image_response(&png(1))) }
    });
    let machine = Machine::at_with(&gateway.base_url(), |settings| settings.concurrency = 1);
    let mut stage = machine.open();
    stage.generate("slow");
    stage.until("it runs", |_| gateway.posts().len() == 1);
    stage.generate("later");
    stage.write_prompt("{now|then}");
    stage.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    stage.sees("Cancel “then”");
    stage.click("Cancel “slow”");
    stage.until("the others", |_| gateway.posts().len() == 4);
    let order: Vec<String> = gateway.posts().iter().map(prompt).collect();
    assert_eq!(order, ["slow", "now", "then", "later"]);
}

#[test]
fn wildcards_are_edited_in_the_window_and_read_from_files() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let folder = machine.home.path().join("config").join("wildcards");
    let mut stage = machine.open();
    stage.write_prompt("a __beast__");
    stage.sees("Wildcard “beast” is not defined");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.click("Cancel");
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 0), [""; 0], "nobody pays for a name by accident");

    stage.click("Wildcards");
    stage.click("Edit wildcards…");
    stage.write(Role::TextInput, "Wildcard name", "beast");
    stage.write(Role::MultilineTextInput, "Wildcard options", "fox\n# no\n{old|young} owl");
    stage.sees("2 options");
    stage.click("Save");
    stage.until("the file", |_| folder.join("beast.txt").exists());
    stage.click("Done");
    stage.sees("3 variants = 3 requests");
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 3), ["a fox", "a old owl", "a young owl"]);

    // Another program changes it; the window notices when it gets the focus.
    fs::write(folder.join("beast.txt"), "cat\n").expect("a file");
    stage.window.event(egui::Event::WindowFocused(true));
    stage.sees_no_more("3 variants");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.until("the cat", |_| gateway.posts().iter().any(|request| prompt(request) == "a cat"));
}

#[test]
fn unsaved_wildcard_needs_confirmation_before_another_is_shown() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let folder = machine.home.path().join("config").join("wildcards");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("bird.txt"), "owl\n").expect("a file");
    fs::write(folder.join("cat.txt"), "lynx\n").expect("a file");
    let mut stage = machine.open();
    stage.click("Wildcards");
    stage.click("Edit wildcards…");
    stage.write(Role::MultilineTextInput, "Wildcard options", "owl\nheron");
    stage.click("cat");
    stage.sees("“bird” has unsaved changes.");
    stage.click("Keep editing");
    stage.reads("heron");
    stage.click("New wildcard");
    stage.click("Save");
    stage.until("the file", |_| fs::read_to_string(folder.join("bird.txt")).is_ok_and(|text| text == "owl\nheron"));
    stage.write(Role::TextInput, "Wildcard name", "dog");
    stage.write(Role::MultilineTextInput, "Wildcard options", "whippet");
    stage.click("Done");
    stage.sees("“dog” has unsaved changes.");
    stage.click("Discard");
    stage.sees_no_more("Wildcard options");
    assert!(!folder.join("dog.txt").exists());
}

#[test]
fn unknown_variable_is_reported_and_sent_literally() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("a fox for $money");
    stage.sees("Variable $money is not defined");
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 1), ["a fox for $money"]);
}

#[test]
fn styles_are_added_to_the_prompt_and_remembered() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let prompt_library = machine.home.path().join("config").join("kit.json");
    let mut stage = machine.open();
    stage.click("Style");
    stage.click("Edit styles…");
    stage.click("New style");
    stage.write(Role::TextInput, "Style name", "Film");
    stage.write(Role::MultilineTextInput, "Before prompt", "film still of");
    stage.write(Role::MultilineTextInput, "After prompt", "{35|16} mm");
    stage
        .window
        .get_all_by_role_and_label(Role::MultilineTextInput, "Negative prompt")
        .last()
        .expect("a field")
        .focus();
    stage.frames();
    stage
        .window
        .get_all_by_role_and_label(Role::MultilineTextInput, "Negative prompt")
        .last()
        .expect("a field")
        .type_text("text");
    stage.click("New style");
    stage.write(Role::TextInput, "Style name", "Film");
    stage.sees("That name is taken");
    stage.click("Delete");
    stage.sees("“Style” deleted.");
    stage.click("Undo");
    stage.click("Done");
    stage.click("Style");
    stage.click("Film");
    stage.write_prompt("a fox");
    stage.sees("Sent after the prompt: “Avoid: text”");
    stage.sees("2 variants = 2 requests");
    stage.press(Modifiers::COMMAND, Key::Enter);
    let sent = ["film still of a fox, 16 mm\n\nAvoid: text", "film still of a fox, 35 mm\n\nAvoid: text"];
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 2), sent);
    let name = stage.pictures(2).remove(0);
    stage.click_tile(&name);
    stage.sees("Template");
    for sidecar in machine.sidecars() {
        let recipe = &sidecar["recipe"];
        assert!(recipe["prompt"].as_str().is_some_and(|prompt| prompt.starts_with("film still of a fox, ")));
        assert_eq!(recipe["negative"], "text");
        assert_eq!(recipe["composed"], serde_json::json!({ "template": "a fox", "styles": ["Film"] }));
    }
    stage.close();
    assert!(prompt_library.exists());
    // The style is applied again after a restart, and can be removed.
    let mut stage = machine.open();
    stage.click("Remove Film");
    stage.sees_no_more("variants");
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 3), ["a fox", sent[0], sent[1]]);
}

#[test]
fn negative_prompt_is_sent_as_text_and_restored_separately() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("a fox");
    stage.click("Negative prompt…");
    stage.write(Role::MultilineTextInput, "Negative prompt", "fog, people");
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 1), ["a fox\n\nAvoid: fog, people"]);
    let name = stage.pictures(1).remove(0);
    assert_eq!(machine.sidecars()[0]["recipe"]["prompt"], "a fox");
    stage.write_prompt("an owl");
    stage.write(Role::MultilineTextInput, "Negative prompt", "rain");
    stage.click_tile(&name);
    stage.press(Modifiers::NONE, Key::R);
    stage.reads("fog, people");
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 2), ["a fox\n\nAvoid: fog, people"; 2]);
}

#[test]
fn variables_and_snippets_are_created_in_the_window() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("in soft light");
    stage.press(Modifiers::COMMAND, Key::A);
    stage.click("Snippets");
    stage.click("Save selected text");
    stage.click("Snippets");
    stage.click("Edit snippets and variables…");
    stage.click("Variables");
    stage.click("New variable");
    stage.write(Role::TextInput, "Variable name", "beast");
    stage.write(Role::MultilineTextInput, "Value", "{fox|owl}");
    stage.click("Done");
    stage.write_prompt("a $beast ");
    stage.sees("2 variants = 2 requests");
    stage.click("Snippets");
    stage.click("in soft light");
    stage.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 2), ["a fox in soft light", "a owl in soft light"]);
}

#[test]
fn styles_are_imported_and_exported() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    fs::create_dir_all(machine.chosen()).expect("a folder");
    let list = r#"[{"name": "Ink", "prompt": "ink drawing of {prompt}, sumi-e", "negative_prompt": "colour"}]"#;
    fs::write(machine.chosen().join("a.json"), list).expect("a file");
    let mut stage = machine.open();
    stage.click("Style");
    stage.click("Edit styles…");
    stage.click("Import…");
    stage.sees("Ink");
    stage.click("Export…");
    stage.sees("1 style exported to");
    let file = fs::read_to_string(machine.chosen().join("atelier-styles.json")).expect("a file");
    assert!(file.contains("ink drawing of "), "{file}");
    stage.click("Done");
    stage.click("Style");
    stage.click("Ink");
    stage.generate("a fox");
    let fox = "ink drawing of a fox, sumi-e\n\nAvoid: colour";
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 1), [fox]);
    // JSON is literal, also with a style around it.
    stage.generate(r#"{"beast": "fox|owl"}"#);
    let json = "ink drawing of {\"beast\": \"fox|owl\"}, sumi-e\n\nAvoid: colour";
    assert_eq!(wait_for_prompts(&gateway, &mut stage, 2), [fox, json]);
    assert_eq!(machine.sidecars().len(), stage.pictures(2).len());
}

#[test]
fn earlier_prompts_are_restored_by_keys_and_from_the_list() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a {red|blue} fox");
    stage.pictures(2);
    stage.generate("an owl");
    stage.pictures(3);
    stage.write_prompt("a draft");
    stage.press(Modifiers::ALT, Key::ArrowUp);
    stage.reads("an owl");
    stage.press(Modifiers::ALT, Key::ArrowUp);
    stage.reads("a {red|blue} fox");
    stage.press(Modifiers::ALT, Key::ArrowDown);
    stage.press(Modifiers::ALT, Key::ArrowDown);
    stage.reads("a draft");
    stage.close();
    let mut stage = machine.open();
    stage.reads("a draft");
    stage.click("History");
    stage.write(Role::TextInput, "Search prompt history", "red");
    stage.sees_no_more("an owl ");
    stage.click("a {red|blue} fox");
    stage.reads("a {red|blue} fox");
    assert_eq!(gateway.posts().len(), 3, "bringing back costs nothing");
}
