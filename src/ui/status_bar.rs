//! The bar at the bottom: provider, work under way, the library.

use egui::{Align, Color32, Layout, RichText, Sense, Ui, vec2};

use crate::{
    recipe::ProfileId,
    studio::{KeyState, View},
};

use super::{
    Cx,
    composer::profile_name,
    jobs::Jobs,
    text::Text,
    theme::{self, fonts, size},
};

/// Draws the bar for the provider that the composer asks.
pub fn show(ui: &mut Ui, provider: &ProfileId, cx: &Cx<'_>) {
    let palette = theme::palette(ui.visuals());
    let label = |ui: &mut Ui, text: String| {
        let text = RichText::new(text).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
        ui.add(egui::Label::new(text).truncate());
    };
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        if let Some(profile) = cx.known.profile(provider) {
            let name = profile_name(profile, cx);
            let name = || name.as_str().into();
            let connected = cx.known.connections.get(provider);
            let (colour, words) = if cx.known.keys.get(provider) == Some(&KeyState::Asking) {
                (palette.faint, cx.text.get("status-asking-key"))
            } else if !cx.known.key_ready(profile) {
                (palette.bad, cx.text.with("status-no-key", [("provider", name())]))
            } else if let Some(Err(failure)) = connected {
                let title = cx.text.failure(failure).title;
                (palette.bad, cx.text.with("status-trouble", [("provider", name()), ("trouble", title.into())]))
            } else {
                (palette.good, cx.text.with("status-connected", [("provider", name())]))
            };
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
                dot(ui, colour);
                label(ui, words);
            });
        }
        let jobs = &cx.known.jobs;
        if jobs.running() + jobs.waiting() > 0 {
            label(ui, work(jobs, cx.text));
        } else {
            label(ui, cx.text.get("status-idle"));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(View { library_total, library_bytes, .. }) = &cx.known.view {
                let bytes = cx.text.bytes(*library_bytes);
                label(ui, cx.text.with("status-images", [("count", (*library_total).into()), ("bytes", bytes.into())]));
            }
        });
    });
}

/// What the window's title says.
pub fn title(jobs: &Jobs, text: &Text) -> String {
    let name = text.get("app-name");
    if jobs.running() + jobs.waiting() == 0 { name } else { format!("{} – {name}", work(jobs, text)) }
}

/// How many requests run, and how many wait.
fn work(jobs: &Jobs, text: &Text) -> String {
    text.with("status-jobs", [("running", jobs.running().into()), ("waiting", jobs.waiting().into())])
}

/// A small round light.
pub fn dot(ui: &mut Ui, colour: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(7.0, 7.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.5, colour);
}
