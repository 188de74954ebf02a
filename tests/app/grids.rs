//! Tests of X/Y grids and blind comparisons, as a person creates, reads, reopens and decides them.

use std::{
    collections::BTreeSet,
    fs,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

use atelier::{
    demo::DemoOptions,
    imaging,
    settings::{PromptLibrary, Style},
    studio::grid_image::GridImageSize,
};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use serde_json::{Value, json};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::Reply,
        images::{image_response, png},
        json as read,
    },
    test_app::{Machine, Stage},
};

impl Stage {
    /// Chooses the parameter of an axis in the grid dialog.
    fn choose_axis(&mut self, now: &str, kind: &str) {
        self.click(now);
        self.click(kind);
    }

    fn has_node(&self, role: Role, name: &str) -> bool {
        self.window.query_all(by().role(role).label(name)).next().is_some()
    }

    /// Returns all texts on screen.
    fn texts(&self) -> Vec<String> {
        let nodes = self.window.query_all(by());
        let words = |node: egui_kittest::Node<'_>| {
            let node = node.accesskit_node();
            [node.label(), node.value(), node.description()].into_iter().flatten().collect::<Vec<_>>()
        };
        nodes.flat_map(words).collect()
    }
}

/// The temperature and aspect ratio of a request.
fn temperature_and_ratio(body: &Value) -> (String, String) {
    let aspect = &body["extra_body"]["google"]["image_config"]["aspect_ratio"];
    (body["temperature"].to_string(), aspect.as_str().unwrap_or("none").to_owned())
}

#[test]
fn grid_shows_the_number_of_requests_per_cell_of_a_prompt_with_variants() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.write_prompt("a {red|blue} fox");
    stage.press(Modifiers::COMMAND, Key::G);
    stage.choose_axis("Columns: Model", "Temperature");
    stage.fill("Values: Temperature", "0.2, 0.4, 0.6");
    stage.sees("3 × 1 × 2 variants = 6 requests");
}

#[test]
fn grid_sends_one_request_per_cell_and_survives_a_restart() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.write_prompt("a fox");
    stage.press(Modifiers::COMMAND, Key::G);
    stage.choose_axis("Columns: Model", "Temperature");
    stage.fill("Values: Temperature", "0.2..1.0");
    stage.sees("“0.2..1.0” needs a step");
    stage.fill("Values: Temperature", "0.2..0.6..0.2");
    stage.choose_axis("Rows: None", "Aspect ratio");
    stage.sees("Choose a parameter and enter values.");
    assert_eq!(machine.gateway.posts(), 0);
    stage.click("Aspect ratio: 1:1");
    stage.click("Aspect ratio: 16:9");
    stage.sees("3 × 2 = 6 requests");
    stage.click("Generate 6 images");
    stage.pictures(6);
    stage.sees("3 × 2 · 6 images");
    let found: BTreeSet<(String, String)> = machine.gateway.requests().iter().map(temperature_and_ratio).collect();
    let every = ["0.2", "0.4", "0.6"].iter().flat_map(|t| ["1:1", "16:9"].map(|a| ((*t).to_owned(), a.to_owned())));
    assert_eq!(found, every.collect());
    assert_eq!(machine.gateway.posts(), 6);
    for sidecar in machine.sidecars() {
        let (recipe, cell) = (&sidecar["recipe"], &sidecar["recipe"]["part"]["cell"]);
        assert_eq!(cell["column_label"], format!("Temperature {}", recipe["parameters"]["temperature"]));
        assert_eq!(cell["row_label"], recipe["parameters"]["aspect"]);
        assert_eq!(recipe["batch"], machine.sidecars()[0]["recipe"]["batch"]);
    }
    stage.close();
    // The table, its labels and its images are shown again.
    let mut stage = machine.open();
    stage.pictures(6);
    for label in ["Temperature 0.2", "Temperature 0.4", "Temperature 0.6"] {
        assert!(stage.has_node(Role::ColumnHeader, label), "{label}");
    }
    assert!(stage.has_node(Role::RowHeader, "1:1") && stage.has_node(Role::RowHeader, "16:9"));
    // The arrow keys move among its cells, and Enter opens them.
    stage.press(Modifiers::NONE, Key::ArrowRight);
    stage.press(Modifiers::NONE, Key::ArrowDown);
    let shown = stage.texts();
    assert!(shown.iter().any(|words| words == "16:9 · Temperature 0.4"), "{shown:?}");
    stage.press(Modifiers::NONE, Key::Enter);
    stage.until("it is open large", |window| window.query_all(by().role(Role::Image)).next().is_some());
    stage.press(Modifiers::NONE, Key::Escape);
    stage.until("the grid is back", |window| window.query_all(by().role(Role::ColumnHeader)).count() == 3);
    // Esc closes it, and an image leads back to it.
    stage.press(Modifiers::NONE, Key::Escape);
    stage.press(Modifiers::NONE, Key::Escape);
    stage.until("the gallery is back", |window| window.query_all(by().role(Role::ColumnHeader)).next().is_none());
    let name = stage.pictures(6).remove(0);
    stage.window.get_all_by_role_and_label(Role::ListBoxOption, &name).next().expect("a picture").click();
    stage.frames();
    stage.sees("Show grid");
    stage.click("Show grid");
    stage.until("the grid is back", |window| window.query_all(by().role(Role::ColumnHeader)).count() == 3);
    assert_eq!(machine.gateway.posts(), 6);
}

