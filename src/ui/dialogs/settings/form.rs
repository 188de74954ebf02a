//! Rows that the sections of the settings are made of.

use egui::{RichText, Ui};

use crate::{
    settings::Settings,
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind, section_label},
    },
};

/// Saves changed settings.
pub(super) fn keep(settings: Settings, cx: &ViewContext<'_>, actions: &mut Actions) {
    if settings != cx.known.settings {
        actions.push(Action::Settings(Box::new(settings)));
    }
}

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
