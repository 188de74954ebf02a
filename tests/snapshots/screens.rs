//! Snapshots of every screen, dark and light, which the documentation uses: when a screen changes, the test fails until
//! they are updated with `UPDATE_SNAPSHOTS=1 cargo test --test snapshots screens`.
//!
//! They are rendered by the software renderer of Linux, so that they are the same on every machine that runs them.
#![cfg(target_os = "linux")]

use std::{sync::Arc, time::Duration};

use atelier::{
    composition::RowPlan,
    demo::{Scene, paint},
    imaging::{ImageLimits, decode, downscale},
    prompt::sheet::{CellError, CellFault},
    recipe::{
        BatchId, BatchRole, Charge, Exchange, Failure, FailureKind, Flag, Format, ImageInfo, Label, MarkChange, Money,
        ProfileId, Recipe, RecordedResponse, Reference, RowId, SentBody, Sheet, SheetHead, SheetId, SheetRow, Turn,
    },
    settings::{Language, Theme},
    studio::{
        BatchMember, BudgetStatus, CardState, CheckResult, Command, DiagnosticCheck, DiagnosticStep, Event,
        ExportEvent, GalleryCommand, GalleryEvent, KeyState, ModelInfo, OrganizeEvent, Pixels, ProviderEvent,
        QueueEvent, QueueStatus, ReferenceEvent, RequestCard, RunProgress, Severity, SheetEvent, SheetImage,
        export::{ExportPreview, TemplateError},
    },
};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{SnapshotOptions, SnapshotResults, kittest::Queryable as _, try_image_snapshot_options};
use uuid::Uuid;

use crate::{
    common::ui::ready,
    simulated_studio::{Stage, ago, id, prompt, request, size},
};

/// An image by the demo gateway's painter.
fn painted(number: usize, longest: u32) -> Pixels {
    let (width, height) = size(number);
    let scale = 512.0 / f64::from(width.max(height));
    let scene = Scene {
        prompt: prompt(number),
        model: "demo/painter".to_owned(),
        seed: number as i64,
        width: (f64::from(width) * scale) as u32,
        height: (f64::from(height) * scale) as u32,
        references: Vec::new(),
    };
    let bitmap = decode(&paint(&scene), &ImageLimits::default()).expect("the painter paints pictures");
    let bitmap = downscale(&bitmap, longest);
    let (width, height) = (bitmap.width, bitmap.height);
    Pixels { width, height, rgba: bitmap.premultiplied().into() }
}

/// A window in use: a library, a filled composer, a stored key.
fn at_work(theme: Theme, counts: &[usize]) -> Stage {
    at_work_in(Language::English, theme, counts)
}

fn at_work_in(language: Language, theme: Theme, counts: &[usize]) -> Stage {
    let recipe = Recipe { prompt: prompt(0), model: "demo/painter".to_owned(), ..Recipe::default() };
    at_work_on(recipe, language, theme, counts)
}

fn at_work_on(composer: Recipe, language: Language, theme: Theme, counts: &[usize]) -> Stage {
    let mut ready = ready();
    ready.settings.language = language;
    ready.settings.theme = theme;
    ready.session.composer = composer;
    let mut stage = Stage::with(ready, &[]);
    stage.painter = painted;
    let mut start = 0;
    let groups = counts.iter().map(|count| {
        start += count;
        (start - count..start).map(id).collect()
    });
    stage.show(groups.collect());
    let model = |name: &str| ModelInfo::image(name);
    let dgrid = atelier::recipe::ProfileId::dgrid();
    stage.send(Event::Providers(ProviderEvent::Models(dgrid.clone(), vec![model("gemini-2.5-flash-image")])));
    stage.send(Event::Providers(ProviderEvent::KeyState(dgrid, KeyState::Stored { last_four: "4f2c".to_owned() })));
    stage
}

