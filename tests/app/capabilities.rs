//! Tests of model capabilities: unsupported parameters are not sent, and differences from the request are shown.

use std::fs;

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use serde_json::{Value, json};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::Reply,
        images::{image_response, png},
        prompt,
    },
    test_app::{Machine, Stage},
};

/// The accessible description of a button or tile.
fn description(stage: &Stage, role: Role, name: &str) -> Option<String> {
    stage.window.query_all(by().role(role).label(name)).last()?.accesskit_node().description()
}

/// Chooses the filter from its menu.
fn filter_mismatches(stage: &mut Stage) {
    stage.click("More filters");
    let name = "Doesn’t match request";
    stage.until(name, |window| window.query_by_role_and_label(Role::Button, name).is_some());
    stage.click(name);
}

/// A machine whose gateway returns 64 × 48 pixels for every request, with a model in the composer.
fn machine_with_model(base: &str, model: &str, size: Option<&str>) -> Machine {
    Machine::with(atelier::demo::DemoOptions::instant(), |settings, session| {
        base.clone_into(&mut settings.profiles.last_mut().expect("the near one").base_url);
        model.clone_into(&mut session.composer.model);
        session.composer.parameters.size = size.and_then(|size| size.parse().ok());
    })
}

#[test]
fn unsupported_parameters_are_shown_not_sent_and_stored_with_the_image() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = machine_with_model(&gateway.base_url(), "google/gemini-2.5-flash-image", Some("4K"));
    let mut stage = machine.open();
    stage.sees("Not sent to this model: 4K");
    stage.sees("always about 1K");
    assert_eq!(stage.window.query_all(by().label("Size: 2K")).count(), 0, "it is not on offer");
    stage.click("Aspect ratio: 4:3");
    stage.generate("a fox");
    stage.pictures(1);
    let body = gateway.posts()[0].json();
    assert_eq!(body["extra_body"], json!({ "google": { "image_config": { "aspect_ratio": "4:3" } } }));
    let sidecar = machine.sidecars().remove(0);
    assert_eq!(sidecar["recipe"]["parameters"], json!({ "aspect": "4:3", "size": "4K" }), "as it was asked");
    assert_eq!(sidecar["recipe"]["not_sent"], json!([{ "parameter": "size" }]));
    stage.click_tile("a fox");
    stage.sees("Not sent");
    assert_eq!(description(&stage, Role::ListBoxOption, "a fox"), None, "nobody asked the model for 4K");
    // Another model supports it.
    stage.write(Role::TextInput, "Model", "google/gemini-3-pro-image");
    stage.sees_no_more("Not sent to this model");
    stage.again();
    stage.until_posts(&gateway, 2);
    assert_eq!(gateway.posts()[1].json()["extra_body"]["google"]["image_config"]["image_size"], "4K");
}

#[test]
fn several_images_become_several_requests_for_a_single_image_model() {
    let gateway = gateway(|request| Reply::json(&image_response(&png(u32::from(request.body.len() as u16)))));
    let machine = machine_with_model(&gateway.base_url(), "google/gemini-2.5-flash-image", None);
    let mut stage = machine.open();
    // The prompt gets the keyboard focus when the library turns out to be empty.
    stage.sees("Try an example prompt");
    stage.fill("Number of images", "3");
    stage.sees("Generate 3 images");
    stage.generate("a fox");
    stage.until_posts(&gateway, 3);
    stage.pictures(3);
    let bodies: Vec<Value> =
        gateway.posts().iter().map(super::scripted_gateways::gateway::RecordedRequest::json).collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| body.get("n").is_none()), "{bodies:?}");
}

#[test]
fn mismatched_image_has_a_badge_is_filterable_and_updates_learned_capabilities() {
    let gateway = gateway(|request| Reply::json(&image_response(&png(prompt(request).len() as u32))));
    let machine = machine_with_model(&gateway.base_url(), "maker/unheard-of", None);
    let mut stage = machine.open();
    stage.sees("not known for this model");
    stage.generate("plain sea");
    stage.pictures(1);
    assert_eq!(stage.window.query_all(by().label("Mismatch")).count(), 0);
    stage.click("Aspect ratio: 16:9");
    stage.click("Size: 4K");
    stage.generate("wide sea");
    stage.pictures(2);
    let badge = "requested 16:9 4K, got 4:3 512";
    stage.until("the badge", |window| {
        let tile = window.query_all(by().role(Role::ListBoxOption).label("wide sea")).next();
        tile.is_some_and(|tile| tile.accesskit_node().description().as_deref() == Some(badge))
    });
    assert_eq!(description(&stage, Role::ListBoxOption, "plain sea"), None);
    stage.click_tile("wide sea");
    stage.sees(badge);

    // The composer shows a learned limit, and still allows it.
    stage.sees("No 4K result so far");
    assert!(description(&stage, Role::Button, "Size: 4K").is_some());
    assert_eq!(description(&stage, Role::Button, "Size: 2K"), None);

    stage.press(Modifiers::NONE, Key::Escape);
    filter_mismatches(&mut stage);
    assert_eq!(stage.pictures(1), ["wide sea"]);
    stage.click("Clear search");
    stage.pictures(2);
    stage.write(Role::TextInput, "Search", "is:mismatched");
    assert_eq!(stage.pictures(1), ["wide sea"]);
    stage.write(Role::TextInput, "Search", "is:mismatched plain");
    stage.sees("No results for");
    stage.close();

    let kept = fs::read_to_string(machine.home.path().join("config/learned.json")).expect("it is written down");
    let kept: Value = serde_json::from_str(&kept).expect("it is JSON");
    assert_eq!(kept["near"]["maker/unheard-of"]["sizes"]["4K"], json!({ "kept": 0, "missed": 1 }));
    let mut stage = machine.open();
    stage.sees("No 4K result so far");
}

#[test]
fn images_of_an_older_library_are_compared_at_start() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = machine_with_model(&gateway.base_url(), "maker/unheard-of", Some("4K"));
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.pictures(1);
    stage.close();
    // An index as it is right after migration from its first version.
    let index = rusqlite::Connection::open(machine.library().join("library.db")).expect("the index is there");
    index.execute_batch("UPDATE images SET mismatch = NULL, filled = 0").expect("it can be changed");
    drop(index);
    let mut stage = machine.open();
    stage.until("the badge", |window| {
        let tile = window.query_all(by().role(Role::ListBoxOption).label("a fox")).next();
        tile.is_some_and(|tile| tile.accesskit_node().description().as_deref() == Some("requested 4K, got 512"))
    });
    filter_mismatches(&mut stage);
    assert_eq!(stage.pictures(1), ["a fox"]);
}
