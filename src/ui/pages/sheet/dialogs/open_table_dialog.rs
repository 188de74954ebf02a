//! The dialog before a table is opened whose encoding is a guess or that was not read completely: its first rows, and
//! the choice of another encoding.

use std::sync::Arc;

use egui::{Align, Color32, Frame, Label, Layout, Margin, RichText, Stroke, Ui, vec2};
use egui_extras::{Column as TableColumn, TableBuilder};

use crate::{
    prompt::sheet::{Column, DetectedBy, Headings, SheetField, TextEncoding},
    recipe::replace_invisible_in_name,
    studio::{Command, SheetCommand, TableFile},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            dialog::Dialog,
            menu::{menu, menu_item},
            section_label,
        },
    },
};

/// Widths of the dialog and of the menu of encodings, and the height of a row, in points.
const WIDTH: f32 = 640.0;
const MENU: f32 = 280.0;
const ROW: f32 = 30.0;
/// Number of rows and columns in the preview.
const ROWS: usize = 6;
const COLUMNS: usize = 5;
/// Maximum number of characters of a cell that are laid out.
const LAID_OUT: usize = 160;

/// The button that was clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui::pages::sheet) enum OpenTableResponse {
    /// Open the table.
    Open,
    /// Close the dialog.
    Cancel,
}

/// A cell of the preview.
#[derive(Clone, Debug)]
struct PreviewCell {
    text: String,
    is_faulty: bool,
}

/// The state of the dialog.
#[derive(Debug)]
pub(in crate::ui::pages::sheet) struct OpenTableDialog {
    file: Arc<TableFile>,
    columns: Vec<(String, Column)>,
    rows: Vec<Vec<PreviewCell>>,
    /// The encoding that the file is read in at the moment.
    reading: Option<TextEncoding>,
    /// The encoding that could not be used.
    refused: Option<TextEncoding>,
}

impl OpenTableDialog {
    /// Opens the preview of a table.
    pub(in crate::ui::pages::sheet) fn new(file: Arc<TableFile>) -> Self {
        let table = &file.reading.table;
        let headings = Headings::read(table.columns());
        let named = table.columns().iter().zip(headings.columns()).take(COLUMNS);
        let columns = named.map(|(name, column)| (shown(name), column.clone())).collect();
        let rows = table.rows().iter().take(ROWS).map(|row| {
            let errors = headings.unusable(row);
            let is_faulty = |index| errors.iter().any(|error| error.column.is_none_or(|column| column == index));
            let cell = |(index, cell): (usize, &String)| PreviewCell { text: shown(cell), is_faulty: is_faulty(index) };
            row.iter().enumerate().take(COLUMNS).map(cell).collect()
        });
        let rows = rows.collect();
        Self { file, columns, rows, reading: None, refused: None }
    }

    /// Stores that an encoding cannot be used.
    pub(in crate::ui::pages::sheet) fn refuse(&mut self, encoding: TextEncoding) {
        (self.reading, self.refused) = (None, Some(encoding));
    }

    /// The table of the preview.
    pub(in crate::ui::pages::sheet) fn into_file(self) -> Arc<TableFile> {
        self.file
    }
}

/// The beginning of a cell in one line, with invisible characters made visible.
fn shown(cell: &str) -> String {
    let end = cell.char_indices().nth(LAID_OUT).map_or(cell.len(), |(end, _)| end);
    replace_invisible_in_name(&cell[..end].replace(['\n', '\r', '\t'], " ")).into_owned()
}