fn job(number: usize, state: CardState) -> Event {
    let recipe = Recipe { prompt: prompt(number), model: "demo/painter".to_owned(), ..Recipe::default() };
    Event::Queue(QueueEvent::RequestChanged(RequestCard::new(request(100 + number), Arc::new(recipe), state)))
}

fn dgrid_job(number: usize, state: CardState) -> Event {
    let profile = atelier::recipe::ProfileId::dgrid();
    let recipe =
        Recipe { prompt: prompt(number), model: "gemini-2.5-flash-image".to_owned(), profile, ..Recipe::default() };
    Event::Queue(QueueEvent::RequestChanged(RequestCard::new(request(100 + number), Arc::new(recipe), state)))
}

fn snapshot(stage: &mut Stage, name: &str, theme: Theme, results: &mut SnapshotResults) {
    stage.settle();
    let mut image = stage.window.render().expect("the software renderer draws");
    // A real window is cleared with this color before anything is drawn.
    let visuals = stage.window.ctx.global_style().visuals.clone();
    let ground = eframe::App::clear_color(stage.window.state(), &visuals).map(|part| (part * 255.0).round());
    for pixel in image.pixels_mut() {
        let uncovered = 1.0 - f32::from(pixel.0[3]) / 255.0;
        for (part, ground) in pixel.0.iter_mut().zip(ground) {
            *part = (f32::from(*part) + ground * uncovered).round() as u8;
        }
    }
    let shade = if theme == Theme::Light { "light" } else { "dark" };
    let options = SnapshotOptions::new().output_path("assets/screenshots");
    results.add(try_image_snapshot_options(&image, format!("{name}-{shade}"), &options));
}

const THEMES: [Theme; 2] = [Theme::Dark, Theme::Light];

#[test]
fn first_launch() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut ready = ready();
        ready.settings.theme = theme;
        let mut stage = Stage::with(ready, &[]);
        let model = ModelInfo::image("demo/painter");
        stage.send(Event::Providers(ProviderEvent::Models(atelier::recipe::ProfileId::demo(), vec![model])));
        snapshot(&mut stage, "first-launch", theme, &mut results);
    }
}

#[test]
fn generating() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[5, 8]);
        let failure = Failure::new(FailureKind::ImageBlocked).charged(Charge::No).words("I can't create that.");
        stage.send(job(3, CardState::Failed(failure)));
        stage.send(job(5, CardState::Queued));
        let preview = painted(1, 256);
        let rows = preview.rgba.len() / 8 * 5 / 4 * 4;
        let rgba = preview.rgba.iter().enumerate().map(|(at, value)| if at < rows { *value } else { 0 }).collect();
        let preview = Some(Pixels { rgba, ..preview });
        let (bytes, total) = (3_800_000, Some(6_100_000));
        stage.send(job(1, CardState::Receiving { since: ago(7), bytes, total, preview }));
        // A future time is shown as zero, so that the snapshot does not depend on how long rendering takes.
        stage.send(job(2, CardState::Generating { since: ago(-30) }));
        snapshot(&mut stage, "generating", theme, &mut results);
    }
}

/// A request of a batch, with its price.
fn queued(number: usize, batch: u128, state: CardState) -> RequestCard {
    let profile = atelier::recipe::ProfileId::dgrid();
    let batch = Some(BatchId::from_uuid(Uuid::from_u128(batch)));
    let model = "gemini-2.5-flash-image".to_owned();
    let recipe = Recipe { prompt: prompt(number), model, profile, batch, ..Recipe::default() };
    RequestCard {
        estimate: Some(Money::from_dollars(0.039)),
        ..RequestCard::new(request(100 + number), Arc::new(recipe), state)
    }
}

