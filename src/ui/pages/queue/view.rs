//! Draws the page of the queue.

use egui::{Align, Frame, Layout, Margin, RichText, Ui, vec2};

use crate::{
    studio::{Command, QueueCommand},
    ui::{
        actions::action::{Action, Actions},
        pages::gallery::GalleryPage,
        state::{page::Page, view_context::ViewContext},
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

use super::{
    blockers,
    dialogs::{
        confirmation::{self, QueueQuestion},
        edit_dialog, schedule_dialog,
    },
    list,
    state::QueuePage,
};

/// Draws the page.
pub fn show(ui: &mut Ui, page: &mut QueuePage, gallery: &mut GalleryPage, cx: &ViewContext<'_>, actions: &mut Actions) {
    page.follow(cx.known);
    let edge = size::EDGE as i8;
    Frame::new().inner_margin(Margin { left: edge, right: edge, top: 8, bottom: 0 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP, size::GAP);
        header(ui, page, cx, actions);
        blockers::show(ui, cx, actions);
        if page.lines.is_empty() {
            nothing(ui, cx, actions);
        } else {
            list::show(ui, page, gallery, cx, actions);
        }
    });
    if blockers::counts_down(cx) {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
    }
}

/// Draws the dialogs of the page.
pub fn dialogs(ui: &Ui, page: &mut QueuePage, cx: &ViewContext<'_>, actions: &mut Actions) {
    confirmation::show(ui, &mut page.question, cx, actions);
    if page.later.as_mut().is_some_and(|dialog| schedule_dialog::show(ui, dialog, cx, actions)) {
        page.later = None;
    }
    if page.editing.as_mut().is_some_and(|dialog| edit_dialog::show(ui, dialog, cx, actions)) {
        page.editing = None;
    }
}

/// Draws the totals, and the commands for all requests.
fn header(ui: &mut Ui, page: &mut QueuePage, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let (text, queue, jobs) = (cx.text, &cx.known.queue, &cx.known.requests);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::BUTTON), Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let button = |ui: &mut Ui, icon, words: String, enabled| {
            ui.add(Button::new(words).with_icon(icon).kind(ButtonKind::Chip).enabled(enabled)).clicked()
        };
        if button(ui, icons::REMOVE, text.get("queue-cancel-waiting"), jobs.waiting() > 0) {
            page.question = Some(QueueQuestion::CancelWaiting);
        }
        if button(ui, icons::CHECK, text.get("queue-clear-ended"), jobs.ended().next().is_some()) {
            for id in jobs.ended() {
                actions.send(Command::Queue(QueueCommand::Dismiss(id)));
            }
        }
        let safe = jobs.safe_to_retry();
        if safe > 0 {
            let words = text.with("queue-retry-safe", [("count", safe.into())]);
            if button(ui, icons::RETRY, words, true) {
                actions.send(Command::Queue(QueueCommand::RetryUncharged));
            }
        }
        let (icon, key) =
            if queue.paused { (icons::PLAY, "queue-resume-all") } else { (icons::PAUSE, "queue-pause-all") };
        if button(ui, icon, text.get(key), true) {
            actions.send(Command::Queue(QueueCommand::SetPaused(!queue.paused)));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            let title = RichText::new(text.get("tab-queue")).font(fonts::semibold(size::TEXT_HEADING));
            ui.label(title.color(palette.strong));
            let facts = RichText::new(facts(cx)).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
            ui.add(egui::Label::new(facts).truncate());
        });
    });
}

/// The number of requests in each state.
fn facts(cx: &ViewContext<'_>) -> String {
    let (text, queue, jobs) = (cx.text, &cx.known.queue, &cx.known.requests);
    let mut facts = Vec::new();
    for (count, key) in [
        (jobs.running(), "queue-running"),
        (jobs.waiting().saturating_sub(queue.on_hold + queue.scheduled), "queue-waiting"),
        (queue.scheduled, "queue-put-off"),
        (queue.on_hold, "queue-held-back"),
        (queue.failed, "queue-failed"),
    ] {
        if count > 0 {
            facts.push(text.with(key, [("count", count.into())]));
        }
    }
    if let Some(left) = queue.time_left.filter(|_| jobs.running() > 0) {
        facts.push(text.with("status-left", [("time", text.left(left).into())]));
    }
    text.join_facts(&facts)
}

/// Draws the note of the empty page.
fn nothing(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let room = ui.available_size();
    ui.allocate_ui_with_layout(room, Layout::top_down(Align::Center), |ui| {
        ui.add_space((room.y * 0.3).max(0.0));
        ui.label(RichText::new(icons::QUEUE).font(fonts::icons(32.0)).color(palette.faint));
        ui.add_space(size::GAP);
        let title = RichText::new(cx.text.get("queue-nothing")).font(fonts::semibold(size::TEXT_HEADING));
        ui.label(title.color(palette.strong));
        ui.scope(|ui| {
            ui.set_max_width(size::WELCOME);
            let words = RichText::new(cx.text.get("queue-nothing-hint")).font(fonts::regular(size::TEXT));
            ui.add(egui::Label::new(words.color(palette.text)).wrap().halign(Align::Center));
        });
        ui.add_space(size::SECTION);
        if ui.add(Button::new(cx.text.get("queue-to-create")).kind(ButtonKind::Primary)).clicked() {
            actions.push(Action::ShowPage(Page::Create));
        }
    });
}
