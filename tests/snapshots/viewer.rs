//! Tests of the viewer.

use atelier::studio::{Command, Event, GalleryCommand, GalleryEvent, ImageLoadError};
use egui::{Key, accesskit::Role};
use egui_kittest::kittest::Queryable as _;

use crate::simulated_studio::{Stage, id, scene};

fn open_viewer() -> Stage {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(2);
    stage.press(Key::Enter);
    stage
}

fn loaded_images(stage: &mut Stage) -> Vec<usize> {
    let numbers = stage.heard().into_iter().filter_map(|command| match command {
        Command::Gallery(GalleryCommand::LoadImage(id)) => Some(crate::simulated_studio::number(id)),
        _ => None,
    });
    numbers.collect()
}

#[test]
fn arrows_change_the_image_and_escape_returns_to_it_in_the_gallery() {
    let mut stage = open_viewer();
    assert_eq!(loaded_images(&mut stage), [2]);
    stage.window.get_by_label("3 / 8");
    stage.press(Key::ArrowRight);
    stage.press(Key::ArrowRight);
    stage.window.get_by_label("5 / 8");
    assert_eq!(loaded_images(&mut stage), [3, 4]);
    stage.press(Key::ArrowLeft);
    stage.press(Key::Escape);
    assert_eq!(stage.selected(), [3]);
}

#[test]
fn keys_and_double_click_zoom() {
    let mut stage = open_viewer();
    let pixels = scene(2, 3000, 2000);
    stage.send(Event::Gallery(GalleryEvent::Image { id: id(2), pixels: Ok(pixels) }));
    stage.press(Key::Z);
    assert_eq!(stage.window.get_all_by_label("100%").count(), 2, "the button and the zoom");
    stage.press(Key::F);
    assert_eq!(stage.window.get_all_by_label("100%").count(), 1);
    let middle = stage.window.get_by_role(Role::Image).rect().center();
    stage.double_click(middle);
    assert_eq!(stage.window.get_all_by_label("100%").count(), 2);
    stage.press(Key::Plus);
    stage.window.get_by_label("150%");
    stage.press(Key::Minus);
    stage.press(Key::Minus);
    stage.window.get_by_label("67%");
}

#[test]
fn filmstrip_click_shows_a_neighbor() {
    let mut stage = open_viewer();
    stage.window.get_by_role_and_label(Role::ListBoxOption, "Image 6").click();
    stage.settle();
    stage.window.get_by_label("6 / 8");
    assert_eq!(loaded_images(&mut stage), [2, 5]);
}

#[test]
fn late_image_does_not_replace_the_shown_one() {
    let mut stage = open_viewer();
    stage.press(Key::ArrowRight);
    stage.send(Event::Gallery(GalleryEvent::Image { id: id(2), pixels: Err(ImageLoadError::Damaged) }));
    assert!(stage.window.query_by_label("File is damaged").is_none());
    stage.window.get_by_label("4 / 8");
}
