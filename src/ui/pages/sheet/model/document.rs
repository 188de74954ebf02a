//! The document of the open sheet: its changes, with undo and redo.

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    prompt::sheet::{MAX_COLUMNS, MAX_ROWS},
    recipe::{RowId, Sheet, SheetHead, SheetId, SheetRow},
};

use super::cell_range::CellRange;

/// Maximum number of changes that can be undone.
const MAX_UNDO_STEPS: usize = 200;

/// A sheet with its history.
#[derive(Debug)]
pub(in crate::ui::pages::sheet) struct SheetDocument {
    sheet: Sheet,
    past: Vec<Sheet>,
    future: Vec<Sheet>,
    /// Increases with every change.
    revision: u64,
    /// Whether the head is edited, which is one change however many letters are typed.
    in_head: bool,
}

/// Creates an empty row with a new id.
fn new_row(width: usize) -> Arc<SheetRow> {
    Arc::new(SheetRow { id: RowId::from_uuid(Uuid::now_v7()), cells: vec![String::new(); width] })
}

impl SheetDocument {
    /// Opens a saved sheet.
    pub(in crate::ui::pages::sheet) fn new(sheet: Sheet) -> Self {
        Self { sheet, past: Vec::new(), future: Vec::new(), revision: 1, in_head: false }
    }

    /// Creates a sheet of these columns and rows.
    pub(in crate::ui::pages::sheet) fn of(head: SheetHead, columns: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        let row = |cells| Arc::new(SheetRow { id: RowId::from_uuid(Uuid::now_v7()), cells });
        let rows = rows.into_iter().map(row).collect();
        Self::new(Sheet { id: SheetId::from_uuid(Uuid::now_v7()), head, columns, rows })
    }

    /// The sheet.
    pub(in crate::ui::pages::sheet) fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// Increases with every change.
    pub(in crate::ui::pages::sheet) fn revision(&self) -> u64 {
        self.revision
    }

    /// Number of columns.
    pub(in crate::ui::pages::sheet) fn width(&self) -> usize {
        self.sheet.columns.len()
    }

    /// Number of rows.
    pub(in crate::ui::pages::sheet) fn height(&self) -> usize {
        self.sheet.rows.len()
    }

    /// The text of a cell; empty beyond the last one.
    pub(in crate::ui::pages::sheet) fn cell(&self, row: usize, column: usize) -> &str {
        self.sheet.rows.get(row).and_then(|row| row.cells.get(column)).map_or("", String::as_str)
    }

    /// Makes a change that can be undone.
    fn change(&mut self, change: impl FnOnce(&mut Sheet)) {
        let before = self.sheet.clone();
        change(&mut self.sheet);
        if self.sheet != before {
            self.remember(before);
            self.in_head = false;
        }
    }

    fn remember(&mut self, before: Sheet) {
        self.past.push(before);
        if self.past.len() > MAX_UNDO_STEPS {
            self.past.remove(0);
        }
        self.future.clear();
        self.revision += 1;
    }

    /// Changes the head, which applies to all rows. Consecutive letters are undone together.
    pub(in crate::ui::pages::sheet) fn set_head(&mut self, head: SheetHead) {
        if head == self.sheet.head {
            return;
        }
        if self.in_head {
            self.sheet.head = head;
            self.revision += 1;
        } else {
            let before = self.sheet.clone();
            self.sheet.head = head;
            self.remember(before);
            self.in_head = true;
        }
    }

    /// Ends the editing of the head.
    pub(in crate::ui::pages::sheet) fn leave_head(&mut self) {
        self.in_head = false;
    }

    /// Whether a change can be undone or redone.
    pub(in crate::ui::pages::sheet) fn can(&self, undo: bool) -> bool {
        !if undo { &self.past } else { &self.future }.is_empty()
    }

    /// Undoes or redoes the last change.
    pub(in crate::ui::pages::sheet) fn undo(&mut self, undo: bool) {
        let (from, to) = if undo { (&mut self.past, &mut self.future) } else { (&mut self.future, &mut self.past) };
        if let Some(sheet) = from.pop() {
            to.push(std::mem::replace(&mut self.sheet, sheet));
            self.revision += 1;
            self.in_head = false;
        }
    }

    /// Sets the text of a cell. Rows are added below the last one as needed.
    pub(in crate::ui::pages::sheet) fn set(&mut self, row: usize, column: usize, text: &str) {
        self.put(row, column, vec![vec![text.to_owned()]]);
    }

