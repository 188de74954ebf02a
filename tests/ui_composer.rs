//! Tests of the composer, driven like a person does.

mod common;

use atelier::{
    recipe::{
        Answer, AspectRatio, ForeignRecipe, Format, ImageId, ImageSize, Parameters, ProfileId, Recipe, Reference,
        RequestId, Source,
    },
    studio::{
        Command, Event, GalleryCommand, GalleryEvent, ImageDetails, ImportCommand, ImportEvent, ImportFailure,
        ImportMode, ImportReport, KeyState, ModelInfo, OrganizeCommand, Pixels, ProviderCommand, ProviderEvent,
        QueueCommand, Ready, ReferenceCommand, ReferenceEvent, SheetCommand, StudioChannels, studio_channels,
    },
    ui::App,
};
use common::ui::{commands, open, ready};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{
    Harness, Node,
    kittest::{NodeT as _, Queryable as _},
};
use serde_json::json;

#[test]
fn files_that_are_given_to_the_program_are_imported_opened_as_tables_or_refused() {
    let (handle, mut channels) = studio_channels(std::sync::Arc::new(|| {}));
    let files = ["/tmp/a.png", "/tmp/2026.05/", "/tmp/rows.csv", "/tmp/song.mp3"].map(std::path::PathBuf::from);
    let mut window = Harness::builder()
        .with_size(egui::Vec2::new(1440.0, 900.0))
        .with_max_steps(8)
        .build_eframe(|cc| App::new(&cc.egui_ctx, handle).opening(files.to_vec()));
    channels.events.send(Event::Ready(Box::new(ready())));
    window.run();
    window.get_by_role_and_label(Role::Dialog, "Import 2 files and folders");
    window.get_by_label_contains("Can’t open song.mp3.");
    let tables: Vec<_> = commands(&mut channels)
        .into_iter()
        .filter_map(|command| match command {
            Command::Sheets(SheetCommand::ReadTable { path, .. }) => Some(path),
            _ => None,
        })
        .collect();
    assert_eq!(tables, files[2..3]);
}

#[test]
fn the_hint_about_references_says_what_works_without_drops() {
    let (window, _channels) = open(Ready { takes_drops: false, ..ready() });
    window.get_by_label("Paste copied files, or add");
}

/// A window with a prompt and the demo gateway.
fn with_prompt(prompt: &str) -> (Harness<'static, App>, StudioChannels) {
    let mut ready = ready();
    ready.session.composer = Recipe { prompt: prompt.to_owned(), model: "demo".to_owned(), ..Recipe::default() };
    let (window, mut channels) = open(ready);
    commands(&mut channels);
    (window, channels)
}

fn field<'a>(window: &'a Harness<'_, App>, name: &'a str) -> Node<'a> {
    window
        .query_by_role_and_label(Role::TextInput, name)
        .unwrap_or_else(|| window.get_by_role_and_label(Role::MultilineTextInput, name))
}

fn type_into(window: &mut Harness<'_, App>, name: &str, text: &str) {
    field(window, name).focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    if text.is_empty() {
        window.key_press(Key::Delete);
    } else {
        field(window, name).type_text(text);
    }
    window.run();
}

fn click(window: &mut Harness<'_, App>, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run();
}

fn press_generate(window: &mut Harness<'_, App>) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.run();
}

/// The only recipe that was generated since the last call.
fn generated(channels: &mut StudioChannels) -> Option<Recipe> {
    let mut recipes: Vec<Recipe> = commands(channels)
        .into_iter()
        .filter_map(|command| match command {
            Command::Queue(QueueCommand::Generate(recipes)) => Some(recipes),
            _ => None,
        })
        .flatten()
        .collect();
    assert!(recipes.len() < 2, "asked more than once: {recipes:?}");
    recipes.pop()
}

fn reference(name: &str) -> Reference {
    Reference { sha256: name.to_owned(), mime: "image/png".to_owned(), name: name.to_owned(), image: None }
}

fn pixels() -> Pixels {
    Pixels { width: 2, height: 1, rgba: [255; 8].into() }
}

fn models(ids: &[&str]) -> Vec<ModelInfo> {
    ids.iter().copied().map(ModelInfo::image).collect()
}

