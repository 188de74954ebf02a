//! The confirmation before many requests are cancelled, or retried although they may have been charged.

use egui::{Label, RichText, Ui};

use crate::{
    recipe::RequestId,
    studio::{Command, QueueCommand},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind, dialog::Dialog},
    },
};

/// Width of the dialog.
const WIDTH: f32 = 460.0;

/// Draws the confirmation, if there is one.
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
            let waiting = cx.known.requests.waiting();
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
            let does = ui.add(Button::new(label).kind(ButtonKind::Primary).after_delay()).clicked();
            let leaves = ui.add(Button::new(text.get("queue-leave"))).clicked();
            (does, leaves)
        },
    );
    let (does, leaves) = shown.footer;
    if does {
        actions.send(match asked {
            QueueQuestion::CancelWaiting => Command::Queue(QueueCommand::CancelQueued),
            QueueQuestion::Cancel(requests) => Command::Queue(QueueCommand::CancelMany(requests)),
            QueueQuestion::Retry { requests, .. } => Command::Queue(QueueCommand::RetryMany(requests)),
        });
    }
    if does || leaves || shown.close {
        *question = None;
    }
}

/// The operations that need a confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueQuestion {
    /// Cancel all queued requests.
    CancelWaiting,
    /// Cancel these queued requests.
    Cancel(Vec<RequestId>),
    /// Retry these requests, some of which may have been charged already.
    Retry {
        /// The requests.
        requests: Vec<RequestId>,
        /// The number of those that may have been charged.
        maybe: usize,
    },
}
