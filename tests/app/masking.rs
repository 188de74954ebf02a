//! Tests of masks: painted in the window, sent with the first reference, hidden if a gateway does not support them.

use std::fs;

use atelier::{
    imaging::{self, Bitmap, Encoding, ImageLimits},
    recipe::Dialect,
};
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, RecordedRequest, Reply},
        images::{encoded_image, image_response, png},
    },
    test_app::{Machine, Stage},
};

const CANVAS: &str = "Mask canvas: arrow keys move the brush, Space paints";

/// A window with the image endpoints, and these files as references.
fn open_with_references(gateway: &Gateway, files: &[(&str, Vec<u8>)]) -> (Machine, Stage) {
    let machine = Machine::at_with(&gateway.base_url(), |settings| {
        settings.profiles.last_mut().expect("it is there").dialect = Dialect::Images;
    });
    let mut stage = machine.open();
    for (name, bytes) in files {
        let path = machine.home.path().join(name);
        fs::write(&path, bytes).expect("a file");
        let address = url::Url::from_file_path(path).expect("an address");
        stage.window.event(egui::Event::Paste(address.to_string()));
        stage.sees(&format!("Remove {name}"));
    }
    (machine, stage)
}

/// The files of a form: field names and bytes.
fn form_files(request: &RecordedRequest) -> Vec<(String, Vec<u8>)> {
    let kind = request.header("content-type").expect("a type");
    let boundary = format!("--{}", kind.split_once("boundary=").expect("a boundary").1.trim_matches('"'));
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let mut left = request.body.as_slice();
    let mut found = Vec::new();
    while let Some(at) = find(left, boundary.as_bytes()) {
        left = &left[at + boundary.len()..];
        let (Some(head), Some(end)) = (find(left, b"\r\n\r\n"), find(left, format!("\r\n{boundary}").as_bytes()))
        else {
            break;
        };
        let header = String::from_utf8_lossy(&left[..head]).into_owned();
        if header.contains("filename=") {
            let name = header.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name");
            found.push((name.to_owned(), left[head + 4..end].to_vec()));
        }
    }
    found
}

fn decode(bytes: &[u8]) -> Bitmap {
    imaging::decode(bytes, &ImageLimits::default()).expect("it is an image")
}

/// The alpha at a point of an image, in coordinates from 0 to 1.
fn alpha(bitmap: &Bitmap, x: f32, y: f32) -> u8 {
    let at = (y * bitmap.height as f32) as usize * bitmap.width as usize + (x * bitmap.width as f32) as usize;
    bitmap.rgba[at * 4 + 3]
}

impl Stage {
    /// Paints from one point of the image to another.
    fn paint(&mut self, from: [f32; 2], to: [f32; 2]) {
        let rect = self.window.get_by_label(CANVAS).rect();
        let at = |point: [f32; 2]| rect.min + vec2(point[0] * rect.width(), point[1] * rect.height());
        self.window.drag_at(at(from));
        self.frames();
        self.window.hover_at(at(to));
        self.frames();
        self.window.drop_at(at(to));
        self.frames();
    }

    fn mask_description(&self) -> String {
        self.window.get_by_label(CANVAS).accesskit_node().description().unwrap_or_default()
    }

    fn open_mask(&mut self, button: &str) {
        self.click(button);
        self.sees(CANVAS);
    }
}

#[test]
fn painted_area_is_sent_as_a_mask_of_the_first_references_size() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let cup = encoded_image(200, 100, 3, Encoding::Jpeg { quality: 90 });
    let (machine, mut stage) = open_with_references(&gateway, &[("cup.jpg", cup), ("logo.png", png(4))]);
    stage.open_mask("Paint a mask…");
    assert_eq!(stage.mask_description(), "0% painted");
    let (canvas, button) = (stage.window.get_by_label(CANVAS).rect(), stage.window.get_by_label("No mask").rect());
    assert!(canvas.bottom() <= button.top(), "the image is above the buttons");
    stage.paint([0.1, 0.5], [0.4, 0.5]);
    let first = stage.mask_description();
    assert_ne!(first, "0% painted");
    stage.paint([0.9, 0.5], [0.9, 0.6]);
    assert_ne!(stage.mask_description(), first);
    stage.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(stage.mask_description(), first, "the last stroke is undone");
    // The keyboard paints too: from the middle of the last stroke downwards.
    stage.press(Modifiers::NONE, Key::E);
    stage.press(Modifiers::NONE, Key::CloseBracket);
    stage.click("Apply mask");
    stage.sees("Remove mask");
    stage.generate("put the @logo here");
    stage.until_posts(&gateway, 1);
    let sent = form_files(&gateway.posts()[0]);
    let names: Vec<&str> = sent.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["image[]", "image[]", "mask"]);
    let (image, mask) = (decode(&sent[0].1), decode(&sent[2].1));
    assert_eq!((image.width, image.height), (200, 100), "the masked image stays the first");
    assert_eq!(imaging::sniff(&sent[0].1), imaging::sniff(&sent[2].1), "both are of one format");
    assert_eq!((mask.width, mask.height), (200, 100));
    assert_eq!([alpha(&mask, 0.25, 0.5), alpha(&mask, 0.7, 0.5), alpha(&mask, 0.9, 0.55)], [0, 255, 255]);
    stage.pictures(1);

    // The mask can be changed, also in a window that is opened later, and removed.
    stage.close();
    let mut later = machine.open();
    later.open_mask("Mask…");
    assert_eq!(later.mask_description(), first);
    later.window.get_by_label(CANVAS).focus();
    later.frames();
    later.press(Modifiers::NONE, Key::Space);
    assert_ne!(later.mask_description(), first, "the brush is in the middle");
    later.click("Clear");
    assert_eq!(later.mask_description(), "0% painted");
    later.click("No mask");
    later.sees_no_more("Remove mask");
    later.again();
    later.until_posts(&gateway, 2);
    assert_eq!(form_files(&gateway.posts()[1]).len(), 2);
}

#[test]
fn mask_follows_its_image_and_is_hidden_where_unsupported() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let (_machine, mut stage) = open_with_references(&gateway, &[("cup.png", png(3)), ("hat.png", png(4))]);
    stage.open_mask("Paint a mask…");
    stage.paint([0.2, 0.2], [0.8, 0.8]);
    stage.click("Apply mask");
    stage.sees("Remove mask");
    stage.window.get_by_label("Mention @cup in the prompt").focus();
    stage.frames();
    stage.press(Modifiers::ALT, Key::ArrowRight);
    stage.sees_no_more("Remove mask");
    stage.window.get_by_label("Mention @cup in the prompt").focus();
    stage.frames();
    stage.press(Modifiers::ALT, Key::ArrowLeft);
    stage.sees("Remove mask");
    // The demo gateway uses chat completions.
    let chat = Machine::at(&gateway.base_url());
    let mut window = chat.open();
    window.window.event(egui::Event::Paste(format!("data:image/png;base64,{}", base64(&png(5)))));
    window.sees("Mention @image in the prompt");
    assert!(window.window.query_by_label("Paint a mask…").is_none());
}

fn base64(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(bytes)
}
