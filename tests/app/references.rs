//! Tests of references: named, ordered, downloaded, converted for the model, and never changed.

use std::fs;

use atelier::{
    imaging::{self, Encoding, ImageLimits},
    recipe::{Dialect, Format},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::{Value, json};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, RecordedRequest, Reply},
        images::{encoded_image, image_response, png},
    },
    test_app::{Machine, Stage},
};

/// A gateway that returns the same image for everything.
fn image_gateway() -> Gateway {
    gateway(|_| Reply::json(&image_response(&png(1))))
}

/// A window with these files as references, in this order.
fn open_with_references(machine: &Machine, files: &[(&str, Vec<u8>)]) -> Stage {
    let folder = machine.home.path().join("files");
    fs::create_dir_all(&folder).expect("a folder");
    let mut stage = machine.open();
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("a file");
        stage.paste(url::Url::from_file_path(path).expect("an address").as_str());
        stage.sees(&format!("Remove {name}"));
    }
    stage
}

impl Stage {
    fn paste(&mut self, text: &str) {
        self.window.event(Event::Paste(text.to_owned()));
        self.frames();
    }

    /// Puts the keyboard focus on a reference.
    fn focus_reference(&mut self, name: &str) {
        self.window.get_by_label(&format!("Mention @{name} in the prompt")).focus();
        self.frames();
    }

    fn prompt(&self) -> String {
        let field = self.window.get_by_role_and_label(Role::MultilineTextInput, "Prompt");
        field.accesskit_node().value().unwrap_or_default()
    }
}

/// The contents of a request: texts unchanged, images as the number of their file.
fn message_parts(request: &RecordedRequest, known: &[(&str, Vec<u8>)]) -> Vec<String> {
    let content = request.json()["messages"][0]["content"].clone();
    let part = |part: &Value| {
        let Some(url) = part["image_url"]["url"].as_str() else {
            return part["text"].as_str().expect("words").to_owned();
        };
        let bytes = STANDARD.decode(url.split_once(";base64,").expect("a data URL").1).expect("base64");
        let found = known.iter().find(|(_, known)| *known == bytes);
        format!("[{}]", found.map_or("?", |(name, _)| name))
    };
    content.as_array().expect("several parts").iter().map(part).collect()
}

/// A JPEG whose rows are stored rotated, like those of a camera in portrait orientation.
fn rotated_jpeg(jpeg: &[u8]) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    let length = u16::try_from(exif.len() + 2).expect("it is short").to_be_bytes();
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1, length[0], length[1]]);
    bytes.append(&mut exif);
    bytes.extend_from_slice(&jpeg[2..]);
    bytes
}

#[test]
fn images_are_placed_where_the_prompt_mentions_them() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let files = [("bottle.png", png(3)), ("table.png", png(4)), ("light.png", png(5))];
    let mut stage = open_with_references(&machine, &files);
    stage.generate("a @table with the @Bottle, signed @nobody");
    stage.sees("No reference is named @nobody. It will be sent as text.");
    stage.until_posts(&gateway, 1);
    let sent = message_parts(&gateway.posts()[0], &files);
    assert_eq!(sent, ["a table", "[table.png]", " with the Bottle", "[bottle.png]", ", signed @nobody", "[light.png]"]);
    stage.pictures(1);
    let kept = machine.sidecars().remove(0);
    assert_eq!(kept["recipe"]["prompt"], "a @table with the @Bottle, signed @nobody");
    let order: Vec<&Value> =
        kept["recipe"]["references"].as_array().unwrap().iter().map(|kept| &kept["name"]).collect();
    assert_eq!(order, ["table.png", "bottle.png", "light.png"]);

    // Images made with a reference can be found from it.
    stage.generate("nothing else");
    stage.pictures(2);
    stage.click("Remove bottle.png");
    stage.generate("without it");
    stage.pictures(3);
    stage.window.get_by_label("Mention @table in the prompt").click_secondary();
    stage.frames();
    stage.click("Show where used");
    stage.pictures(3);
    stage.fill("Search", "");
    stage.paste(url::Url::from_file_path(machine.home.path().join("files/bottle.png")).expect("an address").as_str());
    stage.sees("Remove bottle.png");
    stage.window.get_by_label("Mention @bottle in the prompt").click_secondary();
    stage.frames();
    stage.click("Show where used");
    stage.pictures(2);
}

