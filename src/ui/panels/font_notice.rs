//! The notice that no font for the language of the window is installed.

use egui::{Context, Frame, Label, Margin, RichText, Ui};

use crate::{
    settings::{Language, Settings},
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::Button,
    },
};

/// Whether characters of the language cannot be drawn.
pub fn is_needed(ctx: &Context, text: &Text) -> bool {
    text.locale().sample_character().is_some_and(|character| !theme::has_font_for(ctx, character))
}

/// Draws the notice, in English because no other language can be read, and a button that switches to English.
pub fn show(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    Frame::new().inner_margin(Margin::symmetric(0, size::GAP as i8)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(icons::WARNING).font(fonts::icons(size::TEXT_HEADING)).color(palette.bad));
            let words = RichText::new(cx.text.get("font-missing")).font(fonts::regular(size::TEXT));
            ui.add(Label::new(words.color(palette.strong)).wrap());
            if ui.add(Button::new(cx.text.get("font-use-english"))).clicked() {
                let settings = Settings { language: Language::English, ..cx.known.settings.clone() };
                actions.push(Action::Settings(Box::new(settings)));
            }
        });
    });
}