/// The queue page: a running batch, one that is finished except for a failure, single requests, and a spending cap.
#[test]
fn queue() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut ready = ready();
        ready.settings.theme = theme;
        ready.settings.caps.day = Some(Money::from_dollars(10.0));
        let mut stage = Stage::with(ready, &[]);
        stage.painter = painted;
        stage.show(vec![(0..5).map(id).collect(), (5..13).map(id).collect()]);
        let dgrid = atelier::recipe::ProfileId::dgrid();
        stage.send(Event::Providers(ProviderEvent::Models(
            dgrid.clone(),
            vec![ModelInfo::image("gemini-2.5-flash-image")],
        )));
        stage.send(Event::Providers(ProviderEvent::KeyState(
            dgrid.clone(),
            KeyState::Stored { last_four: "4f2c".to_owned() },
        )));
        let preview = painted(1, 256);
        let (bytes, total) = (3_800_000, Some(6_100_000));
        let blocked = Failure::new(FailureKind::ImageBlocked).charged(Charge::No).words("I can't create that.");
        let jobs = [
            queued(1, 1, CardState::Receiving { since: ago(7), bytes, total, preview: Some(preview) }),
            // A future time is shown as zero, so that the snapshot does not depend on how long rendering takes.
            queued(2, 1, CardState::Generating { since: ago(-30) }),
            queued(3, 1, CardState::Queued),
            queued(4, 1, CardState::Queued),
            RequestCard { on_hold: true, ..queued(5, 1, CardState::Queued) },
            queued(6, 2, CardState::Queued),
            queued(7, 3, CardState::Failed(blocked)),
            queued(8, 3, CardState::Failed(Failure::new(FailureKind::TimedOut).charged(Charge::Maybe))),
            queued(9, 4, CardState::Cancelled { sent: false }),
        ];
        for job in jobs {
            stage.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        let spent = Money::from_dollars(0.117);
        let progress = RunProgress { total: 8, done: 3, spent, ..RunProgress::default() };
        let batch = BatchId::from_uuid(Uuid::from_u128(1));
        let state = QueueStatus {
            running: 2,
            queued: 3,
            on_hold: 1,
            failed: 2,
            progress: RunProgress { total: 12, done: 5, failed: 2, ..progress },
            batches: vec![(batch, progress)],
            time_left: Some(Duration::from_secs(66)),
            budget: BudgetStatus { day: Money::from_dollars(1.84), ..BudgetStatus::default() },
            order: [103, 106, 104].map(request).into(),
            ..QueueStatus::default()
        };
        stage.send(Event::Queue(QueueEvent::Status(Box::new(state))));
        stage.press_with(Modifiers::COMMAND, Key::J);
        snapshot(&mut stage, "queue", theme, &mut results);
    }
}

#[test]
fn failures() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[5, 8]);
        let words = "No deployments are available for the model that was asked for, try again later";
        for (n, failure) in [
            Failure::new(FailureKind::NoMoney).words("insufficient_user_quota").status(403),
            Failure::new(FailureKind::UnknownModel).words(words).status(503),
            Failure::new(FailureKind::LinkFailed).words("404 Not Found").status(404),
            Failure::new(FailureKind::TimedOut).words("api.example | 524: A timeout occurred").status(524),
            Failure::new(FailureKind::KeyExpired).words("该令牌已过期").status(401),
        ]
        .into_iter()
        .enumerate()
        {
            stage.send(dgrid_job(n, CardState::Failed(failure)));
        }
        // A time in the past, so that the snapshot does not depend on how long rendering takes.
        let failure = Failure::new(FailureKind::RateLimited).status(429);
        stage.send(job(6, CardState::RetryScheduled { failure, at: ago(1), attempts: 1, max_attempts: 4 }));
        snapshot(&mut stage, "failures", theme, &mut results);
    }
}

