//! The button that the window is for, and why it cannot be pressed.

use egui::{RichText, Ui};

use crate::ui::{
    Cx,
    action::{Action, Actions, Verb},
    settings_dialog::Section,
    text::Text,
    theme::{self, fonts, size},
    widgets::{Button, Kind, keys_text},
};

use super::{Composer, Obstacle};

/// Draws the button at the panel's foot.
pub(super) fn show(ui: &mut Ui, composer: &Composer, cx: &Cx<'_>, actions: &mut Actions) {
    let text = cx.text;
    let obstacle = composer.obstacle(cx.known);
    let reason = obstacle.map(|obstacle| sentence(obstacle, composer, cx));
    if let (Some(obstacle), Some(reason)) = (obstacle, &reason)
        && !matches!(obstacle, Obstacle::Prompt)
    {
        let palette = theme::palette(ui.visuals());
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(size::GAP_SMALL, 2.0);
            ui.spacing_mut().interact_size.y = 18.0;
            let colour = if matches!(obstacle, Obstacle::Entry(_)) { palette.bad } else { palette.text };
            ui.add(egui::Label::new(RichText::new(reason).font(fonts::regular(size::TEXT_CHIP)).color(colour)).wrap());
            if matches!(obstacle, Obstacle::Key | Obstacle::Provider) {
                let link = Button::new(text.get("composer-add-key")).kind(Kind::Link).colour(palette.accent_text);
                if ui.add(link).clicked() {
                    actions.push(Action::OpenSettings(Section::Providers));
                }
            }
        });
        ui.add_space(size::GAP);
    }
    let label = label(composer.recipe.parameters.n.unwrap_or(1), text);
    let mut button =
        Button::new(label.as_str()).kind(Kind::Large).enabled(obstacle.is_none()).width(ui.available_width());
    if let Some(keys) = Verb::Generate.keys().first() {
        button = button.cap(keys_text(*keys, cfg!(target_os = "macos")));
    }
    let response = ui.add(button.name(label));
    let response = match reason {
        Some(reason) => response.on_hover_text(reason),
        None => response,
    };
    if response.clicked() {
        actions.verb(Verb::Generate);
    }
}

fn label(n: u32, text: &Text) -> String {
    match n {
        0 | 1 => Verb::Generate.name(text),
        n => text.with("composer-generate-many", [("count", n.into())]),
    }
}

/// Why nothing can be generated, in words.
fn sentence(obstacle: Obstacle, composer: &Composer, cx: &Cx<'_>) -> String {
    let text = cx.text;
    match obstacle {
        Obstacle::Prompt => text.get("obstacle-prompt"),
        Obstacle::Model => text.get("obstacle-model"),
        Obstacle::Provider => text.get("obstacle-provider"),
        Obstacle::Key => {
            let name = cx.known.profile(&composer.recipe.profile).map_or("", |profile| profile.name.as_str());
            text.with("obstacle-key", [("provider", name.into())])
        }
        Obstacle::Entry(entry) => text.with("obstacle-entry", [("field", entry.label(text).into())]),
    }
}
