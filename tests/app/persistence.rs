//! Tests of what is stored and where, and of what never is: keys, exports, and everything that is restored after a
//! restart.

use std::{fs, path::Path};

use atelier::{
    demo::DemoOptions,
    imaging::{self, ImageLimits},
    recipe::{Format, ProfileId},
};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use serde_json::json;

use crate::{
    scripted_gateways::{
        gateway,
        gateway::{Gateway, Part, Reply, unused_address},
        images::{image_response, png},
        json, prompt,
    },
    test_app::{Machine, Stage, files},
};

const KEY: &str = "sk-0123456789abcdefKEPT4f2c";

/// Asserts that no file of a folder contains a text, in part or in whole.
fn assert_not_in_any_file(text: &str, folder: &Path) {
    let part = &text.as_bytes()[..text.len() - 4];
    for file in files(folder) {
        let bytes = fs::read(&file).expect("it is there");
        assert!(!bytes.windows(part.len()).any(|window| window == part), "the key is in {}", file.display());
    }
}

#[test]
fn key_is_sent_to_its_gateway_and_never_shown_or_written() {
    let gateway = gateway(|request| match prompt(request).as_str() {
        "refused" => {
            let body = json!({ "error": { "message": format!("no such key: {KEY}") } });
            Reply::new(401, "application/json", body.to_string())
        }
        _ => Reply::json(&image_response(&png(1))),
    });
    let base = gateway.base_url();
    let machine = Machine::with(DemoOptions::instant(), |settings, session| {
        let dgrid = ProfileId::dgrid();
        let profile = settings.profiles.iter_mut().find(|profile| profile.id == dgrid).expect("it is built in");
        profile.base_url.clone_from(&base);
        session.composer.profile = dgrid;
    });
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::Comma);
    stage.write(Role::PasswordInput, "API key", KEY);
    stage.click("Save");
    stage.sees("1 image model");
    stage.reads("•4f2c");
    stage.click("Done");
    stage.generate("a fox");
    stage.pictures(1);
    stage.generate("refused");
    stage.sees("API key rejected");
    let bearer = format!("Bearer {KEY}");
    assert!(
        gateway
            .requests()
            .iter()
            .any(|request| request.method == "GET" && request.header("authorization") == Some(&bearer))
    );
    assert!(gateway.posts().iter().all(|request| request.header("authorization") == Some(&bearer)));
    let shown = |window: &egui_kittest::Harness<'static, atelier::ui::App>| {
        let holds = |text: Option<String>| text.is_some_and(|text| text.contains(&KEY[3..12]));
        window.query_all(by().predicate(move |node| holds(node.label()) || holds(node.value()))).count()
    };
    assert_eq!(shown(&stage.window), 0);
    stage.close();
    assert_not_in_any_file(KEY, machine.home.path());
    // The key is found again in the keychain.
    let mut reopened = machine.open();
    reopened.generate("another");
    reopened.pictures(2);
    assert!(gateway.posts().last().is_some_and(|request| request.header("authorization") == Some(&bearer)));
}

#[test]
fn failed_connection_test_is_explained() {
    let refuses = Gateway::always(Reply::new(401, "application/json", r#"{"error":{"message":"bad key"}}"#));
    let page = Gateway::always(Reply::html(200, "<html><head><title>Hello</title></head></html>"));
    let machine = Machine::at(&refuses.base_url());
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::Comma);
    stage.click("Near");
    stage.click("Test connection");
    stage.sees("The provider does not accept this API key.");
    stage.sees("Replace the key in Settings.");
    for (base, sentence) in [
        (format!("http://{}/v1", unused_address()), "Atelier could not reach the provider."),
        (page.base_url(), "The base URL leads to a web page instead of an API."),
    ] {
        stage.fill("Base URL", &base);
        stage.click("Test connection");
        stage.sees(sentence);
    }
    stage.fill("Base URL", "ask me");
    stage.sees("is not valid");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.close();
    let kept = json(&machine.home.path().join("config/settings.json"));
    let near = kept["profiles"].as_array().expect("a list").last().expect("one").clone();
    assert_eq!(near["base_url"], page.base_url(), "what is no address is not kept");
}

/// A window with `count` selected images of this gateway.
fn open_with_selected_images(machine: &Machine, count: usize) -> Stage {
    let mut stage = machine.open();
    for number in 1..=count {
        stage.generate(&format!("fox {number}"));
        stage.pictures(number);
    }
    stage.click_tile("fox 1");
    stage.press(Modifiers::COMMAND, Key::A);
    stage
}

#[test]
fn image_is_saved_in_every_format() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_selected_images(&machine, 1);
    let original = fs::read(&machine.originals()[0]).expect("it is there");
    for (chip, format) in
        [("Original", Format::Png), ("PNG", Format::Png), ("JPEG", Format::Jpeg), ("WebP", Format::Webp)]
    {
        let before = files(&machine.chosen());
        stage.press(Modifiers::COMMAND, Key::E);
        stage.sees("Export 1 image");
        stage.click(chip);
        let ending = format!("_001.{}", format.extension());
        stage.sees(&ending);
        stage.click("Save as…");
        stage.sees("1 file exported");
        stage.click("Done");
        let written: Vec<_> = files(&machine.chosen()).into_iter().filter(|file| !before.contains(file)).collect();
        // The dialog has asked before a file is replaced, as PNG replaces the original here.
        let file = written.first().or_else(|| before.first()).expect("it was written");
        let bytes = fs::read(file).expect("it is there");
        assert!(file.to_string_lossy().ends_with(&ending), "{}", file.display());
        let bitmap = imaging::decode(&bytes, &ImageLimits::default()).expect("it is a whole picture");
        assert_eq!((bitmap.width, bitmap.height, imaging::sniff(&bytes)), (64, 48, Some(format)));
        assert!(chip != "Original" || bytes == original, "the bytes are not as received");
    }
}

