//! The question before many requests are stopped, or asked again that may have been charged.

use crate::{
    recipe::RequestId,
    studio::Command,
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind, dialog::Dialog},
    },
};
use egui::{Label, RichText, Ui};

/// Width of the dialog.
const WIDTH: f32 = 460.0;

/// Draws the question over everything. Nothing while there is none.
pub(in crate::ui::pages::queue) fn show(
    ui: &Ui,
    question: &mut Option<QueueQuestion>,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let Some(asked) = question.clone() else { return };
    let text = cx.text;
    let count = |count: usize| [("count", count.into())];
    let (title, words, label) = match &asked {
        QueueQuestion::CancelWaiting => {
            let waiting = cx.known.jobs.waiting();
            (
                text.with("queue-cancel-title", count(waiting)),
                text.get("queue-cancel-words"),
                text.with("queue-cancel-do", count(waiting)),
            )
        }
        QueueQuestion::Cancel(requests) => (
            text.with("queue-cancel-title", count(requests.len())),
            text.get("queue-cancel-words"),
            text.with("queue-cancel-do", count(requests.len())),
        ),
        QueueQuestion::Retry { requests, maybe } => (
            text.with("queue-retry-title", count(requests.len())),
            text.with("queue-retry-words", count(*maybe)),
            text.with("queue-retry-do", count(requests.len())),
        ),
    };
    let shown = Dialog::new("queue question", &title).width(WIDTH).show(
        ui,
        &mut (),
        |ui, ()| {
            let palette = theme::palette(ui.visuals());
            let words = RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.text);
            ui.add(Label::new(words).wrap());
        },
        |ui, ()| {
            let does = ui.add(Button::new(label).kind(ButtonKind::Primary)).clicked();
            let leaves = ui.add(Button::new(text.get("queue-leave"))).clicked();
            (does, leaves)
        },
    );
    let (does, leaves) = shown.footer;
    if does {
        actions.send(match asked {
            QueueQuestion::CancelWaiting => Command::CancelWaiting,
            QueueQuestion::Cancel(requests) => Command::CancelMany(requests),
            QueueQuestion::Retry { requests, .. } => Command::RetryMany(requests),
        });
    }
    if does || leaves || shown.close {
        *question = None;
    }
}

/// What is asked about before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueQuestion {
    /// Stop everything that waits.
    CancelWaiting,
    /// Stop these, which wait.
    Cancel(Vec<RequestId>),
    /// Ask these again, so many of which may have been charged already.
    Retry {
        /// Which.
        requests: Vec<RequestId>,
        /// How many may have been charged.
        maybe: usize,
    },
}
