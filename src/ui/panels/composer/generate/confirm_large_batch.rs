//! The confirmation before a large batch, so that it is not paid for by accident.

use egui::{Label, RichText, Ui};

use crate::ui::{
    actions::action::{Action, Actions},
    panels::composer::state::composer::Composer,
    state::view_context::ViewContext,
    theme::{self, fonts, size},
    widgets::{Button, ButtonKind, dialog::Dialog},
};

use super::cost_summary::RequestEstimate;

/// Width of the dialog.
const WIDTH: f32 = 460.0;

/// Draws the confirmation, if there is one.
pub(in crate::ui::panels::composer) fn show(
    ui: &Ui,
    composer: &mut Composer,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let Some(first) = composer.question else { return };
    let text = cx.text;
    let abilities = cx.known.abilities(&composer.recipe.profile, &composer.recipe.model);
    let set = RequestEstimate::of(composer, &abilities, cx);
    let requests = usize::try_from(set.requests).unwrap_or(usize::MAX);
    let title = text.with("question-title", [("count", requests.into())]);
    let shown = Dialog::new("question", &title).width(WIDTH).show(
        ui,
        composer,
        |ui, composer| {
            let palette = theme::palette(ui.visuals());
            let words = |words: String| RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.text);
            ui.add(Label::new(words(set.words(text))).wrap());
            for problem in composer.expansion.problems() {
                ui.add(Label::new(words(text.template_problem(problem))).wrap());
            }
        },
        |ui, _| {
            let label = text.with("question-send", [("count", requests.into())]);
            let send = ui.add(Button::new(label).kind(ButtonKind::Primary).after_delay()).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            (send, cancel)
        },
    );
    let (send, cancel) = shown.footer;
    if send {
        composer.question = None;
        actions.push(Action::SendCommand(composer.order(first)));
    } else if cancel || shown.close {
        composer.question = None;
    }
}