#[test]
fn gallery() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[7, 11, 6]);
        let say = |stage: &mut Stage, number, change| {
            let said = Event::Organize(OrganizeEvent::Changed {
                undo: None,
                images: [id(number)].into(),
                change: Some(change),
            });
            stage.send(said);
        };
        say(&mut stage, 0, MarkChange::Rate(4));
        say(&mut stage, 2, MarkChange::Rate(5));
        say(&mut stage, 2, MarkChange::Flag(Flag::Picked));
        say(&mut stage, 2, MarkChange::Label(Some(Label::Green)));
        say(&mut stage, 4, MarkChange::Flag(Flag::Rejected));
        say(&mut stage, 6, MarkChange::Rate(3));
        say(&mut stage, 7, MarkChange::Label(Some(Label::Red)));
        stage.click_tile(0);
        let on_tile = stage.tile(3).rect().center();
        stage.window.hover_at(on_tile);
        stage.settle();
        snapshot(&mut stage, "gallery", theme, &mut results);
    }
}

/// The models of a gateway, a chosen one that does not support the set aspect ratio, and the list of all.
#[test]
fn models() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[7, 11, 6]);
        stage.click_button("More aspect ratios");
        stage.click_button("1:8");
        stage.click_button("Size: 4K");
        stage.click_button("Provider: Demo (offline)");
        stage.click_button("DGrid");
        let ids = [
            "bytedance/seedream-4.5",
            "google/gemini-3-pro-image",
            "google/gemini-3-pro-image-preview",
            "google/gemini-3.1-flash-image",
            "maker/unheard-of",
            "openai/gpt-image-1",
        ];
        let mut models: Vec<ModelInfo> = ids.map(ModelInfo::image).into();
        models.push(ModelInfo { id: "openai/gpt-5".to_owned(), ..ModelInfo::default() });
        stage.send(Event::Providers(ProviderEvent::Models(ProfileId::dgrid(), models)));
        stage.click_button("Show models");
        stage.click_button("google/gemini-3-pro-image");
        stage.click_button("Show models");
        stage.window.remove_cursor();
        snapshot(&mut stage, "models", theme, &mut results);
    }
}

#[test]
fn viewer() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[7, 11]);
        stage.click_tile(1);
        stage.window.remove_cursor();
        stage.press(Key::Enter);
        stage.send(Event::Gallery(GalleryEvent::Image { id: id(1), pixels: Ok(painted(1, 512)) }));
        snapshot(&mut stage, "viewer", theme, &mut results);
    }
}

/// An X/Y grid with a cell in progress and one that has failed.
#[test]
fn grid() {
    let mut results = SnapshotResults::new();
    let mut stage = at_work(Theme::Dark, &[10]);
    let batch = BatchId::from_uuid(Uuid::from_u128(7));
    let (columns, rows) = (["0.2", "0.6", "1.0", "1.4"], ["Film", "Ink", "Watercolour"]);
    let role = |cell: usize| BatchRole::Cell {
        column: (cell % columns.len()) as u32,
        row: (cell / columns.len()) as u32,
        column_label: format!("Temperature {}", columns[cell % columns.len()]),
        row_label: rows[cell / columns.len()].to_owned(),
    };
    let member = |cell: usize| {
        let (width, height) = size(cell);
        let cost = Some(Money::from_dollars(0.039));
        let (image, request) = (id(cell), request(cell));
        BatchMember { image, request, role: role(cell), model: "demo/painter".to_owned(), cost, width, height }
    };
    let view = stage.view(&format!("batch:{batch}"));
    stage.send(Event::Gallery(GalleryEvent::View(view)));
    stage.send(Event::Gallery(GalleryEvent::Batch(batch, (0..10).map(member).collect())));
    let job = |cell: usize, state| {
        let recipe = Recipe { prompt: prompt(0), batch: Some(batch), role: role(cell), ..Recipe::default() };
        Event::Queue(QueueEvent::RequestChanged(RequestCard::new(request(100 + cell), Arc::new(recipe), state)))
    };
    stage.send(job(10, CardState::Generating { since: ago(-30) }));
    stage.send(job(11, CardState::Failed(Failure::new(FailureKind::ImageBlocked).charged(Charge::No))));
    stage.click_tile(5);
    stage.window.remove_cursor();
    snapshot(&mut stage, "grid", Theme::Dark, &mut results);
}