#[test]
fn window_requests_library_keys_and_models_at_start() {
    let (_window, mut channels) = open(ready());
    let asked = commands(&mut channels);
    assert!(asked.iter().any(
        |command| matches!(command, Command::Gallery(GalleryCommand::OpenView { search, .. }) if search.is_empty())
    ));
    assert!(asked.iter().any(
        |command| matches!(command, Command::Providers(ProviderCommand::LookUpKey(id)) if id.as_str() == "dgrid")
    ));
    assert!(
        asked
            .iter()
            .any(|command| matches!(command, Command::Providers(ProviderCommand::RefreshModels(id)) if id.is_demo()))
    );
}

#[test]
fn first_prompt_is_sent_without_parameters() {
    let (mut window, mut channels) = open(ready());
    channels.events.send(Event::Providers(ProviderEvent::Models(ProfileId::demo(), models(&["painter"]))));
    window.run();
    assert!(window.get_by_label("Generate").accesskit_node().is_disabled());
    type_into(&mut window, "Prompt", "a fox, 細節豐富");
    press_generate(&mut window);
    let recipe = generated(&mut channels).expect("it was asked for");
    let expected =
        Recipe { prompt: "a fox, 細節豐富".to_owned(), model: "painter".to_owned(), ..Recipe::default() };
    assert_eq!(recipe, expected);
}

#[test]
fn plain_enter_inserts_a_line_break_and_sends_nothing() {
    let (mut window, mut channels) = with_prompt("");
    type_into(&mut window, "Prompt", "one");
    window.key_press(Key::Enter);
    window.run();
    field(&window, "Prompt").type_text("two");
    window.run();
    assert_eq!(generated(&mut channels), None);
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").prompt, "one\ntwo");
}

#[test]
fn held_key_on_the_button_sends_once() {
    let (mut window, mut channels) = with_prompt("a fox");
    window.get_by_label("Generate").focus();
    window.run();
    for _ in 0..3 {
        window.key_down(Key::Enter);
        window.run();
    }
    window.key_up(Key::Enter);
    window.run();
    assert!(generated(&mut channels).is_some());
}

#[test]
fn text_of_an_input_method_is_not_sent_unfinished() {
    let (mut window, mut channels) = with_prompt("");
    field(&window, "Prompt").focus();
    window.run();
    let preedit =
        |text: &str| egui::Event::Ime(egui::ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None });
    window.event(preedit("ㄏㄨ"));
    window.run();
    press_generate(&mut window);
    assert_eq!(generated(&mut channels), None);
    window.event(preedit(""));
    window.event(egui::Event::Ime(egui::ImeEvent::Commit("狐狸".to_owned())));
    window.run();
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").prompt, "狐狸");
}

#[test]
fn every_parameter_can_be_set_and_reset() {
    let (mut window, mut channels) = with_prompt("a fox");
    window.set_size(egui::vec2(1440.0, 1900.0));
    click(&mut window, "Aspect ratio: 16:9");
    click(&mut window, "Size: 2K");
    click(&mut window, "Streaming: On");
    click(&mut window, "Advanced");
    type_into(&mut window, "Number of images", "3");
    type_into(&mut window, "Temperature", "0,7");
    type_into(&mut window, "Top-p", "0.9");
    type_into(&mut window, "Seed", "42");
    type_into(&mut window, "Presence penalty", "-0.5");
    type_into(&mut window, "Frequency penalty", "1.5");
    type_into(&mut window, "Max tokens", "2048");
    type_into(&mut window, "Max completion tokens", "4096");
    type_into(&mut window, "User", "studio-7");
    click(&mut window, "Gemini parts: On");
    type_into(&mut window, "Stop sequences", "END");
    type_into(&mut window, "Logit bias", r#"{"50256": -100}"#);
    type_into(&mut window, "Tools", r#"[{"type": "function"}]"#);
    type_into(&mut window, "Tool choice", "auto");
    type_into(&mut window, "Response format", r#"{"type": "text"}"#);
    // The text that was typed last is used although the keyboard focus is still in its field.
    press_generate(&mut window);
    let expected = Parameters {
        n: Some(3),
        temperature: Some(0.7),
        top_p: Some(0.9),
        max_tokens: Some(2048),
        max_completion_tokens: Some(4096),
        presence_penalty: Some(-0.5),
        frequency_penalty: Some(1.5),
        logit_bias: Some(json!({"50256": -100})),
        stop: Some(json!("END")),
        tools: Some(json!([{"type": "function"}])),
        tool_choice: Some(json!("auto")),
        response_format: Some(json!({"type": "text"})),
        seed: Some(42),
        user: Some("studio-7".to_owned()),
        stream: Some(true),
        contents: true,
        aspect: AspectRatio::new(16, 9),
        size: Some(ImageSize::Two),
        pixels: None,
    };
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters, expected);

    click(&mut window, "Reset");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters, Parameters::default());
}

#[test]
fn empty_number_restores_the_default_and_arrows_move_the_slider() {
    let (mut window, mut channels) = with_prompt("a fox");
    window.get_by_role_and_label(Role::Slider, "Temperature").focus();
    window.run();
    window.key_press(Key::ArrowRight);
    window.run();
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters.temperature, Some(1.05));
    type_into(&mut window, "Temperature", "");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters, Parameters::default());
}

