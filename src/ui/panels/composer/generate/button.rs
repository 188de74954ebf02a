//! The button that generates, and the reason why it is disabled.

use std::sync::Arc;

use egui::{Frame, Galley, Margin, Stroke, Ui};

use crate::{
    recipe::{Abilities, Money},
    studio::KeyState,
    ui::{
        actions::{
            action::{Action, Actions},
            payload::SettingsSection,
            ui_command::UiCommand,
        },
        components::request_cost::MAX_REQUESTS_PER_BATCH,
        panels::composer::state::composer::{Composer, ComposerBlocker},
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind, keys_text,
            menu::{menu, menu_item},
        },
    },
};

use super::cost_summary::RequestEstimate;

/// Width of the button beside the main one, and of its menu.
const MORE: f32 = 40.0;
const MENU: f32 = 270.0;
/// Height of the link to the settings.
const LINK: f32 = 20.0;

/// The footer before it is drawn: its height depends on its texts.
pub(in crate::ui::panels::composer) struct FooterLayout {
    /// Its height in points.
    pub height: f32,
    reason: Option<String>,
    words: Option<Arc<Galley>>,
    link: bool,
    /// The parameters that are not sent.
    left_out: Option<Arc<Galley>>,
    /// The estimated cost, if it is known.
    price: Option<String>,
    /// The label of the button.
    label: String,
}

/// Lays out the footer.
pub(in crate::ui::panels::composer) fn foot(
    ui: &Ui,
    composer: &Composer,
    abilities: &Abilities,
    cx: &ViewContext<'_>,
) -> FooterLayout {
    let blocker = composer.blocker(cx.known);
    let reason = blocker.map(|blocker| sentence(blocker, composer, cx));
    let words = match (blocker, &reason) {
        // An empty prompt needs no explanation.
        (None | Some(ComposerBlocker::Prompt), _) | (_, None) => None,
        (Some(blocker), Some(reason)) => {
            let palette = theme::palette(ui.visuals());
            let color = if matches!(
                blocker,
                ComposerBlocker::Entry(_) | ComposerBlocker::Template | ComposerBlocker::TooMany
            ) {
                palette.bad
            } else {
                palette.text
            };
            let width = ui.available_width() - size::EDGE * 2.0;
            Some(ui.painter().layout(reason.clone(), fonts::regular(size::TEXT_CHIP), color, width))
        }
    };
    let link = match blocker {
        Some(ComposerBlocker::Key) => !is_asking(composer, cx),
        Some(ComposerBlocker::Provider) => true,
        _ => false,
    };
    let recipe = composer.meant();
    let left_out = cx.text.left_out(&recipe, &abilities.unsupported(&recipe)).map(|list| {
        let palette = theme::palette(ui.visuals());
        let words = cx.text.with("composer-left-out", [("list", list.into())]);
        let width = ui.available_width() - size::EDGE * 2.0;
        ui.painter().layout(words, fonts::regular(size::TEXT_CHIP), palette.text, width)
    });
    let of = |words: &Option<Arc<Galley>>| words.as_ref().map_or(0.0, |words| words.size().y + size::GAP);
    let above = of(&words) + of(&left_out) + if link { LINK } else { 0.0 };
    let height = size::SECTION * 2.0 + size::BUTTON_LARGE + above;
    let set = RequestEstimate::of(composer, abilities, cx);
    let known = set.price.filter(|price| *price != Money::default() && set.requests <= MAX_REQUESTS_PER_BATCH);
    let price = known.map(|price| cx.text.with("composer-price", [("price", cx.text.price(price).into())]));
    let label = match usize::try_from(set.images()) {
        Ok(images @ 2..) if set.requests <= MAX_REQUESTS_PER_BATCH => {
            cx.text.with("composer-generate-many", [("count", images.into())])
        }
        _ => UiCommand::Generate.name(cx.text),
    };
    FooterLayout { height, reason, words, link, left_out, price, label }
}

