//! Tests of batches over images, of stacks, and of navigation between an image and its sources.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use serde_json::{Value, json};

use crate::{
    gallery::{numbered_gateway, open_with_five_images},
    scripted_gateways::{
        gateway::Gateway,
        images::{data_url, png},
        prompt,
    },
    test_app::{Machine, Stage},
};

/// The requests to a gateway after the first `after` ones, sorted by prompt.
fn requests_after(gateway: &Gateway, after: usize) -> Vec<(String, Value)> {
    let posts = gateway.posts();
    let mut requests: Vec<(String, Value)> = posts[after..].iter().map(|post| (prompt(post), post.json())).collect();
    requests.sort_by(|(one, _), (other, _)| one.cmp(other));
    requests
}

/// The numbers of the images that were sent with a request, in order.
fn sent_image_numbers(request: &Value) -> Vec<u32> {
    let parts = request["messages"][0]["content"].as_array().cloned().unwrap_or_default();
    let urls = parts.iter().filter_map(|part| part["image_url"]["url"].as_str());
    urls.map(|url| (1..=5).find(|number| data_url("image/png", &png(*number)) == url).expect("it is one of the five"))
        .collect()
}

impl Stage {
    /// Writes into the dialog's field, of which the composer has one with the same name.
    fn fill_in_dialog(&mut self, name: &str, text: &str) {
        self.window.query_all(by().role(Role::TextInput).label(name)).last().expect("the dialog's").focus();
        self.frames();
        self.press(Modifiers::COMMAND, Key::A);
        self.window.event(egui::Event::Text(text.to_owned()));
        self.frames();
    }

    /// Clicks at a position, like a mouse.
    fn click_at(&mut self, at: egui::Pos2) {
        self.window.hover_at(at);
        self.window.step();
        self.window.drag_at(at);
        self.window.step();
        self.window.drop_at(at);
        self.frames();
    }

    fn is_disabled(&self, name: &str) -> bool {
        self.window.get_by_role_and_label(Role::Button, name).accesskit_node().is_disabled()
    }

    /// Turns stacking on or off.
    fn toggle_stacking(&mut self) {
        self.click("More filters");
        self.click("Stack related images");
    }
}

#[test]
fn batch_results_are_stacked_under_their_source_and_name_it() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.click_tile("fox 3");
    stage.click_tile_with(Modifiers::SHIFT, "fox 2");
    stage.press(Modifiers::COMMAND, Key::B);
    stage.fill("Prompt for each image", "{prompt} in {snow 2{n}|rain 3{n}}");
    stage.click("Queue 4");
    stage.pictures(9);

    // From the source to the images made from it, and back.
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
    // An image that the search does not find is opened in the viewer.
    stage.click_tile("fox 3 in rain 31");
    stage.click("Parent 1 of 1");
    stage.sees("fox 3");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.fill("Search", "");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.pictures(9);

    // Deleted images are not listed any more.
    stage.click_tile("fox 3 in rain 31");
    stage.press(Modifiers::NONE, Key::Delete);
    stage.pictures(8);
    stage.click_tile("fox 3");
    stage.sees("1 variation");
    stage.press(Modifiers::COMMAND, Key::Z);
    stage.pictures(9);
    stage.sees("2 variations");

    // Stacked, each source stays at its position, with the images made from it behind it.
    stage.toggle_stacking();
    assert_eq!(stage.pictures(5), ["fox 5", "fox 4", "fox 3", "fox 2", "fox 1"]);
    let behind = "Expand stack with batch results (3 images)";
    stage.click_tile("fox 2");
    stage.click(behind);
    let mut opened = stage.pictures(7);
    assert_eq!(opened.remove(3), "fox 2", "the last of the two stacks is open");
    assert_eq!((opened[2].as_str(), opened[5].as_str()), ("fox 3", "fox 1"));
    assert!(opened[3..5].iter().all(|name| name.starts_with("fox 2 in")), "{opened:?}");
    stage.click("Collapse stack");
    stage.pictures(5);
    stage.close();

    // The lineage is known after a restart, and after a rebuild from the files.
    for name in ["library.db", "library.db-wal", "library.db-shm"] {
        std::fs::remove_file(machine.library().join(name)).ok();
    }
    let mut stage = machine.open();
    stage.pictures(5);
    stage.click_tile("fox 3");
    stage.sees("2 variations");
}

#[test]
fn results_whose_source_is_not_found_form_their_own_stack() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.click_tile("fox 1");
    stage.press(Modifiers::COMMAND, Key::B);
    stage.fill("Prompt for each image", "a hare {21|22|23}");
    stage.click("Queue 3");
    stage.pictures(8);
    stage.toggle_stacking();
    stage.pictures(5);
    stage.fill("Search", "hare");
    stage.pictures(1);
    stage.click("Expand stack of batch results (3 images)");
    stage.pictures(3);
}