#[test]
fn editing() {
    let mut results = SnapshotResults::new();
    let reference = |number: usize, name: &str| Reference {
        sha256: format!("{number:064}"),
        mime: "image/png".to_owned(),
        name: name.to_owned(),
        image: Some(id(number)),
    };
    let turn = |number: usize, words: &str| Turn {
        prompt: words.to_owned(),
        references: Vec::new(),
        image: reference(number, words),
        signed: None,
    };
    let composer = Recipe {
        prompt: "Put the @bottle on the windowsill, in the light of the @lamp, signed by @maker".to_owned(),
        model: "demo/painter".to_owned(),
        turns: vec![turn(3, &prompt(3)), turn(4, "In the rain"), turn(5, "Closer, and at night")],
        references: vec![reference(6, "bottle.png"), reference(7, "lamp.jpg"), reference(8, "window.webp")],
        role: BatchRole::Edit(id(5)),
        ..Recipe::default()
    };
    let theme = Theme::Dark;
    let mut stage = at_work_on(composer.clone(), Language::English, theme, &[7, 11]);
    for picture in composer.images() {
        let number: usize = picture.sha256.parse().expect("it is a number");
        let sha256 = picture.sha256.clone();
        let measured =
            ImageInfo { format: Format::Png, width: 2048, height: 2048, bytes: 5_400_000, upright: number != 7 };
        stage.send(Event::References(ReferenceEvent::Measured { sha256: sha256.clone(), measured }));
        stage.send(Event::References(ReferenceEvent::Thumbnail { sha256, pixels: painted(number, 256) }));
    }
    stage.click_tile(5);
    stage.window.remove_cursor();
    snapshot(&mut stage, "editing", theme, &mut results);
}

#[test]
fn batch() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[8, 8]);
        stage.click_tile(1);
        stage.tile(4).click_modifiers(Modifiers::SHIFT);
        stage.settle();
        stage.window.remove_cursor();
        stage.press_with(Modifiers::COMMAND, Key::B);
        stage
            .window
            .get_by_role_and_label(Role::MultilineTextInput, "Prompt for each image")
            .type_text("The same scene, {in heavy rain|covered in snow|at dawn}");
        snapshot(&mut stage, "batch", theme, &mut results);
    }
}

