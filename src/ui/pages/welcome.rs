//! The welcome page of an empty library.

use egui::{Align, CornerRadius, Frame, Id, Layout, Margin, RichText, Sense, Stroke, Ui, vec2};

use crate::{
    settings::Settings,
    studio::TRASH_SEARCH,
    ui::{
        actions::{
            action::{Action, Actions},
            payload::SettingsSection,
            ui_command::UiCommand,
        },
        components::logo::mark,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, keys_text},
    },
};

/// Side of the mark, in points.
const MARK: f32 = 56.0;

/// Draws the welcome page.
pub fn show(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let width = size::WELCOME.min(ui.available_width() - size::EDGE * 2.0);
    ui.vertical_centered(|ui| {
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.y = 12.0;
        ui.add_space((ui.available_height() * 0.38 - MARK).max(size::EDGE));
        let (rect, _) = ui.allocate_exact_size(vec2(MARK, MARK), Sense::hover());
        mark(ui.painter(), rect, 5.0);
        let keys = UiCommand::Generate.first_key(&cx.known.settings.shortcuts);
        let keys = keys.map(|keys| keys_text(keys, cfg!(target_os = "macos")));
        let title = text.with("welcome-title", [("keys", keys.unwrap_or_default().into())]);
        let title = RichText::new(title).font(fonts::semibold(size::TEXT_TITLE)).color(palette.strong);
        ui.add(egui::Label::new(title).wrap());
        // The demo is not mentioned if a provider has a key.
        let has_key =
            cx.known.settings.profiles.iter().any(|profile| profile.needs_key() && cx.known.key_ready(profile));
        let key = (!has_key).then(|| Button::new(text.get("welcome-add-key")).kind(ButtonKind::Primary));
        let example = Button::new(text.get("welcome-example"));
        let room = example.wanted_width(ui) + key.as_ref().map_or(0.0, |key| key.wanted_width(ui) + size::GAP);
        ui.allocate_ui_with_layout(vec2(room, size::BUTTON), Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP;
            if key.is_some_and(|key| ui.add(key).clicked()) {
                actions.push(Action::OpenSettings(SettingsSection::Providers));
            }
            if ui.add(example).clicked() {
                actions.push(Action::FillPrompt(next_example(ui, cx)));
            }
        });
        // The introduction is below what a person clicks, so that nothing moves when it is dismissed.
        if cx.known.settings.intro_dismissed || has_key {
            let words = if has_key { text.get("welcome-ready") } else { text.get("welcome-demo") };
            ui.add(egui::Label::new(RichText::new(words).color(palette.text)).wrap());
        } else {
            introduction(ui, cx, actions);
        }
        // Deleted images can be restored from here.
        let trashed = cx.known.view.as_ref().map_or(0, |view| view.library_trashed);
        if trashed > 0 {
            let name = text.with("welcome-trash", [("count", trashed.into())]);
            if ui.add(Button::new(name).kind(ButtonKind::Quiet).with_icon(icons::DELETE)).clicked() {
                actions.push(Action::Search(TRASH_SEARCH.to_owned()));
            }
        }
    });
}

/// Draws what a person needs to know at the first start, with a button that dismisses it.
fn introduction(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let keys = UiCommand::Generate.first_key(&cx.known.settings.shortcuts);
    let keys = keys.map(|keys| keys_text(keys, cfg!(target_os = "macos"))).unwrap_or_default();
    let lines = [
        (icons::GENERATE, text.get("intro-demo")),
        (icons::SETTINGS, text.get("intro-key")),
        (icons::PROMPT, text.with("intro-generate", [("keys", keys.into())])),
        (icons::REVEAL, text.with("intro-library", [("path", cx.known.library.display().to_string().into())])),
    ];
    let frame = Frame::new()
        .fill(palette.panel)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(size::RADIUS_CARD))
        .inner_margin(Margin::same(14));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP);
        for (icon, words) in lines {
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                // The icon is only drawn: its code point means nothing to a screen reader.
                let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(size::ICON), Sense::hover());
                let font = fonts::icons(size::ICON);
                ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, icon, font, palette.accent_text);
                ui.add(egui::Label::new(RichText::new(words).color(palette.text)).wrap());
            });
        }
        // A layout without a height of its own would take all that is left of the page.
        let room = vec2(ui.available_width(), size::BUTTON_SMALL);
        ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new(text.get("intro-dismiss")).kind(ButtonKind::Small)).clicked() {
                let settings = Settings { intro_dismissed: true, ..cx.known.settings.clone() };
                actions.push(Action::Settings(Box::new(settings)));
            }
        });
    });
}

/// The next example prompt.
fn next_example(ui: &Ui, cx: &ViewContext<'_>) -> String {
    let examples = [
        cx.text.get("example-lighthouse"),
        cx.text.get("example-tea"),
        cx.text.get("example-city"),
        cx.text.get("example-forest"),
    ];
    let id = Id::unique("next example");
    let turn = ui.data_mut(|data| {
        let turn: &mut usize = data.get_temp_mut_or_default(id);
        std::mem::replace(turn, (*turn + 1) % examples.len())
    });
    examples.into_iter().nth(turn).unwrap_or_default()
}
