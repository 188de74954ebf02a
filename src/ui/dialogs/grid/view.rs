//! Draws the grid dialog.

use egui::{Align2, Label, RichText, Sense, Ui, vec2};
use uuid::Uuid;

use crate::{
    composition::{AxisValue, grid_cells},
    recipe::BatchId,
    studio::{Command, QueueCommand},
    ui::{
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        components::request_cost::{CONFIRM_REQUESTS_ABOVE, MAX_REQUESTS_PER_BATCH},
        panels::composer::Composer,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{
            Button, ButtonKind as Look,
            dialog::{Dialog, line, note},
            section_label,
        },
    },
};

use super::{
    axis::{self, AxisKind, AxisPlace},
    count::{GridBlocker, GridEstimate},
    state::GridDialog,
};

/// Maximum numbers of columns and rows in the preview.
const SHOWN: (usize, usize) = (6, 4);

/// Height of the preview's cells, and width of its row labels.
const CELL: f32 = 26.0;

const ROW_LABEL: f32 = 120.0;

/// Minimum height of the body.
const BODY: f32 = 340.0;

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut GridDialog, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    let count = dialog.count(cx);
    let blocker = composer.blocker_text(cx).or_else(|| count.blocker.as_ref().map(|why| words(why, cx)));
    let title = if dialog.asking {
        cx.text.with("question-title", [("count", (count.requests as usize).into())])
    } else {
        cx.text.get("grid-title")
    };
    let shown = Dialog::new("grid", &title).show(
        ui,
        dialog,
        |ui, dialog| {
            if dialog.asking {
                let palette = theme::palette(ui.visuals());
                let sum = RichText::new(count.words(cx)).font(fonts::regular(size::TEXT)).color(palette.text);
                ui.add(Label::new(sum).wrap());
            } else {
                body(ui, dialog, cx);
            }
        },
        |ui, dialog| footer(ui, dialog, &count, blocker, cx),
    );
    let (start, cancel) = shown.footer;
    if start && count.requests > CONFIRM_REQUESTS_ABOVE && !dialog.asking {
        dialog.asking = true;
    } else if start {
        generate(dialog, composer, cx, actions);
    } else if (cancel || shown.close) && dialog.asking {
        dialog.asking = false;
    } else if cancel || shown.close {
        dialog.close();
    }
}

fn generate(dialog: &mut GridDialog, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some(base) = &dialog.base else { return };
    let (columns, rows) = dialog.steps(cx);
    // The id is created here, so that the window can show the batch immediately.
    let batch = BatchId::from_uuid(Uuid::now_v7());
    let recipes = grid_cells(base, &columns, &rows).iter().flat_map(|cell| cell.recipes(batch)).collect();
    composer.remember();
    actions.send(Command::Queue(QueueCommand::Generate(recipes)));
    actions.push(Action::ShowBatch(batch));
    dialog.close();
}

/// Describes a blocker.
fn words(blocker: &GridBlocker, cx: &ViewContext<'_>) -> String {
    match blocker {
        GridBlocker::NoValues => cx.text.get("grid-no-values"),
        GridBlocker::NotValues => cx.text.get("grid-not-values"),
        GridBlocker::Prompt => cx.text.get("obstacle-prompt"),
        GridBlocker::Template(problem) => cx.text.template_problem(problem),
        GridBlocker::Model => cx.text.get("obstacle-model"),
        GridBlocker::TooMany => cx.text.with("obstacle-too-many", [("most", (MAX_REQUESTS_PER_BATCH as usize).into())]),
    }
}

