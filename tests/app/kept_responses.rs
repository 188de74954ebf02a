//! Tests of responses that did not become images, and of a full disk, as a person sees them in the window.

use std::{fs, sync::atomic::Ordering};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use egui_kittest::kittest::{Queryable as _, by};
use serde_json::json;

use crate::{
    scripted_gateways::{
        gateway,
        gateway::Reply,
        images::{chat_response, image_response, png},
    },
    test_app::{Machine, files},
};

const MEBIBYTE: u64 = 1 << 20;

/// A response with an image in an unsupported format.
fn unsupported_format_reply() -> Reply {
    let content = format!("![image](data:image/heic;base64,{})", STANDARD.encode(heic()));
    Reply::json(&chat_response(&json!(content), "stop"))
}

/// An image in an unsupported format.
fn heic() -> Vec<u8> {
    [&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], &[7; 900]].concat()
}

#[test]
fn response_of_unknown_format_is_kept_saved_and_reread() {
    let gateway = gateway(|_| unsupported_format_reply());
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.sees("Format not supported");
    stage.sees("Format: HEIC.");
    let kept = || files(&machine.library().join("spool/kept")).len();
    assert_eq!(kept(), 1);

    fs::create_dir_all(machine.chosen()).expect("a folder");
    stage.click("Save response…");
    stage.sees("Saved 2 files");
    let saved = files(&machine.chosen());
    let of_image = saved.iter().find(|path| path.extension().is_some_and(|end| end == "heic")).expect("the image");
    assert_eq!(fs::read(of_image).expect("it can be read"), heic());

    stage.click("Read again");
    stage.frames();
    stage.sees("Format not supported");
    assert_eq!((gateway.posts().len(), kept()), (1, 1), "reading again sends nothing");

    // The response is still kept after a restart; removing its card removes nothing that was paid for.
    stage.close();
    let mut stage = machine.open();
    stage.sees("Format not supported");
    stage.click("Remove card: a fox");
    stage.sees_no_more("Format not supported");
    stage.close();
    let mut stage = machine.open();
    stage.press(egui::Modifiers::COMMAND, egui::Key::Comma);
    stage.sees("Appearance");
    stage.click("Library");
    stage.sees("1 response is kept");
    stage.window.get_by_label("Show cards").scroll_to_me();
    stage.frames();
    stage.click("Show cards");
    stage.click("Done");
    stage.sees("Format not supported");
    assert_eq!((gateway.posts().len(), kept()), (1, 1));
}

#[test]
fn requests_wait_for_disk_space_and_resume_automatically() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = Machine::at(&gateway.base_url());
    machine.free_bytes.store(3 * MEBIBYTE, Ordering::SeqCst);
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.sees("3.1 MB free");
    assert_eq!(gateway.posts().len(), 0, "nothing is sent that might not be kept");
    machine.free_bytes.store(900 * MEBIBYTE, Ordering::SeqCst);
    stage.pictures(1);
    let waits = |window: &egui_kittest::Harness<'static, atelier::ui::App>| {
        window.query_all(by().label_contains("MB free")).next().is_some()
    };
    stage.until("nothing waits", |window| !waits(window));
    assert_eq!(gateway.posts().len(), 1);
}

#[test]
fn settings_count_and_delete_kept_responses() {
    let gateway = gateway(|_| unsupported_format_reply());
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.sees("Format not supported");
    stage.press(egui::Modifiers::COMMAND, egui::Key::Comma);
    stage.sees("Appearance");
    stage.click("Library");
    stage.sees("1 response is kept");
    stage.window.get_by_label("Delete kept responses…").scroll_to_me();
    stage.frames();
    stage.click("Delete kept responses…");
    stage.click("Permanently delete 1 response");
    stage.sees("No responses are kept.");
    assert_eq!(files(&machine.library().join("spool/kept")).len(), 0);
}