#[test]
fn grid_is_exported_as_one_image_with_labels() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.write_prompt("a $animal 海邊");
    stage.press(Modifiers::COMMAND, Key::G);
    stage.choose_axis("Columns: Model", "$animal");
    stage.fill("Values: $animal", "fox | 狐狸 | owl");
    stage.choose_axis("Rows: None", "Size");
    stage.click("Size: 512");
    stage.click("Size: 1K");
    stage.click("Generate 6 images");
    stage.pictures(6);
    stage.sees("3 × 2 · 6 images");
    stage.click("Export as one image");
    stage.click("Image size: 256 px");
    stage.click("Format: JPEG");
    let size = GridImageSize::of(3, 2, true, 256);
    stage.sees(&format!("{} × {}", size.width, size.height));
    stage.click("Save as…");
    stage.sees("Saved as");
    let file = fs::read(machine.chosen().join("grid.jpg")).expect("it was written");
    let sheet = imaging::decode(&file, &imaging::ImageLimits::default()).expect("it is an image");
    assert_eq!((sheet.width, sheet.height), (size.width, size.height));
    // Text is dark on a white background; nothing else is drawn to the left of the images and above them.
    let dark = |x: std::ops::Range<u32>, y: std::ops::Range<u32>| {
        y.flat_map(|y| x.clone().map(move |x| (x, y)))
            .filter(|(x, y)| sheet.rgba[((y * sheet.width + x) * 4) as usize] < 110)
            .count()
    };
    let step = size.cell + size.cell / 24;
    let left = sheet.width - size.cell / 10 - step * 3 + size.cell / 24;
    let top = sheet.height - size.cell / 10 - step * 2 + size.cell / 24;
    for column in 0..3 {
        let from = left + column * step;
        assert!(dark(from..from + size.cell, top - 34..top - 2) > 20, "the label of column {column}");
    }
    for row in 0..2 {
        let from = top + row * step;
        assert!(dark(size.cell / 10..left - 4, from..from + size.cell) > 20, "the label of row {row}");
    }
    assert_eq!(dark(0..size.cell / 10 - 4, 0..sheet.height), 0, "the edge is free");
    // No request was sent for it.
    assert_eq!(machine.gateway.posts(), 6);
}