#[test]
fn double_click_resets_the_slider() {
    let (mut window, mut channels) = with_prompt("a fox");
    let knob = window.get_by_role_and_label(Role::Slider, "Temperature").rect().center();
    let click = |window: &mut Harness<'_, App>, times: usize| {
        let button = |pressed| egui::Event::PointerButton {
            pos: knob,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        window.hover_at(knob);
        window.run();
        // Within one frame, so that no time passes in between.
        window.input_mut().events.extend([button(true), button(false)].into_iter().cycle().take(times * 2));
        window.run();
    };
    click(&mut window, 1);
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters.temperature, Some(1.0));
    let later = window.ctx.input(|input| input.time) + 5.0;
    window.input_mut().time = Some(later);
    window.step();
    window.input_mut().time = None;
    click(&mut window, 2);
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters.temperature, None);
}

#[test]
fn invalid_json_is_reported_in_place_and_blocks_the_request() {
    let (mut window, mut channels) = with_prompt("a fox");
    window.set_size(egui::vec2(1440.0, 1900.0));
    click(&mut window, "Advanced");
    type_into(&mut window, "Tools", "[1 2]");
    window.get_by_label("Invalid JSON: line 1, column 4");
    window.get_by_label("Correct “Tools”: its value can’t be sent.");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels), None);
    type_into(&mut window, "Tools", "[]");
    assert!(window.query_by_label_contains("Invalid JSON").is_none());
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters.tools, Some(json!([])));
}

#[test]
fn button_shows_the_number_of_images() {
    let (mut window, mut channels) = with_prompt("a fox");
    type_into(&mut window, "Number of images", "4");
    click(&mut window, "Generate 4 images");
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters.n, Some(4));
}

#[test]
fn seed_can_be_fixed_and_released() {
    let (mut window, mut channels) = with_prompt("a fox");
    click(&mut window, "Fixed");
    press_generate(&mut window);
    assert!(generated(&mut channels).expect("it was asked for").parameters.seed.is_some());
    click(&mut window, "Random");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").parameters.seed, None);
}

#[test]
fn model_box_filters_navigates_and_accepts_any_id() {
    let (mut window, mut channels) = with_prompt("a fox");
    let all = models(&["gemini-2.5-flash-image", "gpt-image-1", "gpt-image-1-mini"]);
    channels.events.send(Event::Providers(ProviderEvent::Models(ProfileId::demo(), all)));
    window.run();
    type_into(&mut window, "Model", "gpt");
    assert!(window.query_by_label("gemini-2.5-flash-image").is_none());
    window.key_press(Key::ArrowDown);
    window.run();
    window.key_press(Key::ArrowDown);
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert!(window.query_by_role_and_label(Role::Button, "gpt-image-1").is_none(), "the list is still open");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").model, "gpt-image-1-mini");

    click(&mut window, "Show models");
    click(&mut window, "gemini-2.5-flash-image");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").model, "gemini-2.5-flash-image");

    type_into(&mut window, "Model", "my/own-model");
    window.get_by_label_contains("It will be sent exactly as typed");
    window.key_press(Key::Escape);
    window.run();
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").model, "my/own-model");

    click(&mut window, "Reload the model list");
    assert!(
        matches!(commands(&mut channels).as_slice(), [.., Command::Providers(ProviderCommand::RefreshModels(id))] if id.is_demo())
    );
}

