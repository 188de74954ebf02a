//! The bar above the table: the sheet's name, files, the template of the prompt, and the settings that apply to all
//! rows.

use egui::{Align, Id, Layout, RichText, Ui, vec2};

use crate::{
    studio::{Command, SheetCommand},
    ui::{
        actions::action::{Action, Actions},
        components::provider_name::profile_name,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            field::Field,
            menu::{menu, menu_item},
            prompt_field::PromptField,
            section_label,
        },
    },
};

use super::{model::open_sheet::OpenSheet, state::SheetBase};

/// Width of the field for the sheet's name, and of the menu.
const NAME: f32 = 260.0;
const MENU: f32 = 240.0;

/// How a sheet is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SheetExit {
    /// It is saved and closed.
    Closed,
    /// It is removed.
    Removed,
}

/// Draws the bar. Returns how the sheet is closed, if it is.
pub(super) fn show(
    ui: &mut Ui,
    open: &mut OpenSheet,
    base: &SheetBase<'_>,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<SheetExit> {
    let text = cx.text;
    let mut left = None;
    let mut head = open.document.sheet().head.clone();
    let mut touched = false;
    ui.add_space(size::GAP);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::BUTTON), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        let back = Button::new(text.get("sheet-back")).kind(ButtonKind::Quiet).with_icon(icons::BACK);
        left = ui.add(back).clicked().then_some(SheetExit::Closed);
        let label = text.get("sheet-name");
        let field = Field::new(&label).id(Id::unique("sheet name")).width(NAME).height(size::CHIP);
        touched |= field.show(ui, &mut head.name).has_focus();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP;
            let label = text.get("sheet-more");
            let more = ui.add(Button::icon(icons::MORE, label.as_str()));
            menu(&more, &label, MENU, |ui| more_menu(ui, open, cx, actions, &mut left));
            more.on_hover_text(label);
            let redo = Button::icon(icons::RETRY, text.get("sheet-redo")).enabled(open.document.can(false));
            if ui.add(redo).on_hover_text(text.get("sheet-redo")).clicked() {
                open.document.undo(false);
            }
            let undo = Button::icon(icons::UNDO, text.get("sheet-undo")).enabled(open.document.can(true));
            if ui.add(undo).on_hover_text(text.get("sheet-undo")).clicked() {
                open.document.undo(true);
            }
        });
    });
    if head.name != open.document.sheet().head.name {
        open.document.set_head(head.clone());
    }
    let label = text.get("sheet-template");
    ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
    section_label(ui, &label, |_| ());
    let hint = if open.read.headings.has_prompt() { "sheet-template-hint-own" } else { "sheet-template-hint" };
    let sources = std::sync::Arc::clone(&open.read.sources);
    let mut template = open.document.sheet().head.template.clone();
    let field = PromptField::new(Id::unique("sheet template"), &label).rows(1).hint(text.get(hint)).template(&sources);
    touched |= field.show(ui, &mut template).has_focus();
    if template != open.document.sheet().head.template {
        let head = crate::recipe::SheetHead { template, ..open.document.sheet().head.clone() };
        open.document.set_head(head);
    }
    if !touched {
        open.document.leave_head();
    }
    base_line(ui, open, base, cx);
    left
}

fn more_menu(ui: &mut Ui, open: &OpenSheet, cx: &ViewContext<'_>, actions: &mut Actions, left: &mut Option<SheetExit>) {
    let text = cx.text;
    let sheet = || std::sync::Arc::new(open.document.sheet().clone());
    if menu_item(ui, text.get("sheet-open-file"), false, "") {
        actions.send(Command::Sheets(SheetCommand::PickTable));
    }
    if menu_item(ui, text.get("sheet-save-csv"), false, "") {
        actions.send(Command::Sheets(SheetCommand::SaveTable(sheet())));
    }
    ui.separator();
    if menu_item(ui, text.get("sheet-remove"), false, "") {
        actions.push(Action::RemoveSheet(open.document.sheet().id, open.document.sheet().head.name.clone()));
        *left = Some(SheetExit::Removed);
    }
}

/// Draws the settings that apply to all rows, and the button that takes them from the composer.
fn base_line(ui: &mut Ui, open: &mut OpenSheet, base: &SheetBase<'_>, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let head = &open.document.sheet().head;
    let profile = cx.known.profile(&head.base.profile);
    let provider = profile.map_or_else(|| text.get("composer-no-provider"), |profile| profile_name(profile, cx));
    let model = head.base.model.trim();
    let model = if model.is_empty() { text.get("row-fault-no-model") } else { model.to_owned() };
    let set = &head.base.parameters;
    let references = head.base.references.len();
    let facts = [
        Some(model),
        Some(provider),
        set.aspect.map(|aspect| aspect.to_string()),
        set.size.map(|size| size.to_string()),
        set.n.filter(|n| *n > 1).map(|n| text.with("composer-images", [("count", n.into())])),
        set.seed.map(|seed| text.with("sheet-seed", [("seed", seed.to_string().into())])),
        (references > 0).then(|| text.with("sheet-references", [("count", references.into())])),
        (!head.styles.is_empty()).then(|| head.styles.join(", ")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let wanted = base.head();
    let same = wanted.base == crate::recipe::Recipe { prompt: String::new(), ..head.base.clone() }
        && wanted.styles == head.styles;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::CHIP), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        let words = text.with("sheet-base", [("facts", facts.join(&text.get("fact-separator")).into())]);
        let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
        ui.add(egui::Label::new(words).truncate());
        let take = Button::new(text.get("sheet-take-base")).kind(ButtonKind::Chip).enabled(!same);
        let tip = if same { "sheet-take-base-same" } else { "sheet-take-base-tip" };
        if ui.add(take).on_hover_text(text.get(tip)).clicked() {
            open.document.leave_head();
            let head = crate::recipe::SheetHead {
                base: wanted.base,
                styles: wanted.styles,
                ..open.document.sheet().head.clone()
            };
            open.document.set_head(head);
            open.document.leave_head();
        }
    });
}
