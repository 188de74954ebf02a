//! Provider and model: a menu of profiles, and a box that filters while typing and accepts any id.

use std::sync::Arc;

use egui::{Event, Galley, Id, Key, Modifiers, Popup, PopupCloseBehavior, Rect, Response, ScrollArea, Ui, pos2, vec2};

use crate::{
    recipe::{Abilities, Money, Recipe},
    studio::{Command, ModelInfo, ProviderCommand},
    ui::{
        actions::{
            action::{Action, Actions},
            payload::SettingsSection,
        },
        components::{
            model_list_row::{self, ModelRowState},
            provider_name::profile_name,
        },
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            field::{Field, name},
            menu::{menu, menu_item},
            section_label,
        },
    },
};

use super::{
    focus::field_id,
    state::{composer::Composer, menus::ModelBox},
};

/// Space for the buttons inside the box.
const BUTTONS: f32 = 46.0;

/// Maximum width of the price inside the box.
const PRICE: f32 = 60.0;

/// Width of the list, which may overlap its neighbors because ids are long.
const LIST: f32 = 440.0;

/// Draws provider and model.
pub(super) fn show(
    ui: &mut Ui,
    composer: &mut Composer,
    abilities: &Abilities,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    section_label(ui, &text.get("composer-model"), |ui| provider(ui, composer, cx, actions));
    let label = text.get("composer-model");
    let palette = theme::palette(ui.visuals());
    let price = price(ui, &composer.meant(), abilities, cx);
    let room = BUTTONS + price.as_ref().map_or(0.0, |price| price.size().x + size::GAP);
    let field = Field::new(&label).id(field_id()).hint(text.get("composer-model-hint")).room_at_right(room);
    let keys = keys(ui, composer);
    let response = field.show(ui, &mut composer.recipe.model);
    if let Some(price) = price {
        let at = pos2(response.rect.right() - BUTTONS - 6.0 - price.size().x, response.rect.center().y);
        ui.painter().galley(at - vec2(0.0, price.size().y / 2.0), price, palette.faint);
    }
    buttons(ui, composer, &response, cx, actions);
    notes(ui, composer, abilities, cx);
    let list = &mut composer.model_box;
    if response.gained_focus() || response.clicked() {
        list.open();
    }
    if response.changed() {
        list.open = true;
        list.edited = true;
        list.at = None;
    }
    if !list.open {
        return;
    }
    let known = cx.known.models.get(&composer.recipe.profile).map_or(&[][..], Vec::as_slice);
    let filter = if list.edited { composer.recipe.model.trim().to_lowercase() } else { String::new() };
    let profile = &composer.recipe.profile;
    let found = filtered(known, &filter, |model| cx.known.abilities(profile, &model.id).name);
    if keys.moved != 0 && !found.is_empty() {
        let last = found.len() as i32 - 1;
        list.at =
            Some(list.at.map_or(if keys.moved > 0 { 0 } else { last }, |at| (at as i32 + keys.moved).clamp(0, last))
                as usize);
    }
    let mut chosen = None;
    if keys.enter {
        let is_offered = |model: &&&ModelInfo| !model_list_row::has_ended(&cx.known.abilities(profile, &model.id));
        chosen = list.at.and_then(|at| found.get(at)).filter(is_offered).map(|model| model.id.clone());
        list.open = false;
    }
    if keys.escape {
        list.open = false;
    }
    let scroll_to = (keys.moved != 0).then_some(list.at).flatten();
    let popup = Popup::from_response(&response)
        .id(Id::unique("models"))
        .open(list.open)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .accessible_name(text.get("composer-models"))
        .gap(4.0)
        .width(LIST)
        .show(|ui| {
            ui.set_width(LIST - 14.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            if found.is_empty() {
                let words = if known.is_empty() { "composer-no-models" } else { "composer-no-such-model" };
                let words = egui::RichText::new(text.get(words)).font(fonts::regular(size::TEXT_CHIP));
                ui.add(egui::Label::new(words.color(palette.text)).wrap());
            }
            rows(ui, &found, &composer.recipe, list.at, scroll_to, cx)
        });
    if let Some(popup) = popup {
        chosen = popup.inner.or(chosen);
        let (pressed, at) = ui.input(|input| (input.pointer.any_pressed(), input.pointer.interact_pos()));
        let outside = |rect: Rect| at.is_none_or(|at| !rect.contains(at));
        if pressed && outside(popup.response.rect.expand(4.0)) && outside(response.rect) {
            list.open = false;
        }
    }
    // Tab leaves the box.
    if response.lost_focus() && ui.memory(egui::Memory::focused).is_some_and(|id| id != field_id()) {
        list.open = false;
    }
    if let Some(chosen) = chosen {
        composer.recipe.model = chosen;
        list.open = false;
    }
}

#[derive(Default)]
struct ListKeys {
    pub(in crate::ui::panels::composer) moved: i32,
    pub(in crate::ui::panels::composer) enter: bool,
    pub(in crate::ui::panels::composer) escape: bool,
}

/// Takes the keys of the list before the field sees them.
fn keys(ui: &Ui, composer: &Composer) -> ListKeys {
    let composing = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Ime(_))));
    if !composer.model_box.open || composing {
        return ListKeys::default();
    }
    // egui takes the focus away on Escape before any widget is drawn. The key closes the list and nothing else, so the
    // field gets its focus back.
    if ui.memory(|memory| memory.had_focus_last_frame(field_id()))
        && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
    {
        ui.memory_mut(|memory| memory.request_focus(field_id()));
        return ListKeys { escape: true, ..ListKeys::default() };
    }
    if !ui.memory(|memory| memory.has_focus(field_id())) {
        return ListKeys::default();
    }
    ui.input_mut(|input| {
        let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as i32;
        let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as i32;
        ListKeys { moved: down - up, enter: input.consume_key(Modifiers::NONE, Key::Enter), escape: false }
    })
}

