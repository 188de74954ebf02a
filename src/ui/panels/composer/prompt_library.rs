//! The dialog of the prompt library: styles, variables and snippets are created, renamed, edited, sorted and removed.

use egui::{Id, Label, RichText, ScrollArea, Ui, vec2};

use crate::{
    settings::{PromptLibrary, Style, unused_name},
    studio::{Command, StyleFileCommand},
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            field::Field,
            menu::menu_item,
            prompt_field::PromptField,
            section_label,
        },
    },
};

use super::state::{
    composer::Composer,
    prompt_library::{LibraryTab, PromptLibraryDialog},
};

/// Width and height of the list of names.
const NAMES: f32 = 200.0;

const LIST: f32 = 320.0;

/// What one frame of the dialog can change.
struct LibraryDraft<'a> {
    composer: &'a mut Composer,
    prompt_library: PromptLibrary,
}

/// Draws the dialog. Only called while it is open.
pub(super) fn show(ui: &Ui, composer: &mut Composer, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let mut draft = LibraryDraft { composer, prompt_library: PromptLibrary::clone(&cx.known.prompt_library) };
    let title = text.get(draft.composer.library_dialog.tab.keys().title);
    let shown = Dialog::new("kit", &title).show(
        ui,
        &mut draft,
        |ui, draft| body(ui, draft.composer, &mut draft.prompt_library, cx),
        |ui, draft| footer(ui, &mut draft.composer.library_dialog, &mut draft.prompt_library, cx, actions),
    );
    let LibraryDraft { composer, prompt_library } = draft;
    if shown.close || shown.footer {
        composer.library_dialog = PromptLibraryDialog::default();
    }
    if prompt_library != *cx.known.prompt_library {
        actions.push(Action::SavePromptLibrary(Box::new(prompt_library)));
    }
}

fn body(ui: &mut Ui, composer: &mut Composer, prompt_library: &mut PromptLibrary, cx: &ViewContext<'_>) {
    let text = cx.text;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        for tab in LibraryTab::ALL {
            let chosen = composer.library_dialog.tab == tab;
            if ui.add(Button::new(text.get(tab.keys().title)).kind(ButtonKind::Chip).selected(chosen)).clicked()
                && !chosen
            {
                composer.library_dialog.turn(tab, prompt_library);
            }
        }
    });
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP * 2.0;
        ui.allocate_ui(vec2(NAMES, LIST), |ui| {
            ui.vertical(|ui| names(ui, &mut composer.library_dialog, prompt_library, text))
        });
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
            ui.set_min_height(LIST);
            if composer.library_dialog.at < composer.library_dialog.tab.names(prompt_library).len() {
                name(ui, composer, prompt_library, text);
                item(ui, composer, prompt_library, cx);
            } else {
                let palette = theme::palette(ui.visuals());
                let words = text.get(composer.library_dialog.tab.keys().none);
                ui.add(Label::new(RichText::new(words).color(palette.text)).wrap());
            }
        });
    });
}

pub(super) fn names(ui: &mut Ui, dialog: &mut PromptLibraryDialog, prompt_library: &mut PromptLibrary, text: &Text) {
    ui.set_width(NAMES);
    ui.spacing_mut().item_spacing.y = 2.0;
    let tab = dialog.tab;
    if ui.add(Button::new(text.get(tab.keys().new)).kind(ButtonKind::Chip)).clicked() {
        let name = unused_name(&text.get(tab.keys().first), &tab.names(prompt_library));
        // Names of variables have no spaces.
        tab.add(prompt_library, if tab == LibraryTab::Variables { name.replace(' ', "_") } else { name });
        dialog.show(tab.names(prompt_library).len() - 1, prompt_library);
    }
    let at = dialog.at;
    ScrollArea::vertical().id_salt(("kit", tab.keys().title)).max_height(LIST).auto_shrink([false, true]).show(
        ui,
        |ui| {
            let chosen = tab
                .names(prompt_library)
                .iter()
                .enumerate()
                .position(|(index, name)| menu_item(ui, *name, index == at, ""));
            if let Some(index) = chosen {
                dialog.show(index, prompt_library);
            }
        },
    );
}

/// Draws the field of a name, which takes effect as soon as it is valid.
pub(super) fn name(ui: &mut Ui, composer: &mut Composer, prompt_library: &mut PromptLibrary, text: &Text) {
    let (tab, at) = (composer.library_dialog.tab, composer.library_dialog.at);
    let label = text.get(tab.keys().name);
    let changed = Field::new(&label).hint(label.as_str()).show(ui, &mut composer.library_dialog.name).changed();
    let name = composer.library_dialog.name.trim().to_owned();
    if let Some(why) = tab.refuses(&name, at, prompt_library) {
        let palette = theme::palette(ui.visuals());
        let words = RichText::new(text.get(why)).font(fonts::regular(size::TEXT_SMALL)).color(palette.bad);
        ui.add(Label::new(words).wrap());
    } else if changed && let Some(now) = tab.name_mut(prompt_library, at) {
        let before = std::mem::replace(now, name.clone());
        if tab == LibraryTab::Styles {
            // The style stays active under its new name.
            composer.styles.iter_mut().filter(|on| **on == before).for_each(|on| on.clone_from(&name));
        }
    }
}

