//! Tests of the batch and export dialogs.

use std::{path::PathBuf, sync::Arc};

use atelier::{
    recipe::{Exchange, Recipe, RecordedResponse},
    studio::{
        Command, Event, ExportCommand, ExportEvent, GalleryCommand, GalleryEvent, QueueCommand,
        export::{
            ConflictPolicy, ExportFailure, ExportFormat, ExportOptions, ExportPreview, ExportTarget, TemplateError,
        },
    },
};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::{
    common::ui::ready,
    simulated_studio::{Stage, id, prompt},
};

/// A window with three selected images and a model in the composer.
fn three_selected() -> Stage {
    let mut ready = ready();
    ready.session.composer = Recipe { model: "painter".to_owned(), ..Recipe::default() };
    let mut stage = Stage::with(ready, &[8]);
    stage.click_tile(1);
    stage.tile(3).click_modifiers(Modifiers::SHIFT);
    stage.settle();
    stage.heard();
    stage
}

fn generated_recipes(stage: &mut Stage) -> Vec<Recipe> {
    stage
        .heard()
        .into_iter()
        .find_map(|command| match command {
            Command::Queue(QueueCommand::Generate(recipes)) => Some(recipes),
            _ => None,
        })
        .unwrap_or_default()
}

#[test]
fn batch_sends_one_prompt_for_each_selected_image() {
    let mut stage = three_selected();
    stage.press_with(Modifiers::COMMAND, Key::B);
    stage.window.get_by_role_and_label(Role::Dialog, "Batch: 3 selected images");
    stage.window.get_by_label("3 requests · price unknown · 3 at a time");
    assert!(stage.window.get_by_label("Queue 3").accesskit_node().is_disabled(), "there is no prompt yet");
    stage
        .window
        .get_by_role_and_label(Role::MultilineTextInput, "Prompt for each image")
        .type_text("In snow: {prompt}");
    stage.settle();
    stage.click_button("Queue 3");
    let recipes = generated_recipes(&mut stage);
    assert_eq!(recipes.len(), 3);
    assert_eq!(recipes[1].prompt, format!("In snow: {}", prompt(2)));
    assert_eq!(recipes[1].references[0].image, Some(id(2)));
    assert_eq!(recipes[1].references[0].sha256, format!("{:064x}", 2));
    assert!(stage.window.query_by_role_and_label(Role::Dialog, "Batch: 3 selected images").is_none());
}

#[test]
fn batch_sends_own_prompts_with_another_model() {
    let mut stage = three_selected();
    stage.press_with(Modifiers::COMMAND, Key::B);
    stage.click_button("Re-run original prompts");
    stage.window.get_by_label("gemini-2.5-flash-image × 3");
    stage.click_button("Another model");
    stage.click_button("Queue 3");
    let recipes = generated_recipes(&mut stage);
    let sent: Vec<_> = recipes.iter().map(|recipe| (recipe.prompt.clone(), recipe.model.as_str())).collect();
    assert_eq!(sent, [1, 2, 3].map(|number| (prompt(number), "painter")));
    assert!(recipes.iter().all(|recipe| recipe.references.is_empty()));
}

#[test]
fn escape_closes_the_batch_dialog_without_requests() {
    let mut stage = three_selected();
    stage.press_with(Modifiers::COMMAND, Key::B);
    stage.press(Key::Escape);
    assert!(stage.window.query_by_role_and_label(Role::Dialog, "Batch: 3 selected images").is_none());
    assert!(generated_recipes(&mut stage).is_empty());
    assert_eq!(stage.selected(), [1, 2, 3]);
}

fn preview(stage: &Stage, trouble: Option<TemplateError>) {
    stage.channels.events.send(Event::Export(ExportEvent::Preview(ExportPreview {
        names: vec!["2026-11-23_city_001.png".to_owned(), "2026-11-23_city_002.png".to_owned()],
        files: 3,
        conflicts: 1,
        bytes: Some(18_300_000),
        template_error: trouble,
    })));
}

fn export_commands(stage: &mut Stage) -> (Vec<ExportOptions>, Vec<ExportOptions>) {
    let (mut previews, mut exports) = (Vec::new(), Vec::new());
    for command in stage.heard() {
        match command {
            Command::Export(ExportCommand::Preview(order)) => previews.push(order),
            Command::Export(ExportCommand::Start(order)) => exports.push(order),
            _ => {}
        }
    }
    (previews, exports)
}