/// The models whose id or name contains every word of the filter, in the studio's order.
fn filtered<'a>(
    models: &'a [ModelInfo],
    filter: &str,
    name_of: impl Fn(&ModelInfo) -> Option<String>,
) -> Vec<&'a ModelInfo> {
    let words: Vec<&str> = filter.split_whitespace().collect();
    if words.is_empty() {
        return models.iter().collect();
    }
    let fits = |model: &&ModelInfo| {
        let known_as = format!("{}\n{}", model.id, name_of(model).unwrap_or_default()).to_lowercase();
        words.iter().all(|word| known_as.contains(word))
    };
    models.iter().filter(fits).collect()
}

/// Draws the list. Returns the clicked id.
fn rows(
    ui: &mut Ui,
    found: &[&ModelInfo],
    now: &Recipe,
    at: Option<usize>,
    scroll_to: Option<usize>,
    cx: &ViewContext<'_>,
) -> Option<String> {
    let mut chosen = None;
    let height = model_list_row::HEIGHT + ui.spacing().item_spacing.y;
    let mut area = ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).auto_shrink([false, true]);
    if let Some(line) = scroll_to {
        area = area.vertical_scroll_offset((line as f32 * height - size::MAX_LIST_HEIGHT / 2.0).max(0.0));
    }
    area.show_rows(ui, model_list_row::HEIGHT, found.len(), |ui, range| {
        for index in range {
            let model = found[index];
            let abilities = cx.known.abilities(&now.profile, &model.id);
            let standing = ModelRowState { selected: model.id == now.model, highlighted: at == Some(index) };
            if model_list_row::show(ui, model, &abilities, standing, cx.text).clicked() {
                chosen = Some(model.id.clone());
            }
        }
    });
    chosen
}

