//! Draws the batch dialog.

use egui::{Id, Label, RichText, Ui};

use crate::{
    recipe::ProfileId,
    studio::{Command, QueueCommand},
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            prompt_field::PromptField,
            section_label,
        },
    },
};

use super::{
    count::{BatchBlocker, BatchEstimate},
    images,
    plan::{BatchMode, OWN},
    settings,
    state::BatchDialog,
};

/// Width of the dialog.
const WIDTH: f32 = 880.0;

/// Width of the confirmation of a large batch.
const QUESTION: f32 = 460.0;

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut BatchDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    dialog.read(cx, actions);
    let count = dialog.count(cx);
    let requests = usize::try_from(count.requests).unwrap_or(usize::MAX);
    let title = if dialog.asking {
        cx.text.with("question-title", [("count", requests.into())])
    } else {
        cx.text.with("batch-title", [("count", dialog.images.len().into())])
    };
    // Dialog and confirmation have different ids, so that each keeps its own size.
    let frame = if dialog.asking {
        Dialog::new("batch question", &title).width(QUESTION)
    } else {
        Dialog::new("batch", &title).width(WIDTH)
    };
    let shown = frame.show(
        ui,
        dialog,
        |ui, dialog| {
            if dialog.asking {
                question(ui, &count, cx);
                false
            } else {
                body(ui, dialog, &count, cx)
            }
        },
        |ui, dialog| footer(ui, dialog, &count, requests, cx),
    );
    let (start, cancel) = shown.footer;
    if shown.body {
        actions.push(Action::NewSheetFromImages(dialog.images.clone()));
        dialog.close();
    } else if start && count.is_asked_about() && !dialog.asking {
        dialog.asking = true;
    } else if start {
        let there = |profile: &ProfileId| cx.known.profile(profile).is_some();
        actions.send(Command::Queue(QueueCommand::Generate(dialog.plan.recipes(
            &dialog.images(),
            &cx.known.sources,
            &there,
        ))));
        dialog.close();
    } else if (cancel || shown.close) && dialog.asking {
        dialog.asking = false;
    } else if cancel || shown.close {
        dialog.close();
    }
}

/// Draws the confirmation, so that a large batch is not paid for by accident.
fn question(ui: &mut Ui, count: &BatchEstimate, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    for words in [count.words(cx)].into_iter().chain(count.remarks(cx)) {
        ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT)).color(palette.text)).wrap());
    }
}

/// Draws the body. Returns whether the images are to become the rows of a sheet instead.
fn body(ui: &mut Ui, dialog: &mut BatchDialog, count: &BatchEstimate, cx: &ViewContext<'_>) -> bool {
    let mut as_sheet = false;
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let mode = dialog.plan.mode;
    let together = mode == BatchMode::Together;
    let name = text.get(if together { "batch-prompt-together" } else { "batch-prompt" });
    section_label(ui, &name, |ui| {
        let key = if together { "batch-prompt-note-together" } else { "batch-prompt-note" };
        let note = RichText::new(text.with(key, [("field", OWN.into())])).font(fonts::regular(size::TEXT_SMALL));
        ui.label(note.color(palette.faint)).on_hover_text(text.get("batch-fields-tip"));
    });
    let hint = text.get(if together { "batch-prompt-hint-together" } else { "batch-prompt-hint" });
    let field = PromptField::new(Id::unique(("batch prompt", mode.keys())), &name);
    let field = field.hint(hint).rows(2).template(&cx.known.sources);
    let response = field.show(ui, &mut dialog.plan.set_mut().prompt);
    if std::mem::take(&mut dialog.focus_wanted) {
        response.request_focus();
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        for mode in BatchMode::ALL {
            let [name, tip] = mode.keys();
            let chip = Button::new(text.get(name)).kind(ButtonKind::Chip).selected(dialog.plan.mode == mode);
            if ui.add(chip).on_hover_text(text.get(tip)).clicked() {
                dialog.plan.mode = mode;
            }
        }
        let chip = Button::new(text.get("batch-sheet")).kind(ButtonKind::Chip);
        as_sheet = ui.add(chip).on_hover_text(text.get("batch-sheet-tip")).clicked();
    });
    ui.add_space(4.0);
    images::show(ui, dialog, count, cx);
    ui.add_space(4.0);
    settings::show(ui, dialog, count, cx);
    for remark in count.remarks(cx) {
        let words = RichText::new(remark).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
        ui.add(Label::new(words).wrap());
    }
    as_sheet
}

/// Draws the footer. Returns whether to start, and whether to close.
fn footer(
    ui: &mut Ui,
    dialog: &BatchDialog,
    count: &BatchEstimate,
    requests: usize,
    cx: &ViewContext<'_>,
) -> (bool, bool) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let unread = dialog.unread();
    let enabled = unread == 0 && count.blocker.is_none();
    let key = if dialog.asking { "question-send" } else { "batch-start" };
    let start = Button::new(text.with(key, [("count", requests.into())])).kind(ButtonKind::Primary).enabled(enabled);
    let cancel = Button::new(text.get("cancel"));
    let (start, cancel) = if dialog.asking {
        // The focus is on Cancel, so that a double click on “Queue” does not confirm.
        let cancel = ui.add(cancel).clicked();
        (ui.add(start).clicked(), cancel)
    } else {
        let start = ui.add(start).clicked();
        (start, ui.add(cancel).clicked())
    };
    if !dialog.asking {
        note(ui, |ui| {
            let words = if unread > 0 {
                text.with("batch-reading", [("count", unread.into())])
            } else {
                match &count.blocker {
                    // An empty prompt needs no explanation.
                    None | Some(BatchBlocker::Prompt) => count.words(cx),
                    Some(blocker) => blocker.words(cx),
                }
            };
            ui.add(Label::new(RichText::new(words).color(palette.text)).truncate());
        });
    }
    (start, cancel)
}