#[test]
fn failed_cells_are_retried_in_place() {
    let (mended, number) = (AtomicBool::new(false), AtomicU32::new(0));
    let gateway = std::sync::Arc::new(gateway(move |request| {
        let body = request.json();
        if body["seed"] == 8 && !mended.swap(true, Ordering::SeqCst) {
            return Reply::new(400, "application/json", r#"{"error": {"message": "no such seed"}}"#);
        }
        Reply::json(&image_response(&png(number.fetch_add(1, Ordering::SeqCst))))
    }));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("a fox");
    stage.press(Modifiers::COMMAND, Key::G);
    stage.choose_axis("Columns: Model", "Seed");
    stage.fill("Values: Seed", "7..9");
    stage.click("Generate 3 images");
    stage.sees("2 images · 1 failed");
    stage.close();
    let mut stage = machine.open();
    stage.sees("2 images · 1 failed");
    assert_eq!(gateway.posts().len(), 3, "nothing is sent again unasked");
    stage.click("Retry 1 failed");
    stage.sees("3 × 1 · 3 images");
    assert_eq!(gateway.posts().len(), 4);
    let cell = |sidecar: &Value| {
        (sidecar["recipe"]["part"]["cell"]["column"].as_u64(), sidecar["recipe"]["parameters"]["seed"].as_i64())
    };
    let cells: BTreeSet<_> = machine.sidecars().iter().map(cell).collect();
    assert_eq!(cells, [(Some(0), Some(7)), (Some(1), Some(8)), (Some(2), Some(9))].into());
}

#[test]
fn styles_variables_and_models_are_axes_and_large_grids_need_confirmation() {
    let machine = Machine::new(DemoOptions::instant());
    let style = Style { name: "Ink".to_owned(), suffix: "ink drawing".to_owned(), ..Style::default() };
    let prompt_library = PromptLibrary { styles: vec![style], ..PromptLibrary::default() };
    fs::write(machine.home.path().join("config/kit.json"), serde_json::to_string(&prompt_library).expect("plain data"))
        .expect("a file");
    let mut stage = machine.open();
    stage.write_prompt("a $animal");
    stage.press(Modifiers::COMMAND, Key::G);
    stage.choose_axis("Columns: Model", "$animal");
    stage.fill("Values: $animal", "fox | owl");
    stage.choose_axis("Rows: None", "Style");
    stage.click("Style: No style");
    stage.click("Style: Ink");
    stage.click("Generate 4 images");
    stage.pictures(4);
    let prompts: BTreeSet<String> = machine
        .gateway
        .requests()
        .iter()
        .map(|body| body["messages"][0]["content"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(prompts, ["a fox", "a fox, ink drawing", "a owl", "a owl, ink drawing"].map(str::to_owned).into());
    // More than fifty requests need a confirmation.
    stage.press(Modifiers::COMMAND, Key::G);
    stage.choose_axis("Columns: $animal", "Seed");
    stage.fill("Values: Seed", "1..60");
    stage.choose_axis("Rows: Style", "None");
    stage.click("Generate 60 images");
    stage.sees("Send 60 requests?");
    stage.click("Cancel");
    stage.sees("60 × 1 = 60 requests");
    assert_eq!(machine.gateway.posts(), 4);
    // More requests than can be sent are rejected.
    stage.fill("Values: Seed", "1..200");
    stage.choose_axis("Rows: None", "Temperature");
    stage.fill("Values: Temperature", "0.01..0.99..0.01");
    stage.sees("10,000");
    assert_eq!(machine.gateway.posts(), 4);
}

#[test]
fn blind_comparison_hides_models_until_the_vote_and_counts_it() {
    let number = AtomicU32::new(0);
    let gateway = gateway(move |_| Reply::json(&image_response(&png(number.fetch_add(1, Ordering::SeqCst)))));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("a fox");
    stage.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    stage.sees("Choose at least two models.");
    stage.click("Add a model");
    stage.until("the models", |window| {
        window.query_all(by().role(Role::Button).label("gemini-2.5-flash-image")).next().is_some()
    });
    stage.click("gemini-2.5-flash-image");
    stage.click("Compare 2 models");
    stage.sees("Which one is best? Press 1–2, or 0 for no winner.");
    assert_eq!(gateway.posts().len(), 2);
    // The inspector does not show the model either.
    stage.click_tile("Image B");
    stage.sees("hidden until you pick a winner");
    let shown: Vec<String> =
        stage.texts().into_iter().filter(|words| words.contains("gemini") || words.contains("painter-2")).collect();
    assert_eq!(shown, Vec::<String>::new());
    assert!(!stage.has_node(Role::Button, "Retry"));
    // The comparison waits for its vote also after a restart.
    stage.close();
    let mut stage = machine.open();
    stage.sees("Which one is best?");
    stage.press(Modifiers::NONE, Key::Num2);
    stage.sees("Winner: ");
    stage.sees("won 1 of 1 · 100%");
    let votes = fs::read_to_string(machine.library().join("votes.jsonl")).expect("it is written down");
    let vote: Value = serde_json::from_str(votes.lines().next().expect("a line")).expect("JSON");
    let winner = vote["choice"]["won"].as_str().expect("a winner").to_owned();
    let of_place = |place: u64| {
        let sidecars = machine.sidecars();
        let found = sidecars.iter().find(|one| one["recipe"]["part"]["contender"]["place"] == place);
        found.expect("it is there")["recipe"]["model"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(winner, of_place(1), "2 stands for the second picture");
    let mut models = [of_place(0), of_place(1)];
    models.sort();
    assert_eq!(models, ["demo/painter", "gemini-2.5-flash-image"]);
    assert_eq!(vote["contenders"].as_array().map(Vec::len), Some(2));
    // From now on a digit sets a rating again.
    stage.click_tile("Image A");
    stage.press(Modifiers::NONE, Key::Num3);
    stage.until("three stars", |_| {
        fs::read_to_string(machine.library().join("organising.jsonl")).is_ok_and(|text| text.contains("\"rate\":3"))
    });
    assert_eq!(fs::read_to_string(machine.library().join("votes.jsonl")).expect("a file"), votes);
    stage.close();
    // The score is kept.
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    stage.sees("won 1 of 1 · 100%");
    stage.sees("won 0 of 1 · 0%");
    assert_eq!(gateway.posts().len(), 2);
}

#[test]
fn failed_candidate_hides_its_model_and_can_be_retried() {
    let (mended, number) = (AtomicBool::new(false), AtomicU32::new(0));
    let gateway = gateway(move |request| {
        if request.json()["model"] == "gemini-2.5-flash-image" && !mended.swap(true, Ordering::SeqCst) {
            let body = json!({ "error": { "message": "gemini-2.5-flash-image does not want to" } });
            return Reply::new(400, "application/json", body.to_string());
        }
        Reply::json(&image_response(&png(number.fetch_add(1, Ordering::SeqCst))))
    });
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.write_prompt("a fox");
    stage.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    stage.click("Add a model");
    stage.until("the models", |window| {
        window.query_all(by().role(Role::Button).label("gemini-2.5-flash-image")).next().is_some()
    });
    stage.click("gemini-2.5-flash-image");
    stage.click("Compare 2 models");
    stage.sees("Fewer than two images arrived.");
    // The dialog has given the keyboard back to the prompt.
    stage.press(Modifiers::NONE, Key::Escape);
    // A digit decides nothing yet.
    stage.press(Modifiers::NONE, Key::Num1);
    let shown: Vec<String> = stage.texts().into_iter().filter(|words| words.contains("gemini")).collect();
    assert_eq!(shown, Vec::<String>::new());
    // Nor does its card in the gallery, which leads back to the comparison.
    stage.press(Modifiers::NONE, Key::Escape);
    stage.until("the gallery is there", |window| {
        window.query_all(by().role(Role::Button).label("Retry")).next().is_some()
            && window.query_all(by().role(Role::Button).label("Show comparison")).next().is_some()
    });
    let shown: Vec<String> = stage.texts().into_iter().filter(|words| words.contains("gemini")).collect();
    assert_eq!(shown, Vec::<String>::new());
    stage.click("Show comparison");
    stage.sees("Fewer than two images arrived.");
    let retry = ["A", "B"].map(|letter| format!("Retry: Image {letter}"));
    let retry = retry.into_iter().find(|name| stage.has_node(Role::Button, name)).expect("a button");
    stage.click(&retry);
    stage.sees("Which one is best?");
    assert_eq!(gateway.posts().len(), 3);
    assert!(!machine.library().join("votes.jsonl").exists());
    stage.press(Modifiers::NONE, Key::Num0);
    stage.sees("No winner");
    let places: BTreeSet<_> =
        machine.sidecars().iter().map(|one| one["recipe"]["part"]["contender"]["place"].as_u64()).collect();
    assert_eq!(places, [Some(0), Some(1)].into());
    let vote = read(&machine.library().join("votes.jsonl"));
    assert_eq!(vote["choice"], "tied");
}