fn body(ui: &mut Ui, dialog: &mut GridDialog, cx: &ViewContext<'_>) {
    let Some(base) = dialog.base.clone() else { return };
    // A minimum height, so that the dialog does not jump while axes are chosen.
    ui.set_min_height(BODY);
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    let hint = RichText::new(text.get("grid-hint")).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
    ui.add(Label::new(hint).wrap());
    let all: Vec<AxisKind> =
        AxisKind::USUAL.into_iter().chain(dialog.variables.iter().cloned().map(AxisKind::Variable)).collect();
    let but = |other: &Option<AxisKind>| all.iter().filter(|kind| other.as_ref() != Some(kind)).cloned().collect();
    let (for_columns, for_rows): (Vec<AxisKind>, Vec<AxisKind>) = (but(&dialog.rows.kind), but(&dialog.columns.kind));
    let columns =
        AxisPlace { name: text.get("grid-columns"), kinds: &for_columns, optional: false, base: &base.recipe };
    let rows = AxisPlace { name: text.get("grid-rows"), kinds: &for_rows, optional: true, base: &base.recipe };
    ui.add_space(size::GAP);
    axis::show(ui, &mut dialog.columns, &columns, cx);
    ui.add_space(size::GAP);
    axis::show(ui, &mut dialog.rows, &rows, cx);
    let (columns, rows) = dialog.steps(cx);
    if !columns.is_empty() {
        ui.add_space(size::GAP);
        line(ui, palette.line);
        section_label(ui, &text.get("grid-preview"), |_| {});
        preview(ui, &columns, &rows, cx);
    }
}

/// Draws the first cells with their labels.
fn preview(ui: &mut Ui, columns: &[AxisValue], rows: &[AxisValue], cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let labeled = !rows.is_empty();
    let left = if labeled { ROW_LABEL } else { 0.0 };
    let across = columns.len().min(SHOWN.0);
    let down = rows.len().clamp(1, SHOWN.1);
    let width = ((ui.available_width() - left) / SHOWN.0 as f32).floor();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CELL * (down + 1) as f32), Sense::hover());
    let put = |at: egui::Rect, words: &str, align: Align2| {
        let clipped = ui.painter().with_clip_rect(at.intersect(ui.clip_rect()));
        let mut job =
            egui::text::LayoutJob::simple_singleline(words.to_owned(), fonts::regular(size::TEXT_SMALL), palette.text);
        job.wrap = egui::text::TextWrapping::truncate_at_width(at.width() - size::GAP);
        let galley = clipped.layout_job(job);
        let placed = align.align_size_within_rect(galley.size(), at);
        clipped.galley(placed.min, galley, palette.text);
    };
    for (column, step) in columns.iter().take(across).enumerate() {
        let x = rect.left() + left + width * column as f32;
        put(
            egui::Rect::from_min_size(egui::pos2(x, rect.top()), vec2(width, CELL)),
            &step.label,
            Align2::CENTER_CENTER,
        );
    }
    for row in 0..down {
        let y = rect.top() + CELL * (row + 1) as f32;
        if let Some(step) = rows.get(row) {
            let at = egui::Rect::from_min_size(egui::pos2(rect.left(), y), vec2(left, CELL));
            put(at, &step.label, Align2::LEFT_CENTER);
        }
        for column in 0..across {
            let x = rect.left() + left + width * column as f32;
            let cell = egui::Rect::from_min_size(egui::pos2(x, y), vec2(width, CELL)).shrink(2.0);
            ui.painter().rect_filled(cell, f32::from(size::RADIUS_BADGE), palette.raised);
        }
    }
    let more = columns.len() * rows.len().max(1) - across * down;
    if more > 0 {
        let words = RichText::new(cx.text.with("grid-more-cells", [("count", more.into())]));
        ui.label(words.font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
    }
}

/// Draws the footer. Returns whether to start, and whether to close.
fn footer(
    ui: &mut Ui,
    dialog: &GridDialog,
    count: &GridEstimate,
    blocker: Option<String>,
    cx: &ViewContext<'_>,
) -> (bool, bool) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let requests = usize::try_from(count.requests).unwrap_or(usize::MAX);
    let label = if dialog.asking {
        text.with("question-send", [("count", requests.into())])
    } else if count.images < 2 {
        UiCommand::Generate.name(text)
    } else {
        text.with("composer-generate-many", [("count", usize::try_from(count.images).unwrap_or(usize::MAX).into())])
    };
    let start = Button::new(label).kind(Look::Primary).enabled(blocker.is_none());
    let start = ui.add(start).clicked();
    let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
    note(ui, |ui| {
        let words = blocker.unwrap_or_else(|| count.words(cx));
        let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
        ui.add(Label::new(words).truncate());
    });
    (start, cancel)
}