#[test]
fn instruction_is_sent_with_each_image_its_prompt_and_seed() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.click_tile("fox 5");
    stage.click_tile_with(Modifiers::SHIFT, "fox 4");
    stage.press(Modifiers::COMMAND, Key::B);
    stage.fill("Prompt for each image", "{prompt} by {model}, no. {n} {at dawn|at night}");
    stage.until("variants", |window| {
        let variants = by().predicate(|node| node.description().is_some_and(|sent| sent == "× 2 variants"));
        window.query_all(variants).count() == 2
    });
    stage.click("Seed: Increment");
    stage.fill_in_dialog("Seed", "forty");
    stage.sees("Enter a whole number");
    assert!(stage.is_disabled("Queue 4"));
    stage.fill_in_dialog("Seed", "40");
    stage.click("Queue 4");
    stage.pictures(9);
    let request = requests_after(&gateway, 5);
    let sent: Vec<_> = request
        .iter()
        .map(|(prompt, body)| (prompt.as_str(), sent_image_numbers(body), body["seed"].clone()))
        .collect();
    assert_eq!(
        sent,
        [
            ("fox 4 by demo/painter, no. 2 at dawn", vec![4], json!(42)),
            ("fox 4 by demo/painter, no. 2 at night", vec![4], json!(43)),
            ("fox 5 by demo/painter, no. 1 at dawn", vec![5], json!(40)),
            ("fox 5 by demo/painter, no. 1 at night", vec![5], json!(41)),
        ]
    );
    let parts: Vec<_> = machine.sidecars()[5..].iter().map(|sidecar| sidecar["recipe"]["part"].clone()).collect();
    assert!(parts.iter().all(|part| part["picture"].is_string()), "{parts:?}");
}

#[test]
fn recipes_of_images_are_sent_again_with_only_the_changes() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.click("Aspect ratio: 4:3");
    stage.fill("Temperature", "0.7");
    stage.fill("Seed", "1234");
    stage.generate("fox 1");
    stage.pictures(1);
    stage.fill("Model", "gemini-2.5-flash-image");
    stage.fill("Seed", "77");
    stage.generate("hare 2");
    stage.pictures(2);
    stage.click_tile("fox 1");
    stage.press(Modifiers::COMMAND, Key::A);
    stage.press(Modifiers::COMMAND, Key::B);
    stage.click("Re-run original prompts");
    stage.sees("demo/painter × 1");
    // With their own prompts.
    stage.click("Queue 2");
    stage.until_posts(&gateway, 4);
    stage.pictures(4);
    let repeated = requests_after(&gateway, 2);
    let before =
        requests_after(&gateway, 0).into_iter().filter(|(prompt, _)| prompt.starts_with("fox")).collect::<Vec<_>>();
    assert_eq!(repeated[0].1, before[0].1, "nothing is changed");
    assert_eq!((&repeated[1].1["model"], &repeated[1].1["seed"]), (&json!("gemini-2.5-flash-image"), &json!(77)));

    // With another temperature, and without their seeds.
    stage.fill("Search", "fox");
    stage.pictures(2);
    stage.press(Modifiers::NONE, Key::Tab);
    stage.press(Modifiers::COMMAND, Key::A);
    stage.press(Modifiers::COMMAND, Key::B);
    stage.sees("Batch: 2 selected images");
    stage.click("Re-run original prompts");
    stage.fill_in_dialog("Temperature", "0.25");
    stage.click("Seed: Random");
    stage.click("Queue 2");
    stage.until_posts(&gateway, 6);
    let (_, changed) = requests_after(&gateway, 4).remove(0);
    let mut expected = before[0].1.clone();
    expected["temperature"] = json!(0.25);
    expected.as_object_mut().expect("it is one").remove("seed");
    assert_eq!(changed, expected);
}

#[test]
fn selected_images_are_sent_with_one_request_in_selection_order() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.click_tile("fox 2");
    stage.click_tile_with(Modifiers::COMMAND, "fox 5");
    stage.click_tile_with(Modifiers::COMMAND, "fox 1");
    stage.press(Modifiers::COMMAND, Key::B);
    stage.click("Combine into one request");
    stage.fill("Prompt for all images together", "{n} of them: {prompt} 30");
    stage.sees("1 request ");
    stage.click("Queue 1");
    stage.pictures(6);
    let (prompt, body) = requests_after(&gateway, 5).remove(0);
    assert_eq!((prompt.as_str(), sent_image_numbers(&body)), ("3 of them: fox 2, fox 5, fox 1 30", vec![2, 5, 1]));
    stage.click_tile("3 of them: fox 2, fox 5, fox 1 30");
    stage.sees("3 parents");
}

#[test]
fn large_batch_needs_confirmation_and_a_double_press_does_not_send_it() {
    let gateway = numbered_gateway();
    let machine = Machine::at(&gateway.base_url());
    let mut stage = open_with_five_images(&machine);
    stage.press(Modifiers::COMMAND, Key::A);
    stage.press(Modifiers::COMMAND, Key::B);
    stage.fill("Prompt for each image", "{prompt} {10..29}");
    stage.sees("100 requests");
    let at = stage.window.get_by_role_and_label(Role::Button, "Queue 100").rect().center();
    for _ in 0..2 {
        stage.click_at(at);
    }
    stage.sees("Batch: 5 selected images");
    stage.click("Queue 100");
    stage.sees("Send 100 requests?");
    stage.press(Modifiers::NONE, Key::Escape);
    stage.sees("Batch: 5 selected images");
    assert_eq!(gateway.posts().len(), 5);
    stage.click("Queue 100");
    stage.click("Send 100");
    stage.until_posts(&gateway, 105);
    assert_eq!(gateway.posts().len(), 105);
}