#[test]
fn export_shows_names_before_and_result_after() {
    let mut stage = three_selected();
    stage.press_with(Modifiers::COMMAND, Key::E);
    stage.window.get_by_role_and_label(Role::Dialog, "Export 3 images");
    preview(&stage, None);
    stage.settle();
    stage.window.get_by_label_contains("2026-11-23_city_001.png");
    stage.window.get_by_label("3 files, 1 name conflict");
    assert!(!stage.window.get_by_label("Export 3").accesskit_node().is_disabled(), "there is a default folder");
    stage.click_button("Choose…");
    assert!(stage.heard().iter().any(|command| matches!(command, Command::Export(ExportCommand::PickFolder))));
    stage.channels.events.send(Event::Export(ExportEvent::FolderPicked("/pictures/client".into())));
    stage.settle();
    stage.click_button("JPEG");
    stage.click_button("Skip");
    preview(&stage, None);
    stage.settle();
    stage.click_button("Export 3");
    let (previews, exports) = export_commands(&mut stage);
    let folder = PathBuf::from("/pictures/client");
    let template = "{date}_{prompt:24}_{n:03}".to_owned();
    let expected = ExportOptions {
        images: vec![id(1), id(2), id(3)],
        target: ExportTarget::Folder { folder, template },
        format: ExportFormat::Jpeg { quality: 90 },
        on_conflict: ConflictPolicy::Skip,
    };
    assert_eq!(exports, std::slice::from_ref(&expected));
    assert_eq!(previews.last(), Some(&expected));
    stage.send(Event::Export(ExportEvent::Progress { done: 1, total: 3 }));
    stage.window.get_by_role_and_label(Role::ProgressIndicator, "1 of 3 files");
    stage.click_button("Cancel");
    assert!(stage.heard().iter().any(|command| matches!(command, Command::Export(ExportCommand::Cancel))));
    stage.send(Event::Export(ExportEvent::Done {
        written: vec!["/pictures/client/a.jpg".into()],
        failed: vec![(id(2), ExportFailure::Skipped), (id(3), ExportFailure::WriteFailed("read-only".to_owned()))],
        cancelled: false,
    }));
    stage.window.get_by_label("1 file exported");
    stage.window.get_by_label("1 existing file kept");
    stage.window.get_by_label_contains("read-only");
    stage.click_button("Done");
    assert!(stage.window.query_by_role_and_label(Role::Dialog, "Export 3 images").is_none());
    // The choices are kept.
    stage.press_with(Modifiers::COMMAND, Key::E);
    assert_eq!(export_commands(&mut stage).0, [expected]);
}

#[test]
fn invalid_name_template_is_reported_and_blocks_the_export() {
    let mut stage = three_selected();
    stage.press_with(Modifiers::COMMAND, Key::E);
    stage.channels.events.send(Event::Export(ExportEvent::FolderPicked("/pictures".into())));
    stage.settle();
    preview(&stage, Some(TemplateError::UnknownField("colour".to_owned())));
    stage.settle();
    stage.window.get_by_label_contains("“colour” is not a field");
    assert!(stage.window.get_by_label("Export 3").accesskit_node().is_disabled());
}

#[test]
fn single_image_is_saved_as_a_file() {
    let mut stage = Stage::new(&[8]);
    stage.click_tile(2);
    stage.press_with(Modifiers::COMMAND, Key::E);
    preview(&stage, None);
    stage.settle();
    stage.heard();
    stage.click_button("Save as…");
    let suggested = stage.heard().into_iter().find_map(|command| match command {
        Command::Export(ExportCommand::PickFile { suggested }) => Some(suggested),
        _ => None,
    });
    assert_eq!(suggested.as_deref(), Some("2026-11-23_city_001.png"));
    stage.send(Event::Export(ExportEvent::FilePicked("/pictures/chosen.png".into())));
    let (_, exports) = export_commands(&mut stage);
    assert_eq!(exports[0].target, ExportTarget::File("/pictures/chosen.png".into()));
    assert_eq!(exports[0].images, [id(2)]);
}

/// Opens the exchange of the first image.
fn exchange(kept: Option<Exchange>) -> Stage {
    let mut stage = Stage::new(&[3]);
    stage.click_tile(0);
    stage.press(egui::Key::W);
    let sent = stage.heard().into_iter().find_map(|command| match command {
        Command::Gallery(GalleryCommand::LoadExchange(request)) => Some(request),
        _ => None,
    });
    let request = sent.expect("the window asks for what was kept");
    stage.send(Event::Gallery(GalleryEvent::Exchange(request, kept.map(Arc::new))));
    stage.settle();
    stage
}

/// The text that a button puts on the clipboard.
fn copied_text(stage: &mut Stage, button: &str) -> String {
    stage.window.get_by_role_and_label(Role::Button, button).click();
    let found = (0..10).find_map(|_| {
        stage.window.step();
        stage.window.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    });
    found.unwrap_or_else(|| panic!("{button} copies nothing"))
}

#[test]
fn request_and_response_can_be_read_and_copied() {
    let kept = Exchange {
        method: "POST".to_owned(),
        url: "https://api.example/v1/chat/completions".to_owned(),
        key_variable: Some("DGRID_API_KEY".to_owned()),
        headers: vec![("authorization".to_owned(), "Bearer $DGRID_API_KEY".to_owned())],
        answer: Some(RecordedResponse {
            status: 502,
            body: Some("{\"error\":\"upstream\"}".to_owned()),
            ..RecordedResponse::default()
        }),
        ..Exchange::default()
    };
    let mut stage = exchange(Some(kept.clone()));
    stage.window.get_by_label("authorization: Bearer $DGRID_API_KEY");
    stage.window.get_by_label("  \"error\": \"upstream\"");
    for (button, words) in
        [("Copy as curl", kept.curl()), ("Copy response", kept.answer_text()), ("Copy request", kept.request_text())]
    {
        assert_eq!(copied_text(&mut stage, button), words, "{button}");
    }
    stage.press(egui::Key::Escape);
    stage.press(egui::Key::Escape);
    assert!(stage.window.query_by_label("Copy as curl").is_none());
}

#[test]
fn only_visible_lines_of_a_long_response_are_laid_out() {
    let lines: Vec<String> = (0..20_000).map(|number| format!("line {number}")).collect();
    let answer = RecordedResponse { status: 200, body: Some(lines.join("\n")), ..RecordedResponse::default() };
    let stage = exchange(Some(Exchange { answer: Some(answer), ..Exchange::default() }));
    stage.window.get_by_label("line 3");
    assert!(stage.window.query_by_label("line 300").is_none());
}

#[test]
fn exchange_dialog_says_if_nothing_was_recorded() {
    exchange(None).window.get_by_label_contains("No request log");
}