/// The cells of a row, its error and column, and the number of its images.
type Line = ([&'static str; 5], Option<(usize, CellFault)>, usize);

/// A sheet with some rows: their cells, their errors, and the number of their images.
fn animals() -> (Arc<Sheet>, SheetEvent, SheetEvent) {
    let rows: [Line; 7] = [
        (["red fox", "at dusk", "16:9", "7", "hero shot"], None, 1),
        (["snowy owl", "at dawn", "1:1", "", ""], None, 2),
        (["狐狸", "雪中的清晨", "4:3", "", ""], None, 1),
        (["lynx", "blue hour", "wide", "", "ask the client"], Some((2, CellFault::NotAnAspect("wide".to_owned()))), 0),
        (["harbour seal", "at night", "3:4", "12", ""], None, 0),
        (["heron", "in fog", "9:16", "", ""], None, 0),
        (["hare", "first light", "16:9", "", ""], None, 0),
    ];
    let name = |number: usize| uuid::Uuid::from_u128(number as u128 + 1);
    let row = |(index, (cells, ..)): (usize, &Line)| {
        let cells = cells.map(str::to_owned).to_vec();
        Arc::new(SheetRow { id: RowId::from_uuid(name(index)), cells })
    };
    let head = SheetHead {
        name: "Animals of the north".to_owned(),
        template: "a $animal, $light, wide angle, soft grain".to_owned(),
        base: Recipe { model: "demo/painter".to_owned(), ..Recipe::default() },
        ..SheetHead::default()
    };
    let columns = ["animal", "light", "aspect", "seed", "#note"].map(str::to_owned).to_vec();
    let rows_of = rows.iter().enumerate().map(row).collect();
    let sheet = Arc::new(Sheet { id: SheetId::from_uuid(name(99)), head, columns, rows: rows_of });
    let plan = |(index, (_, fault, _)): (usize, &Line)| {
        let error = fault.clone().map(|(column, fault)| CellError { column: Some(column), fault });
        let (asked, requests) = (if index == 2 { "later" } else { "now" }.to_owned(), 1);
        let price = Some(Money::from_dollars(0.039));
        Arc::new(RowPlan { asked, requests, price, errors: error.into_iter().collect(), ..RowPlan::default() })
    };
    let plans = rows.iter().enumerate().map(plan).collect();
    let plans = SheetEvent::Plans { sheet: Arc::clone(&sheet), revision: 1, plans };
    let mut pictures = Vec::new();
    for (row, (_, _, count)) in sheet.rows.iter().zip(&rows) {
        for _ in 0..*count {
            let (image, asked) = (id(pictures.len()), "now".to_owned());
            pictures.push(SheetImage { row: row.id, image, request: request(pictures.len()), asked });
        }
    }
    let pictures = SheetEvent::Images(sheet.id, pictures.into());
    (sheet, plans, pictures)
}

#[test]
fn sheet() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[8, 8]);
        stage.press_with(Modifiers::COMMAND, Key::Num2);
        let (sheet, plans, pictures) = animals();
        stage.send(Event::Sheets(SheetEvent::Opened(Arc::clone(&sheet))));
        stage.send(Event::Sheets(pictures));
        stage.send(Event::Sheets(plans));
        let failure = Failure::new(FailureKind::ImageBlocked).charged(Charge::No);
        for (row, state) in [(4, CardState::Failed(failure)), (5, CardState::Queued)] {
            let role = BatchRole::Row { sheet: sheet.id, row: sheet.rows[row].id, asked: "now".to_owned() };
            let recipe = Arc::new(Recipe { role, ..Recipe::default() });
            stage.send(Event::Queue(QueueEvent::RequestChanged(RequestCard::new(request(100 + row), recipe, state))));
        }
        snapshot(&mut stage, "sheet", theme, &mut results);
    }
}

#[test]
fn export() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[8, 8]);
        stage.click_tile(0);
        stage.tile(5).click_modifiers(Modifiers::SHIFT);
        stage.settle();
        stage.window.remove_cursor();
        stage.press_with(Modifiers::COMMAND, Key::E);
        stage.send(Event::Export(ExportEvent::FolderPicked("/home/mei/Pictures/skyline".into())));
        let names = ["001", "002", "003"].map(|n| format!("2026-11-23_A-solarpunk-city_{n}.png")).to_vec();
        let trouble = None::<TemplateError>;
        let preview = ExportPreview { names, files: 6, conflicts: 0, bytes: Some(36_600_000), template_error: trouble };
        stage.send(Event::Export(ExportEvent::Preview(preview)));
        snapshot(&mut stage, "export", theme, &mut results);
    }
}

#[test]
fn settings() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[8, 8]);
        stage.press_with(Modifiers::COMMAND, Key::Comma);
        snapshot(&mut stage, "settings", theme, &mut results);
    }
}

#[test]
fn traditional_chinese() {
    let mut results = SnapshotResults::new();
    let mut stage = at_work_in(Language::TraditionalChinese, Theme::Dark, &[7, 11]);
    let failure = Failure::new(FailureKind::NoMoney).words("insufficient_user_quota").status(403);
    stage.send(dgrid_job(3, CardState::Failed(failure)));
    stage.click_tile(4);
    stage.window.remove_cursor();
    snapshot(&mut stage, "zh-hant", Theme::Dark, &mut results);
}

#[test]
fn exchange() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[7, 11, 6]);
        stage.click_tile(0);
        stage.press(Key::W);
        stage.settle();
        let request = stage
            .heard()
            .into_iter()
            .find_map(|command| {
                if let Command::Gallery(GalleryCommand::LoadExchange(request)) = command { Some(request) } else { None }
            })
            .expect("the window asks for what was kept");
        stage.send(Event::Gallery(GalleryEvent::Exchange(request, Some(Arc::new(kept())))));
        stage.window.remove_cursor();
        snapshot(&mut stage, "exchange", theme, &mut results);
    }
}

