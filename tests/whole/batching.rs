//! Batches over pictures, what is stacked under what, and the way from a picture to those that it was made with.

use egui::{Key, Modifiers};

use crate::{
    pictures::{five, numbered},
    stage::{Machine, Stage},
};

impl Stage {
    /// Turns the stacking of pictures on or off.
    fn stack(&mut self) {
        self.click("More filters");
        self.click("Stack images that belong together");
    }
}

#[test]
fn what_a_batch_makes_lies_under_its_source_and_says_what_it_was_made_of() {
    let gateway = numbered();
    let machine = Machine::at(&gateway.base());
    let mut stage = five(&machine);
    stage.click_tile("fox 3");
    stage.click_tile_with(Modifiers::SHIFT, "fox 2");
    stage.press(Modifiers::COMMAND, Key::B);
    stage.fill("Prompt for each image", "{prompt} in {snow 2{n}|rain 3{n}}");
    stage.click("Queue 4");
    stage.pictures(9);

    // From the source to what was made of it, and back.
    stage.click_tile("fox 3");
    stage.sees("2 variations");
    stage.sees_no_more("parent");
    stage.click("Variation 2 of 2");
    let one = stage.selected();
    assert!(one == ["fox 3 in snow 21"] || one == ["fox 3 in rain 31"], "{one:?}");
    stage.sees("1 parent");
    stage.click("Parent 1 of 1");
    assert_eq!(stage.selected(), ["fox 3"]);
    stage.click("2 variations");
    let mut found = stage.pictures(2);
    found.sort();
    assert_eq!(found, ["fox 3 in rain 31", "fox 3 in snow 21"]);
    // A picture that the search does not find is shown large.
    stage.click_tile("fox 3 in rain 31");
    stage.click("Parent 1 of 1");
    stage.sees("fox 3");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.fill("Search", "");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.pictures(9);

    // What was deleted is not told of any more.
    stage.click_tile("fox 3 in rain 31");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.pictures(8);
    stage.click_tile("fox 3");
    stage.sees("1 variation");
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.pictures(9);
    stage.sees("2 variations");

    // Stacked, each source stands where it stood, with what was made of it behind.
    stage.stack();
    assert_eq!(stage.pictures(5), ["fox 5", "fox 4", "fox 3", "fox 2", "fox 1"]);
    let behind = "Show this image and what batches made of it, 3 in all";
    stage.click_tile("fox 2");
    stage.click(behind);
    let mut opened = stage.pictures(7);
    assert_eq!(opened.remove(3), "fox 2", "the last of the two stacks is open");
    assert_eq!((opened[2].as_str(), opened[5].as_str()), ("fox 3", "fox 1"));
    assert!(opened[3..5].iter().all(|name| name.starts_with("fox 2 in")), "{opened:?}");
    stage.click("Stack these images");
    stage.pictures(5);
    stage.close();

    // The same is known after the window was closed, and from the files alone.
    for name in ["library.db", "library.db-wal", "library.db-shm"] {
        std::fs::remove_file(machine.library().join(name)).ok();
    }
    let mut stage = machine.open();
    stage.pictures(5);
    stage.click_tile("fox 3");
    stage.sees("2 variations");
}

#[test]
fn results_of_a_source_that_a_search_does_not_find_are_a_stack_of_their_own() {
    let gateway = numbered();
    let machine = Machine::at(&gateway.base());
    let mut stage = five(&machine);
    stage.click_tile("fox 1");
    stage.press(Modifiers::COMMAND, Key::B);
    stage.fill("Prompt for each image", "a hare {21|22|23}");
    stage.click("Queue 3");
    stage.pictures(8);
    stage.stack();
    stage.pictures(5);
    stage.fill("Search", "hare");
    stage.pictures(1);
    stage.click("Show 3 images that batches made of one image");
    stage.pictures(3);
}
