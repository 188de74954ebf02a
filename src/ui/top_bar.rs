//! The bar at the top: tabs, search, theme and settings.

use egui::{Align, Layout, TextEdit, Ui};

use super::{
    Cx,
    action::{Action, Actions, Verb},
    icons,
    theme::{self, fonts, size},
    widgets::{Button, Kind},
};

/// The widget that text is searched in.
pub fn search_id() -> egui::Id {
    egui::Id::unique("search")
}

/// Draws the bar.
pub fn show(ui: &mut Ui, search: &mut String, cx: &Cx<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    ui.horizontal_centered(|ui| {
        ui.label(egui::RichText::new(cx.text.get("app-name")).font(fonts::semibold(size::TEXT)).color(palette.strong));
        ui.add(Button::new(cx.text.get("tab-create")).kind(Kind::Tab).selected(true));
        let field = TextEdit::singleline(search)
            .id(search_id())
            .hint_text(cx.text.get("search-hint"))
            .prefix(egui::RichText::new(icons::SEARCH).color(palette.faint))
            .desired_width(520.0);
        if ui.add(field).changed() {
            actions.push(Action::Search(search.clone()));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for verb in [Verb::OpenSettings, Verb::NextTheme] {
                if ui.add(Button::verb_icon(verb, cx.text)).clicked() {
                    actions.verb(verb);
                }
            }
        });
    });
}
