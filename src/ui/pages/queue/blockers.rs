//! Banners about what blocks the queue, each with the button that helps.

use egui::{Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Ui, vec2};
use jiff::Timestamp;

use crate::{
    recipe::{Cap, ProfileId},
    studio::{BudgetBlock, Command, QueueCommand},
    ui::{
        actions::{
            action::{Action, Actions},
            payload::SettingsSection,
        },
        components::provider_name::profile_name,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

use super::labels::between;

/// Draws a banner for everything that blocks the queue.
pub fn show(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let queue = &cx.known.queue;
    let now = Timestamp::now();
    if queue.paused {
        if banner(ui, icons::PAUSE, &text.get("queue-is-paused"), &text.get("queue-resume-all")) {
            actions.send(Command::Queue(QueueCommand::SetPaused(false)));
        }
    } else if queue.on_hold > 0 {
        let words = text.with("queue-are-held", [("count", queue.on_hold.into())]);
        if banner(ui, icons::PAUSE, &words, &text.get("queue-let-go")) {
            actions.send(Command::Queue(QueueCommand::SetPaused(false)));
        }
    }
    if let Some(room) = queue.disk_shortage {
        let sizes = [("free", text.bytes(room.free).into()), ("needed", text.bytes(room.needed).into())];
        if banner(ui, icons::WARNING, &text.with("queue-short-of-room", sizes), &text.get("queue-show-library")) {
            actions.push(Action::OpenSettings(SettingsSection::Library));
        }
    }
    for offline in &queue.unreachable {
        let words = text.failure(&offline.failure);
        let since = text.moment(offline.since, now);
        let provider = name(&offline.profile, cx);
        let next = text.seconds(between(now, offline.next_probe));
        let sentence = text.with(
            "queue-is-offline",
            [("provider", provider.as_str().into()), ("since", since.into()), ("next", next.into())],
        );
        let (sentence, help) = (text.join(&[&sentence, &words.next]), text.get("queue-try-now"));
        if banner(ui, icons::WARNING, &sentence, &help) {
            actions.send(Command::Queue(QueueCommand::ProbeGateway(offline.profile.clone())));
        }
    }
    for pause in &queue.pauses {
        let words = text.gateway_pause(pause, &name(&pause.profile, cx), now);
        if banner(ui, icons::CLOCK, &words, &text.get("queue-try-now")) {
            actions.send(Command::Queue(QueueCommand::ProbeGateway(pause.profile.clone())));
        }
    }
    for block in &queue.budget_blocks {
        if banner(ui, icons::COINS, &budget_block_text(block, cx), &text.get("queue-raise-cap")) {
            actions.push(Action::OpenSettings(SettingsSection::Queue));
        }
    }
}

/// Whether a banner changes every second.
pub fn counts_down(cx: &ViewContext<'_>) -> bool {
    !cx.known.queue.unreachable.is_empty() || !cx.known.queue.pauses.is_empty()
}

fn name(profile: &ProfileId, cx: &ViewContext<'_>) -> String {
    cx.known.profile(profile).map_or_else(|| profile.to_string(), |profile| profile_name(profile, cx))
}

/// Says which cap is reached, how much is spent, and the estimate of the next request.
pub fn budget_block_text(block: &BudgetBlock, cx: &ViewContext<'_>) -> String {
    let text = cx.text;
    let key = match block.cap {
        Cap::Day => "queue-capped-day",
        Cap::Month => "queue-capped-month",
        Cap::Batch(_) => "queue-capped-batch",
    };
    let most = text.money(block.limit);
    let reached = text.with(key, [("most", most.into()), ("spent", text.money(block.used).into())]);
    match block.next_estimate {
        Some(next) => text.join(&[&reached, &text.with("queue-capped-next", [("price", text.money(next).into())])]),
        None => text.join(&[&reached, &text.get("queue-capped-unknown")]),
    }
}

fn banner(ui: &mut Ui, icon: &str, words: &str, help: &str) -> bool {
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new()
        .fill(palette.accent_wash)
        .corner_radius(CornerRadius::same(size::RADIUS))
        .inner_margin(Margin::symmetric(12, 6));
    frame
        .show(ui, |ui| {
            ui.allocate_ui_with_layout(
                vec2(ui.available_width(), size::BUTTON_SMALL),
                Layout::right_to_left(Align::Center),
                |ui| {
                    ui.spacing_mut().item_spacing.x = size::GAP;
                    let clicked = ui.add(Button::new(help).kind(ButtonKind::Small)).clicked();
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let sign = RichText::new(icon).font(fonts::icons(size::ICON)).color(palette.accent_text);
                        ui.add(Label::new(sign).selectable(false));
                        let words = RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.strong);
                        ui.add(Label::new(words).truncate()).on_hover_text(help);
                    });
                    clicked
                },
            )
            .inner
        })
        .inner
}
