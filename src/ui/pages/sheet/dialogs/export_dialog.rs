//! The dialog that writes the images of a sheet's rows to files, with the rows' values in their names.

use egui::{Label, RichText, Ui};

use crate::{
    studio::{Command, ExportCommand, SheetCommand},
    ui::{
        actions::action::Actions,
        pages::sheet::model::{export_state::SheetExportDialog, open_sheet::OpenSheet},
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind, dialog::Dialog, field::Field, section_label},
    },
};

/// Width of the dialog.
const WIDTH: f32 = 560.0;

/// Draws the dialog. Returns whether it is to be closed.
pub(in crate::ui::pages::sheet) fn show(
    ui: &Ui,
    dialog: &mut SheetExportDialog,
    open: &OpenSheet,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> bool {
    let text = cx.text;
    if dialog.asked.as_ref() != Some(&dialog.template) {
        dialog.asked = Some(dialog.template.clone());
        actions.send(Command::Sheets(SheetCommand::CheckExport(dialog.order(open))));
    }
    let title = text.get("sheet-export-title");
    let shown = Dialog::new("sheet export", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, open, cx, actions),
        |ui, dialog| {
            if dialog.done.is_some() {
                return (ui.add(Button::new(text.get("done")).kind(ButtonKind::Primary)).clicked(), None);
            }
            let runs = dialog.progress.is_some();
            let ready = dialog.folder.is_some() && dialog.trouble.is_none() && !runs;
            let start = Button::new(text.get("sheet-export-start")).kind(ButtonKind::Primary).enabled(ready);
            let start = ui.add(start).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            let command = match (start, cancel && runs) {
                (true, _) => Some(Command::Sheets(SheetCommand::Export(dialog.order(open)))),
                (_, true) => Some(Command::Export(ExportCommand::Cancel)),
                _ => None,
            };
            if start {
                dialog.progress = Some((0, 0));
            }
            (cancel && !runs, command)
        },
    );
    let (close, command) = shown.footer;
    if let Some(command) = command {
        actions.send(command);
    }
    close || (shown.close && (dialog.progress.is_none() || dialog.done.is_some()))
}

fn body(ui: &mut Ui, dialog: &mut SheetExportDialog, open: &OpenSheet, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let line = |ui: &mut Ui, words: String, color| {
        ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT)).color(color)).wrap());
    };
    if let Some(done) = &dialog.done {
        line(ui, text.with("sheet-export-done", [("count", done.written.len().into())]), palette.strong);
        let (words, color) = match &done.table {
            Some(table) => {
                (text.with("sheet-export-table", [("path", table.display().to_string().into())]), palette.text)
            }
            None => (text.get("sheet-export-no-table"), palette.bad),
        };
        line(ui, words, color);
        if let Some((_, failure)) = done.failed.first() {
            let why = text.export_failure(failure);
            let words = text.with("sheet-export-failed", [("count", done.failed.len().into()), ("why", why.into())]);
            line(ui, words, palette.bad);
        }
        return;
    }
    if let Some((done, total)) = dialog.progress {
        line(ui, text.with("sheet-export-progress", [("done", done.into()), ("total", total.into())]), palette.text);
        return;
    }
    section_label(ui, &text.get("export-folder"), |_| ());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        if ui.add(Button::new(text.get("export-choose"))).clicked() {
            actions.send(Command::Export(ExportCommand::PickFolder));
        }
        let folder =
            dialog.folder.as_ref().map_or_else(|| text.get("export-no-folder"), |folder| folder.display().to_string());
        ui.add(Label::new(RichText::new(folder).color(palette.text)).truncate());
    });
    ui.add_space(4.0);
    let label = text.get("export-name");
    section_label(ui, &label, |_| ());
    Field::new(&label).show(ui, &mut dialog.template);
    if let Some(trouble) = &dialog.trouble {
        return line(ui, text.template_trouble(trouble), palette.bad);
    }
    let plain = |name: &String| format!("{{{}}}", name.trim().trim_start_matches('$'));
    let columns = open.document.sheet().columns.iter().filter(|name| !name.trim().is_empty());
    let names: Vec<String> = std::iter::once("{row}".to_owned()).chain(columns.map(plain)).collect();
    line(ui, text.with("sheet-export-fields", [("fields", names.join(" ").into())]), palette.faint);
}
