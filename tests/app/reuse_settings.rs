//! Tests of reusing settings in the composer, of undoing it and of comparing; of saved parameters.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::Value;

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, Reply},
        images::{image_response, png},
        prompt,
    },
    test_app::{Machine, Stage},
};

fn image_gateway() -> Gateway {
    gateway(|_| Reply::json(&image_response(&png(1))))
}

/// The text of the prompt.
fn prompt_text(stage: &Stage) -> String {
    let field = stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
    field.accesskit_node().value().unwrap_or_default()
}

/// Opens a window and waits until the prompt has the keyboard focus, as it gets it while there are no images.
fn open_with_focused_prompt(machine: &Machine) -> Stage {
    let mut stage = machine.open();
    stage.until("the keyboard is in the prompt", |window| {
        window.get_by_role_and_label(Role::MultilineTextInput, "Prompt").is_focused()
    });
    stage
}

fn seeds(gateway: &Gateway) -> Vec<Value> {
    gateway.posts().iter().map(|request| request.json()["seed"].clone()).collect()
}

#[test]
fn each_prompt_keeps_its_own_undo_history() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("an owl");
    stage.pictures(1);
    stage.write_prompt("a draft\nof two lines");
    let field = |stage: &Stage| stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt").focus();
    field(&stage);
    stage.frames();
    stage.press(Modifiers::NONE, Key::End);
    stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt").type_text(" and a half");
    stage.frames();
    let draft = prompt_text(&stage);
    stage.press(Modifiers::ALT, Key::ArrowUp);
    assert_eq!(prompt_text(&stage), "an owl");
    // Nothing of the draft gets into this prompt.
    stage.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(prompt_text(&stage), "an owl");
    stage.press(Modifiers::ALT, Key::ArrowDown);
    assert_eq!(prompt_text(&stage), draft);
    stage.press(Modifiers::COMMAND, Key::Z);
    let before = prompt_text(&stage);
    assert!(before != draft && before != "an owl", "{before}");
    stage.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(prompt_text(&stage), draft);
    assert_eq!(gateway.posts().len(), 1);
}

#[test]
fn unsent_prompt_is_not_lost_by_reusing_settings() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("an owl");
    let name = stage.pictures(1).remove(0);
    stage.write_prompt("a long draft");
    stage.click_tile(&name);
    stage.press(Modifiers::NONE, Key::R);
    stage.reads("an owl");
    stage.press(Modifiers::ALT, Key::ArrowUp);
    stage.reads("a long draft");
}

#[test]
fn part_of_a_recipe_is_reused_and_the_rest_unchanged() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_focused_prompt(&machine);
    stage.write(Role::TextInput, "Seed", "41");
    stage.click("Aspect ratio: 16:9");
    stage.generate("a {red} {fox|wolf}");
    stage.pictures(2);
    stage.write_prompt("an owl");
    stage.write(Role::TextInput, "Seed", "7");
    stage.click("Aspect ratio: 1:1");
    stage.click_tile("a {red} fox");
    stage.sees("Differences");
    let recall = |stage: &mut Stage, part: &str| {
        stage.click("Reuse only…");
        stage.click(part);
    };
    recall(&mut stage, "Seed");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.pictures(3);
    let last = |gateway: &Gateway| {
        let posts = gateway.posts();
        let request = posts.last().expect("a request");
        let aspect = request.json().to_string().contains("16:9");
        (prompt(request), request.json()["seed"].as_i64(), aspect)
    };
    assert_eq!(last(&gateway), ("an owl".to_owned(), Some(41), false));
    recall(&mut stage, "Parameters");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.pictures(4);
    assert_eq!(last(&gateway), ("an owl".to_owned(), Some(41), true));
    recall(&mut stage, "Template and styles");
    stage.reads("a {red} {fox|wolf}");
    recall(&mut stage, "Prompt as sent");
    stage.sees_no_more("2 variants");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.pictures(5);
    assert_eq!(last(&gateway).0, "a {red} fox");
}

#[test]
fn fixed_seed_is_incremented_if_enabled() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_focused_prompt(&machine);
    stage.write(Role::TextInput, "Seed", "5");
    stage.generate("{a|b}");
    stage.pictures(2);
    assert_eq!(seeds(&gateway), [5, 5]);
    // The chip is below the part of the composer that is in sight.
    stage.window.get_by_role_and_label(Role::Button, "Increment").focus();
    stage.frames();
    stage.press(Modifiers::NONE, Key::Space);
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.pictures(4);
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.pictures(6);
    let mut all: Vec<i64> = seeds(&gateway).iter().skip(2).filter_map(Value::as_i64).collect();
    all.sort_unstable();
    assert_eq!(all, [5, 6, 7, 8]);
}

#[test]
fn parameter_presets_are_saved_per_model() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_focused_prompt(&machine);
    stage.write(Role::TextInput, "Seed", "5");
    stage.click("Presets");
    stage.write(Role::TextInput, "Preset name", "Five");
    stage.click("Save");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.write(Role::TextInput, "Seed", "6");
    stage.close();
    let mut stage = machine.open();
    stage.click("Presets");
    stage.click("Five");
    stage.generate("a fox");
    stage.pictures(1);
    assert_eq!(seeds(&gateway), [5]);
    stage.click("Presets");
    stage.click("Delete Five");
    stage.sees("No presets for this model yet.");
    stage.click("Restore Five");
    stage.sees("Delete Five");
}

#[test]
fn seed_of_an_image_is_reused_while_the_seed_is_random() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_focused_prompt(&machine);
    stage.click("Fixed");
    stage.fill("Seed", "42");
    stage.generate("an owl");
    stage.pictures(1);
    stage.click("Random");
    stage.click_tile("an owl");
    stage.until("its seed is offered", |window| {
        window.query_by_role_and_label(Role::Button, "Use image’s seed").is_some()
    });
    stage.click("Use image’s seed");
    stage.again();
    stage.until_posts(&gateway, 2);
    assert_eq!(seeds(&gateway), [42, 42]);
    assert!(stage.window.query_by_role_and_label(Role::Button, "Use image’s seed").is_none(), "it has it already");
}
