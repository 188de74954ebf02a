//! What keys do, pressed in the window as a person presses them.

use atelier::demo::DemoOptions;
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::test_app::{Machine, Stage};

/// A window with three pictures of the demo gateway.
fn three(machine: &Machine) -> Stage {
    let mut stage = machine.open();
    stage.generate_one_by_one(&["a fox", "a lake", "a tower"]);
    stage
}

/// Presses a key as the window system reports it: the text that it types comes in the same frame.
fn press_and_type(stage: &mut Stage, modifiers: Modifiers, key: Key, text: &str) {
    let pressed = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    stage.window.input_mut().events.extend([pressed, Event::Text(text.to_owned())]);
    stage.frames();
}

#[test]
fn shortcut_types_nothing_into_the_field_that_loses_the_focus() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    // With an empty library the prompt gets the keyboard first.
    stage.until("the keyboard is in the prompt", |window| {
        let prompt = window.query_by_role_and_label(Role::MultilineTextInput, "Prompt");
        prompt.is_some_and(|prompt| prompt.accesskit_node().is_focused())
    });
    stage.write(Role::TextInput, "Search", "fox");
    press_and_type(&mut stage, Modifiers::ALT, Key::A, "a");
    let search = stage.window.get_by_role_and_label(Role::TextInput, "Search");
    assert_eq!(search.accesskit_node().value().as_deref(), Some("fox"));
    let prompt = stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
    assert!(prompt.accesskit_node().is_focused());
    assert_eq!(prompt.accesskit_node().value().as_deref(), Some(""));
}

#[test]
fn keys_do_not_act_without_a_selected_image() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::Escape);
    for key in [Key::Delete, Key::Num5, Key::P] {
        stage.press(Modifiers::NONE, key);
    }
    stage.pictures(3);
    assert_eq!(stage.tile("a fox").accesskit_node().description(), None);
    // The next arrow marks one again, and then they act.
    stage.press(Modifiers::NONE, Key::ArrowLeft);
    stage.press(Modifiers::NONE, Key::Num5);
    stage.until("the stars", |window| {
        let tile = window.query_by_role_and_label(Role::ListBoxOption, "a lake");
        tile.is_some_and(|tile| tile.accesskit_node().description().as_deref() == Some("5 stars"))
    });
}

fn is_described(stage: &mut Stage, tile: &str, words: Option<&str>) {
    let (name, words) = (tile.to_owned(), words.map(str::to_owned));
    stage.until("the marks", move |window| {
        let tile = window.query_by_role_and_label(Role::ListBoxOption, &name);
        tile.is_some_and(|tile| tile.accesskit_node().description() == words)
    });
}

fn is_selected(stage: &Stage, tile: &str) -> bool {
    stage.tile(tile).accesskit_node().is_selected() == Some(true)
}

#[test]
fn u_clears_the_flag_and_shift_moves_to_the_next_image() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click_tile("a tower");
    stage.press(Modifiers::NONE, Key::P);
    is_described(&mut stage, "a tower", Some("Picked"));
    stage.press(Modifiers::NONE, Key::U);
    is_described(&mut stage, "a tower", None);
    // With Shift a digit types another character; its place on the keyboard counts.
    let shift_4 = Event::Key {
        key: Key::Num4,
        physical_key: Some(Key::Num4),
        pressed: true,
        repeat: false,
        modifiers: Modifiers::SHIFT,
    };
    stage.window.event(shift_4);
    stage.frames();
    is_described(&mut stage, "a tower", Some("4 stars"));
    assert!(is_selected(&stage, "a lake") && !is_selected(&stage, "a tower"));
    stage.press(Modifiers::NONE, Key::Num2);
    is_described(&mut stage, "a lake", Some("2 stars"));
    assert!(is_selected(&stage, "a lake"), "without Shift it stays");
}

#[test]
fn ctrl_moves_only_the_focus_and_toggles_single_images() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click_tile("a tower");
    stage.press(Modifiers::COMMAND, Key::ArrowRight);
    stage.press(Modifiers::COMMAND, Key::ArrowRight);
    assert!(is_selected(&stage, "a tower") && !is_selected(&stage, "a lake") && !is_selected(&stage, "a fox"));
    stage.press(Modifiers::COMMAND, Key::Space);
    assert!(is_selected(&stage, "a tower") && !is_selected(&stage, "a lake") && is_selected(&stage, "a fox"));
    stage.press(Modifiers::COMMAND, Key::Space);
    assert!(is_selected(&stage, "a tower") && !is_selected(&stage, "a fox"));
}

#[test]
fn context_menu_opens_by_key_and_is_navigated_by_arrows() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click_tile("a fox");
    // For a single picture only the menu offers a batch.
    let is_open = |stage: &Stage| stage.window.query_by_role_and_label(Role::Button, "Batch").is_some();
    assert!(!is_open(&stage));
    stage.press(Modifiers::SHIFT, Key::F10);
    assert!(is_open(&stage));
    stage.press(Modifiers::NONE, Key::Escape);
    assert!(!is_open(&stage));
    stage.press(Modifiers::NONE, Key::Menu);
    assert!(is_open(&stage));
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("3 / 3");
}

