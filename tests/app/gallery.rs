//! Tests of images in the library: viewed, copied, reused, deleted, selected, generated again.

use std::fs;

use egui::{Key, Modifiers, OutputCommand, PointerButton, Pos2, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use serde_json::json;

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, Reply},
        images::{chat_response, image_response, markdown_image, png},
        prompt,
    },
    test_app::{Machine, Stage, files},
};

/// A gateway whose image depends on the number at the end of the prompt.
pub fn numbered_gateway() -> Gateway {
    gateway(|request| {
        let prompt = prompt(request);
        let number = prompt.rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or(99);
        let mut answer = image_response(&png(number));
        answer["choices"][0]["message"]["content"] =
            json!(format!("Done. {}", markdown_image("image/png", &png(number))));
        Reply::json(&answer)
    })
}

/// A window with five images, of which `fox 1` is the oldest.
pub fn open_with_five_images(machine: &Machine) -> Stage {
    let mut stage = machine.open();
    for number in 1..=5 {
        stage.generate(&format!("fox {number}"));
        stage.pictures(number);
    }
    stage.write_prompt("");
    stage.press(Modifiers::NONE, Key::Delete);
    // Leaves the text field, so that keys apply to images.
    stage.click_tile("fox 5");
    stage
}

impl Stage {
    /// The names of the selected images, newest first.
    pub fn selected(&self) -> Vec<String> {
        let tiles = self.window.query_all(by().role(Role::ListBoxOption));
        let selected = tiles.filter(|tile| tile.accesskit_node().is_selected() == Some(true));
        selected.filter_map(|tile| tile.accesskit_node().label()).collect()
    }

    pub fn click_tile_with(&mut self, modifiers: Modifiers, name: &str) {
        self.tile(name).click_modifiers(modifiers);
        self.frames();
    }

    /// Presses and waits until something is put on the clipboard.
    fn clipboard_after(&mut self, press: impl FnOnce(&mut Self)) -> OutputCommand {
        press(self);
        let mut found = None;
        self.until("the clipboard", |window| {
            let commands = &window.output().platform_output.commands;
            let copies =
                |command: &&OutputCommand| matches!(command, OutputCommand::CopyText(_) | OutputCommand::CopyImage(_));
            found = commands.iter().find(copies).cloned();
            found.is_some()
        });
        found.expect("it was found")
    }

    fn double_click(&mut self, at: Pos2) {
        self.window.hover_at(at);
        self.window.step();
        for pressed in [true, false, true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            // Within one frame, so that no time passes in between.
            self.window.input_mut().events.push(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        }
        self.frames();
    }
}

#[test]
fn inspector_shows_the_settings_of_an_image() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.window.set_size(egui::vec2(1440.0, 1500.0));
    stage.click("Aspect ratio: 4:3");
    stage.fill("Temperature", "0.7");
    stage.fill("Seed", "1234");
    stage.generate("a fox, 細節豐富 7");
    stage.pictures(1);
    let bytes = format!("64 × 48 · PNG · {} kB", (png(7).len() as f64 / 1e3).round());
    for words in [
        "a fox, 細節豐富 7",
        "Near",
        "demo/painter",
        &bytes,
        "4:3",
        "0.70",
        "1234",
        "1,297 (7 in, 1,290 out)",
        "Duration",
        "Created",
        "Done.",
    ] {
        stage.sees(words);
    }
}

#[test]
fn prompt_and_image_are_copied_to_the_clipboard() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.click_tile("fox 2");
    stage.sees("Duration");
    let copied = stage.clipboard_after(|stage| stage.window.get_by_label("Copy prompt").click());
    assert!(matches!(copied, OutputCommand::CopyText(text) if text == "fox 2"));
    stage.sees("Copied");
    let copied = stage.clipboard_after(|stage| stage.window.get_by_role_and_label(Role::Button, "Copy image").click());
    assert!(matches!(copied, OutputCommand::CopyImage(image) if image.size == [64, 48]));
    // The event that the windowing backend sends for Ctrl+C.
    stage.click_tile("fox 3");
    let copied = stage.clipboard_after(|stage| stage.window.event(egui::Event::Copy));
    assert!(matches!(copied, OutputCommand::CopyImage(_)));
}

