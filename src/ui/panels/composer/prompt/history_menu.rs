//! The list of earlier prompts.

use egui::{Popup, PopupCloseBehavior, Response, RichText, ScrollArea};

use crate::ui::{
    panels::composer::state::prompt_history::PromptHistory,
    state::view_context::ViewContext,
    theme::{self, fonts, icons, size},
    widgets::{field::Field, menu::menu_item},
};

/// Width of the list.
const WIDTH: f32 = 420.0;

/// Opens the list below its button. Returns the chosen prompt.
pub(in crate::ui::panels::composer) fn list(
    button: &Response,
    history: &mut PromptHistory,
    cx: &ViewContext<'_>,
) -> Option<String> {
    let text = cx.text;
    let name = text.get("composer-history");
    if button.clicked() {
        history.wanted.clear();
    }
    let mut chosen = None;
    Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(&name)
        .gap(4.0)
        .width(WIDTH)
        .show(|ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 2.0;
            let search = text.get("composer-history-search");
            let field = Field::new(&search).hint(search.as_str()).icon(icons::SEARCH).show(ui, &mut history.wanted);
            if button.clicked() {
                field.request_focus();
            }
            let wanted = history.wanted.to_lowercase();
            let found: Vec<&String> =
                history.asked.iter().filter(|asked| asked.to_lowercase().contains(&wanted)).collect();
            if found.is_empty() {
                let palette = theme::palette(ui.visuals());
                let words = RichText::new(text.get("composer-history-none"));
                ui.label(words.font(fonts::regular(size::TEXT_CHIP)).color(palette.faint));
            }
            ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show_rows(
                ui,
                size::CHIP,
                found.len(),
                |ui, range| {
                    for asked in &found[range] {
                        let line = asked.split_whitespace().collect::<Vec<_>>().join(" ");
                        if menu_item(ui, line, false, "") {
                            chosen = Some((*asked).clone());
                            ui.close();
                        }
                    }
                },
            );
        });
    chosen
}
