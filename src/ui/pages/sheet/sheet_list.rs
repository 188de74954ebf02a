//! The page while no sheet is open: what sheets are for, how to create one, and the saved ones.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, UiBuilder, vec2};
use jiff::{Zoned, tz::TimeZone};

use crate::{
    prompt::sheet::TableReading,
    recipe::{SheetHead, SheetSummary},
    studio::{Command, SheetCommand},
    ui::{
        actions::{
            action::{Action, Actions},
            file_list::files_of,
        },
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

use super::{
    focus,
    model::{document::SheetDocument, open_sheet::OpenSheet},
    state::{SheetBase, SheetPage},
};

/// Width of the contents in points.
const WIDTH: f32 = 640.0;
/// Height of a row of the list.
const LINE: f32 = 40.0;

/// Draws the list.
pub(super) fn show(
    ui: &mut Ui,
    page: &mut SheetPage,
    base: &SheetBase<'_>,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    let whole = ui.available_rect_before_wrap();
    ui.painter().rect_filled(whole, 0.0, palette.ground);
    paste(ui, page, base, cx, actions);
    let width = WIDTH.min(whole.width() - size::EDGE * 2.0);
    let middle = egui::Rect::from_center_size(whole.center(), vec2(width, whole.height()));
    ui.scope_builder(UiBuilder::new().max_rect(middle), |ui| {
        ui.spacing_mut().item_spacing.y = size::GAP;
        ui.add_space(size::SECTION * 4.0);
        let title = RichText::new(text.get("sheet-title")).font(fonts::semibold(size::TEXT_TITLE));
        ui.label(title.color(palette.strong));
        let note = RichText::new(text.get("sheet-about")).font(fonts::regular(size::TEXT)).color(palette.text);
        ui.add(Label::new(note).wrap());
        ui.add_space(size::GAP);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP;
            let enabled = !cx.known.read_only;
            let new =
                Button::new(text.get("sheet-new")).kind(ButtonKind::Primary).with_icon(icons::ADD).enabled(enabled);
            if ui.add(new).clicked() {
                begin(page, base, cx);
            }
            if ui.add(Button::new(text.get("sheet-open-file")).enabled(enabled)).clicked() {
                actions.send(Command::Sheets(SheetCommand::PickTable));
            }
        });
        let ways = text.get(if cx.known.takes_drops { "sheet-ways" } else { "sheet-ways-no-drop" });
        let note = RichText::new(ways).font(fonts::regular(size::TEXT_CHIP)).color(palette.faint);
        ui.add(Label::new(note).wrap());
        ui.add_space(size::SECTION);
        let Some(listed) = page.listed.as_ref().filter(|listed| !listed.is_empty()) else { return };
        let heading = RichText::new(text.get("sheet-kept")).font(fonts::semibold(size::TEXT)).color(palette.text);
        ui.label(heading);
        ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, LINE, listed.len(), |ui, range| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for sheet in &listed[range] {
                line(ui, sheet, cx, actions);
            }
        });
    });
}

fn line(ui: &mut Ui, sheet: &SheetSummary, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let name = if sheet.name.trim().is_empty() { text.get("sheet-untitled") } else { sheet.name.clone() };
    let changed = text.day(sheet.changed.to_zoned(TimeZone::system()).date(), Zoned::now().date());
    let rows = text.with("sheet-rows", [("count", sheet.rows.into())]);
    let about = [rows, changed].join(&text.get("fact-separator"));
    ui.allocate_ui_with_layout(vec2(ui.available_width(), LINE), Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let label = text.with("sheet-remove-named", [("name", name.as_str().into())]);
        if ui.add(Button::icon(icons::DELETE, label.as_str())).on_hover_text(label).clicked() {
            actions.push(Action::RemoveSheet(sheet.id, name.clone()));
        }
        let open = Button::new(&name).kind(ButtonKind::Quiet).left_aligned().height(LINE - 4.0).trailing(about);
        if ui.add(open.width(ui.available_width()).with_icon(icons::TABLE)).clicked() {
            actions.send(Command::Sheets(SheetCommand::Open(sheet.id)));
        }
    });
}

/// Creates a sheet: with a column for each variable of the composer's prompt, or with one for prompts.
fn begin(page: &mut SheetPage, base: &SheetBase<'_>, cx: &ViewContext<'_>) {
    let template = base.recipe.prompt.clone();
    let variables = variables(&template, cx);
    let (template, columns) = if variables.is_empty() {
        (String::new(), vec!["prompt".to_owned()])
    } else {
        (template, variables.into_iter().map(|name| format!("${name}")).collect())
    };
    let name = cx.text.get("sheet-untitled");
    let document = SheetDocument::of(SheetHead { name, template, ..base.head() }, columns, Vec::new());
    let kept = document.revision();
    // An unchanged new sheet is not saved.
    page.open = Some(Box::new(OpenSheet { kept, ..OpenSheet::new(document, cx.known) }));
}

/// The undefined variables of a template.
fn variables(template: &str, cx: &ViewContext<'_>) -> Vec<String> {
    use crate::prompt::{Prompts, TemplateProblem};
    let prompts = Prompts::new(template, &cx.known.sources);
    let unknown = prompts.problems().iter().filter_map(|problem| match problem {
        TemplateProblem::NoVariable(name) => Some(name.clone()),
        _ => None,
    });
    unknown.collect()
}

/// Creates a sheet from pasted text.
fn paste(ui: &Ui, page: &mut SheetPage, base: &SheetBase<'_>, cx: &ViewContext<'_>, actions: &mut Actions) {
    if cx.known.read_only || ui.ctx().text_edit_focused() {
        return;
    }
    let pasted = ui.input(|input| {
        input.events.iter().find_map(|event| match event {
            egui::Event::Paste(text) => Some(text.clone()),
            _ => None,
        })
    });
    let Some(pasted) = pasted else { return };
    if let Some(files) = files_of(&pasted) {
        actions.push(Action::OpenFiles(files));
        return;
    }
    match TableReading::pasted(&pasted) {
        Ok(reading) => {
            for sentence in cx.text.left_out_of_table(&reading) {
                actions.push(Action::ShowToast(sentence));
            }
            page.open_table(cx.text.get("sheet-untitled"), None, reading.table, base, cx.known);
            ui.memory_mut(|memory| memory.request_focus(focus::focus_id()));
        }
        Err(error) => {
            let why = cx.text.not_a_table(&error);
            actions.push(Action::ShowToast(cx.text.with("sheet-not-pasted", [("why", why.into())])));
        }
    }
}
