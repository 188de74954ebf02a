//! Tests of the import of images through the window.

use std::fs;

use atelier::{
    demo::DemoOptions,
    imaging::{Bitmap, Encoding, encode},
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{Queryable as _, by};

use crate::test_app::{Machine, files};

/// An image with an embedded prompt in A1111's format.
fn png_with_prompt(number: u8, prompt: &str) -> Vec<u8> {
    let bitmap = Bitmap::new(64, 48, [number, 120, 60, 255].repeat(64 * 48)).expect("as many pixels as it says");
    let file = encode(&bitmap, Encoding::Png).expect("a small picture");
    let (head, tail) = file.split_at(33);
    let text = format!("parameters\0{prompt}\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 42, Size: 64x48");
    let body = [b"tEXt", text.as_bytes()].concat();
    let length = u32::try_from(text.len()).expect("a short text").to_be_bytes();
    [head, &length, &body, &crc32fast::hash(&body).to_be_bytes(), tail].concat()
}

/// A machine whose dialogs choose a folder with two images.
fn machine_with_folder() -> Machine {
    let machine = Machine::new(DemoOptions::instant());
    fs::create_dir_all(machine.chosen()).expect("a folder");
    for (number, prompt) in [(1, "a heron"), (2, "a reed")] {
        fs::write(machine.chosen().join(format!("{number}.png")), png_with_prompt(number, prompt)).expect("a file");
    }
    machine
}

#[test]
fn images_chosen_in_a_dialog_are_copied_and_the_import_can_be_undone() {
    let machine = machine_with_folder();
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::I);
    stage.sees("Import 2 files and folders");
    assert_eq!(machine.originals().len(), 0, "nothing comes in before the person has said how");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("2 images imported");
    let mut names = stage.pictures(2);
    names.sort();
    assert!(names[0].starts_with("a heron") && names[1].starts_with("a reed"), "{names:?}");
    let mut copies: Vec<_> = machine.originals().iter().map(|path| fs::read(path).expect("a copy")).collect();
    copies.sort();
    let mut own: Vec<_> = files(&machine.chosen()).iter().map(|path| fs::read(path).expect("a file")).collect();
    own.sort();
    assert_eq!(copies, own);

    // The dialog has given the keyboard back to the prompt, which has an undo of its own.
    stage.press(Modifiers::NONE, Key::Escape);
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.sees("Describe an image");
    assert_eq!(files(&machine.chosen()).len(), 2, "the person's files are not what is taken back");
}

#[test]
fn folder_is_imported_as_links_and_a_missing_file_is_reported() {
    let machine = machine_with_folder();
    let mut stage = machine.open();
    stage.click("Import images");
    stage.click("Import folders…");
    stage.sees("Import a file or folder");
    stage.window.get_by_label("Leave in place").click();
    stage.frames();
    stage.click("Continue");
    stage.sees("2 images imported");
    let names = stage.pictures(2);
    assert_eq!(machine.originals().len(), 0, "nothing is copied");
    for file in files(&machine.chosen()) {
        fs::remove_file(file).expect("it can be removed");
    }
    stage.click_tile(&names[0]);
    stage.press(Modifiers::NONE, Key::Enter);
    stage.until("why it cannot be shown", |window| {
        let missing = by().predicate(|node| node.description().is_some_and(|why| why.contains("File not found at")));
        window.query_all(missing).next().is_some()
    });
}
