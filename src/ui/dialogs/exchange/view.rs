//! Draws the dialog of requests and responses.

use egui::{
    Align, CornerRadius, Label, Layout, Rect, RichText, ScrollArea, Sense, TextFormat, TextWrapMode, Ui, UiBuilder,
    text::LayoutJob, vec2,
};

use crate::ui::{
    actions::action::{Action, Actions},
    state::view_context::ViewContext,
    theme::{self, Palette, fonts, icons, size},
    widgets::{
        Button, ButtonKind,
        dialog::{Dialog, note},
        field::Field,
        section_label,
    },
};

use super::{
    message::{MessagePart as Piece, MessageRow},
    state::{ExchangeDialog, ExchangeState, Pane},
};

/// Preferred width of the dialog.
const WIDTH: f32 = 1180.0;

/// Preferred height of its body.
const HEIGHT: f32 = 640.0;

/// Space between the two panes and around them.
const SPACE: f32 = 20.0;

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut ExchangeDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let title = cx.text.get("exchange-title");
    let shown = Dialog::new("exchange", &title).width(WIDTH).flush().show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, cx, actions),
        |ui, dialog| footer(ui, dialog, cx),
    );
    let (curl, done) = shown.footer;
    if let (true, ExchangeState::Kept(exchange)) = (curl, &dialog.told) {
        actions.push(Action::CopyText(exchange.curl()));
    }
    if done || shown.close {
        dialog.close();
    }
}

fn body(ui: &mut Ui, dialog: &mut ExchangeDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let height = HEIGHT.min(ui.available_height());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let ExchangeDialog { told, panes, find, focus_wanted, .. } = dialog;
    let ExchangeState::Kept(exchange) = told else {
        let key = if matches!(told, ExchangeState::Asked) { "exchange-reading" } else { "exchange-none" };
        ui.scope_builder(UiBuilder::new().max_rect(rect.shrink(SPACE * 2.0)), |ui| {
            ui.centered_and_justified(|ui| ui.add(Label::new(cx.text.get(key)).wrap()));
        });
        return;
    };
    let inner = rect.shrink2(vec2(SPACE, 14.0));
    let (top, below) = inner.split_top_bottom_at_y(inner.top() + size::BUTTON + size::GAP);
    let mut next = false;
    ui.scope_builder(place(top), |ui| {
        let name = cx.text.get("exchange-find");
        let field = Field::new(&name).hint(&name).icon(icons::SEARCH).room_at_right(60.0);
        let response = field.show(ui, find);
        if std::mem::take(focus_wanted) {
            response.request_focus();
        }
        if !find.is_empty() {
            let hits: usize = panes.iter().map(|pane| pane.found.1.len()).sum();
            let palette = theme::palette(ui.visuals());
            let at = response.rect.right_center() - vec2(10.0, 0.0);
            let font = fonts::regular(size::TEXT_SMALL);
            ui.painter().text(at, egui::Align2::RIGHT_CENTER, cx.text.count(hits), font, palette.faint);
        }
        next = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if next {
            response.request_focus();
        }
    });
    let half = (below.width() - SPACE) / 2.0;
    let [request, answer] = panes;
    let left = Rect::from_min_size(below.min, vec2(half, below.height()));
    let right = Rect::from_min_size(below.min + vec2(half + SPACE, 0.0), vec2(half, below.height()));
    let sent = exchange.sent.to_zoned(jiff::tz::TimeZone::system());
    let time = sent.strftime("%H:%M:%S").to_string();
    let sent = cx.text.with("date-and-time", [("date", cx.text.date(sent.date()).into()), ("time", time.into())]);
    ui.scope_builder(place(left), |ui| {
        pane(ui, request, ["exchange-request", "exchange-copy-request"], &sent, find, next, cx, actions);
    });
    ui.scope_builder(place(right), |ui| {
        let facts = exchange.answer.as_ref().map(|answer| {
            let status = format!("HTTP {}", answer.status);
            let facts = [status, cx.text.bytes(answer.bytes), cx.text.duration(answer.took())];
            facts[..if answer.body.is_some() { 3 } else { 1 }].join(" · ")
        });
        pane(
            ui,
            answer,
            ["exchange-answer", "exchange-copy-answer"],
            &facts.unwrap_or_default(),
            find,
            next,
            cx,
            actions,
        );
    });
    let words = match &exchange.answer {
        None => Some("exchange-no-answer"),
        Some(answer) if answer.body.is_none() => Some("exchange-no-body"),
        Some(_) => None,
    };
    if let Some(key) = words {
        let at = Rect::from_center_size(right.center(), vec2(half - 60.0, 60.0));
        ui.scope_builder(UiBuilder::new().max_rect(at), |ui| {
            let words = RichText::new(cx.text.get(key)).color(theme::palette(ui.visuals()).text);
            ui.vertical_centered(|ui| ui.add(Label::new(words).wrap()));
        });
    }
}