#[test]
fn references_are_mentioned_moved_renamed_and_removed_by_keyboard() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let files = [("cup.png", png(3)), ("hat.png", png(4)), ("shoe.png", png(5))];
    let mut stage = open_with_references(&machine, &files);
    stage.write_prompt("draw ");
    stage.focus_reference("hat");
    stage.press(Modifiers::NONE, Key::Enter);
    assert_eq!(stage.prompt(), "draw @hat ");
    stage.focus_reference("hat");
    stage.press(Modifiers::NONE, Key::F2);
    let field = stage.window.get_by_role_and_label(Role::TextInput, "Reference name");
    field.focus();
    stage.press(Modifiers::COMMAND, Key::A);
    stage.window.get_by_role_and_label(Role::TextInput, "Reference name").type_text("red cap");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.sees("Rename @red-cap");
    assert_eq!(stage.prompt(), "draw @red-cap ");
    stage.focus_reference("shoe");
    stage.press(Modifiers::ALT, Key::ArrowLeft);
    stage.press(Modifiers::ALT, Key::ArrowLeft);
    stage.write_prompt("all of them");
    stage.again();
    stage.until_posts(&gateway, 1);
    assert_eq!(message_parts(&gateway.posts()[0], &files), ["all of them", "[shoe.png]", "[cup.png]", "[hat.png]"]);
    stage.focus_reference("cup");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.sees_no_more("Mention @cup");
    stage.again();
    stage.until_posts(&gateway, 2);
    assert_eq!(message_parts(&gateway.posts()[1], &files), ["all of them", "[shoe.png]", "[hat.png]"]);
    stage.pictures(2);
}

#[test]
fn reference_is_reordered_by_dragging() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let files = [("cup.png", png(3)), ("hat.png", png(4))];
    let mut stage = open_with_references(&machine, &files);
    let place = |stage: &Stage, name: &str| stage.window.get_by_label(&format!("Mention @{name} in the prompt")).rect();
    let (from, to) = (place(&stage, "hat").center(), place(&stage, "cup").left_center() + egui::vec2(6.0, 0.0));
    stage.window.drag_at(from);
    stage.frames();
    stage.window.hover_at(from + egui::vec2(-20.0, 0.0));
    stage.frames();
    stage.window.hover_at(to);
    stage.frames();
    stage.window.drop_at(to);
    stage.frames();
    stage.generate("both");
    stage.until_posts(&gateway, 1);
    assert_eq!(message_parts(&gateway.posts()[0], &files), ["both", "[hat.png]", "[cup.png]"]);
}

#[test]
fn references_are_rotated_and_converted_and_their_files_unchanged() {
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let photo = rotated_jpeg(&encoded_image(80, 40, 3, Encoding::Jpeg { quality: 90 }));
    let upright = imaging::decode(&photo, &ImageLimits::default()).expect("it is read");
    assert_eq!((upright.width, upright.height), (40, 80));
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec();
    let files = [("photo.jpg", photo.clone()), ("dot.gif", gif.clone())];
    let mut stage = open_with_references(&machine, &files);
    stage.sees("Converted for this model before sending: @photo, @dot. Originals are unchanged.");
    for count in 1..=2 {
        stage.generate("both");
        stage.until_posts(&gateway, count);
        let content = gateway.posts()[count - 1].json()["messages"][0]["content"].clone();
        let sent = |at: usize| {
            let url = content[at]["image_url"]["url"].as_str().expect("a picture").to_owned();
            let (mime, data) =
                url.strip_prefix("data:").and_then(|url| url.split_once(";base64,")).expect("a data URL");
            (mime.to_owned(), STANDARD.decode(data).expect("base64"))
        };
        let ((mime, jpeg), (other, dot)) = (sent(1), sent(2));
        assert_eq!((mime.as_str(), other.as_str()), ("image/jpeg", "image/png"));
        assert_eq!((imaging::sniff(&jpeg), imaging::sniff(&dot)), (Some(Format::Jpeg), Some(Format::Png)));
        assert!(imaging::is_upright(&jpeg));
        let shown = imaging::decode(&jpeg, &ImageLimits::default()).expect("it is an image");
        assert_eq!((shown.width, shown.height), (40, 80));
        let differ = shown.rgba.iter().zip(&upright.rgba).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
        assert!(differ / (upright.rgba.len() as u64) < 6, "it shows the same");
        stage.pictures(count);
    }
    // Converted once and cached beside the originals, which are unchanged.
    assert_eq!(fs::read_dir(machine.library().join("fitted")).expect("a folder").count(), 2);
    for (name, bytes) in [("photo.jpg", &photo), ("dot.gif", &gif)] {
        assert!(fs::read(machine.home.path().join("files").join(name)).expect("it is there") == *bytes);
        let kept = &machine.sidecars()[0]["recipe"]["references"];
        let kept = kept.as_array().unwrap().iter().find(|kept| kept["name"] == name).expect("the recipe has it");
        let path = crate::test_app::files(&machine.library().join("references"));
        let path = path.iter().find(|path| path.to_string_lossy().contains(kept["sha256"].as_str().unwrap()));
        assert!(fs::read(path.expect("it is kept")).expect("it is there") == *bytes);
    }
}

