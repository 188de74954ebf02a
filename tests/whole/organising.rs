//! Stars, searches by chips, Undo and the trash, with the studio and the files behind them.

use atelier::demo::DemoOptions;
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::stage::{Machine, Stage};

/// A window with three pictures of the demo gateway.
fn three(machine: &Machine) -> Stage {
    let mut stage = machine.open();
    for (number, prompt) in ["a fox", "a lake", "a tower"].into_iter().enumerate() {
        stage.generate(prompt);
        stage.pictures(number + 1);
    }
    stage
}

fn is_described(stage: &mut Stage, tile: &str, words: Option<&str>) {
    let (name, words) = (tile.to_owned(), words.map(str::to_owned));
    stage.until("the marks", move |window| {
        let tile = window.query_by_role_and_label(Role::ListBoxOption, &name);
        tile.is_some_and(|tile| tile.accesskit_node().description() == words)
    });
}

#[test]
fn stars_are_found_by_and_undone_and_are_there_after_a_restart() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::Num4);
    is_described(&mut stage, "a fox", Some("4 stars"));
    stage.click_tile("a tower");
    stage.press(Modifiers::NONE, Key::Num2);
    stage.press(Modifiers::NONE, Key::X);
    is_described(&mut stage, "a tower", Some("2 stars, Rejected"));
    stage.press(Modifiers::COMMAND, Key::Z);
    is_described(&mut stage, "a tower", Some("2 stars"));
    stage.click("Rating");
    stage.click("★ 3+");
    assert_eq!(stage.pictures(1), ["a fox"]);
    stage.click("Clear the search");
    stage.pictures(3);
    stage.click("Order: Newest");
    stage.click("Best rated");
    stage.sees("Order: Best rated");
    assert_eq!(stage.pictures(3), ["a fox", "a tower", "a lake"]);
    stage.close();

    let mut stage = machine.open();
    assert_eq!(stage.pictures(3), ["a fox", "a tower", "a lake"]);
    is_described(&mut stage, "a fox", Some("4 stars"));
}

#[test]
fn what_is_in_the_trash_can_be_seen_brought_back_and_deleted_for_good() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    for tile in ["a fox", "a lake"] {
        stage.click_tile(tile);
        stage.press(Modifiers::NONE, Key::Delete);
    }
    assert_eq!(stage.pictures(1), ["a tower"]);
    stage.write(Role::TextInput, "Search", "in:trash");
    assert_eq!(stage.pictures(2), ["a lake", "a fox"]);
    stage.click_tile("a fox");
    stage.click("Restore 1");
    assert_eq!(stage.pictures(1), ["a lake"]);
    stage.click("Empty trash…");
    stage.sees("Delete 1 image for good?");
    stage.click("Delete for good");
    stage.sees("1 image deleted for good");
    stage.click("Back to all images");
    assert_eq!(stage.pictures(2), ["a tower", "a fox"]);
    assert_eq!(machine.originals().len(), 2);
    stage.close();
}

#[test]
fn stacking_leaves_pictures_of_different_requests_alone() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = three(&machine);
    stage.click("More filters");
    stage.click("Stack images of one request");
    stage.click("More filters");
    stage.sees("Stack images of one request");
    stage.press(Modifiers::NONE, Key::Escape);
    assert_eq!(stage.pictures(3), ["a tower", "a lake", "a fox"]);
    stage.close();
}