    /// Writes cells into the table from a cell on, adding rows and columns as needed. Cells beyond the limits of a
    /// sheet are left out.
    pub(in crate::ui::pages::sheet) fn put(&mut self, row: usize, column: usize, cells: Vec<Vec<String>>) {
        self.change(|sheet| {
            let width = cells.iter().map(Vec::len).max().unwrap_or(0);
            widen(sheet, (column + width).min(MAX_COLUMNS));
            for (index, cells) in cells.into_iter().enumerate().take_while(|(index, _)| row + index < MAX_ROWS) {
                while sheet.rows.len() <= row + index {
                    sheet.rows.push(new_row(sheet.columns.len()));
                }
                let own = Arc::make_mut(&mut sheet.rows[row + index]);
                for (cell, text) in own.cells.iter_mut().skip(column).zip(cells) {
                    *cell = text;
                }
            }
        });
    }

    /// Replaces all columns and rows.
    pub(in crate::ui::pages::sheet) fn replace(&mut self, columns: Vec<String>, rows: Vec<Vec<String>>) {
        self.change(|sheet| {
            sheet.columns = columns;
            let row = |cells| Arc::new(SheetRow { id: RowId::from_uuid(Uuid::now_v7()), cells });
            sheet.rows = rows.into_iter().map(row).collect();
        });
    }

    /// Empties cells.
    pub(in crate::ui::pages::sheet) fn clear(&mut self, range: CellRange) {
        self.change(|sheet| {
            let rows = range.rows(sheet.rows.len());
            for row in &mut sheet.rows[rows] {
                let columns = range.columns(row.cells.len());
                if row.cells[columns.clone()].iter().any(|cell| !cell.is_empty()) {
                    Arc::make_mut(row).cells[columns].iter_mut().for_each(String::clear);
                }
            }
        });
    }

    /// The cells of a range.
    pub(in crate::ui::pages::sheet) fn cells(&self, range: CellRange) -> impl Iterator<Item = &[String]> {
        let rows = range.rows(self.height());
        self.sheet.rows[rows].iter().map(move |row| &row.cells[range.columns(row.cells.len())])
    }

    /// Inserts a blank row before this one.
    pub(in crate::ui::pages::sheet) fn insert_row(&mut self, row: usize) {
        self.change(|sheet| {
            if sheet.rows.len() < MAX_ROWS {
                sheet.rows.insert(row.min(sheet.rows.len()), new_row(sheet.columns.len()));
            }
        });
    }

    /// Removes rows.
    pub(in crate::ui::pages::sheet) fn remove_rows(&mut self, rows: std::ops::Range<usize>) {
        self.change(|sheet| {
            let end = rows.end.min(sheet.rows.len());
            sheet.rows.drain(rows.start.min(end)..end);
        });
    }

    /// Moves rows up or down by one. Returns whether that was possible.
    pub(in crate::ui::pages::sheet) fn move_rows(&mut self, rows: std::ops::Range<usize>, down: bool) -> bool {
        let room = if down { rows.end < self.height() } else { rows.start > 0 };
        if room && !rows.is_empty() {
            self.change(|sheet| {
                if down {
                    sheet.rows[rows.start..=rows.end].rotate_right(1);
                } else {
                    sheet.rows[rows.start - 1..rows.end].rotate_left(1);
                }
            });
        }
        room
    }

    /// Inserts a column before this one.
    pub(in crate::ui::pages::sheet) fn insert_column(&mut self, column: usize, name: String) {
        self.change(|sheet| {
            if sheet.columns.len() < MAX_COLUMNS {
                sheet.columns.insert(column, name);
                for row in &mut sheet.rows {
                    Arc::make_mut(row).cells.insert(column, String::new());
                }
            }
        });
    }

    /// Renames a column, which changes its meaning.
    pub(in crate::ui::pages::sheet) fn rename_column(&mut self, column: usize, name: String) {
        self.change(|sheet| sheet.columns[column] = name);
    }

    /// Removes a column.
    pub(in crate::ui::pages::sheet) fn remove_column(&mut self, column: usize) {
        self.change(|sheet| {
            sheet.columns.remove(column);
            for row in &mut sheet.rows {
                Arc::make_mut(row).cells.remove(column);
            }
        });
    }

    /// Moves a column by one. Returns whether that was possible.
    pub(in crate::ui::pages::sheet) fn move_column(&mut self, column: usize, right: bool) -> bool {
        let other = if right { column + 1 } else { column.wrapping_sub(1) };
        let room = other < self.width();
        if room {
            self.change(|sheet| {
                sheet.columns.swap(column, other);
                for row in &mut sheet.rows {
                    Arc::make_mut(row).cells.swap(column, other);
                }
            });
        }
        room
    }
}