#[test]
fn form_edit_names_images_by_number_and_sends_supported_parameters() {
    let gateway = image_gateway();
    let machine = Machine::at_with(&gateway.base_url(), |settings| {
        settings.profiles.last_mut().expect("it is there").dialect = Dialect::Images;
    });
    let files = [("cup.png", png(3)), ("hat.jpg", encoded_image(20, 10, 5, Encoding::Jpeg { quality: 90 }))];
    let mut stage = open_with_references(&machine, &files);
    stage.generate("put the @hat on the @cup");
    stage.until_posts(&gateway, 1);
    let request = &gateway.posts()[0];
    assert!(request.path.ends_with("/images/edits"), "{}", request.path);
    let body = String::from_utf8_lossy(&request.body);
    assert!(body.contains("put the hat (image 1) on the cup (image 2)"), "{body}");
    let place = |words: &str| body.find(words).unwrap_or_else(|| panic!("{words} is in {body}"));
    assert!(place("image-0.jpg") < place("image-1.png"));
    stage.pictures(1);
}

#[test]
fn pasted_link_becomes_a_reference_or_an_error() {
    let cup = png(7);
    let served = cup.clone();
    let site = Gateway::start(move |request| match request.path.as_str() {
        "/red%20cup.png?size=2" => Reply::new(200, "image/png", &served),
        "/view" => Reply::new(200, "application/octet-stream", png(8)),
        "/page" => Reply::html(200, "<html>no picture</html>"),
        "/away" => Reply::with(302, &[("location", "http://10.0.0.1/secret.png")], ""),
        _ => Reply::html(404, "gone"),
    });
    let gateway = image_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    let base = site.origin();
    stage.write_prompt("a cup");
    // Text with a link is text, also if it is pasted into the prompt.
    stage.paste(&format!("{base}/view"));
    assert_eq!(stage.prompt(), format!("a cup{base}/view"));
    stage.write_prompt("a cup");
    stage.paste(&format!("{base}/red%20cup.png?size=2"));
    stage.sees("Remove red cup.png");
    assert_eq!(stage.prompt(), "a cup");
    stage.focus_reference("red-cup");
    stage.paste(&format!("{base}/view"));
    stage.sees("Mention @view in the prompt");
    stage.paste(&format!("data:image/png;base64,{}", STANDARD.encode(png(9))));
    stage.sees("Mention @image in the prompt");
    stage.paste(&format!("{base}/page.png"));
    stage.sees("The image at 127.0.0.1 can’t be used as a reference. 404");
    stage.paste(&format!("{base}/page"));
    stage.sees("The link does not lead to an image that Atelier can open.");
    stage.paste(&format!("{base}/away"));
    stage.sees("The link leads to a private network.");
    for request in site.requests() {
        assert_eq!((request.header("authorization"), request.method.as_str()), (None, "GET"));
    }
    stage.again();
    stage.until_posts(&gateway, 1);
    let known = [("cup", cup), ("view", png(8)), ("data", png(9))];
    assert_eq!(message_parts(&gateway.posts()[0], &known), ["a cup", "[cup]", "[view]", "[data]"]);
    assert_eq!(gateway.posts()[0].json()["model"], json!("demo/painter"));
}
