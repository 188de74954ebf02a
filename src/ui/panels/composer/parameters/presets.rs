//! Presets: named sets of parameters for a model, applied, saved, updated and deleted from a menu.

use egui::{Popup, PopupCloseBehavior, RichText, Ui};

use crate::{
    settings::{Preset, PromptLibrary, unused_name},
    ui::{
        actions::action::{Action, Actions},
        panels::composer::state::{composer::Composer, field_drafts::FieldDrafts, menus::Presets},
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, field::Field, menu::menu_item},
    },
};

/// Width of the menu.
const WIDTH: f32 = 280.0;

/// Draws the button and its menu.
pub(in crate::ui::panels::composer) fn show(
    ui: &mut Ui,
    composer: &mut Composer,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let name = text.get("presets");
    let button = Button::new(name.as_str()).kind(ButtonKind::Link).trailing(icons::DOWN).name(name.as_str());
    let button = ui.add(button).on_hover_text(text.get("presets-tip"));
    if button.clicked() {
        composer.presets = Presets::default();
    }
    let mut prompt_library = PromptLibrary::clone(&cx.known.prompt_library);
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(&name)
        .gap(4.0)
        .width(WIDTH)
        .show(|ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 2.0;
            list(ui, composer, &mut prompt_library, cx);
            add(ui, composer, &mut prompt_library, cx);
        });
    if prompt_library != *cx.known.prompt_library {
        actions.push(Action::SavePromptLibrary(Box::new(prompt_library)));
    }
}

fn list(ui: &mut Ui, composer: &mut Composer, prompt_library: &mut PromptLibrary, cx: &ViewContext<'_>) {
    let text = cx.text;
    let model = composer.recipe.model.clone();
    let mut gone = None;
    for (index, preset) in prompt_library.presets.iter_mut().enumerate().filter(|(_, preset)| preset.model == model) {
        let in_use = preset.parameters == composer.recipe.parameters;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let width = ui.available_width() - size::CHIP * 2.0 - 4.0;
            let item =
                Button::new(preset.name.as_str()).kind(ButtonKind::Quiet).selected(in_use).left_aligned().width(width);
            if ui.add(item).on_hover_text(text.parameters(&preset.parameters)).clicked() {
                composer.recipe.parameters.clone_from(&preset.parameters);
                composer.drafts = FieldDrafts::of(&preset.parameters);
                ui.close();
            }
            let update = text.with("presets-update", [("name", preset.name.as_str().into())]);
            let button = Button::icon(icons::RETRY, update.as_str()).enabled(!in_use);
            if ui.add(button).on_hover_text(update).clicked() {
                preset.parameters.clone_from(&composer.recipe.parameters);
            }
            let delete = text.with("presets-delete", [("name", preset.name.as_str().into())]);
            if ui.add(Button::icon(icons::DELETE, delete.as_str())).on_hover_text(delete).clicked() {
                gone = Some(index);
            }
        });
    }
    if let Some(index) = gone {
        composer.presets.removed = Some((index, prompt_library.presets.remove(index)));
    }
    if let Some((_, removed)) = &composer.presets.removed {
        let words = text.with("presets-undo", [("name", removed.name.as_str().into())]);
        if menu_item(ui, words, false, "")
            && let Some((index, removed)) = composer.presets.removed.take()
        {
            prompt_library.presets.insert(index.min(prompt_library.presets.len()), removed);
        }
    }
    if !prompt_library.presets.iter().any(|preset| preset.model == model) {
        let palette = theme::palette(ui.visuals());
        let words = RichText::new(text.get("presets-none")).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
        ui.add(egui::Label::new(words).wrap());
    }
}

/// Draws the field and the button that save the current parameters.
fn add(ui: &mut Ui, composer: &mut Composer, prompt_library: &mut PromptLibrary, cx: &ViewContext<'_>) {
    let text = cx.text;
    ui.add_space(size::GAP_SMALL);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let (label, save) = (text.get("presets-name"), Button::new(text.get("presets-save")));
        let width = ui.available_width() - save.wanted_width(ui) - size::GAP_SMALL;
        Field::new(&label).hint(label.as_str()).width(width).show(ui, &mut composer.presets.name);
        let name = composer.presets.name.trim().to_owned();
        if ui.add(save.enabled(!name.is_empty() && !composer.recipe.model.is_empty())).clicked() {
            let model = composer.recipe.model.clone();
            let same = prompt_library.presets.iter().filter(|preset| preset.model == model);
            let taken: Vec<&str> = same.map(|preset| preset.name.as_str()).collect();
            let name = unused_name(&name, &taken);
            prompt_library.presets.push(Preset { name, model, parameters: composer.recipe.parameters.clone() });
            composer.presets.name.clear();
        }
    });
}