#[test]
fn missing_key_is_shown_and_links_to_the_settings() {
    let (mut window, mut channels) = with_prompt("a fox");
    channels.events.send(Event::Providers(ProviderEvent::KeyState(ProfileId::dgrid(), KeyState::Missing)));
    window.run();
    click(&mut window, "Provider: Demo (offline)");
    click(&mut window, "DGrid");
    assert!(commands(&mut channels).iter().any(
        |asked| matches!(asked, Command::Providers(ProviderCommand::RefreshModels(id)) if *id == ProfileId::dgrid())
    ));
    window.get_by_label("DGrid needs an API key.");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels), None);
    click(&mut window, "Open Settings");
    window.get_by_role_and_label(Role::Dialog, "Settings");
    // A default model of such gateways is preselected; the one used with the demo is remembered.
    channels.events.send(Event::Providers(ProviderEvent::KeyState(
        ProfileId::dgrid(),
        KeyState::Stored { last_four: "4f2c".to_owned() },
    )));
    click(&mut window, "Done");
    press_generate(&mut window);
    let recipe = generated(&mut channels).expect("it was asked for");
    assert_eq!((recipe.profile, recipe.model.as_str()), (ProfileId::dgrid(), "gemini-2.5-flash-image"));
    click(&mut window, "Provider: DGrid");
    click(&mut window, "Demo (offline)");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").model, "demo");
}

#[test]
fn references_are_added_shown_and_removed() {
    let mut ready = ready();
    ready.session.composer = Recipe {
        prompt: "a fox".to_owned(),
        model: "demo".to_owned(),
        references: vec![reference("kept.png")],
        ..Recipe::default()
    };
    let (mut window, mut channels) = open(ready);
    let asked = commands(&mut channels);
    assert!(
        asked.iter().any(|asked| matches!(asked, Command::References(ReferenceCommand::LoadThumbnail(wanted)) if wanted.name == "kept.png"))
    );
    channels
        .events
        .send(Event::References(ReferenceEvent::Thumbnail { sha256: "kept.png".to_owned(), pixels: pixels() }));
    channels
        .events
        .send(Event::References(ReferenceEvent::Ready { reference: reference("new.png"), pixels: pixels() }));
    window.run();
    click(&mut window, "Add reference");
    assert!(matches!(commands(&mut channels).as_slice(), [.., Command::References(ReferenceCommand::PickFiles)]));
    click(&mut window, "Remove kept.png");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").references, [reference("new.png")]);
}

#[test]
fn pasted_images_and_files_become_references_and_text_stays_text() {
    let (mut window, mut channels) = with_prompt("");
    field(&window, "Prompt").focus();
    window.run();
    let picture = egui::ColorImage::filled([2, 1], egui::Color32::from_rgb(1, 2, 3));
    window.event(egui::Event::PasteImage(picture.into()));
    window.event(egui::Event::Paste("file:///tmp/a%20fox.png\n".to_owned()));
    window.run();
    let asked = commands(&mut channels);
    assert!(asked.iter().any(|asked| matches!(
        asked,
        Command::References(ReferenceCommand::AddPixels { width: 2, height: 1, rgba }) if *rgba == [1, 2, 3, 255, 1, 2, 3, 255]
    )));
    assert!(asked.iter().any(|asked| matches!(
        asked,
        Command::References(ReferenceCommand::AddFiles(files)) if files.as_slice() == [std::path::PathBuf::from("/tmp/a fox.png")]
    )));
    window.event(egui::Event::Paste("words".to_owned()));
    window.run();
    press_generate(&mut window);
    assert_eq!(generated(&mut channels).expect("it was asked for").prompt, "words");
}

#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window has no business with a file's bytes".to_owned())
    }
}

/// Drags a file over a window.
fn drop_file(window: &mut Harness<'static, App>, path: &str) {
    window.input_mut().hovered_files.clear();
    window.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path.into())));
    window.run();
}