#[test]
fn export_names_are_previewed_and_existing_files_kept() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_selected_images(&machine, 2);
    for round in 0..2 {
        stage.press(Modifiers::COMMAND, Key::E);
        stage.sees("Export 2 images");
        stage.fill("File name", "{prompt}_{n:02}");
        stage.sees("fox-2_01.png");
        stage.sees("fox-1_02.png");
        if round == 0 {
            stage.click("Choose…");
            stage.reads("chosen");
        } else {
            stage.sees("2 name conflicts");
            stage.click("Skip");
        }
        stage.sees("2 files");
        stage.click("Export 2");
        stage.sees(if round == 0 { "2 files exported" } else { "2 existing files kept" });
        stage.click("Done");
        let mut names: Vec<String> = files(&machine.chosen())
            .iter()
            .map(|file| file.file_name().unwrap_or_default().display().to_string())
            .collect();
        names.sort();
        assert_eq!(names, ["fox-1_02.png", "fox-2_01.png"]);
    }
}

#[test]
fn canceled_export_leaves_only_complete_files() {
    let machine = Machine::with(DemoOptions::instant(), |_, session| session.composer.parameters.n = Some(8));
    let mut stage = machine.open();
    stage.generate("a harbour");
    stage.pictures(8);
    stage.window.query_all(by().role(Role::ListBoxOption)).next().expect("a picture").click();
    stage.frames();
    stage.press(Modifiers::COMMAND, Key::A);
    stage.press(Modifiers::COMMAND, Key::E);
    stage.click("Choose…");
    stage.reads("chosen");
    stage.click("WebP");
    stage.sees("8 files");
    stage.click("Export 8");
    stage.sees(" of 8 files");
    stage.click("Cancel");
    stage.sees("Canceled before all files were exported.");
    let written = files(&machine.chosen());
    assert!(written.len() < 8);
    for file in written {
        let bytes = fs::read(&file).expect("it is there");
        assert!(imaging::decode(&bytes, &ImageLimits::default()).is_ok(), "{}", file.display());
    }
}

#[test]
fn selection_search_parameters_references_and_settings_are_restored() {
    // Equal images would be the same reference.
    let gateway = gateway(|request| {
        Reply::json(&image_response(&png(prompt(request).bytes().last().unwrap_or_default().into())))
    });
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_selected_images(&machine, 3);
    stage.press(Modifiers::SHIFT, Key::R);
    stage.sees("Remove fox 3");
    stage.click("Aspect ratio: 16:9");
    stage.click("Advanced");
    stage.fill("Temperature", "0.7");
    stage.fill("Search", "fox");
    stage.write_prompt("half a thought, 寫到一半");
    stage.press(Modifiers::COMMAND, Key::Comma);
    stage.click("Appearance");
    stage.click("Theme: Light");
    stage.click("Language: 繁體中文");
    stage.click("完成");
    stage.window.set_size(egui::vec2(1300.0, 820.0));
    stage.frames();
    stage.close();
    let kept = json(&machine.home.path().join("config/session.json"));
    assert_eq!((&kept["window"]["width"], &kept["window"]["height"]), (&json!(1300.0), &json!(820.0)));

    let mut reopened = machine.open();
    reopened.pictures(3);
    assert_eq!(reopened.window.ctx.theme(), egui::Theme::Light);
    let tiles = reopened.window.query_all(by().role(Role::ListBoxOption));
    assert_eq!(tiles.filter(|tile| tile.accesskit_node().is_selected() == Some(true)).count(), 3);
    reopened.reads("fox");
    reopened.reads("half a thought, 寫到一半");
    reopened.again();
    reopened.until_posts(&gateway, 4);
    let body = gateway.posts()[3].json();
    assert_eq!(body["temperature"], 0.7);
    assert_eq!(body["extra_body"]["google"]["image_config"]["aspect_ratio"], "16:9");
    assert_eq!(body["messages"][0]["content"].as_array().map(Vec::len), Some(4), "the prompt and three references");
}

#[test]
fn interrupted_request_is_shown_and_resent_only_by_hand() {
    let gateway = gateway(|_| Reply(vec![Part::Stall]));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.until_posts(&gateway, 1);
    stage.close();
    let mut reopened = machine.open();
    reopened.sees("1 request was interrupted when Atelier last quit");
    reopened.sees("You may have been charged.");
    assert_eq!(gateway.posts().len(), 1);
    reopened.click("Retry");
    reopened.until_posts(&gateway, 2);
}

#[test]
fn unopenable_library_is_reported_with_its_folder() {
    let machine = Machine::new(DemoOptions::instant());
    fs::write(machine.library(), "a file where the folder should be").expect("a file");
    let mut stage = machine.launch();
    stage.sees("Can’t write to the library folder");
    stage.sees(&machine.library().display().to_string());
    assert!(!stage.window.state().is_ready());
}

#[test]
fn first_launch_shows_no_warnings() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.until("the model that is chosen", |window| {
        window.query_all(by().predicate(|node| node.value().is_some_and(|value| value.starts_with("demo/")))).count()
            > 0
            || window.query_by_label_contains("demo/").is_some()
    });
    stage.frames();
    stage.sees_no_more("This model usually uses");
}
