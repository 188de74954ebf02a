//! The selected cells: those between the anchor and the cursor.

use egui::Key;

/// A rectangle of selected cells. Rows and columns count from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ui::pages::sheet) struct CellRange {
    /// The anchor: row and column.
    pub(in crate::ui::pages::sheet) from: (usize, usize),
    /// The cursor: row and column.
    pub(in crate::ui::pages::sheet) to: (usize, usize),
}

impl CellRange {
    /// A single cell.
    pub(in crate::ui::pages::sheet) fn cell(row: usize, column: usize) -> Self {
        Self { from: (row, column), to: (row, column) }
    }

    /// Its rows within a table of this height.
    pub(in crate::ui::pages::sheet) fn rows(self, height: usize) -> std::ops::Range<usize> {
        let end = (self.from.0.max(self.to.0) + 1).min(height);
        self.from.0.min(self.to.0).min(end)..end
    }

    /// Its columns within a table of this width.
    pub(in crate::ui::pages::sheet) fn columns(self, width: usize) -> std::ops::Range<usize> {
        let end = (self.from.1.max(self.to.1) + 1).min(width);
        self.from.1.min(self.to.1).min(end)..end
    }

    /// Whether it contains a cell.
    pub(in crate::ui::pages::sheet) fn holds(self, row: usize, column: usize) -> bool {
        self.rows(usize::MAX).contains(&row) && self.columns(usize::MAX).contains(&column)
    }

    /// Moves to a cell, or extends to it.
    pub(in crate::ui::pages::sheet) fn go(&mut self, row: usize, column: usize, extend: bool) {
        self.to = (row, column);
        if !extend {
            self.from = self.to;
        }
    }

    /// Moves by a key within a table of this size; `page` rows are visible. Returns whether the key moves.
    pub(in crate::ui::pages::sheet) fn step(
        &mut self,
        key: Key,
        extend: bool,
        far: bool,
        (height, width): (usize, usize),
        page: usize,
    ) -> bool {
        let (last_row, last_column) = (height.saturating_sub(1), width.saturating_sub(1));
        let (row, column) = self.to;
        let (row, column) = match key {
            Key::ArrowUp => (if far { 0 } else { row.saturating_sub(1) }, column),
            Key::ArrowDown => (if far { last_row } else { row + 1 }, column),
            Key::ArrowLeft => (row, if far { 0 } else { column.saturating_sub(1) }),
            Key::ArrowRight => (row, if far { last_column } else { column + 1 }),
            Key::PageUp => (row.saturating_sub(page), column),
            Key::PageDown => (row + page, column),
            Key::Home => (if far { 0 } else { row }, 0),
            Key::End => (if far { last_row } else { row }, last_column),
            _ => return false,
        };
        self.go(row.min(last_row), column.min(last_column), extend);
        true
    }

    /// Moves to the next cell in the order of Tab, row by row.
    pub(in crate::ui::pages::sheet) fn next(&mut self, back: bool, height: usize, width: usize) {
        let place = self.to.0 * width + self.to.1;
        let last = (height * width).saturating_sub(1);
        let place = if back { place.saturating_sub(1) } else { (place + 1).min(last) };
        if let (Some(row), Some(column)) = (place.checked_div(width), place.checked_rem(width)) {
            *self = Self::cell(row, column);
        }
    }

    /// Limits it to a table of this size.
    pub(in crate::ui::pages::sheet) fn stay(&mut self, height: usize, width: usize) {
        for (row, column) in [&mut self.from, &mut self.to] {
            *row = (*row).min(height.saturating_sub(1));
            *column = (*column).min(width.saturating_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_move_and_extend_the_range_within_the_table() {
        let mut range = CellRange::default();
        let size = (10, 3);
        for (key, extend, far, expected) in [
            (Key::ArrowUp, false, false, (0, 0)),
            (Key::ArrowRight, false, false, (0, 1)),
            (Key::ArrowDown, true, false, (1, 1)),
            (Key::PageDown, true, false, (5, 1)),
            (Key::End, true, false, (5, 2)),
            (Key::ArrowRight, true, false, (5, 2)),
        ] {
            assert!(range.step(key, extend, far, size, 4));
            assert_eq!(range.to, expected, "{key:?}");
        }
        assert_eq!((range.rows(99), range.columns(99)), (0..6, 1..3));
        assert!(range.holds(3, 1) && !range.holds(3, 0) && !range.holds(6, 1));
        range.step(Key::End, false, true, size, 4);
        assert_eq!((range.from, range.to), ((9, 2), (9, 2)));
        assert!(!range.step(Key::A, false, false, size, 4));
    }

    #[test]
    fn tab_goes_from_row_to_row() {
        let mut range = CellRange::cell(0, 1);
        range.next(false, 2, 2);
        assert_eq!(range.to, (1, 0));
        range.next(true, 2, 2);
        assert_eq!(range.to, (0, 1));
        range = CellRange::cell(1, 1);
        range.next(false, 2, 2);
        assert_eq!(range.to, (1, 1), "there is no further");
        range.next(false, 0, 0);
    }
}