/// Adds columns up to a number, each with a unique name.
fn widen(sheet: &mut Sheet, width: usize) {
    while sheet.columns.len() < width {
        let names = ('a'..='z').map(|letter| format!("${letter}"));
        let numbered = (1..).map(|number: u32| format!("$column{number}"));
        let free = names.chain(numbered).find(|name| !sheet.columns.contains(name));
        sheet.columns.push(free.unwrap_or_default());
        for row in &mut sheet.rows {
            Arc::make_mut(row).cells.push(String::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(columns: &[&str], rows: &[&[&str]]) -> SheetDocument {
        let owned = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect();
        SheetDocument::of(SheetHead::default(), owned(columns), rows.iter().map(|row| owned(row)).collect())
    }

    fn text(document: &SheetDocument) -> Vec<String> {
        let row = |row: &Arc<SheetRow>| row.cells.join("|");
        std::iter::once(document.sheet.columns.join("|")).chain(document.sheet.rows.iter().map(row)).collect()
    }

    #[test]
    fn pasted_cells_extend_the_table() {
        let mut document = document(&["prompt"], &[&["a"]]);
        let cells = |text: &str| text.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
        document.put(0, 0, cells("b 1\nc 2\nd 3"));
        assert_eq!(text(&document), ["prompt|$a", "b|1", "c|2", "d|3"]);
        document.put(5, 1, cells("x"));
        assert_eq!(text(&document).len(), 7);
        document.undo(true);
        document.undo(true);
        assert_eq!(text(&document), ["prompt", "a"]);
        document.undo(false);
        assert_eq!(text(&document)[3], "d|3");
    }

    #[test]
    fn moved_rows_keep_their_ids() {
        let mut document = document(&["prompt"], &[&["a"], &["b"], &["c"]]);
        let ids: Vec<RowId> = document.sheet.rows.iter().map(|row| row.id).collect();
        assert!(document.move_rows(0..2, true));
        assert_eq!(text(&document), ["prompt", "c", "a", "b"]);
        assert!(!document.move_rows(1..3, true));
        assert!(document.move_rows(1..3, false));
        let now: Vec<RowId> = document.sheet.rows.iter().map(|row| row.id).collect();
        assert_eq!((now, text(&document)), (ids, vec!["prompt".to_owned(), "a".into(), "b".into(), "c".into()]));
    }

    #[test]
    fn edits_of_the_sheet_head_are_undone_in_one_step() {
        let mut document = document(&["a"], &[&["x"]]);
        for template in ["f", "fo", "fox"] {
            document.set_head(SheetHead { template: template.to_owned(), ..SheetHead::default() });
        }
        document.set(0, 0, "y");
        document.undo(true);
        assert_eq!((document.sheet.head.template.as_str(), document.cell(0, 0)), ("fox", "x"));
        document.undo(true);
        assert!(document.sheet.head.template.is_empty() && !document.can(true));
    }

    proptest! {
        #[test]
        fn every_change_can_be_undone_and_keeps_the_table_consistent(
            steps in prop::collection::vec((0_usize..9, 0_usize..5, 0_usize..4), 1..20)
        ) {
            let mut document = document(&["prompt", "seed"], &[&["a", "1"], &["b", "2"]]);
            let first = document.sheet.clone();
            for (what, row, column) in steps {
                let column = column.min(document.width().saturating_sub(1));
                let range = CellRange { from: (row, column), to: (row + 1, column) };
                match what {
                    0 => document.set(row, column, "x"),
                    1 => document.put(row, column, vec![vec!["p".to_owned(), "q".to_owned()]; 2]),
                    2 => document.clear(range),
                    3 => document.insert_row(row),
                    4 => document.remove_rows(row..row + 2),
                    5 => {
                        let height = document.height();
                        document.move_rows(row.min(height)..(row + 1).min(height), column == 0);
                    }
                    6 => document.insert_column(column, "$n".to_owned()),
                    7 if document.width() > 1 => document.remove_column(column),
                    _ => {
                        document.move_column(column, row == 0);
                    }
                }
                let width = document.width();
                prop_assert!(document.sheet.rows.iter().all(|row| row.cells.len() == width));
            }
            let last = document.sheet.clone();
            let mut taken = 0;
            while document.can(true) {
                document.undo(true);
                taken += 1;
            }
            prop_assert_eq!(&document.sheet, &first);
            for _ in 0..taken {
                document.undo(false);
            }
            prop_assert_eq!(&document.sheet, &last);
        }
    }
}
