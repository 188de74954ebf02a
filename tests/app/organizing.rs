//! Tests of ratings, search chips, Undo and the trash, with the studio and the files behind them.

use atelier::demo::DemoOptions;
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::test_app::{Machine, Stage};

/// A window with three images of the demo gateway.
fn open_with_three_images(machine: &Machine) -> Stage {
    let mut stage = machine.open();
    for (number, prompt) in ["a fox", "a lake", "a tower"].into_iter().enumerate() {
        stage.generate(prompt);
        stage.pictures(number + 1);
    }
    stage
}

fn wait_for_description(stage: &mut Stage, tile: &str, words: Option<&str>) {
    let (name, words) = (tile.to_owned(), words.map(str::to_owned));
    stage.until("the marks", move |window| {
        let tile = window.query_by_role_and_label(Role::ListBoxOption, &name);
        tile.is_some_and(|tile| tile.accesskit_node().description() == words)
    });
}

#[test]
fn ratings_are_searchable_undoable_and_survive_a_restart() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = open_with_three_images(&machine);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::Num4);
    wait_for_description(&mut stage, "a fox", Some("4 stars"));
    stage.click_tile("a tower");
    stage.press(Modifiers::NONE, Key::Num2);
    stage.press(Modifiers::NONE, Key::X);
    wait_for_description(&mut stage, "a tower", Some("2 stars, Rejected"));
    stage.press(Modifiers::COMMAND, Key::Z);
    wait_for_description(&mut stage, "a tower", Some("2 stars"));
    stage.click("Rating");
    stage.click("★ 3+");
    assert_eq!(stage.pictures(1), ["a fox"]);
    stage.click("Clear search");
    stage.pictures(3);
    stage.click("Order: Newest");
    stage.click("Highest rated");
    stage.sees("Order: Highest rated");
    assert_eq!(stage.pictures(3), ["a fox", "a tower", "a lake"]);
    stage.close();

    let mut stage = machine.open();
    assert_eq!(stage.pictures(3), ["a fox", "a tower", "a lake"]);
    wait_for_description(&mut stage, "a fox", Some("4 stars"));
}

#[test]
fn trashed_images_are_viewed_restored_and_deleted_permanently() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = open_with_three_images(&machine);
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
    stage.sees("Permanently delete 1 image?");
    stage.click("Delete permanently");
    stage.sees("1 image permanently deleted");
    stage.click("Back to all images");
    assert_eq!(stage.pictures(2), ["a tower", "a fox"]);
    assert_eq!(machine.originals().len(), 2);
    stage.close();
}

#[test]
fn images_of_different_requests_are_not_stacked() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = open_with_three_images(&machine);
    stage.click("More filters");
    stage.click("Stack related images");
    stage.click("More filters");
    stage.sees("Stack related images");
    stage.press(Modifiers::NONE, Key::Escape);
    assert_eq!(stage.pictures(3), ["a tower", "a lake", "a fox"]);
    stage.close();
}

fn tree_item(stage: &mut Stage, name: &str) {
    let wanted = name.to_owned();
    stage.until(&format!("the collection {name}"), move |window| {
        window.query_by_role_and_label(Role::TreeItem, &wanted).is_some()
    });
}

#[test]
fn collections_are_created_filled_renamed_removed_and_restored() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = open_with_three_images(&machine);
    // By name, with the keyboard.
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::B);
    stage.write(Role::TextInput, "Collection name", "Client A");
    stage.press(Modifiers::NONE, Key::Enter);
    // The inspector shows it at once.
    stage.sees("Remove from “Client A”");
    stage.click("Collection");
    tree_item(&mut stage, "Client A");
    stage.window.get_by_role_and_label(Role::TreeItem, "Client A").click();
    assert_eq!(stage.pictures(1), ["a fox"]);
    // After renaming, the view still shows the collection.
    stage.window.get_by_role_and_label(Role::TreeItem, "Client A").focus();
    stage.frames();
    stage.press(Modifiers::NONE, Key::F2);
    stage.write(Role::TextInput, "Collection name", "客戶 A");
    stage.press(Modifiers::NONE, Key::Enter);
    tree_item(&mut stage, "客戶 A");
    assert_eq!(stage.pictures(1), ["a fox"]);
    stage.press(Modifiers::NONE, Key::Escape);
    // Removed from it, and added back.
    stage.click_tile("a fox");
    stage.press(Modifiers::SHIFT, Key::B);
    stage.pictures(0);
    stage.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(stage.pictures(1), ["a fox"]);
    // The collection is removed, its image stays in the library, and Undo restores both.
    stage.click("Collection: 客戶 A");
    tree_item(&mut stage, "客戶 A");
    stage.window.get_by_role_and_label(Role::TreeItem, "客戶 A").focus();
    stage.frames();
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees("Collection “客戶 A” deleted. Its images are kept");
    stage.pictures(3);
    stage.press(Modifiers::NONE, Key::Escape);
    stage.click("Undo");
    stage.click("Collection");
    tree_item(&mut stage, "客戶 A");
    stage.window.get_by_role_and_label(Role::TreeItem, "客戶 A").click();
    assert_eq!(stage.pictures(1), ["a fox"]);
    stage.close();
}

#[test]
fn search_is_saved_as_a_smart_collection_that_stays_current() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = open_with_three_images(&machine);
    stage.write(Role::TextInput, "Search", "rating:>=4");
    stage.pictures(0);
    stage.click("Collection");
    stage.click("Save search as smart collection");
    stage.write(Role::TextInput, "Collection name", "Best");
    stage.press(Modifiers::NONE, Key::Enter);
    tree_item(&mut stage, "Best");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.click("Clear search");
    stage.pictures(3);
    stage.click_tile("a lake");
    stage.press(Modifiers::NONE, Key::Num5);
    wait_for_description(&mut stage, "a lake", Some("5 stars"));
    stage.click("Collection");
    tree_item(&mut stage, "Best");
    stage.window.get_by_role_and_label(Role::TreeItem, "Best").click();
    assert_eq!(stage.pictures(1), ["a lake"]);
    stage.close();
}

#[test]
fn several_images_are_tagged_and_rated_at_once_and_undone_in_one_step() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = open_with_three_images(&machine);
    stage.click_tile("a fox");
    stage.press(Modifiers::COMMAND, Key::A);
    stage.sees("3 images selected");
    stage.write(Role::TextInput, "Add tag to all", "wet");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("3 images changed");
    stage.write(Role::TextInput, "Search", "tag:wet");
    stage.pictures(3);
    stage.click("Undo");
    stage.pictures(0);
    stage.close();
}

#[test]
fn empty_library_links_to_the_trash() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.pictures(1);
    stage.click_tile("a fox");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees("1 image in the trash");
    stage.click("1 image in the trash");
    assert_eq!(stage.pictures(1), ["a fox"]);
    stage.close();
}
