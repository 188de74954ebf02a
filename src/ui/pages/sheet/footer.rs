//! The bar below the table: the progress of the rows, the cost of generating, and the button that generates.

use egui::{Align, Label, Layout, RichText, Stroke, Ui, vec2};

use crate::{
    recipe::Money,
    studio::{Command, QueueCommand},
    ui::{
        actions::{action::Actions, ui_command::UiCommand},
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            dialog::Dialog,
            keys_text,
            menu::{menu, menu_item},
        },
    },
};

use super::model::{
    open_sheet::{OpenSheet, RunOrder, blocker},
    results::RowFilter,
};

/// Height of the bar in points.
pub(super) const HEIGHT: f32 = 60.0;

/// Width of the menu and of the confirmation.
const MENU: f32 = 260.0;

const QUESTION: f32 = 460.0;

/// The button that was clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FooterResponse {
    /// Generate rows.
    Run(RowFilter),
    /// Export the images.
    Export,
}

/// "40 requests · ≈ $1.60 · 3 at a time"
fn cost(order: &RunOrder, cx: &ViewContext<'_>) -> String {
    let text = cx.text;
    let price = match order.price {
        None => text.get("model-price-unknown"),
        Some(price) if price == Money::default() => text.get("model-free"),
        Some(price) => text.with("composer-price", [("price", text.price(price).into())]),
    };
    let requests = text.with("batch-requests", [("count", order.requests.into())]);
    let at_once = text.with("composer-at-once", [("count", cx.known.settings.concurrency.into())]);
    [requests, price, at_once].join(&text.get("fact-separator"))
}

/// "120 rows · 80 done · 3 failed"
fn progress(open: &OpenSheet, cx: &ViewContext<'_>) -> String {
    let tally = open.read.tally;
    let counts = [
        ("sheet-rows", open.document.height()),
        ("sheet-count-busy", tally.busy),
        ("sheet-count-done", tally.done),
        ("sheet-count-failed", tally.failed),
        ("sheet-count-changed", tally.changed),
        ("sheet-count-faulty", tally.faulty),
        ("sheet-count-new", tally.new),
    ];
    let shown = counts.iter().enumerate().filter(|(index, (_, count))| *index == 0 || *count > 0);
    let words = shown.map(|(_, (key, count))| cx.text.with(key, [("count", (*count).into())]));
    words.collect::<Vec<_>>().join(&cx.text.get("fact-separator"))
}

/// Draws the bar. Returns the clicked button.
pub(super) fn show(
    ui: &mut Ui,
    open: &OpenSheet,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<FooterResponse> {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let whole = ui.max_rect();
    ui.painter().hline(whole.x_range(), whole.top(), Stroke::new(1.0, palette.line));
    let mut pressed = None;
    let order = &open.read.left;
    let why = blocker(order, cx);
    ui.allocate_ui_with_layout(whole.size(), Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_height(HEIGHT);
        ui.spacing_mut().item_spacing.x = size::GAP;
        ui.add_space(size::EDGE);
        let label = text.with("sheet-run", [("count", order.rows.len().into())]);
        let enabled = why.is_none() && !order.rows.is_empty() && open.wanted.is_none();
        let mut run = Button::new(&label).kind(ButtonKind::Primary).enabled(enabled).name(&label);
        if let Some(keys) = UiCommand::Generate.first_key(&cx.known.settings.shortcuts) {
            run = run.cap(keys_text(keys, cfg!(target_os = "macos")));
        }
        let run = ui.add(run);
        // A held key must spend money only once.
        let held = ui.input(|input| {
            input.events.iter().any(|event| matches!(event, egui::Event::Key { pressed: true, repeat: true, .. }))
        });
        if run.clicked() && !held {
            pressed = Some(FooterResponse::Run(RowFilter::Left));
        }
        if let Some(why) = &why {
            run.on_hover_text(why);
        }
        let label = text.get("sheet-run-more");
        let more = ui.add(Button::icon(icons::DOWN, label.as_str()));
        menu(&more, &label, MENU, |ui| {
            let sheet = open.document.sheet();
            let ways = [
                (RowFilter::Failed, "sheet-run-failed"),
                (RowFilter::FailedAndChanged, "sheet-run-changed"),
                (RowFilter::Chosen, "sheet-run-chosen"),
                (RowFilter::All, "sheet-run-all"),
            ];
            for (which, key) in ways {
                let count = match which {
                    RowFilter::Chosen => open.chosen().len(),
                    which => open.results.rows(sheet, which).len(),
                };
                let label = text.with(key, [("count", count.into())]);
                let chosen = ui.add_enabled_ui(count > 0, |ui| menu_item(ui, label, false, "")).inner;
                if chosen && count > 0 {
                    pressed = Some(FooterResponse::Run(which));
                }
            }
        });
        more.on_hover_text(label);
        if open.read.tally.busy > 0 && ui.add(Button::new(text.get("sheet-stop"))).clicked() {
            for id in open.document.sheet().rows.iter().flat_map(|row| open.results.under_way(row.id)) {
                actions.send(Command::Queue(QueueCommand::Cancel(id)));
            }
        }
        let done = open.read.tally.done + open.read.tally.changed > 0;
        let export = Button::new(text.get("sheet-export")).enabled(done);
        if ui.add(export).clicked() {
            pressed = Some(FooterResponse::Export);
        }
        let room = (ui.available_width() - size::EDGE).max(0.0);
        ui.allocate_ui_with_layout(vec2(room, HEIGHT), Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(12.0);
            let line = |ui: &mut Ui, words: String, size: f32, color| {
                ui.add(Label::new(RichText::new(words).font(fonts::regular(size)).color(color)).truncate());
            };
            line(ui, progress(open, cx), size::TEXT, palette.strong);
            match why {
                Some(why) if !order.rows.is_empty() => line(ui, why, size::TEXT_CHIP, palette.bad),
                _ if order.rows.is_empty() => line(ui, text.get("sheet-nothing-left"), size::TEXT_CHIP, palette.faint),
                _ => line(ui, cost(order, cx), size::TEXT_CHIP, palette.text),
            }
        });
    });
    pressed
}

/// Draws the confirmation of a large run. None until it is answered.
pub(super) fn question(ui: &Ui, order: &RunOrder, cx: &ViewContext<'_>) -> Option<bool> {
    let text = cx.text;
    let requests = usize::try_from(order.requests).unwrap_or(usize::MAX);
    let title = text.with("question-title", [("count", requests.into())]);
    let shown = Dialog::new("sheet question", &title).width(QUESTION).show(
        ui,
        &mut (),
        |ui, ()| {
            let palette = theme::palette(ui.visuals());
            let rows = text.with("sheet-rows", [("count", order.rows.len().into())]);
            let words = [rows, cost(order, cx)].join(&text.get("fact-separator"));
            let words = RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.text);
            ui.add(Label::new(words).wrap());
        },
        |ui, ()| {
            let label = text.with("question-send", [("count", requests.into())]);
            let send = ui.add(Button::new(label).kind(ButtonKind::Primary).after_delay()).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            (send, cancel)
        },
    );
    let (send, cancel) = shown.footer;
    if send {
        Some(true)
    } else if cancel || shown.close {
        Some(false)
    } else {
        None
    }
}