#[test]
fn files_dropped_on_the_panel_become_references() {
    let (mut window, mut channels) = with_prompt("");
    window.hover_at(egui::pos2(100.0, 300.0));
    window.input_mut().hovered_files.push(egui::HoveredFile::default());
    window.step();
    window.get_by_label("Drop to use as reference");
    window.get_by_label("Drop to import into the library");
    drop_file(&mut window, "/tmp/fox.png");
    assert!(commands(&mut channels).iter().any(|asked| matches!(
        asked,
        Command::References(ReferenceCommand::AddFiles(files)) if files.as_slice() == [std::path::PathBuf::from("/tmp/fox.png")]
    )));
    assert!(window.query_by_label("Drop to use as reference").is_none(), "nothing is dragged any more");
}

#[test]
fn files_dropped_on_the_gallery_are_imported_as_copies_or_links() {
    let (mut window, mut channels) = with_prompt("");
    for keeping in [ImportMode::Copy, ImportMode::Link] {
        window.hover_at(egui::pos2(800.0, 400.0));
        window.step();
        drop_file(&mut window, "/tmp/fox.png");
        assert!(window.query_by_label("Use as references").is_none(), "where they were dropped is known");
        if keeping == ImportMode::Link {
            window.get_by_label("Leave in place").click();
            window.run();
        }
        // The button has the keyboard focus, so that Enter continues.
        window.key_press(Key::Enter);
        window.run();
        let asked = commands(&mut channels);
        assert!(asked.iter().any(|asked| matches!(
            asked,
            Command::Import(ImportCommand::Start { paths, mode: asked })
                if *asked == keeping && paths.as_slice() == [std::path::PathBuf::from("/tmp/fox.png")]
        )));
        assert!(!asked.iter().any(|asked| matches!(asked, Command::References(ReferenceCommand::AddFiles(_)))));
    }
}

#[test]
fn drop_without_a_position_asks_for_the_target() {
    let (mut window, mut channels) = with_prompt("");
    window.input_mut().hovered_files.push(egui::HoveredFile::default());
    window.step();
    window.get_by_label("Drop to import or use as reference (you’ll be asked)");
    drop_file(&mut window, "/tmp/fox.png");
    window.get_by_label("Use as references").click();
    window.run();
    window.get_by_label("Continue").click();
    window.run();
    let asked = commands(&mut channels);
    assert!(
        asked
            .iter()
            .any(|asked| matches!(asked, Command::References(ReferenceCommand::AddFiles(files)) if files.len() == 1))
    );
    assert!(!asked.iter().any(|asked| matches!(asked, Command::Import(ImportCommand::Start { .. }))));
    // And nothing at all, if the person cancels.
    drop_file(&mut window, "/tmp/fox.png");
    window.key_press(Key::Escape);
    window.run();
    assert!(window.query_by_label("Continue").is_none());
    assert!(!commands(&mut channels).iter().any(|asked| matches!(asked, Command::Import(ImportCommand::Start { .. }))));
}

#[test]
fn reusing_settings_fills_the_whole_composer() {
    let recipe = Recipe {
        prompt: "a heron".to_owned(),
        profile: ProfileId::dgrid(),
        model: "gpt-image-1".to_owned(),
        parameters: Parameters { n: Some(2), seed: Some(7), tools: Some(json!([])), ..Parameters::default() },
        references: vec![reference("reed.png")],
        ..Recipe::default()
    };
    let id = ImageId::from_uuid(uuid::Uuid::from_u128(1));
    let mut ready = ready();
    ready.session.focus = Some(id);
    let (mut window, mut channels) = open(ready);
    channels.events.send(Event::Providers(ProviderEvent::KeyState(
        ProfileId::dgrid(),
        KeyState::Stored { last_four: "4f2c".to_owned() },
    )));
    channels.events.send(Event::Gallery(GalleryEvent::Details(Box::new(ImageDetails {
        facts: atelier::recipe::ImageFacts {
            id,
            request: RequestId::from_uuid(uuid::Uuid::from_u128(2)),
            recipe: recipe.clone(),
            answer: Answer::default(),
            format: Format::Png,
            width: 1,
            height: 1,
            created: jiff::Timestamp::UNIX_EPOCH,
            took: std::time::Duration::ZERO,
            cost: None,
            source: None,
        },
        bytes: 1,
        sha256: String::new(),
        path: "/library/a.png".into(),
        marks: atelier::recipe::Marks::default(),
        palette: Vec::new(),
        lineage: atelier::studio::Lineage::default(),
    }))));
    window.run();
    window.get_by_label("Reuse settings").click();
    window.run();
    assert_eq!(field(&window, "Seed").value(), Some("7".to_owned()));
    assert!(field(&window, "Prompt").is_focused());
    assert!(
        commands(&mut channels)
            .iter()
            .any(|asked| matches!(asked, Command::References(ReferenceCommand::LoadThumbnail(_))))
    );
    press_generate(&mut window);
    assert_eq!(generated(&mut channels), Some(recipe));
}

