//! The rows about the program: version, licenses and folders.

use egui::{Label, RichText, Ui};

use crate::ui::{
    actions::action::{Action, Actions},
    state::view_context::ViewContext,
    text::Text,
    theme::{self, fonts, size},
    widgets::{Button, ButtonKind, section_label},
};

use super::form::{disclosure, folder, gap, note};

/// What is licensed, the name of its license, and the license.
const LICENSES: [(&str, &str, &str); 4] = [
    ("Atelier", "MIT", include_str!("../../../../LICENSE-MIT")),
    ("Atelier", "Apache-2.0", include_str!("../../../../LICENSE-APACHE")),
    ("Inter", "SIL Open Font License 1.1", include_str!("../../../../assets/fonts/Inter-LICENSE.txt")),
    ("Phosphor Icons", "MIT", include_str!("../../../../assets/fonts/Phosphor-LICENSE.txt")),
];

/// Which licenses are shown.
#[derive(Debug, Default)]
pub(super) struct LicenseSection {
    open: [bool; LICENSES.len()],
}

pub(super) fn version(ui: &mut Ui, text: &Text, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    section_label(ui, &text.get("about-version"), |_| {});
    let version = format!("{} {}", text.get("app-name"), env!("CARGO_PKG_VERSION"));
    let title = RichText::new(version.as_str()).font(fonts::semibold(size::TEXT_HEADING)).color(palette.strong);
    ui.add(Label::new(title).wrap());
    note(ui, &text.get("about-what"));
    if ui.add(Button::new(text.get("about-copy")).kind(ButtonKind::Small)).clicked() {
        actions.push(Action::CopyText(format!("{version}, {} {}", std::env::consts::OS, std::env::consts::ARCH)));
    }
    gap(ui);
}

pub(super) fn licenses(ui: &mut Ui, section: &mut LicenseSection, text: &Text) {
    let palette = theme::palette(ui.visuals());
    section_label(ui, &text.get("about-licenses"), |_| {});
    for ((name, license, words), open) in LICENSES.into_iter().zip(&mut section.open) {
        disclosure(ui, open, &text.with("about-license-of", [("name", name.into()), ("license", license.into())]));
        if *open {
            let words = RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(palette.text);
            ui.add(Label::new(words).wrap().selectable(true));
            gap(ui);
        }
    }
}

pub(super) fn folders(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    folder(ui, &cx.text.get("settings-library"), &cx.known.library, cx.text, actions);
    folder(ui, &cx.text.get("about-config"), &cx.known.config, cx.text, actions);
    if let Some(logs) = &cx.known.logs {
        folder(ui, &cx.text.get("about-logs"), logs, cx.text, actions);
    }
}