#[test]
fn viewer_opens_with_enter_and_double_click_navigates_zooms_and_closes() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    let at = stage.tile("fox 4").rect().center();
    stage.double_click(at);
    stage.sees("2 / 5");
    for (key, sees) in [
        (Key::ArrowRight, "3 / 5"),
        (Key::ArrowRight, "4 / 5"),
        (Key::ArrowLeft, "3 / 5"),
        (Key::Num1, "100%"),
        (Key::Plus, "150%"),
    ] {
        stage.press(Modifiers::NONE, key);
        stage.sees(sees);
    }
    stage.press(Modifiers::NONE, Key::Escape);
    stage.pictures(5);
    assert_eq!(stage.selected(), ["fox 3"]);
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("3 / 5");
    // Deleting the viewed image returns to the gallery.
    stage.press(Modifiers::NONE, Key::Delete);
    stage.pictures(4);
}

#[test]
fn deleted_image_is_restored_by_the_message_or_a_key() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    let originals = machine.originals();
    let bytes: Vec<_> = originals.iter().map(|original| fs::read(original).expect("it is there")).collect();
    stage.click_tile("fox 4");
    stage.click_tile_with(Modifiers::SHIFT, "fox 2");
    stage.click("Delete");
    stage.sees("3 images moved to the trash");
    stage.pictures(2);
    assert_eq!(machine.originals(), [originals[0].clone(), originals[4].clone()]);
    assert_eq!(files(&machine.library().join("trash")).len(), 6, "three images and their sidecars");
    stage.click("Undo");
    stage.pictures(5);
    assert_eq!(machine.originals(), originals);
    for name in ["fox 1", "fox 5"] {
        stage.click_tile(name);
        stage.press(Modifiers::NONE, Key::Delete);
        stage.sees_no_more(name);
    }
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.pictures(4);
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.pictures(5);
    let now: Vec<_> = machine.originals().iter().map(|original| fs::read(original).expect("it is there")).collect();
    assert!(now == bytes, "the originals are as they were");
    stage.close();
    machine.open().pictures(5);
}

#[test]
fn actions_apply_to_the_shown_image_without_a_selection() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.click_tile("fox 3");
    stage.press(Modifiers::NONE, Key::Escape);
    assert!(stage.selected().is_empty());
    stage.sees("Duration");
    // Without the pointer on the image, its buttons are hidden.
    stage.window.remove_cursor();
    stage.frames();
    stage.click("Use as reference");
    stage.sees("Remove fox 3");
    stage.window.remove_cursor();
    stage.frames();
    stage.click("Export…");
    stage.sees("Export 1 image");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.click("Delete");
    stage.pictures(4);
    stage.sees("1 image moved to the trash");
}

#[test]
fn inspector_is_empty_after_the_last_image_is_deleted() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("fox 1");
    stage.pictures(1);
    stage.generate("hare 2");
    stage.pictures(2);
    // The only image that a search has found.
    stage.fill("Search", "fox");
    stage.pictures(1);
    stage.click_tile("fox 1");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees("No results for “fox”");
    stage.sees("Select an image to see its settings");
    stage.click("Show all images");
    stage.pictures(1);
    // The only image in the library.
    stage.click_tile("hare 2");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees("Describe an image, then press");
    stage.sees("Select an image to see its settings");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.pictures(1);
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.pictures(2);
}

#[test]
fn images_are_selected_with_pointer_and_keyboard() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.click_tile("fox 5");
    stage.click_tile_with(Modifiers::COMMAND, "fox 3");
    assert_eq!(stage.selected(), ["fox 5", "fox 3"]);
    stage.sees("2 selected");
    stage.click_tile_with(Modifiers::COMMAND, "fox 5");
    assert_eq!(stage.selected(), ["fox 3"]);
    stage.click_tile("fox 3");
    stage.click_tile_with(Modifiers::SHIFT, "fox 1");
    assert_eq!(stage.selected(), ["fox 3", "fox 2", "fox 1"]);
    stage.press(Modifiers::COMMAND, Key::A);
    assert_eq!(stage.selected().len(), 5);
    stage.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    assert_eq!(stage.selected().len(), 0);
    // A rubber band that starts on the background, below the last row.
    let (first, third) = (stage.tile("fox 5").rect(), stage.tile("fox 3").rect());
    let bottom = stage.tile("fox 1").rect().bottom();
    let from = Pos2::new(first.left() + 4.0, bottom + 60.0);
    let to = if third.top() > first.top() { third.center() } else { third.center() + vec2(0.0, 4.0) };
    stage.window.hover_at(from);
    stage.window.step();
    stage.window.drag_at(from);
    stage.window.step();
    stage.window.hover_at(from + vec2(20.0, -20.0));
    stage.window.step();
    stage.window.hover_at(to);
    stage.window.step();
    stage.window.drop_at(to);
    stage.frames();
    let band = egui::Rect::from_two_pos(from, to);
    let names = ["fox 5", "fox 4", "fox 3", "fox 2", "fox 1"];
    let touched: Vec<&str> = names.into_iter().filter(|name| stage.tile(name).rect().intersects(band)).collect();
    assert!(touched.len() > 1, "{touched:?}");
    assert_eq!(stage.selected(), touched);
}

