//! Tests that rating, flag, tags and note of an image in the inspector are saved, found, undone, and restored after a
//! restart.

use atelier::demo::DemoOptions;
use egui::{Key, Modifiers, accesskit::Role};

use crate::test_app::Machine;

#[test]
fn inspector_edits_tags_note_and_rating_and_search_finds_them() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.generate_one_by_one(&["a fox", "a lighthouse"]);
    stage.pictures(2);
    stage.click_tile("a fox");
    stage.click("Add tag");
    stage.write(Role::TextInput, "New tag", "wet glass");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("Find images tagged wet glass");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.write(Role::MultilineTextInput, "Note", "for the client");
    stage.click_tile("a lighthouse");
    stage.sees_no_more("Find images tagged wet glass");
    stage.click_tile("a fox");
    stage.sees("Find images tagged wet glass");
    stage.click("Find images tagged wet glass");
    assert_eq!(stage.pictures(1), ["a fox"]);
    stage.close();

    let mut stage = machine.open();
    stage.write(Role::TextInput, "Search", "client");
    assert_eq!(stage.pictures(1), ["a fox"]);
    stage.click_tile("a fox");
    stage.click("Remove tag wet glass");
    stage.sees_no_more("Find images tagged wet glass");
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.sees("Find images tagged wet glass");
}
