//! The settings.

use egui::{Modal, Ui};

use crate::studio::Event;

use super::{
    Cx,
    action::Actions,
    known::Known,
    theme::size,
    widgets::{Button, Kind},
};

/// The sections of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// Gateways and their keys.
    #[default]
    Providers,
    /// The list of shortcuts.
    Shortcuts,
}

/// What the dialog remembers.
#[derive(Debug, Default)]
pub struct SettingsDialog {
    open: Option<Section>,
}

impl SettingsDialog {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, _known: &Known) {
        if matches!(event, Event::Stopped) {
            self.open = None;
        }
    }

    /// Whether it is on screen.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Opens it at a section.
    pub fn open(&mut self, section: Section) {
        self.open = Some(section);
    }
}

/// Draws the dialog over everything. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut SettingsDialog, cx: &Cx<'_>, _actions: &mut Actions) {
    let modal = Modal::new(egui::Id::unique("settings")).show(ui.ctx(), |ui| {
        ui.set_width(size::COMPOSER * 2.0);
        ui.add(Button::new(cx.text.get("done")).kind(Kind::Primary)).clicked()
    });
    if modal.inner || modal.should_close() {
        dialog.open = None;
    }
}