#[test]
fn batch_sends_each_selected_image_and_the_announced_number_of_requests() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.click_tile("fox 4");
    stage.click_tile_with(Modifiers::SHIFT, "fox 2");
    stage.press(Modifiers::COMMAND, Key::B);
    stage.sees("Batch: 3 selected images");
    stage.fill("Prompt for each image", "In snow: {prompt}");
    stage.sees("3 requests");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.sees_no_more("Batch: 3 selected images");
    assert_eq!(gateway.posts().len(), 5, "nothing is asked when it is left");

    stage.press(Modifiers::COMMAND, Key::B);
    stage.sees("3 requests");
    stage.click("Queue 3");
    stage.pictures(8);
    let posts = gateway.posts();
    assert_eq!(posts.len(), 8);
    let mut request: Vec<(String, String)> = posts[5..]
        .iter()
        .map(|post| {
            let url = &post.json()["messages"][0]["content"][1]["image_url"]["url"];
            (prompt(post), url.as_str().expect("a reference").to_owned())
        })
        .collect();
    request.sort();
    let expected = [2, 3, 4].map(|number| {
        (format!("In snow: fox {number}"), crate::scripted_gateways::images::data_url("image/png", &png(number)))
    });
    assert!(request == expected, "each request contains its own image");
}

#[test]
fn batch_sends_own_prompts_with_another_model_and_several_images() {
    let gateway = gateway(|request| {
        let count = request.json()["n"].as_u64().unwrap_or(1) as u32;
        let content: String = (0..count).map(|number| markdown_image("image/png", &png(number))).collect();
        Reply::json(&chat_response(&json!(content), "stop"))
    });
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    for (before, prompt) in ["sea", "forest"].iter().enumerate() {
        stage.generate(prompt);
        stage.pictures(before + 1);
    }
    stage.click_tile("sea");
    stage.press(Modifiers::COMMAND, Key::A);
    stage.press(Modifiers::COMMAND, Key::B);
    stage.click("Re-run original prompts");
    stage.click("Another model");
    let field = |stage: &Stage, name: &str| stage.window.query_all(by().role(Role::TextInput).label(name)).count();
    assert_eq!((field(&stage, "Model"), field(&stage, "Number of images")), (2, 2), "the composer's and the dialog's");
    for (name, value) in [("Model", "maker/sketcher"), ("Number of images", "2")] {
        stage.window.query_all(by().role(Role::TextInput).label(name)).last().expect("the dialog's").focus();
        stage.frames();
        stage.press(Modifiers::COMMAND, Key::A);
        stage.window.event(egui::Event::Text(value.to_owned()));
        stage.frames();
    }
    stage.press(Modifiers::NONE, Key::Tab);
    stage.sees("2 requests");
    stage.click("Queue 2");
    stage.pictures(6);
    let bodies: Vec<_> =
        gateway.posts()[2..].iter().map(super::scripted_gateways::gateway::RecordedRequest::json).collect();
    assert_eq!(bodies.len(), 2);
    let mut prompts: Vec<_> = gateway.posts()[2..].iter().map(prompt).collect();
    prompts.sort();
    assert_eq!(prompts, ["forest", "sea"]);
    for body in bodies {
        assert_eq!((&body["model"], &body["n"]), (&json!("maker/sketcher"), &json!(2)));
    }
}