fn place(rect: Rect) -> UiBuilder {
    UiBuilder::new().id_salt(rect.min.x as i32).max_rect(rect).layout(Layout::top_down(Align::Min))
}

#[expect(clippy::too_many_arguments, reason = "one of two panes that differ in all of these")]
pub(super) fn pane(
    ui: &mut Ui,
    pane: &mut Pane,
    [label, copy]: [&str; 2],
    facts: &str,
    find: &str,
    next: bool,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
    section_label(ui, &cx.text.get(label), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        let button = Button::new(cx.text.get("copy"))
            .kind(ButtonKind::Link)
            .name(cx.text.get(copy))
            .enabled(!pane.text.is_empty());
        if ui.add(button).clicked() {
            actions.push(Action::CopyText(pane.text.clone()));
        }
        ui.label(RichText::new(facts).font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
    });
    let room = ui.available_rect_before_wrap();
    ui.painter().rect_filled(room, CornerRadius::same(size::RADIUS), palette.field);
    let inner = room.shrink2(vec2(10.0, 8.0));
    ui.scope_builder(UiBuilder::new().id_salt(label).max_rect(inner).layout(Layout::top_down(Align::Min)), |ui| {
        ui.set_clip_rect(room.intersect(ui.clip_rect()));
        let font = fonts::monospace(size::TEXT_SMALL);
        let (letter, height) = ui.fonts_mut(|fonts| (fonts.glyph_width(&font, '0'), fonts.row_height(&font)));
        // The scroll bar takes its share.
        let columns = ((inner.width() - 14.0) / letter.max(1.0)) as usize;
        pane.lay_out(columns, find);
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical().id_salt(label).auto_shrink(false);
        if next && let Some(row) = pane.next() {
            area = area.vertical_scroll_offset((row as f32 * height - inner.height() / 3.0).max(0.0));
        }
        area.show_rows(ui, height, pane.rows.len(), |ui, range| {
            for number in range {
                let row = &pane.rows[number];
                if pane.found.1.binary_search(&number).is_ok() {
                    let line = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
                    ui.painter().rect_filled(line.expand2(vec2(4.0, 0.0)), 3.0, palette.accent_wash);
                }
                ui.add(Label::new(job(row, &font, palette)).selectable(true).wrap_mode(TextWrapMode::Extend));
            }
        });
    });
}

fn job(row: &MessageRow, font: &egui::FontId, palette: &Palette) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut at = 0;
    if row.text.is_empty() {
        // An empty row would have no height.
        job.append(" ", 0.0, TextFormat::simple(font.clone(), palette.text));
    }
    for (length, kind) in &row.pieces {
        let color = match kind {
            Piece::Plain | Piece::Text => palette.strong,
            Piece::Name => palette.info,
            Piece::Value => palette.good,
            Piece::Mark => palette.faint,
            Piece::LeftOut => palette.accent_text,
        };
        job.append(&row.text[at..at + length], 0.0, TextFormat::simple(font.clone(), color));
        at += length;
    }
    job
}

/// Draws the footer. Returns whether to copy the command, and whether to close.
fn footer(ui: &mut Ui, dialog: &ExchangeDialog, cx: &ViewContext<'_>) -> (bool, bool) {
    let palette = theme::palette(ui.visuals());
    let done = ui.add(Button::new(cx.text.get("done")).kind(ButtonKind::Primary)).clicked();
    let known = matches!(dialog.told, ExchangeState::Kept(_));
    let curl = ui.add(Button::new(cx.text.get("exchange-copy-curl")).enabled(known)).clicked();
    note(ui, |ui| {
        ui.add(Label::new(RichText::new(cx.text.get("exchange-note")).color(palette.text)).truncate());
    });
    (curl, done)
}