fn item(ui: &mut Ui, composer: &Composer, prompt_library: &mut PromptLibrary, cx: &ViewContext<'_>) {
    let text = cx.text;
    let (tab, at) = (composer.library_dialog.tab, composer.library_dialog.at);
    let field = |ui: &mut Ui, key: &str, hint: &str, rows: usize, words: &mut String| {
        let label = text.get(key);
        let mut field = PromptField::new(Id::unique(("kit", key)), &label).rows(rows);
        field = field.hint(text.get(hint));
        if key != "styles-negative" {
            field = field.template(&cx.known.sources);
        }
        section_label(ui, &label, |_| {});
        field.show(ui, words);
    };
    match tab {
        LibraryTab::Styles => {
            let Some(style) = prompt_library.styles.get_mut(at) else { return };
            field(ui, "styles-prefix", "styles-prefix-hint", 2, &mut style.prefix);
            field(ui, "styles-suffix", "styles-suffix-hint", 2, &mut style.suffix);
            field(ui, "styles-negative", "styles-negative-hint", 1, &mut style.negative);
            parameters(ui, composer, style, text);
        }
        LibraryTab::Variables => {
            let Some(variable) = prompt_library.variables.get_mut(at) else { return };
            field(ui, "variables-text", "variables-text-hint", 6, &mut variable.text);
        }
        LibraryTab::Snippets => {
            let Some(snippet) = prompt_library.snippets.get_mut(at) else { return };
            field(ui, "snippets-text", "snippets-text-hint", 6, &mut snippet.text);
        }
    }
}

/// Draws the parameters of a style: those of the composer, or none.
fn parameters(ui: &mut Ui, composer: &Composer, style: &mut Style, text: &Text) {
    let palette = theme::palette(ui.visuals());
    section_label(ui, &text.get("composer-parameters"), |_| {});
    let set = text.parameters(&style.parameters);
    let words = if set.is_empty() { text.get("styles-no-parameters") } else { set.clone() };
    ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text)).wrap());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        if ui.add(Button::new(text.get("styles-take-parameters")).kind(ButtonKind::Small)).clicked() {
            style.parameters = composer.recipe.parameters.clone();
        }
        let clear = Button::new(text.get("styles-clear-parameters")).kind(ButtonKind::Small).enabled(!set.is_empty());
        if ui.add(clear).clicked() {
            style.parameters = crate::recipe::Parameters::default();
        }
    });
}

fn footer(
    ui: &mut Ui,
    dialog: &mut PromptLibraryDialog,
    prompt_library: &mut PromptLibrary,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> bool {
    let (text, tab, at) = (cx.text, dialog.tab, dialog.at);
    let count = tab.names(prompt_library).len();
    let close = ui.add(Button::new(text.get("done")).kind(ButtonKind::Primary)).clicked();
    if tab == LibraryTab::Styles {
        if ui.add(Button::new(text.get("styles-export")).enabled(count > 0)).clicked() {
            actions.send(Command::Styles(StyleFileCommand::PickExport(prompt_library.styles.clone())));
        }
        if ui.add(Button::new(text.get("wildcards-import"))).on_hover_text(text.get("styles-import-tip")).clicked() {
            actions.send(Command::Styles(StyleFileCommand::PickImport));
        }
    }
    if ui.add(Button::new(text.get("wildcards-delete")).enabled(at < count)).clicked() {
        dialog.removed = Some((at, tab.remove(prompt_library, at)));
        dialog.show(at.min(count.saturating_sub(2)), prompt_library);
    }
    let mut arrow = |icon, key, other: Option<usize>| {
        let button = Button::icon(icon, text.get(key)).kind(ButtonKind::Plain).enabled(other.is_some());
        if let (true, Some(other)) = (ui.add(button).on_hover_text(text.get(key)).clicked(), other) {
            tab.swap(prompt_library, at, other);
            dialog.show(other, prompt_library);
        }
    };
    arrow(icons::DOWNWARD, "kit-down", (at + 1 < count).then_some(at + 1));
    arrow(icons::UP, "kit-up", at.checked_sub(1).filter(|_| at < count));
    let mut undo = false;
    note(ui, |ui| {
        let palette = theme::palette(ui.visuals());
        if let Some((_, removed)) = &dialog.removed {
            undo = ui.add(Button::new(text.get("undo")).kind(ButtonKind::Small)).clicked();
            ui.add_space(size::GAP);
            let words = text.with("kit-removed", [("name", removed.name().into())]);
            ui.add(Label::new(RichText::new(words).color(palette.text)).truncate());
        }
    });
    if undo && let Some((at, removed)) = dialog.removed.take() {
        dialog.tab = removed.tab();
        removed.put_back(prompt_library, at);
        dialog.show(at, prompt_library);
    }
    close
}
