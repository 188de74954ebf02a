//! The button that the window is for, and why it cannot be pressed.

use std::sync::Arc;

use egui::{Frame, Galley, Margin, Panel, Ui};

use crate::ui::{
    Cx,
    action::{Action, Actions, Verb},
    settings_dialog::Section,
    text::Text,
    theme::{self, fonts, size},
    widgets::{Button, Kind, keys_text},
};

use super::{Composer, Obstacle};

/// What stands above the button.
struct Words {
    galley: Arc<Galley>,
    link: bool,
}

impl Words {
    fn height(&self) -> f32 {
        self.galley.size().y + size::GAP + if self.link { LINK } else { 0.0 }
    }
}

/// Height of the link to the settings.
const LINK: f32 = 20.0;

/// Draws the panel's foot: what is in the way, if anything, and the button.
pub(super) fn show(ui: &mut Ui, composer: &Composer, cx: &Cx<'_>, actions: &mut Actions) {
    let obstacle = composer.obstacle(cx.known);
    let reason = obstacle.map(|obstacle| sentence(obstacle, composer, cx));
    let words = match (obstacle, &reason) {
        // An empty prompt speaks for itself.
        (None | Some(Obstacle::Prompt), _) | (_, None) => None,
        (Some(obstacle), Some(reason)) => {
            let palette = theme::palette(ui.visuals());
            let colour = if matches!(obstacle, Obstacle::Entry(_)) { palette.bad } else { palette.text };
            let width = ui.available_width() - size::EDGE * 2.0;
            let galley = ui.painter().layout(reason.clone(), fonts::regular(size::TEXT_CHIP), colour, width);
            Some(Words { galley, link: matches!(obstacle, Obstacle::Key | Obstacle::Provider) })
        }
    };
    let height = size::SECTION * 2.0 + size::BUTTON_LARGE + words.as_ref().map_or(0.0, Words::height);
    let edges = Margin::symmetric(size::EDGE as i8, size::SECTION as i8);
    let panel = Panel::bottom("generate").resizable(false).exact_size(height).frame(Frame::new().inner_margin(edges));
    panel.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(words) = words {
            ui.label(words.galley);
            if words.link {
                let palette = theme::palette(ui.visuals());
                let link = Button::new(cx.text.get("composer-add-key")).kind(Kind::Link).colour(palette.accent_text);
                if ui.add(link.height(LINK)).clicked() {
                    actions.push(Action::OpenSettings(Section::Providers));
                }
            }
            ui.add_space(size::GAP);
        }
        button(ui, composer, reason, cx.text, actions);
    });
}

fn button(ui: &mut Ui, composer: &Composer, reason: Option<String>, text: &Text, actions: &mut Actions) {
    let label = label(composer.recipe.parameters.n.unwrap_or(1), text);
    let mut button =
        Button::new(label.as_str()).kind(Kind::Large).enabled(reason.is_none()).width(ui.available_width());
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
