//! Appearance and behavior of the window, and the folder of the library.

use egui::Ui;

use crate::{
    settings::{Announcements, Language, TEXT_PERCENTS, Theme},
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
        text::Locale,
        theme::{icons, size},
        widgets::{Button, ButtonKind, field::Field, section_label},
    },
};

use super::{
    form::{choice, keep},
    retention::RetentionSection,
};

/// Draws the section.
pub(super) fn show(ui: &mut Ui, kept: &mut RetentionSection, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let mut settings = cx.known.settings.clone();
    choice(
        ui,
        &text.get("settings-language"),
        &mut settings.language,
        &std::iter::once((Language::System, text.get("settings-system")))
            .chain(Locale::ALL.map(|locale| (locale.language(), locale.name().to_owned())))
            .collect::<Vec<_>>(),
    );
    choice(
        ui,
        &text.get("settings-theme"),
        &mut settings.theme,
        &[
            (Theme::System, text.get("settings-system")),
            (Theme::Dark, text.get("settings-dark")),
            (Theme::Light, text.get("settings-light")),
            (Theme::HighContrast, text.get("settings-high-contrast")),
        ],
    );
    let sizes = TEXT_PERCENTS.map(|percent| (percent, format!("{percent}%")));
    choice(ui, &text.get("settings-text-size"), &mut settings.text_percent, &sizes);
    choice(
        ui,
        &text.get("settings-motion"),
        &mut settings.reduce_motion,
        &[(false, text.get("settings-motion-usual")), (true, text.get("settings-motion-reduced"))],
    );
    choice(
        ui,
        &text.get("settings-announcements"),
        &mut settings.announcements,
        &[
            (Announcements::All, text.get("settings-announcements-all")),
            (Announcements::Important, text.get("settings-announcements-important")),
            (Announcements::Off, text.get("settings-announcements-off")),
        ],
    );
    library(ui, cx, actions);
    kept.show(ui, &mut settings, cx, actions);
    keep(settings, cx, actions);
}

fn library(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let label = cx.text.get("settings-library");
    section_label(ui, &label, |_| {});
    ui.horizontal(|ui| {
        let mut folder = cx.known.library.display().to_string();
        let room = size::BUTTON + size::GAP;
        Field::new(&label).enabled(false).width(ui.available_width() - room).show(ui, &mut folder);
        let copy = cx.text.get("settings-copy-path");
        let button = Button::icon(icons::COPY_TEXT, copy.as_str()).height(size::BUTTON).kind(ButtonKind::Plain);
        if ui.add(button).on_hover_text(copy).clicked() {
            actions.push(Action::CopyText(folder));
        }
    });
}
