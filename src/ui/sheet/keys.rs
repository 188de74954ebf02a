//! What the keyboard does in the table while no cell is being written into.

use egui::{Event, Key, Modifiers, Ui};

use crate::{
    prompt::sheet::Table,
    ui::{
        Cx,
        action::{Action, Actions},
    },
};

use super::{Open, editing::Editing, range::Range, table::focus_id};

/// Takes the table's keys. Only while it has the keyboard.
pub(super) fn take(ui: &Ui, open: &mut Open, cx: &Cx<'_>, actions: &mut Actions) {
    let here = ui.memory(|memory| memory.has_focus(focus_id()));
    if !here || open.editing.is_some() || egui::Popup::is_any_open(ui.ctx()) || open.document.width() == 0 {
        return;
    }
    let events = ui.input(|input| input.events.clone());
    let mut taken = Vec::new();
    for event in &events {
        let used = match event {
            Event::Key { key, pressed: true, modifiers, .. } => key_pressed(*key, *modifiers, open, actions),
            Event::Copy => copy(open, actions),
            Event::Cut => {
                copy(open, actions);
                open.document.clear(open.range);
                true
            }
            Event::Paste(text) => paste(text, open, cx, actions),
            // Who begins to write replaces what stands there.
            Event::Text(text) if !text.trim().is_empty() => {
                let (row, column) = open.range.to;
                open.editing = Some(Editing::new(row, column, text.clone()));
                true
            }
            _ => false,
        };
        taken.push(used);
        if open.editing.is_some() {
            // What comes after it in the same frame is for the cell.
            break;
        }
    }
    ui.input_mut(|input| {
        let mut taken = taken.into_iter();
        input.events.retain(|_| !taken.next().unwrap_or_default());
    });
}

fn key_pressed(key: Key, modifiers: Modifiers, open: &mut Open, actions: &mut Actions) -> bool {
    let size = (open.shown(), open.document.width());
    let (row, column) = open.range.to;
    let plain = modifiers.is_none();
    match key {
        Key::Enter | Key::F2 if plain => {
            open.editing = Some(Editing::new(row, column, open.document.cell(row, column).to_owned()));
        }
        Key::Tab if !modifiers.command && !modifiers.alt => {
            open.range.next(modifiers.shift, size.0, size.1);
            open.reveal = true;
        }
        // The picture that the row has come to last.
        Key::Space if plain => {
            let row = open.document.sheet().rows.get(row);
            if let Some(image) = row.and_then(|row| open.results.pictures(row.id).last()) {
                actions.push(Action::OpenImage(image));
            }
        }
        Key::Insert if plain => open.document.insert_row(row),
        Key::Delete | Key::Backspace if modifiers.command_only() => remove_rows(open),
        Key::Delete | Key::Backspace if plain => open.document.clear(open.range),
        Key::A if modifiers.command_only() => {
            open.range = Range { from: (0, 0), to: (open.document.height().saturating_sub(1), size.1 - 1) };
        }
        Key::Z if modifiers.command => undo(open, !modifiers.shift),
        Key::Y if modifiers.command_only() => undo(open, false),
        Key::ArrowUp | Key::ArrowDown if modifiers.alt && !modifiers.command => {
            move_rows(open, key == Key::ArrowDown);
        }
        // Out of the table, as it is out of anything.
        Key::Escape if plain => {
            if open.range.from == open.range.to {
                actions.push(Action::LeaveFocus);
            } else {
                open.range.from = open.range.to;
            }
        }
        _ if modifiers.alt => return false,
        _ => {
            let moved = open.range.step(key, modifiers.shift, modifiers.command, size, open.page);
            open.reveal |= moved;
            return moved;
        }
    }
    true
}

/// Takes the chosen rows out.
pub(super) fn remove_rows(open: &mut Open) {
    open.document.remove_rows(open.range.rows(open.document.height()));
    let (height, width) = (open.shown(), open.document.width());
    open.range.stay(height, width);
}

/// Moves the chosen rows up or down by one.
pub(super) fn move_rows(open: &mut Open, down: bool) {
    let rows = open.range.rows(open.document.height());
    if !rows.is_empty() && open.document.move_rows(rows, down) {
        for (row, _) in [&mut open.range.from, &mut open.range.to] {
            *row = if down { *row + 1 } else { row.saturating_sub(1) };
        }
        open.reveal = true;
    }
}

/// Takes back the last change, or makes it again.
pub(super) fn undo(open: &mut Open, undo: bool) {
    open.document.undo(undo);
    let (height, width) = (open.shown(), open.document.width());
    open.range.stay(height, width);
}

/// Puts the chosen cells on the clipboard, as spreadsheets do.
pub(super) fn copy(open: &Open, actions: &mut Actions) -> bool {
    let text = Table::copied(open.document.cells(open.range));
    if !text.is_empty() {
        actions.push(Action::CopyText(text));
    }
    true
}

/// Puts cells from the clipboard into the table. One that has nothing in it yet becomes what was copied.
pub(super) fn paste(text: &str, open: &mut Open, cx: &Cx<'_>, actions: &mut Actions) -> bool {
    let refused = |error| cx.text.with("sheet-not-pasted", [("why", cx.text.not_a_table(&error).into())]);
    if open.document.height() == 0 {
        match Table::pasted(text) {
            Ok(table) => {
                let (columns, rows) = table.into_parts();
                open.document.replace(columns, rows);
            }
            Err(error) => actions.push(Action::Say(refused(error))),
        }
        return true;
    }
    match Table::cells(text) {
        // One value goes into every chosen cell.
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
            open.range = Range { from: (row, column), to };
            open.range.stay(open.document.height(), open.document.width());
        }
        Err(error) => actions.push(Action::Say(refused(error))),
    }
    true
}
