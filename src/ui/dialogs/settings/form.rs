//! Rows that the sections of the settings are made of.

use std::path::Path;

use egui::{RichText, Ui};

use crate::{
    studio::{Command, SettingsCommand},
    ui::{
        actions::action::{Action, Actions},
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, field::Field, section_label},
    },
};

pub(super) fn choice<T: Copy + PartialEq>(ui: &mut Ui, label: &str, now: &mut T, choices: &[(T, String)]) -> bool {
    let mut changed = false;
    section_label(ui, label, |_| {});
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        for (value, words) in choices {
            let chip = Button::new(words.as_str()).kind(ButtonKind::Chip).selected(now == value);
            if ui.add(chip.name(format!("{label}: {words}"))).clicked() && now != value {
                *now = *value;
                changed = true;
            }
        }
    });
    ui.add_space(size::GAP_SMALL);
    changed
}

/// Draws a folder, which can be opened and whose path can be copied.
pub(super) fn folder(ui: &mut Ui, label: &str, path: &Path, text: &Text, actions: &mut Actions) {
    section_label(ui, label, |_| {});
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let mut shown = path.display().to_string();
        let room = (size::BUTTON + size::GAP_SMALL) * 2.0;
        Field::new(label).enabled(false).width(ui.available_width() - room).show(ui, &mut shown);
        let icon = |ui: &mut Ui, icon, key: &str| {
            let name = text.with(key, [("name", label.into())]);
            let button = Button::icon(icon, name.as_str()).height(size::BUTTON).kind(ButtonKind::Plain);
            ui.add(button).on_hover_text(name).clicked()
        };
        if icon(ui, icons::REVEAL, "settings-open-folder") {
            actions.send(Command::Settings(SettingsCommand::OpenFolder(path.to_owned())));
        }
        if icon(ui, icons::COPY_TEXT, "settings-copy-path") {
            actions.push(Action::CopyText(shown));
        }
    });
    ui.add_space(size::GAP_SMALL);
}

/// Draws the toggle of rows or texts that are hidden at first.
pub(super) fn disclosure(ui: &mut Ui, open: &mut bool, name: &str) {
    let icon = if *open { icons::DOWN } else { icons::RIGHT };
    let response = ui.add(Button::new(name).kind(ButtonKind::Link).with_icon(icon));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(*open));
    if response.clicked() {
        *open = !*open;
    }
    gap(ui);
}

pub(super) fn note(ui: &mut Ui, words: &str) {
    let palette = theme::palette(ui.visuals());
    let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
    ui.add(egui::Label::new(words).wrap());
}

pub(super) fn trouble(ui: &mut Ui, words: &str) {
    let palette = theme::palette(ui.visuals());
    let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.bad);
    ui.add(egui::Label::new(words).wrap());
}

pub(super) fn gap(ui: &mut Ui) {
    ui.add_space(size::GAP_SMALL);
}
