//! Keys of the table while no cell is edited.

use egui::{Event, Key, Modifiers, Ui};

use crate::ui::{
    actions::action::{Action, Actions},
    pages::sheet::{
        focus::focus_id,
        model::{
            cell_edit::CellEdit,
            cell_range::CellRange,
            open_sheet::OpenSheet,
            operations::{copy, move_rows, paste, remove_rows, undo},
        },
    },
    state::view_context::ViewContext,
};

/// Handles the table's keys while it is focused.
pub(in crate::ui::pages::sheet) fn take(ui: &Ui, open: &mut OpenSheet, cx: &ViewContext<'_>, actions: &mut Actions) {
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
            // Typing replaces the text of the cell.
            Event::Text(text) if !text.trim().is_empty() => {
                let (row, column) = open.range.to;
                open.editing = Some(CellEdit::new(row, column, text.clone()));
                true
            }
            _ => false,
        };
        taken.push(used);
        if open.editing.is_some() {
            // The following events of the same frame belong to the cell.
            break;
        }
    }
    ui.input_mut(|input| {
        let mut taken = taken.into_iter();
        input.events.retain(|_| !taken.next().unwrap_or_default());
    });
}

fn key_pressed(key: Key, modifiers: Modifiers, open: &mut OpenSheet, actions: &mut Actions) -> bool {
    let size = (open.shown(), open.document.width());
    let (row, column) = open.range.to;
    let plain = modifiers.is_none();
    match key {
        Key::Enter | Key::F2 if plain => {
            open.editing = Some(CellEdit::new(row, column, open.document.cell(row, column).to_owned()));
        }
        Key::Tab if !modifiers.command && !modifiers.alt => {
            open.range.next(modifiers.shift, size.0, size.1);
            open.reveal = true;
        }
        // The last image of the row.
        Key::Space if plain => {
            let row = open.document.sheet().rows.get(row);
            if let Some(image) = row.and_then(|row| open.results.images(row.id).last()) {
                actions.push(Action::OpenImage(image));
            }
        }
        Key::Insert if plain => open.document.insert_row(row),
        Key::Delete | Key::Backspace if modifiers.command_only() => remove_rows(open),
        Key::Delete | Key::Backspace if plain => open.document.clear(open.range),
        Key::A if modifiers.command_only() => {
            open.range = CellRange { from: (0, 0), to: (open.document.height().saturating_sub(1), size.1 - 1) };
        }
        Key::Z if modifiers.command => undo(open, !modifiers.shift),
        Key::Y if modifiers.command_only() => undo(open, false),
        Key::ArrowUp | Key::ArrowDown if modifiers.alt && !modifiers.command => {
            move_rows(open, key == Key::ArrowDown);
        }
        // Escape leaves the table like any other widget.
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
