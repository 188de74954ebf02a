//! The rows of the appearance: language, colors, text size, motion, and what a screen reader announces.

use egui::Ui;

use crate::{
    settings::{Announcements, Language, Settings, TEXT_PERCENTS, Theme},
    ui::text::{Locale, Text},
};

use super::form::choice;

pub(super) fn language(ui: &mut Ui, settings: &mut Settings, text: &Text) {
    let languages: Vec<_> = std::iter::once((Language::System, text.get("settings-system")))
        .chain(Locale::ALL.map(|locale| (locale.language(), locale.name().to_owned())))
        .collect();
    choice(ui, &text.get("settings-language"), &mut settings.language, &languages);
}

pub(super) fn theme(ui: &mut Ui, settings: &mut Settings, text: &Text) {
    let themes = [
        (Theme::System, text.get("settings-system")),
        (Theme::Dark, text.get("settings-dark")),
        (Theme::Light, text.get("settings-light")),
        (Theme::HighContrast, text.get("settings-high-contrast")),
    ];
    choice(ui, &text.get("settings-theme"), &mut settings.theme, &themes);
}

pub(super) fn text_size(ui: &mut Ui, settings: &mut Settings, text: &Text) {
    let sizes = TEXT_PERCENTS.map(|percent| (percent, format!("{percent}%")));
    choice(ui, &text.get("settings-text-size"), &mut settings.text_percent, &sizes);
}

pub(super) fn motion(ui: &mut Ui, settings: &mut Settings, text: &Text) {
    let choices = [(false, text.get("settings-motion-usual")), (true, text.get("settings-motion-reduced"))];
    choice(ui, &text.get("settings-motion"), &mut settings.reduce_motion, &choices);
}

pub(super) fn announcements(ui: &mut Ui, settings: &mut Settings, text: &Text) {
    let choices = [
        (Announcements::All, text.get("settings-announcements-all")),
        (Announcements::Important, text.get("settings-announcements-important")),
        (Announcements::Off, text.get("settings-announcements-off")),
    ];
    choice(ui, &text.get("settings-announcements"), &mut settings.announcements, &choices);
}
