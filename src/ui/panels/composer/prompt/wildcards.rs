//! Wildcard files: a menu that inserts their names into the prompt, and a dialog that edits them.

use egui::{Id, Label, Response, RichText, ScrollArea, Ui, vec2};

use crate::{
    prompt::Wildcard,
    studio::{Command, WildcardCommand},
    ui::{
        actions::action::Actions,
        panels::composer::state::wildcard_editor::{NextWildcard, WildcardEditor},
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            field::Field,
            menu::{menu, menu_item},
            prompt_field::PromptField,
        },
    },
};

/// Width of the menu, and of the list of names in the dialog.
const MENU: f32 = 240.0;

const NAMES: f32 = 190.0;

/// Height of the list of names.
const LIST: f32 = 300.0;

/// Opens the menu below its button. Returns the text to insert into the prompt.
pub(in crate::ui::panels::composer) fn list(
    button: &Response,
    dialog: &mut WildcardEditor,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<String> {
    let text = cx.text;
    if button.clicked() {
        actions.send(Command::Wildcards(WildcardCommand::Reload));
    }
    let mut chosen = None;
    menu(button, &text.get("wildcards"), MENU, |ui| {
        let names: Vec<&String> = cx.known.wildcards.keys().collect();
        if names.is_empty() {
            let palette = theme::palette(ui.visuals());
            let words = RichText::new(text.get("wildcards-none"));
            ui.add(Label::new(words.font(fonts::regular(size::TEXT_CHIP)).color(palette.faint)).wrap());
        }
        ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show_rows(ui, size::CHIP, names.len(), |ui, range| {
            for name in &names[range] {
                let lines = cx.known.sources.wildcards.get(name).map_or(0, |wildcard| wildcard.options().len());
                if menu_item(ui, format!("__{name}__"), false, &text.count(lines)) {
                    chosen = Some(format!("__{name}__"));
                }
            }
        });
        if menu_item(ui, text.get("wildcards-edit"), false, "") {
            dialog.open = true;
            let first = cx.known.wildcards.keys().next().cloned().unwrap_or_default();
            dialog.show(&first, cx);
        }
    });
    chosen
}

/// Draws the dialog. Only called while it is open.
pub fn edit(ui: &Ui, dialog: &mut WildcardEditor, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    // The saved text is the current one, also after another program has changed it.
    let now = cx.known.wildcards.get(&dialog.name);
    if now != dialog.saved.as_ref() && (now == Some(&dialog.text) || !dialog.changed()) {
        let name = dialog.name.clone();
        dialog.show(&name, cx);
    }
    let shown = Dialog::new("wildcards", &text.get("wildcards")).show(
        ui,
        dialog,
        |ui, dialog| {
            // The list is disabled while the question is open.
            ui.add_enabled_ui(dialog.leaving.is_none(), |ui| body(ui, dialog, cx));
        },
        |ui, dialog| match dialog.leaving.clone() {
            Some(next) => {
                question(ui, dialog, &next, cx, actions);
                false
            }
            None => buttons(ui, dialog, cx, actions),
        },
    );
    if shown.footer || (shown.close && dialog.leaving.is_none()) {
        dialog.go(NextWildcard::Close, cx);
    } else if shown.close {
        dialog.leaving = None;
    }
}

/// Draws the buttons for the shown file. Returns whether the dialog is to close.
fn buttons(ui: &mut Ui, dialog: &mut WildcardEditor, cx: &ViewContext<'_>, actions: &mut Actions) -> bool {
    let text = cx.text;
    let save = Button::new(text.get("wildcards-save")).kind(ButtonKind::Primary).enabled(dialog.may_save());
    if ui.add(save).clicked() {
        dialog.save(actions);
    }
    let close = ui.add(Button::new(text.get("done"))).clicked();
    if ui.add(Button::new(text.get("wildcards-import"))).clicked() {
        actions.send(Command::Wildcards(WildcardCommand::PickImport));
    }
    let there = cx.known.wildcards.contains_key(&dialog.name);
    if ui.add(Button::new(text.get("wildcards-delete")).enabled(there)).clicked() {
        actions.send(Command::Wildcards(WildcardCommand::Delete(dialog.name.clone())));
        dialog.saved = None;
    }
    note(ui, |ui| {
        let palette = theme::palette(ui.visuals());
        let lines = Wildcard::parse(&dialog.text).options().len();
        let words = text.with("wildcards-lines", [("count", lines.into())]);
        ui.add(Label::new(RichText::new(words).color(palette.text)).truncate());
    });
    close
}

/// Asks what to do with unsaved changes before another file is shown.
fn question(
    ui: &mut Ui,
    dialog: &mut WildcardEditor,
    next: &NextWildcard,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let save = Button::new(text.get("wildcards-save")).kind(ButtonKind::Primary).enabled(dialog.may_save());
    let save = ui.add(save).clicked();
    let discard = ui.add(Button::new(text.get("wildcards-discard"))).clicked();
    if ui.add(Button::new(text.get("wildcards-stay"))).clicked() {
        dialog.leaving = None;
    }
    note(ui, |ui| {
        let palette = theme::palette(ui.visuals());
        let words = if dialog.name.is_empty() {
            text.get("wildcards-unsaved-new")
        } else {
            text.with("wildcards-unsaved", [("name", dialog.name.as_str().into())])
        };
        ui.add(Label::new(RichText::new(words).color(palette.strong)).truncate());
    });
    if save {
        dialog.save(actions);
    }
    if save || discard {
        dialog.leave(next, cx);
    }
}

fn body(ui: &mut Ui, dialog: &mut WildcardEditor, cx: &ViewContext<'_>) {
    let text = cx.text;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP * 2.0;
        ui.allocate_ui(vec2(NAMES, LIST), |ui| {
            ui.vertical(|ui| {
                ui.set_width(NAMES);
                ui.spacing_mut().item_spacing.y = 2.0;
                if ui.add(Button::new(text.get("wildcards-new")).kind(ButtonKind::Chip)).clicked() {
                    dialog.go(NextWildcard::File(String::new()), cx);
                }
                ScrollArea::vertical().id_salt("wildcards").max_height(LIST).auto_shrink([false, true]).show(
                    ui,
                    |ui| {
                        for name in cx.known.wildcards.keys() {
                            if menu_item(ui, name.as_str(), *name == dialog.name, "") && *name != dialog.name {
                                dialog.go(NextWildcard::File(name.clone()), cx);
                            }
                        }
                    },
                );
            });
        });
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
            let name = text.get("wildcards-name");
            let is_new = dialog.saved.is_none();
            let field = Field::new(&name).hint(text.get("wildcards-name-hint")).enabled(is_new);
            field.show(ui, &mut dialog.name);
            let label = text.get("wildcards-text");
            let field = PromptField::new(Id::unique("wildcard"), &label).rows(14).hint(text.get("wildcards-text-hint"));
            field.show(ui, &mut dialog.text);
        });
    });
}