/// Draws the dialog. Returns the clicked button.
pub(in crate::ui::pages::sheet) fn show(
    ui: &Ui,
    opening: &mut OpenTableDialog,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> Option<OpenTableResponse> {
    let text = cx.text;
    let title = text.with("table-open-title", [("name", opening.file.file.as_str().into())]);
    let shown = Dialog::new("sheet opening", &title).width(WIDTH).show(
        ui,
        opening,
        |ui, opening| body(ui, opening, cx, actions),
        |ui, opening| {
            let ready = opening.reading.is_none();
            let open = ui.add(Button::new(text.get("table-open")).kind(ButtonKind::Primary).enabled(ready)).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            (open && ready, cancel)
        },
    );
    match shown.footer {
        (true, _) => Some(OpenTableResponse::Open),
        (_, true) => Some(OpenTableResponse::Cancel),
        _ if shown.close => Some(OpenTableResponse::Cancel),
        _ => None,
    }
}

fn body(ui: &mut Ui, opening: &mut OpenTableDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    encoding(ui, opening, cx, actions);
    ui.add_space(size::GAP_SMALL);
    section_label(ui, &text.get("table-preview"), |_| ());
    Frame::new()
        .fill(palette.ground)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(size::RADIUS)
        .inner_margin(Margin::symmetric(size::SECTION as i8, size::GAP_SMALL as i8))
        .show(ui, |ui| preview(ui, opening));
    let table = &opening.file.reading.table;
    let rest = [
        ("table-preview-rest", table.rows().len().saturating_sub(ROWS)),
        ("table-preview-columns", table.columns().len().saturating_sub(COLUMNS)),
    ];
    let rest =
        rest.iter().filter(|(_, count)| *count > 0).map(|(key, count)| text.with(key, [("count", (*count).into())]));
    let rest = rest.collect::<Vec<_>>().join(&text.get("fact-separator"));
    if !rest.is_empty() {
        line(ui, rest, size::TEXT_CHIP, palette.faint);
    }
    if opening.file.unusable_rows > 0 {
        let count = [("count", opening.file.unusable_rows.into())];
        line(ui, text.with("table-unusable-rows", count), size::TEXT, palette.bad);
    }
    for sentence in text.left_out_of_table(&opening.file.reading) {
        line(ui, sentence, size::TEXT, palette.text);
    }
}

fn line(ui: &mut Ui, words: String, size: f32, color: Color32) {
    ui.add(Label::new(RichText::new(words).font(fonts::regular(size)).color(color)).wrap());
}

/// Draws the encoding, how it was detected, and the menu of others.
fn encoding(ui: &mut Ui, opening: &mut OpenTableDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some(recognition) = opening.file.reading.recognition else { return };
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let label = text.get("table-encoding");
    section_label(ui, &label, |_| ());
    let now = opening.reading.unwrap_or(recognition.encoding);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        let (name, used) = text.encoding(now);
        let words =
            if used.is_empty() { name.to_owned() } else { [name, used.as_str()].join(&text.get("fact-separator")) };
        let accessible = text.with("table-encoding-named", [("encoding", words.as_str().into())]);
        let button = Button::new(words).kind(ButtonKind::Chip).trailing(icons::DOWN).name(accessible);
        let button = ui.add(button);
        menu(&button, &label, MENU, |ui| {
            for offered in TextEncoding::OFFERED {
                let (name, used) = text.encoding(offered);
                if menu_item(ui, name, offered == now, &used) && offered != now {
                    (opening.reading, opening.refused) = (Some(offered), None);
                    let again = SheetCommand::DecodeTable(Arc::clone(&opening.file), offered);
                    actions.send(Command::Sheets(again));
                }
            }
        });
        let (key, encoding, color) = match opening.refused {
            Some(refused) => ("table-not-read-again", refused, palette.bad),
            None if recognition.by == DetectedBy::User => ("table-encoding-chosen", now, palette.text),
            None => ("table-encoding-recognized", now, palette.text),
        };
        line(ui, text.with(key, [("encoding", encoding.name().into())]), size::TEXT_CHIP, color);
    });
}

/// Draws the first rows below the names of their columns.
fn preview(ui: &mut Ui, opening: &OpenTableDialog) {
    let palette = theme::palette(ui.visuals());
    let parts: f32 = opening.columns.iter().map(|(_, column)| part(column)).sum();
    let room = ui.available_width();
    let (left, top) = (ui.cursor().left(), ui.cursor().top());
    let gaps = size::SECTION * opening.columns.len().saturating_sub(1) as f32;
    let unit = (room - gaps) / parts.max(1.0);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::SECTION, 0.0);
        let mut table = TableBuilder::new(ui).id_salt("sheet preview").vscroll(false).striped(false);
        for (_, column) in &opening.columns {
            table = table.column(TableColumn::exact(unit * part(column)));
        }
        let head = table.cell_layout(Layout::left_to_right(Align::Center)).header(ROW, |mut row| {
            for (name, _) in &opening.columns {
                row.col(|ui| cell(ui, name, fonts::semibold(size::TEXT_CHIP), palette.text));
            }
        });
        head.body(|body| {
            body.rows(ROW, opening.rows.len(), |mut row| {
                for (shown, _) in opening.rows[row.index()].iter().zip(&opening.columns) {
                    let color = if shown.is_faulty { palette.bad } else { palette.strong };
                    row.col(|ui| cell(ui, &shown.text, fonts::regular(size::TEXT), color));
                }
            });
        });
    });
    ui.painter().hline(left..=left + room, top + ROW, Stroke::new(1.0, palette.line));
    // A short table is as wide as a long one.
    ui.set_min_width(room);
}

/// The relative width of a column.
fn part(column: &Column) -> f32 {
    match column {
        Column::Prompt => 3.0,
        Column::Field(SheetField::Negative | SheetField::References) => 2.0,
        Column::Field(_) => 1.0,
        Column::Variable(_) | Column::Unused => 1.5,
    }
}

fn cell(ui: &mut Ui, text: &str, font: egui::FontId, color: Color32) {
    ui.add(Label::new(RichText::new(text).font(font).color(color)).truncate());
}
