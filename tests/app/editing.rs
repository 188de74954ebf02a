//! Tests of edits with a prompt: of a single image, as a conversation, and from an earlier step of it.

use atelier::recipe::Dialect;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::Value;

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, RecordedRequest, Reply},
        images::{image_response, png},
    },
    test_app::{Machine, Stage},
};

/// A gateway whose images are numbered 1, 2, 3 … in the order of requests.
fn counting_gateway() -> Gateway {
    let count = std::sync::atomic::AtomicU32::new(0);
    gateway(move |_| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        Reply::json(&image_response(&png(number)))
    })
}

/// The messages of a request with their roles: `user: words [1]`.
fn messages(request: &RecordedRequest) -> Vec<String> {
    let part = |part: &Value| match part["image_url"]["url"].as_str() {
        Some(url) => {
            let bytes = STANDARD.decode(url.split_once(";base64,").expect("a data URL").1).expect("base64");
            let number = (1..9).find(|number| png(*number) == bytes).expect("it is one of them");
            format!("[{number}]")
        }
        None => part["text"].as_str().expect("words").to_owned(),
    };
    let message = |message: &Value| {
        let role = message["role"].as_str().expect("a role");
        let text = match message["content"].as_str() {
            Some(words) => words.to_owned(),
            None => message["content"].as_array().expect("parts").iter().map(part).collect::<Vec<_>>().join(" "),
        };
        format!("{role}: {text}")
    };
    request.json()["messages"].as_array().expect("messages").iter().map(message).collect()
}

impl Stage {
    /// Starts to edit an image of the gallery.
    fn edit(&mut self, name: &str) {
        self.click_tile(name);
        self.press(Modifiers::NONE, Key::E);
        self.sees("Stop editing this image");
    }

    fn prompt_text(&self) -> String {
        let field = self.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
        field.accesskit_node().value().unwrap_or_default()
    }
}

/// The role of an image in the batch of its stored recipe.
fn batch_role(machine: &Machine, picture: usize) -> Value {
    machine.sidecars()[picture]["recipe"]["part"].clone()
}

#[test]
fn edited_image_names_its_source() {
    let gateway = counting_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a cup");
    stage.pictures(1);
    stage.write_prompt("half a thought");
    stage.edit("a cup");
    assert_eq!(stage.prompt_text(), "");
    stage.sees("1 image will be sent");
    // The keyboard focus is in the prompt already.
    stage.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt").type_text("make it blue");
    stage.frames();
    stage.again();
    stage.pictures(2);
    assert_eq!(messages(&gateway.posts()[1]), ["user: make it blue [1]"]);
    let first = machine.sidecars()[0]["id"].clone();
    assert_eq!(batch_role(&machine, 1)["edit"], first);
    assert_eq!(machine.sidecars()[1]["recipe"]["references"][0]["image"], first);

    // The request can be repeated as it was, and the draft from before is not lost.
    stage.click_tile("make it blue");
    stage.click("Reuse settings");
    stage.sees("Stop editing this image");
    stage.press(Modifiers::COMMAND, Key::Enter);
    stage.pictures(3);
    assert_eq!(messages(&gateway.posts()[2]), ["user: make it blue [1]"]);
    // References of the earlier request are not sent a second time, added ones are.
    stage.edit("a cup");
    stage.window.event(egui::Event::Paste(format!("data:image/png;base64,{}", STANDARD.encode(png(8)))));
    stage.sees("2 images will be sent");
    stage.click("Stop editing this image");
    stage.sees("Mention @image");
    stage.window.get_by_label("Mention @image in the prompt").focus();
    stage.frames();
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees_no_more("Stop editing this image");
    stage.generate("something else");
    stage.pictures(4);
    assert_eq!(messages(&gateway.posts()[3]), ["user: something else"]);
    assert_eq!(batch_role(&machine, 3), Value::Null);
    stage.click("History");
    stage.sees("half a thought");
}

#[test]
fn conversation_keeps_its_turns_and_continues_from_any_step() {
    let gateway = counting_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a cup");
    stage.pictures(1);
    stage.edit("a cup");
    stage.click("Full conversation");
    stage.generate("make it blue");
    stage.pictures(2);
    assert_eq!(messages(&gateway.posts()[1]), ["user: a cup", "assistant: [1]", "user: make it blue"]);
    // The conversation continues from the received image.
    stage.sees("2 images will be sent");
    assert_eq!(stage.prompt_text(), "");
    stage.window.event(egui::Event::Paste(format!("data:image/png;base64,{}", STANDARD.encode(png(8)))));
    stage.sees("3 images will be sent");
    stage.generate("add a handle");
    stage.pictures(3);
    // References of a turn are part of it from then on.
    stage.sees("4 images will be sent");
    stage.sees_no_more("Mention @image");
    let whole = ["user: a cup", "assistant: [1]", "user: make it blue", "assistant: [2]", "user: add a handle [8]"];
    assert_eq!(messages(&gateway.posts()[2]), whole);
    assert_eq!(batch_role(&machine, 2)["edit"], machine.sidecars()[1]["id"]);

    // The conversation branches from an earlier step.
    stage.click("Continue from step 1");
    stage.sees("1 image will be sent");
    stage.generate("make it red");
    stage.pictures(4);
    assert_eq!(messages(&gateway.posts()[3]), ["user: a cup", "assistant: [1]", "user: make it red"]);
    assert_eq!(batch_role(&machine, 3)["edit"], machine.sidecars()[0]["id"]);

    // The image is requested again with all its turns, also from a window that is opened later.
    stage.click_tile("add a handle");
    stage.click("Reuse settings");
    stage.sees("3 images will be sent");
    stage.close();
    let mut later = machine.open();
    later.sees("3 images will be sent");
    later.again();
    later.pictures(5);
    assert_eq!(messages(&gateway.posts()[4]), whole);

    // Only the image itself is sent.
    later.edit("make it red");
    later.click("This image only");
    later.sees("1 image will be sent");
    later.generate("larger");
    later.until_posts(&gateway, 6);
    assert!(messages(&gateway.posts()[5])[0].starts_with("user: larger ["));
    assert_eq!(messages(&gateway.posts()[5]).len(), 1);
}

#[test]
fn without_turns_only_the_last_image_is_sent_and_a_note_says_so() {
    let gateway = counting_gateway();
    let machine = Machine::at_with(&gateway.base_url(), |settings| {
        settings.profiles.last_mut().expect("it is there").dialect = Dialect::Images;
    });
    let mut stage = machine.open();
    stage.generate("a cup");
    stage.pictures(1);
    stage.edit("a cup");
    stage.click("Full conversation");
    stage.sees("earlier turns of the conversation");
    stage.sees("1 image will be sent");
    stage.generate("make it blue");
    stage.until_posts(&gateway, 2);
    let request = &gateway.posts()[1];
    assert!(request.path.ends_with("/images/edits"), "{}", request.path);
    let body = String::from_utf8_lossy(&request.body);
    assert!(body.contains("make it blue") && !body.contains("a cup"), "{body}");
    let bytes = png(1);
    assert!(request.body.windows(bytes.len()).any(|window| window == bytes), "the image is sent");
    stage.pictures(2);
    let kept = machine.sidecars().remove(1);
    assert_eq!(kept["recipe"]["turns"].as_array().map(Vec::len), Some(1), "the recipe knows what was said");
}