/// The price of an image of the chosen model, inside the box if its id leaves space.
fn price(ui: &Ui, recipe: &Recipe, abilities: &Abilities, cx: &ViewContext<'_>) -> Option<Arc<Galley>> {
    let each = abilities.price(&abilities.fit(recipe).0.parameters).filter(|each| *each != Money::default())?;
    let words = cx.text.with("composer-price", [("price", cx.text.price(each).into())]);
    let palette = theme::palette(ui.visuals());
    let lay = |words: String, size| ui.painter().layout_no_wrap(words, fonts::regular(size), palette.faint);
    let (id, words) = (lay(recipe.model.clone(), size::TEXT), lay(words, size::TEXT_SMALL));
    let wanted = id.size().x + words.size().x + BUTTONS + size::GAP * 4.0;
    (wanted <= ui.available_width() && words.size().x <= PRICE).then_some(words)
}

/// Draws the notes about the chosen model below the box.
fn notes(ui: &mut Ui, composer: &Composer, abilities: &Abilities, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    for note in model_list_row::notes(cx.known.profile(&composer.recipe.profile), abilities, cx.text) {
        let words = egui::RichText::new(note).font(fonts::regular(size::TEXT_SMALL)).color(palette.text);
        ui.add(egui::Label::new(words).wrap());
    }
}

/// Draws the refresh button and the arrow that opens the list, inside the box at its right.
fn buttons(ui: &mut Ui, composer: &mut Composer, field: &Response, cx: &ViewContext<'_>, actions: &mut Actions) {
    let middle = field.rect.center().y;
    let place = |right: f32| Rect::from_center_size(pos2(field.rect.right() - right, middle), vec2(22.0, 22.0));
    let refresh = cx.text.get("composer-refresh-models");
    let button = Button::icon(icons::RETRY, refresh.as_str()).low();
    if ui.put(place(40.0), button).on_hover_text(refresh).clicked() {
        actions.send(Command::Providers(ProviderCommand::RefreshModels(composer.recipe.profile.clone())));
    }
    let label = cx.text.get("composer-show-models");
    let arrow = ui.put(place(17.0), Button::icon(icons::DOWN, label.as_str()).low());
    name(ui, arrow.id, &label);
    if arrow.on_hover_text(label).clicked() {
        ui.memory_mut(|memory| memory.request_focus(field_id()));
        composer.model_box = ModelBox { open: true, ..ModelBox::default() };
    }
}

/// Draws the provider's name, which opens the menu of all providers.
fn provider(ui: &mut Ui, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let now = cx.known.profile(&composer.recipe.profile);
    let label = now.map_or_else(|| text.get("composer-no-provider"), |profile| profile_name(profile, cx));
    let accessible = text.with("composer-provider", [("provider", label.as_str().into())]);
    let button = Button::new(label).kind(ButtonKind::Link).trailing(icons::DOWN).name(accessible.as_str());
    let response = ui.add(button);
    menu(&response, &accessible, 220.0, |ui| {
        for profile in &cx.known.settings.profiles {
            let note = if cx.known.key_ready(profile) { String::new() } else { text.get("composer-no-key") };
            let chosen = profile.id == composer.recipe.profile;
            if menu_item(ui, profile_name(profile, cx), chosen, &note) && !chosen {
                composer.choose_provider(profile.id.clone(), cx.known);
                actions.send(Command::Providers(ProviderCommand::RefreshModels(profile.id.clone())));
            }
        }
        ui.separator();
        if menu_item(ui, text.get("composer-providers"), false, "") {
            actions.push(Action::OpenSettings(SettingsSection::Providers));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_filter_must_match() {
        let models: Vec<ModelInfo> =
            ["google/gemini-2.5-flash-image", "openai/gpt-image-1", "google/gemini-3-pro"].map(ModelInfo::image).into();
        let name = |model: &ModelInfo| model.id.contains("2.5").then(|| "Nano Banana".to_owned());
        let ids =
            |filter| filtered(&models, filter, name).into_iter().map(|model| model.id.as_str()).collect::<Vec<_>>();
        assert_eq!(ids("banana"), ["google/gemini-2.5-flash-image"]);
        assert_eq!(ids("gem image"), ["google/gemini-2.5-flash-image"]);
        assert_eq!(ids("").len(), 3);
        assert!(ids("dall").is_empty());
    }
}
