//! The bar while the trash is shown: its images can be restored or deleted permanently.

use egui::{RichText, Ui};

use crate::{
    studio::{Command, OrganizeCommand, View},
    ui::{
        actions::action::{Action, Actions},
        state::{selection::Selection, view_context::ViewContext},
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

/// Draws the left part of the bar. Emptying asks for a confirmation in the bar itself.
pub fn show(
    ui: &mut Ui,
    view: &View,
    selection: &Selection,
    emptying: &mut bool,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let heading = |words: String| RichText::new(words).font(fonts::semibold(size::TEXT)).color(palette.strong);
    if *emptying {
        ui.label(heading(text.with("trash-sure", [("count", view.total.into())])));
        let sure = Button::new(text.get("trash-for-good")).kind(ButtonKind::Chip).color(palette.bad);
        if ui.add(sure.with_icon(icons::DELETE)).clicked() {
            *emptying = false;
            actions.send(Command::Organize(OrganizeCommand::EmptyTrash));
        }
        if ui.add(Button::new(text.get("cancel")).kind(ButtonKind::Chip)).clicked() {
            *emptying = false;
        }
        return;
    }
    if ui.add(Button::icon(icons::BACK, text.get("trash-back"))).on_hover_text(text.get("trash-back")).clicked() {
        actions.push(Action::Search(String::new()));
    }
    ui.label(heading(text.get("trash")));
    ui.label(RichText::new(text.count(view.total)).color(palette.text));
    if view.total == 0 {
        return;
    }
    ui.add_space(size::GAP);
    let (restore, images) = if selection.is_empty() {
        (text.get("trash-restore-all"), None)
    } else {
        (text.with("trash-restore", [("count", selection.len().into())]), Some(selection))
    };
    if ui.add(Button::new(restore).kind(ButtonKind::Chip).with_icon(icons::UNDO)).clicked() {
        let images = images.map_or_else(|| view.ids.to_vec(), |selection| selection.in_order(&view.ids));
        actions.send(Command::Organize(OrganizeCommand::RestoreFromTrash(images)));
    }
    if ui.add(Button::new(text.get("trash-empty")).kind(ButtonKind::Chip).with_icon(icons::DELETE)).clicked() {
        *emptying = true;
    }
}
