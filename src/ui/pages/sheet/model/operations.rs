//! Operations of keys and menus on the rows and cells of a sheet.

use crate::{
    prompt::sheet::Table,
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
    },
};

use super::{cell_range::CellRange, open_sheet::OpenSheet};

/// Removes the selected rows.
pub(in crate::ui::pages::sheet) fn remove_rows(open: &mut OpenSheet) {
    open.document.remove_rows(open.range.rows(open.document.height()));
    let (height, width) = (open.shown(), open.document.width());
    open.range.stay(height, width);
}

/// Moves the selected rows up or down by one.
pub(in crate::ui::pages::sheet) fn move_rows(open: &mut OpenSheet, down: bool) {
    let rows = open.range.rows(open.document.height());
    if !rows.is_empty() && open.document.move_rows(rows, down) {
        for (row, _) in [&mut open.range.from, &mut open.range.to] {
            *row = if down { *row + 1 } else { row.saturating_sub(1) };
        }
        open.reveal = true;
    }
}

/// Undoes or redoes the last change.
pub(in crate::ui::pages::sheet) fn undo(open: &mut OpenSheet, undo: bool) {
    open.document.undo(undo);
    let (height, width) = (open.shown(), open.document.width());
    open.range.stay(height, width);
}

/// Copies the selected cells to the clipboard in the format of spreadsheets.
pub(in crate::ui::pages::sheet) fn copy(open: &OpenSheet, actions: &mut Actions) -> bool {
    let text = Table::copied(open.document.cells(open.range));
    if !text.is_empty() {
        actions.push(Action::CopyText(text));
    }
    true
}

/// Pastes cells from the clipboard. An empty table becomes the copied one.
pub(in crate::ui::pages::sheet) fn paste(
    text: &str,
    open: &mut OpenSheet,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> bool {
    let refused = |error| cx.text.with("sheet-not-pasted", [("why", cx.text.not_a_table(&error).into())]);
    if open.document.height() == 0 {
        match Table::pasted(text) {
            Ok(table) => {
                let (columns, rows) = table.into_parts();
                open.document.replace(columns, rows);
            }
            Err(error) => actions.push(Action::ShowToast(refused(error))),
        }
        return true;
    }
    match Table::cells(text) {
        // A single value fills every selected cell.
        Ok(cells) if matches!(&cells[..], [row] if row.len() == 1) => {
            let rows = open.range.rows(open.shown());
            let columns = open.range.columns(open.document.width());
            let filled = vec![vec![cells[0][0].clone(); columns.len()]; rows.len()];
            open.document.put(rows.start, columns.start, filled);
        }
        Ok(cells) => {
            let (row, column) = (open.range.rows(usize::MAX).start, open.range.columns(usize::MAX).start);
            let (height, width) = (cells.len(), cells.iter().map(Vec::len).max().unwrap_or(1));
            open.document.put(row, column, cells);
            let to = (row + height.max(1) - 1, column + width.max(1) - 1);
            open.range = CellRange { from: (row, column), to };
            open.range.stay(open.document.height(), open.document.width());
        }
        Err(error) => actions.push(Action::ShowToast(refused(error))),
    }
    true
}
