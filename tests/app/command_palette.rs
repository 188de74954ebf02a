//! Tests of the command palette, operated by keyboard.

use atelier::demo::DemoOptions;
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _, by},
};

use crate::test_app::{Machine, Stage};

/// The names of the entries that the palette lists.
fn listed_names(window: &Harness<'static, atelier::ui::App>) -> Vec<String> {
    let rows = window.query_all(by().role(Role::ListBoxOption));
    rows.filter_map(|row| row.accesskit_node().label()).collect()
}

/// Types into the palette, which has the keyboard focus.
fn type_text(stage: &mut Stage, text: &str) {
    stage.window.event(egui::Event::Text(text.to_owned()));
    stage.frames();
}

/// Opens the palette and finds an entry by some letters.
fn open_and_find(stage: &mut Stage, letters: &str) {
    stage.press(Modifiers::COMMAND, Key::K);
    type_text(stage, letters);
}

#[test]
fn palette_opens_in_the_frame_of_its_key_and_escape_restores_the_focus() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.write_prompt("a fox");
    let key = egui::Event::Key {
        key: Key::K,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::COMMAND | Modifiers::CTRL,
    };
    stage.window.event(key);
    stage.window.step();
    assert!(stage.window.query_by_role_and_label(Role::Dialog, "Commands").is_some());
    stage.frames();
    type_text(&mut stage, "exp");
    assert!(listed_names(&stage.window).iter().any(|name| name == "Export"), "{:?}", listed_names(&stage.window));
    stage.press(Modifiers::NONE, Key::Escape);
    assert!(stage.window.query_by_role_and_label(Role::Dialog, "Commands").is_none());
    let prompt = stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
    assert!(prompt.accesskit_node().is_focused());
    assert_eq!(prompt.accesskit_node().value().as_deref(), Some("a fox"), "what was typed went into the palette");
}

#[test]
fn command_is_found_by_a_few_letters_runs_and_is_listed_first_next_time() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    open_and_find(&mut stage, "shc");
    stage.press(Modifiers::NONE, Key::Escape);
    open_and_find(&mut stage, "keyboard sh");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("Keyboard shortcuts: Create");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.press(Modifiers::COMMAND, Key::K);
    assert_eq!(listed_names(&stage.window)[0], "Keyboard shortcuts");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.close();

    // It is still there after a restart.
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::K);
    assert_eq!(listed_names(&stage.window)[0], "Keyboard shortcuts");
}

#[test]
fn arrows_select_and_unavailable_commands_say_why() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    open_and_find(&mut stage, "settings");
    let names = listed_names(&stage.window);
    let at = names.iter().position(|name| name == "Settings › Shortcuts").expect("the section");
    for _ in 0..at {
        stage.press(Modifiers::NONE, Key::ArrowDown);
    }
    let row = stage.window.get_by_role_and_label(Role::ListBoxOption, "Settings › Shortcuts");
    assert_eq!(row.accesskit_node().is_selected(), Some(true));
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("Search commands or keys");
    stage.press(Modifiers::NONE, Key::Escape);
    // Nothing is selected, so nothing can be exported; Enter does nothing.
    open_and_find(&mut stage, "export");
    let row = stage.window.get_by_role_and_label(Role::ListBoxOption, "Export");
    let reason = row.accesskit_node().description().unwrap_or_default();
    assert!(reason.contains("Select an image first"), "{reason}");
    assert!(row.accesskit_node().is_disabled());
}

#[test]
fn palette_finds_models_collections_and_styles() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.pictures(1);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::B);
    stage.write(Role::TextInput, "Collection name", "Client A");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("“Client A”");
    open_and_find(&mut stage, "client");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.until("the search for the collection", |window| {
        let search = window.get_by_role_and_label(Role::TextInput, "Search");
        search.accesskit_node().value().is_some_and(|value| value.contains("Client A"))
    });
    open_and_find(&mut stage, "painter");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.until("the model", |window| {
        let model = window.query_by_role_and_label(Role::TextInput, "Model");
        model.is_some_and(|model| model.accesskit_node().value().is_some_and(|value| value.contains("painter")))
    });
}
