//! The bar at the bottom: provider, running requests, library.

use egui::{Align, Color32, Layout, RichText, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use crate::{
    recipe::ProfileId,
    studio::{KeyState, View},
    ui::{
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        components::{provider_name::profile_name, status_dot::dot},
        state::{page::Page, provider_contact::ProviderContact, requests::Requests, view_context::ViewContext},
        text::Text,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind},
    },
};

/// Width of the progress bar.
const RAIL: f32 = 154.0;

/// Draws the bar for the provider of the composer.
pub fn show(ui: &mut Ui, provider: &ProfileId, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let label = |ui: &mut Ui, text: String| {
        let text = RichText::new(text).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
        ui.add(egui::Label::new(text).truncate());
    };
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        if let Some(profile) = cx.known.profile(provider) {
            let name = profile_name(profile, cx);
            let name = || name.as_str().into();
            let contact = cx.known.contacts.last(provider);
            let (color, words) = if cx.known.keys.get(provider) == Some(&KeyState::Asking) {
                (palette.faint, cx.text.get("status-asking-key"))
            } else if !cx.known.key_ready(profile) {
                (palette.bad, cx.text.with("status-no-key", [("provider", name())]))
            } else if let Some(ProviderContact::Trouble(failure)) = contact {
                let title = cx.text.failure(failure).title;
                (palette.bad, cx.text.with("status-trouble", [("provider", name()), ("trouble", title.into())]))
            } else if contact.is_some() || provider.is_demo() {
                (palette.good, cx.text.with("status-connected", [("provider", name())]))
            } else {
                (palette.faint, cx.text.with("status-untried", [("provider", name())]))
            };
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
                dot(ui, color);
                label(ui, words);
            });
        }
        under_way(ui, cx, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(View { library_total, library_bytes, .. }) = &cx.known.view {
                let bytes = cx.text.bytes(*library_bytes);
                label(ui, cx.text.with("status-images", [("count", (*library_total).into()), ("bytes", bytes.into())]));
            }
            spent(ui, cx, actions);
        });
    });
}

/// Draws what runs, its progress, and its remaining time. A click opens the queue.
fn under_way(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let (text, jobs, queue) = (cx.text, &cx.known.requests, &cx.known.queue);
    let unfinished = jobs.running() + jobs.waiting() > 0;
    let words = match unfinished {
        false => text.get("status-idle"),
        true if queue.paused && jobs.running() == 0 => text.with("status-paused", [("waiting", jobs.waiting().into())]),
        true => work(jobs, text),
    };
    if link(ui, &words, palette.text, &UiCommand::Show(Page::Queue).name(text)) {
        actions.run(UiCommand::Show(Page::Queue));
    }
    let run = &queue.progress;
    if unfinished && run.total > 1 {
        let (rect, response) = ui.allocate_exact_size(vec2(RAIL, size::RAIL), Sense::hover());
        let said = text.with("status-progress", [("done", run.ended().into()), ("total", run.total.into())]);
        response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &said));
        ui.painter().rect_filled(rect, 2.0, palette.raised);
        let share = run.ended() as f32 / run.total.max(1) as f32;
        ui.painter().rect_filled(rect.with_max_x(rect.left() + rect.width() * share), 2.0, palette.accent);
        response.on_hover_text(said);
    }
    if let Some(left) = queue.time_left.filter(|_| jobs.running() > 0) {
        let words = text.with("status-left", [("time", text.left(left).into())]);
        let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
        ui.add(egui::Label::new(words).truncate());
    }
}

/// Draws today's spending and its cap.
fn spent(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let (text, queue) = (cx.text, &cx.known.queue);
    let spent = text.money(queue.budget.day);
    let words = match cx.known.settings.caps.day {
        Some(most) => text.with("status-spent-of", [("spent", spent.into()), ("most", text.money(most).into())]),
        None => text.with("status-spent", [("spent", spent.into())]),
    };
    let ink = if queue.budget_blocks.is_empty() { palette.text } else { palette.bad };
    if link(ui, &words, ink, &text.get("status-spent-tip")) {
        actions.push(Action::ShowSpending);
    }
}

/// Draws a link.
fn link(ui: &mut Ui, words: &str, ink: Color32, tip: &str) -> bool {
    ui.add(Button::new(words).kind(ButtonKind::Quiet).height(size::BUTTON_LOW).color(ink)).on_hover_text(tip).clicked()
}

/// The title of the window.
pub fn title(jobs: &Requests, text: &Text) -> String {
    let name = text.get("app-name");
    if jobs.running() + jobs.waiting() == 0 { name } else { format!("{} – {name}", work(jobs, text)) }
}

/// The numbers of running and queued requests.
fn work(jobs: &Requests, text: &Text) -> String {
    let running = ("running", jobs.running().into());
    if jobs.waiting() == 0 {
        return text.with("status-running", [running]);
    }
    text.with("status-jobs", [running, ("waiting", jobs.waiting().into())])
}