#[test]
fn ctrl_enter_presses_the_primary_button_of_dialogs() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.generate("sea");
    stage.pictures(1);
    stage.click_tile("sea");
    stage.press(Modifiers::COMMAND, Key::B);
    stage.write(Role::MultilineTextInput, "Prompt for each image", "the same at night");
    stage.sees("Queue 1");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.pictures(2);
    assert_eq!(machine.gateway.posts(), 2);
    stage.click_tile("sea");
    stage.press(Modifiers::COMMAND, Key::E);
    stage.click("Choose…");
    stage.reads("chosen");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees("1 file exported");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees_no_more("1 file exported");
    stage.press(Modifiers::COMMAND, Key::Comma);
    stage.sees("Base URL");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees_no_more("Base URL");
    assert_eq!(machine.gateway.posts(), 2, "no dialog lets the key through to the composer");
}

#[test]
fn command_is_rebound_and_a_conflict_is_shown() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.press(Modifiers::COMMAND, Key::K);
    stage.window.event(Event::Text("settings short".to_owned()));
    stage.frames();
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("Search commands or keys");
    stage.write(Role::TextInput, "Search commands or keys", "pick");
    stage.click("Pick: P. Change");
    stage.press(Modifiers::NONE, Key::X);
    stage.sees("X is used by “Reject”.");
    stage.click("Cancel");
    stage.click("Pick: P. Change");
    stage.press(Modifiers::NONE, Key::Q);
    stage.sees("Pick: Q. Change");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::P);
    stage.press(Modifiers::NONE, Key::Q);
    is_described(&mut stage, "a fox", Some("Picked"));
    stage.close();

    // It is kept.
    let mut stage = machine.open();
    stage.pictures(3);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::Q);
    is_described(&mut stage, "a fox", None);
}

#[test]
fn search_box_completes_operators_and_collections() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::B);
    stage.write(Role::TextInput, "Collection name", "Client A");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("“Client A”");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.press(Modifiers::NONE, Key::Slash);
    let search = |stage: &Stage| {
        let field = stage.window.get_by_role_and_label(Role::TextInput, "Search");
        field.accesskit_node().value().unwrap_or_default()
    };
    stage.write(Role::TextInput, "Search", "coll");
    stage.sees("collection:");
    stage.press(Modifiers::NONE, Key::Tab);
    assert_eq!(search(&stage), "collection:");
    stage.sees("Client A");
    stage.press(Modifiers::NONE, Key::Enter);
    assert_eq!(search(&stage).trim_end(), "collection:\"Client A\"");
    assert_eq!(stage.pictures(1), ["a fox"]);
    // Escape closes the list and nothing else.
    stage.write(Role::TextInput, "Search", "mod");
    stage.sees("model:");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.sees_no_more("model:");
    assert_eq!(search(&stage), "mod");
    assert!(stage.window.get_by_role_and_label(Role::TextInput, "Search").accesskit_node().is_focused());
}

#[test]
fn undone_changes_of_every_kind_are_redone() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::Num4);
    is_described(&mut stage, "a fox", Some("4 stars"));
    stage.press(Modifiers::NONE, Key::Delete);
    stage.pictures(2);
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.pictures(3);
    stage.press(Modifiers::COMMAND, Key::Z);
    is_described(&mut stage, "a fox", None);
    stage.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    is_described(&mut stage, "a fox", Some("4 stars"));
    stage.press(Modifiers::COMMAND, Key::Y);
    stage.pictures(2);
}

#[test]
fn changes_of_composer_and_settings_are_undone() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click("Aspect ratio: 16:9");
    let is_set = |stage: &Stage| {
        let chip = stage.window.get_by_role_and_label(Role::Button, "Aspect ratio: 16:9");
        chip.accesskit_node().toggled().is_some_and(|toggled| toggled == egui::accesskit::Toggled::True)
            || chip.accesskit_node().is_selected() == Some(true)
    };
    assert!(is_set(&stage));
    stage.click_tile("a fox");
    stage.press(Modifiers::COMMAND, Key::Z);
    assert!(!is_set(&stage));
    stage.press(Modifiers::COMMAND, Key::Y);
    assert!(is_set(&stage));
}

#[test]
fn note_is_set_on_several_images_at_once() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click_tile("a fox");
    stage.press(Modifiers::COMMAND, Key::A);
    stage.write(Role::MultilineTextInput, "Note for all", "for the client");
    stage.click("Set note");
    stage.sees("3 images changed");
    stage.write(Role::TextInput, "Search", "client");
    stage.pictures(3);
}

#[test]
fn palette_verifies_the_library() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.press(Modifiers::COMMAND, Key::K);
    stage.window.event(Event::Text("check lib".to_owned()));
    stage.frames();
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("No issues found. 3 images read.");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.sees_no_more("No issues found");
}