/// An image of another program, in a window whose provider has these models; its recipe is reused.
fn taken_over(model: &str, recipe: ForeignRecipe, models: &[&str]) -> Harness<'static, App> {
    let id = ImageId::from_uuid(uuid::Uuid::from_u128(1));
    let mut ready = ready();
    ready.session.focus = Some(id);
    ready.session.composer = Recipe { model: "in use".to_owned(), ..Recipe::default() };
    let profile = ready.session.composer.profile.clone();
    let (mut window, channels) = open(ready);
    channels.events.send(Event::Providers(ProviderEvent::Models(
        profile,
        models.iter().map(|id| ModelInfo::image(*id)).collect(),
    )));
    channels.events.send(Event::Gallery(GalleryEvent::Details(Box::new(ImageDetails {
        facts: atelier::recipe::ImageFacts {
            id,
            request: RequestId::from_uuid(uuid::Uuid::from_u128(2)),
            recipe: Recipe {
                prompt: recipe.prompt.clone(),
                profile: ProfileId::new(ProfileId::IMPORTED),
                model: model.to_owned(),
                ..Recipe::default()
            },
            answer: Answer::default(),
            format: Format::Png,
            width: 512,
            height: 768,
            created: jiff::Timestamp::UNIX_EPOCH,
            took: std::time::Duration::ZERO,
            cost: None,
            source: Some(Source { file: "/own/a.png".to_owned(), stays: true, recipe: Some(recipe) }),
        },
        bytes: 1,
        sha256: String::new(),
        path: "/library/a.png".into(),
        marks: atelier::recipe::Marks::default(),
        palette: Vec::new(),
        lineage: atelier::studio::Lineage::default(),
    }))));
    window.run();
    // The inspector shows the program's metadata.
    window.get_by_label("/own/a.png");
    window.get_by_label("Euler a");
    window.get_by_label("Reuse settings").click();
    window.run();
    window
}

#[test]
fn recipe_of_another_program_uses_the_nearest_model_and_lists_unused_values() {
    let foreign = ForeignRecipe {
        tool: "A1111".to_owned(),
        prompt: "a heron".to_owned(),
        negative: "fog".to_owned(),
        steps: Some(20),
        cfg: Some(7.0),
        sampler: "Euler a".to_owned(),
        extra: [("Lora hashes".to_owned(), "ink: 1".to_owned())].into(),
        ..ForeignRecipe::default()
    };
    let left = "Not loaded: steps, sampler, guidance, Lora hashes";
    for (model, said, field_has) in [
        ("flux-dev", "Using “black-forest-labs/FLUX.dev” instead of “flux-dev”", "black-forest-labs/FLUX.dev"),
        ("seedream", "Settings loaded into the composer", "seedream"),
        ("dreamshaper_8", "Model “dreamshaper_8” is not available. Keeping the current model", "in use"),
        ("", "This image’s model is unknown. Keeping the current model", "in use"),
    ] {
        let window = taken_over(model, foreign.clone(), &["black-forest-labs/FLUX.dev", "seedream"]);
        window.get_by_label(&format!("{said}. {left}"));
        assert_eq!(field(&window, "Model").value(), Some(field_has.to_owned()), "{model}");
        assert_eq!(field(&window, "Prompt").value().as_deref(), Some("a heron"));
        assert_eq!(field(&window, "Negative prompt").value().as_deref(), Some("fog"));
    }
}

