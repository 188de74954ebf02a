//! The button that the window is for, and why it cannot be pressed.

use std::sync::Arc;

use egui::{Frame, Galley, Margin, Stroke, Ui};

use crate::{
    recipe::{Abilities, Money, Recipe},
    studio::KeyState,
    ui::{
        Cx,
        action::{Action, Actions, Verb},
        settings_dialog::Section,
        text::Text,
        theme::{self, fonts, size},
        widgets::{Button, Kind, keys_text},
    },
};

use super::{Composer, Obstacle, model_row::exact};

/// Height of the link to the settings.
const LINK: f32 = 20.0;

/// The panel's foot before it is drawn: how high it is depends on what it has to say.
pub(super) struct Foot {
    /// Its height in points.
    pub height: f32,
    reason: Option<String>,
    words: Option<Arc<Galley>>,
    link: bool,
    /// What does not go to the model.
    left_out: Option<Arc<Galley>>,
    /// What it will cost, as far as that is known.
    price: Option<String>,
}

/// Finds out what the foot has to say.
pub(super) fn foot(ui: &Ui, composer: &Composer, abilities: &Abilities, cx: &Cx<'_>) -> Foot {
    let obstacle = composer.obstacle(cx.known);
    let reason = obstacle.map(|obstacle| sentence(obstacle, composer, cx));
    let words = match (obstacle, &reason) {
        // An empty prompt speaks for itself.
        (None | Some(Obstacle::Prompt), _) | (_, None) => None,
        (Some(obstacle), Some(reason)) => {
            let palette = theme::palette(ui.visuals());
            let colour = if matches!(obstacle, Obstacle::Entry(_)) { palette.bad } else { palette.text };
            let width = ui.available_width() - size::EDGE * 2.0;
            Some(ui.painter().layout(reason.clone(), fonts::regular(size::TEXT_CHIP), colour, width))
        }
    };
    let link = match obstacle {
        Some(Obstacle::Key) => !is_asking(composer, cx),
        Some(Obstacle::Provider) => true,
        _ => false,
    };
    let recipe = &composer.recipe;
    let left_out = cx.text.left_out(recipe, &abilities.not_sent(recipe)).map(|list| {
        let palette = theme::palette(ui.visuals());
        let words = cx.text.with("composer-left-out", [("list", list.into())]);
        let width = ui.available_width() - size::EDGE * 2.0;
        ui.painter().layout(words, fonts::regular(size::TEXT_CHIP), palette.text, width)
    });
    let of = |words: &Option<Arc<Galley>>| words.as_ref().map_or(0.0, |words| words.size().y + size::GAP);
    let above = of(&words) + of(&left_out) + if link { LINK } else { 0.0 };
    let height = size::SECTION * 2.0 + size::BUTTON_LARGE + above;
    Foot { height, reason, words, link, left_out, price: price(recipe, abilities, cx.text) }
}

/// What a request costs, where the price of a picture is known and not nothing.
fn price(recipe: &Recipe, abilities: &Abilities, text: &Text) -> Option<String> {
    let each = abilities.price(&abilities.fit(recipe).0.parameters)?;
    let all: Money = std::iter::repeat_n(each, recipe.parameters.n.unwrap_or(1).max(1) as usize).sum();
    (all != Money::default()).then(|| text.with("composer-price", [("price", exact(all).into())]))
}

/// Draws the foot: what is in the way, if anything, and the button.
pub(super) fn show(ui: &mut Ui, foot: Foot, composer: &Composer, cx: &Cx<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    ui.painter().hline(ui.max_rect().x_range(), ui.max_rect().top(), Stroke::new(1.0, palette.line));
    let edges = Margin::symmetric(size::EDGE as i8, size::SECTION as i8);
    Frame::new().inner_margin(edges).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(words) = foot.words {
            ui.label(words);
            if foot.link {
                let link = Button::new(cx.text.get("composer-add-key")).kind(Kind::Link).colour(palette.accent_text);
                if ui.add(link.height(LINK)).clicked() {
                    actions.push(Action::OpenSettings(Section::Providers));
                }
            }
            ui.add_space(size::GAP);
        }
        if let Some(left_out) = foot.left_out {
            ui.label(left_out);
            ui.add_space(size::GAP);
        }
        button(ui, composer, foot.reason, foot.price, cx.text, actions);
    });
}

/// Whether the keychain has not answered yet.
fn is_asking(composer: &Composer, cx: &Cx<'_>) -> bool {
    matches!(cx.known.keys.get(&composer.recipe.profile), None | Some(KeyState::Asking))
}

fn button(
    ui: &mut Ui,
    composer: &Composer,
    reason: Option<String>,
    price: Option<String>,
    text: &Text,
    actions: &mut Actions,
) {
    let label = label(composer.recipe.parameters.n.unwrap_or(1), text);
    let mut button =
        Button::new(label.as_str()).kind(Kind::Large).enabled(reason.is_none()).width(ui.available_width());
    if let Some(keys) = Verb::Generate.keys().first() {
        button = button.cap(keys_text(*keys, cfg!(target_os = "macos")));
    }
    if let Some(price) = &price {
        button = button.trailing(price.as_str());
    }
    let response = ui.add(button.name(label));
    if let Some(price) = price {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(price));
    }
    let response = match reason {
        Some(reason) => response.on_hover_text(reason),
        None => response,
    };
    // The button takes Enter while the keyboard is on it; a key that is held down must spend money only once.
    let held = ui.input(|input| {
        input.events.iter().any(|event| matches!(event, egui::Event::Key { pressed: true, repeat: true, .. }))
    });
    if response.clicked() && !held {
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
        Obstacle::NewerLibrary => text.get("obstacle-newer-library"),
        Obstacle::Prompt => text.get("obstacle-prompt"),
        Obstacle::Model => text.get("obstacle-model"),
        Obstacle::Provider => text.get("obstacle-provider"),
        Obstacle::Key if is_asking(composer, cx) => text.get("key-asking"),
        Obstacle::Key => {
            let name = cx.known.profile(&composer.recipe.profile).map_or("", |profile| profile.name.as_str());
            text.with("obstacle-key", [("provider", name.into())])
        }
        Obstacle::Entry(entry) => text.with("obstacle-entry", [("field", entry.label(text).into())]),
    }
}