/// The exchange of an image that arrived as events.
fn kept() -> Exchange {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let body = serde_json::json!({
        "model": "gemini-2.5-flash-image",
        "messages": [{ "role": "user", "content": [
            { "type": "text", "text": prompt(0) },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,<2.1 MB image/png>" } },
        ] }],
        "stream": true,
        "seed": 42,
        "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "4K" } } },
    });
    let delta = |content: &str| {
        let choice = serde_json::json!({ "index": 0, "delta": { "content": content }, "finish_reason": null });
        format!("data: {}\n\n", serde_json::json!({ "id": "chatcmpl-7", "choices": [choice] }))
    };
    let answer = [
        delta("Here is the harbour at dawn."),
        delta("![image](data:image/jpeg;base64,<6.1 MB image/jpeg>)"),
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1310,\"completion_tokens\":1290}}\n\ndata: [DONE]\n\n"
            .to_owned(),
    ];
    Exchange {
        method: "POST".to_owned(),
        url: "https://api.dgrid.ai/v1/chat/completions".to_owned(),
        key_variable: Some("DGRID_API_KEY".to_owned()),
        headers: vec![
            header("accept", "application/json, text/event-stream"),
            header("authorization", "Bearer $DGRID_API_KEY"),
            header("content-type", "application/json"),
            header("x-title", "Atelier"),
        ],
        body: SentBody::Json(body),
        sent: "2026-11-20T08:31:04Z".parse().expect("a time"),
        answer: Some(RecordedResponse {
            status: 200,
            headers: vec![
                header("content-type", "text/event-stream"),
                header("date", "Fri, 20 Nov 2026 08:31:05 GMT"),
                header("x-oneapi-request-id", "20261120083104778"),
            ],
            body: Some(answer.concat()),
            bytes: 8_134_511,
            took_ms: 14_200,
        }),
    }
}

#[test]
fn doctor() {
    let mut results = SnapshotResults::new();
    for theme in THEMES {
        let mut stage = at_work(theme, &[7, 11, 6]);
        stage.press_with(Modifiers::COMMAND, Key::Comma);
        stage.click_button("Check provider");
        let id = ProfileId::dgrid();
        let model = "gemini-2.5-flash-image".to_owned();
        let took = std::time::Duration::from_millis(84);
        for (check, severity, result) in [
            (
                DiagnosticCheck::Address,
                Severity::Ok,
                CheckResult::Address { origin: "https://api.dgrid.ai".to_owned() },
            ),
            (DiagnosticCheck::Network, Severity::Ok, CheckResult::Reachable { took }),
            (DiagnosticCheck::Encryption, Severity::Ok, CheckResult::Encrypted),
            (DiagnosticCheck::Models, Severity::Ok, CheckResult::Models { all: 214, image: 17, took: took * 4 }),
            (DiagnosticCheck::Key, Severity::Ok, CheckResult::KeyAccepted),
            (DiagnosticCheck::Clock, Severity::Warning, CheckResult::ClockOff { seconds: 260 }),
            (DiagnosticCheck::Model, Severity::Ok, CheckResult::ModelListed { model: model.clone() }),
            (
                DiagnosticCheck::Image,
                Severity::Warning,
                CheckResult::ImageNotRequested { model: Some(model), price: Some(Money::from_dollars(0.039)) },
            ),
        ] {
            stage.send(Event::Providers(ProviderEvent::DiagnosticStep(
                id.clone(),
                Box::new(DiagnosticStep { check, severity, result }),
            )));
        }
        stage.send(Event::Providers(ProviderEvent::DiagnosticsDone(id)));
        stage.window.remove_cursor();
        snapshot(&mut stage, "doctor", theme, &mut results);
    }
}
