//! How the window looks and behaves, and where pictures are kept.

use egui::Ui;

use crate::{
    settings::{Language, Settings, Theme},
    ui::{
        Cx,
        action::{Action, Actions},
        icons,
        theme::size,
        widgets::{Button, Kind, field::Field, section_label},
    },
};

use super::kept::KeptSection;

/// Draws the section.
pub(super) fn show(ui: &mut Ui, kept: &mut KeptSection, cx: &Cx<'_>, actions: &mut Actions) {
    let text = cx.text;
    let mut settings = cx.known.settings.clone();
    choice(
        ui,
        &text.get("settings-language"),
        &mut settings.language,
        [
            (Language::System, text.get("settings-system")),
            (Language::English, "English".to_owned()),
            (Language::TraditionalChinese, "繁體中文".to_owned()),
        ],
    );
    choice(
        ui,
        &text.get("settings-theme"),
        &mut settings.theme,
        [
            (Theme::System, text.get("settings-system")),
            (Theme::Dark, text.get("settings-dark")),
            (Theme::Light, text.get("settings-light")),
        ],
    );
    choice(
        ui,
        &text.get("settings-motion"),
        &mut settings.reduce_motion,
        [(false, text.get("settings-motion-usual")), (true, text.get("settings-motion-reduced"))],
    );
    library(ui, cx, actions);
    kept.show(ui, &mut settings, cx, actions);
    keep(settings, cx, actions);
}

/// Keeps settings that have changed.
pub(super) fn keep(settings: Settings, cx: &Cx<'_>, actions: &mut Actions) {
    if settings != cx.known.settings {
        actions.push(Action::Settings(Box::new(settings)));
    }
}

/// A choice among a few.
pub(super) fn choice<T: Copy + PartialEq, const N: usize>(
    ui: &mut Ui,
    label: &str,
    now: &mut T,
    choices: [(T, String); N],
) {
    section_label(ui, label, |_| {});
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        for (value, words) in choices {
            let name = format!("{label}: {words}");
            if ui.add(Button::new(words).kind(Kind::Chip).selected(*now == value).name(name)).clicked() {
                *now = value;
            }
        }
    });
    ui.add_space(size::GAP_SMALL);
}

fn library(ui: &mut Ui, cx: &Cx<'_>, actions: &mut Actions) {
    let label = cx.text.get("settings-library");
    section_label(ui, &label, |_| {});
    ui.horizontal(|ui| {
        let mut folder = cx.known.library.display().to_string();
        let room = size::BUTTON + size::GAP;
        Field::new(&label).enabled(false).width(ui.available_width() - room).show(ui, &mut folder);
        let copy = cx.text.get("settings-copy-path");
        let button = Button::icon(icons::COPY_TEXT, copy.as_str()).height(size::BUTTON).kind(Kind::Plain);
        if ui.add(button).on_hover_text(copy).clicked() {
            actions.push(Action::CopyText(folder));
        }
    });
}