#[test]
fn import_shows_progress_can_be_stopped_undone_and_lists_failures() {
    let (mut window, mut channels) = with_prompt("");
    let id = ImageId::from_uuid(uuid::Uuid::from_u128(1));
    channels.events.send(Event::Import(ImportEvent::Progress { done: 3, total: 10 }));
    window.run();
    window.get_by_label("Importing images: 3 of 10");
    channels.events.send(Event::Import(ImportEvent::Progress { done: 4, total: 10 }));
    window.run();
    window.get_by_label("Importing images: 4 of 10");
    click(&mut window, "Stop");
    assert!(commands(&mut channels).iter().any(|asked| matches!(asked, Command::Import(ImportCommand::Cancel))));
    let failed = vec![
        ("/own/b.png".into(), ImportFailure::StorageFailed("the disk is full".to_owned())),
        ("/own/c.png".into(), ImportFailure::NotAttempted),
    ];
    channels.events.send(Event::Import(ImportEvent::Done(ImportReport {
        imported: vec![id],
        failed,
        cancelled: true,
        ..ImportReport::default()
    })));
    window.run();
    assert!(window.query_by_label_contains("Importing images").is_none());
    window.get_by_label_contains("1 image imported, 1 failed, 1 not attempted, stopped early");
    window.get_by_label_contains("Free up disk space");
    // A message that has grown is placed in the next frame.
    window.step();
    click(&mut window, "Show");
    window.get_by_role_and_label(Role::Dialog, "2 files were not imported");
    window.get_by_label("/own/c.png");
    window.get_by_label("Atelier couldn’t save it (the disk is full)");
    click(&mut window, "Done");
    commands(&mut channels);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert!(
        commands(&mut channels).iter().any(
            |asked| matches!(asked, Command::Organize(OrganizeCommand::MoveToTrash(ids)) if ids.as_slice() == [id])
        )
    );
}

#[test]
fn example_fills_the_prompt() {
    let (mut window, mut channels) = with_prompt("");
    channels.events.send(Event::Gallery(GalleryEvent::View(atelier::studio::View {
        revision: 1,
        ..atelier::studio::View::default()
    })));
    window.run();
    click(&mut window, "Try an example prompt");
    press_generate(&mut window);
    assert!(generated(&mut channels).expect("it was asked for").prompt.starts_with("A lighthouse"));
}

#[test]
fn tab_moves_from_the_prompt_to_the_button() {
    let (mut window, _line) = with_prompt("a fox");
    field(&window, "Prompt").focus();
    window.run();
    let mut walked = Vec::new();
    while walked.len() < 60 && !window.get_by_label("Generate").is_focused() {
        window.key_press(Key::Tab);
        window.run();
        let here = window.root().children_recursive().find(Node::is_focused);
        walked.extend(here.and_then(|node| node.accesskit_node().label()));
    }
    let place =
        |name: &str| walked.iter().position(|label| label == name).unwrap_or_else(|| panic!("{name}: {walked:?}"));
    let order = ["Add reference", "Model", "Aspect ratio: 16:9", "Temperature", "Advanced", "Generate"].map(place);
    assert!(order.is_sorted(), "{walked:?}");
}

#[test]
fn idle_window_draws_no_frames() {
    let (mut window, _line) = with_prompt("a fox");
    field(&window, "Prompt").focus();
    window.run();
    let delays: Vec<_> = window.output().viewport_output.values().map(|viewport| viewport.repaint_delay).collect();
    assert!(delays.iter().all(|delay| *delay == std::time::Duration::MAX), "{delays:?}");
}

#[test]
fn read_only_library_explains_why_nothing_is_generated() {
    let mut ready = ready();
    ready.read_only = true;
    ready.session.composer = Recipe { prompt: "a fox".to_owned(), model: "demo".to_owned(), ..Recipe::default() };
    let (mut window, mut channels) = open(ready);
    window.get_by_label_contains("This library was created by a newer version of Atelier");
    press_generate(&mut window);
    assert_eq!(generated(&mut channels), None);
}
