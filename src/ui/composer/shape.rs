//! Aspect ratio and size: chips drawn to shape.

use egui::Ui;

use crate::{
    recipe::{AspectRatio, ImageSize, Parameters},
    ui::{
        icons,
        text::Text,
        theme::size,
        widgets::{
            Button, Kind,
            menu::{menu, menu_shape},
            section_label,
        },
    },
};

/// Draws both.
pub fn show(ui: &mut Ui, parameters: &mut Parameters, text: &Text) {
    section_label(ui, &text.get("composer-aspect"), |_| {});
    chips(ui, |ui| {
        let name = text.get("composer-aspect");
        let chosen = parameters.aspect;
        if chip(ui, &name, &text.get("default"), chosen.is_none(), None) {
            parameters.aspect = None;
        }
        for ratio in AspectRatio::COMMON {
            if chip(ui, &name, &ratio.to_string(), chosen == Some(ratio), Some(ratio)) {
                parameters.aspect = Some(ratio);
            }
        }
        more(ui, parameters, text);
    });
    ui.add_space(size::GAP_SMALL / 2.0);
    section_label(ui, &text.get("composer-size"), |_| {});
    chips(ui, |ui| {
        let name = text.get("composer-size");
        if chip(ui, &name, &text.get("default"), parameters.size.is_none(), None) {
            parameters.size = None;
        }
        for size in ImageSize::ALL {
            if chip(ui, &name, size.as_str(), parameters.size == Some(size), None) {
                parameters.size = Some(size);
            }
        }
    });
}

fn chips(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        contents(ui);
    });
}

fn chip(ui: &mut Ui, group: &str, label: &str, chosen: bool, ratio: Option<AspectRatio>) -> bool {
    let mut button = Button::new(label).kind(Kind::Chip).selected(chosen).name(format!("{group}: {label}"));
    if let Some(ratio) = ratio {
        button = button.aspect(ratio.value());
    }
    ui.add(button).clicked()
}

/// The ratios that fewer models take; one that is chosen stands on the button.
fn more(ui: &mut Ui, parameters: &mut Parameters, text: &Text) {
    let uncommon = parameters.aspect.filter(|ratio| !AspectRatio::COMMON.contains(ratio));
    let name = text.get("composer-more-ratios");
    let label = uncommon.map_or_else(|| text.get("more"), |ratio| ratio.to_string());
    let mut button =
        Button::new(label).kind(Kind::Chip).trailing(icons::DOWN).selected(uncommon.is_some()).name(name.as_str());
    if let Some(ratio) = uncommon {
        button = button.aspect(ratio.value());
    }
    let button = ui.add(button);
    menu(&button, &name, 130.0, |ui| {
        for ratio in AspectRatio::MORE {
            if menu_shape(ui, ratio.to_string(), parameters.aspect == Some(ratio), ratio.value()) {
                parameters.aspect = Some(ratio);
            }
        }
    });
}
