//! The bar at the bottom: provider, work under way, the library.

use egui::{Align, Layout, Ui};

use crate::{recipe::ProfileId, studio::KeyState};

use super::{
    Cx,
    theme::{self, fonts, size},
};

/// Draws the bar for the provider that the composer asks.
pub fn show(ui: &mut Ui, provider: &ProfileId, cx: &Cx<'_>) {
    let palette = theme::palette(ui.visuals());
    let label = |ui: &mut Ui, text: String| {
        ui.label(egui::RichText::new(text).font(fonts::regular(size::TEXT_CHIP)).color(palette.text));
    };
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        if let Some(profile) = cx.known.profile(provider) {
            let name = || profile.name.as_str().into();
            if cx.known.key_ready(profile) {
                label(ui, cx.text.with("status-connected", [("provider", name())]));
            } else if cx.known.keys.get(provider) == Some(&KeyState::Asking) {
                label(ui, cx.text.get("status-asking-key"));
            } else {
                label(ui, cx.text.with("status-no-key", [("provider", name())]));
            }
        }
        let (running, waiting) = cx.known.running_and_waiting();
        if running + waiting > 0 {
            label(ui, cx.text.with("status-jobs", [("running", running.into()), ("waiting", waiting.into())]));
        } else {
            label(ui, cx.text.get("status-idle"));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(view) = &cx.known.view {
                let bytes = cx.text.bytes(view.library_bytes);
                label(
                    ui,
                    cx.text.with("status-images", [("count", view.library_total.into()), ("bytes", bytes.into())]),
                );
            }
        });
    });
}