/// Draws the footer: the blocker, if there is one, and the button.
pub(in crate::ui::panels::composer) fn show(
    ui: &mut Ui,
    foot: FooterLayout,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    ui.painter().hline(ui.max_rect().x_range(), ui.max_rect().top(), Stroke::new(1.0, palette.line));
    let edges = Margin::symmetric(size::EDGE as i8, size::SECTION as i8);
    Frame::new().inner_margin(edges).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(words) = foot.words {
            ui.label(words);
            if foot.link {
                let link =
                    Button::new(cx.text.get("composer-add-key")).kind(ButtonKind::Link).color(palette.accent_text);
                if ui.add(link.height(LINK)).clicked() {
                    actions.push(Action::OpenSettings(SettingsSection::Providers));
                }
            }
            ui.add_space(size::GAP);
        }
        if let Some(left_out) = foot.left_out {
            ui.label(left_out);
            ui.add_space(size::GAP);
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP;
            button(ui, &foot.label, (foot.reason, foot.price), cx, actions);
            more(ui, cx, actions);
        });
    });
}

/// Whether the keychain is still being read.
fn is_asking(composer: &Composer, cx: &ViewContext<'_>) -> bool {
    matches!(cx.known.keys.get(&composer.recipe.profile), None | Some(KeyState::Asking))
}

fn button(
    ui: &mut Ui,
    label: &str,
    (reason, price): (Option<String>, Option<String>),
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let mut button = Button::new(label)
        .kind(ButtonKind::Large)
        .enabled(reason.is_none())
        .width(ui.available_width() - MORE - size::GAP);
    if let Some(keys) = UiCommand::Generate.first_key(&cx.known.settings.shortcuts) {
        button = button.cap(keys_text(keys, cfg!(target_os = "macos")));
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
    // The focused button reacts to Enter; a held key must spend money only once.
    let held = ui.input(|input| {
        input.events.iter().any(|event| matches!(event, egui::Event::Key { pressed: true, repeat: true, .. }))
    });
    if response.clicked() && !held {
        actions.run(UiCommand::Generate);
    }
}

impl Composer {
    /// The blocker of every request as text: anything but the prompt and the model.
    pub fn blocker_text(&self, cx: &ViewContext<'_>) -> Option<String> {
        let elsewhere = |blocker: &ComposerBlocker| {
            !matches!(
                blocker,
                ComposerBlocker::Prompt | ComposerBlocker::Template | ComposerBlocker::TooMany | ComposerBlocker::Model
            )
        };
        self.blocker(cx.known).filter(elsewhere).map(|blocker| sentence(blocker, self, cx))
    }
}

/// Draws the menu button beside it: other ways to generate.
fn more(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let name = cx.text.get("composer-more-ways");
    let button =
        Button::icon(icons::DOWN, name.as_str()).kind(ButtonKind::Plain).height(size::BUTTON_LARGE).width(MORE);
    let button = ui.add(button).on_hover_text(name.as_str());
    menu(&button, &name, MENU, |ui| {
        for verb in [UiCommand::GenerateFirst, UiCommand::ParameterGrid, UiCommand::CompareBlind] {
            let keys = verb.first_key(&cx.known.settings.shortcuts);
            let keys = keys.map(|keys| keys_text(keys, cfg!(target_os = "macos")));
            if menu_item(ui, verb.name(cx.text), false, &keys.unwrap_or_default()) {
                actions.run(verb);
            }
        }
    });
}

/// Describes a blocker.
fn sentence(blocker: ComposerBlocker, composer: &Composer, cx: &ViewContext<'_>) -> String {
    let text = cx.text;
    match blocker {
        ComposerBlocker::NewerLibrary => text.get("obstacle-newer-library"),
        ComposerBlocker::Prompt => text.get("obstacle-prompt"),
        ComposerBlocker::Template => {
            let refused = composer.expansion.problems().iter().find(|problem| problem.refuses());
            refused.map_or_else(String::new, |problem| text.template_problem(problem))
        }
        ComposerBlocker::TooMany => {
            text.with("obstacle-too-many", [("most", (MAX_REQUESTS_PER_BATCH as usize).into())])
        }
        ComposerBlocker::Model => text.get("obstacle-model"),
        ComposerBlocker::Provider => text.get("obstacle-provider"),
        ComposerBlocker::Key if is_asking(composer, cx) => text.get("key-asking"),
        ComposerBlocker::Key => {
            let name = cx.known.profile(&composer.recipe.profile).map_or("", |profile| profile.name.as_str());
            text.with("obstacle-key", [("provider", name.into())])
        }
        ComposerBlocker::Entry(entry) => text.with("obstacle-entry", [("field", entry.label(text).into())]),
    }
}
