//! Pickers for aspect ratio and size: a chip for each value that the model accepts.

use egui::{RichText, Ui};

use crate::{
    recipe::{Abilities, AspectRatio, ImageSize, Parameter, Parameters},
    ui::{
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            menu::{menu, menu_shape},
            section_label,
        },
    },
};

use super::pixel_fields;

/// Draws both pickers.
pub fn show(ui: &mut Ui, parameters: &mut Parameters, abilities: &Abilities, text: &Text) {
    show_unset(ui, parameters, abilities, &text.get("default"), text);
}

/// Draws both pickers; the chip of an unset value is labeled `unset`.
pub fn show_unset(ui: &mut Ui, parameters: &mut Parameters, abilities: &Abilities, unset: &str, text: &Text) {
    section_label(ui, &text.get("composer-aspect"), |ui| note(ui, aspect_note(parameters, abilities, text)));
    chips(ui, |ui| {
        let name = text.get("composer-aspect");
        let chosen = parameters.aspect;
        if chip(ui, &name, unset, chosen.is_none(), None, None) {
            (parameters.aspect, parameters.pixels) = (None, None);
        }
        for ratio in
            AspectRatio::COMMON.into_iter().filter(|ratio| offered(abilities.aspects.as_deref(), *ratio, chosen))
        {
            let warning = warning(abilities.aspects.as_deref(), ratio, abilities.learned.never_aspect(ratio), text);
            if chip(ui, &name, &ratio.to_string(), chosen == Some(ratio), Some(ratio), warning) {
                parameters.aspect = Some(ratio);
                parameters.pixels = None;
            }
        }
        more(ui, parameters, abilities, text);
    });
    ui.add_space(size::GAP_SMALL / 2.0);
    section_label(ui, &text.get("composer-size"), |ui| note(ui, size_note(parameters, abilities, text)));
    chips(ui, |ui| {
        let name = text.get("composer-size");
        let chosen = parameters.size;
        if chip(ui, &name, unset, chosen.is_none(), None, None) {
            (parameters.size, parameters.pixels) = (None, None);
        }
        for size in ImageSize::ALL.into_iter().filter(|size| offered(abilities.sizes.as_deref(), *size, chosen)) {
            let warning = warning(abilities.sizes.as_deref(), size, abilities.learned.never_size(size), text);
            if chip(ui, &name, size.as_str(), chosen == Some(size), None, warning) {
                (parameters.size, parameters.pixels) = (Some(size), None);
            }
        }
    });
    pixel_fields::show(ui, parameters, abilities, text);
}

/// Whether a value is offered. The current value stays visible, so that it can be changed.
fn offered<T: PartialEq + Copy>(taken: Option<&[T]>, choice: T, chosen: Option<T>) -> bool {
    chosen == Some(choice) || taken.is_none_or(|taken| taken.contains(&choice))
}

/// A warning about a value, if there is one: it will not be sent, or the model has never returned it.
fn warning<T: PartialEq + Copy>(taken: Option<&[T]>, choice: T, never: bool, text: &Text) -> Option<String> {
    if taken.is_some_and(|taken| !taken.contains(&choice)) {
        return Some(text.get("abilities-not-taken"));
    }
    never.then(|| text.get("learned-never"))
}

/// The note about the model and the aspect ratio, if there is one.
fn aspect_note(parameters: &Parameters, abilities: &Abilities, text: &Text) -> Option<String> {
    match (parameters.aspect, abilities.takes(Parameter::Aspect)) {
        (Some(aspect), _) if abilities.learned.never_aspect(aspect) => {
            Some(text.with("learned-never-came", [("what", aspect.to_string().into())]))
        }
        (_, None) => Some(text.get("abilities-unknown")),
        (_, Some(false)) => Some(text.get("abilities-no-choice")),
        _ => None,
    }
}

fn size_note(parameters: &Parameters, abilities: &Abilities, text: &Text) -> Option<String> {
    match (parameters.size, abilities.takes(Parameter::Size), abilities.fixed_size) {
        (Some(size), ..) if abilities.learned.never_size(size) => {
            Some(text.with("learned-never-came", [("what", size.as_str().into())]))
        }
        (_, Some(false), Some(size)) => Some(text.with("abilities-fixed-size", [("size", size.as_str().into())])),
        (_, Some(false), None) => Some(text.get("abilities-no-choice")),
        // The note is shown only once.
        (_, None, _) if !abilities.shapes_unknown() => Some(text.get("abilities-unknown")),
        _ => None,
    }
}

fn note(ui: &mut Ui, words: Option<String>) {
    if let Some(words) = words {
        let palette = theme::palette(ui.visuals());
        let words = RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(palette.faint);
        ui.add(egui::Label::new(words).truncate());
    }
}

fn chips(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        contents(ui);
    });
}

/// Draws a chip; `warning` is shown on hover, and a small sign stands for it.
fn chip(
    ui: &mut Ui,
    group: &str,
    label: &str,
    chosen: bool,
    ratio: Option<AspectRatio>,
    warning: Option<String>,
) -> bool {
    let mut button = Button::new(label).kind(ButtonKind::Chip).selected(chosen).name(format!("{group}: {label}"));
    if let Some(ratio) = ratio {
        button = button.aspect(ratio.value());
    }
    if warning.is_some() {
        button = button.trailing(icons::INFO);
    }
    let response = ui.add(button);
    let response = match warning {
        Some(warning) => {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(warning.as_str()));
            response.on_hover_text(warning)
        }
        None => response,
    };
    response.clicked()
}

/// Draws the menu of the ratios that fewer models accept; a chosen one is shown on its button.
fn more(ui: &mut Ui, parameters: &mut Parameters, abilities: &Abilities, text: &Text) {
    let uncommon = parameters.aspect.filter(|ratio| !AspectRatio::COMMON.contains(ratio));
    let listed = abilities.aspects.clone().unwrap_or_else(|| AspectRatio::MORE.to_vec());
    let rest: Vec<AspectRatio> = listed.into_iter().filter(|ratio| !AspectRatio::COMMON.contains(ratio)).collect();
    if rest.is_empty() && uncommon.is_none() {
        return;
    }
    let name = text.get("composer-more-ratios");
    let label = uncommon.map_or_else(|| text.get("more"), |ratio| ratio.to_string());
    let mut button = Button::new(label)
        .kind(ButtonKind::Chip)
        .trailing(icons::DOWN)
        .selected(uncommon.is_some())
        .name(name.as_str());
    if let Some(ratio) = uncommon {
        button = button.aspect(ratio.value());
    }
    let button = ui.add(button);
    menu(&button, &name, 130.0, |ui| {
        for ratio in rest {
            if menu_shape(ui, ratio.to_string(), parameters.aspect == Some(ratio), ratio.value()) {
                (parameters.aspect, parameters.pixels) = (Some(ratio), None);
            }
        }
    });
}
