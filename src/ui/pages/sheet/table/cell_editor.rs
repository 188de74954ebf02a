//! The editor of a cell: a field over it that grows with its text.

use egui::{
    EventFilter, FontSelection, Frame, Key, KeyboardShortcut, Margin, Modifiers, Rect, Stroke, TextEdit, Ui, UiBuilder,
    pos2, text_edit::TextEditState, vec2,
};

use crate::ui::{
    accessibility,
    pages::sheet::model::{
        cell_edit::{CellExit, field_id},
        open_sheet::OpenSheet,
    },
    theme::{self, fonts, size},
    widgets::field,
};

/// Minimum width of the field in points.
const MIN_WIDTH: f32 = 240.0;

/// Maximum height of the field in points.
const MAX_HEIGHT: f32 = 220.0;

/// Draws the field over its cell, within the table.
pub(in crate::ui::pages::sheet) fn show(ui: &mut Ui, open: &mut OpenSheet, cell: Rect, table: Rect, name: &str) {
    let (height, width) = (open.shown(), open.document.width());
    let Some(editing) = &mut open.editing else { return };
    if std::mem::take(&mut editing.new) {
        // The state of the previously edited cell is reset: its cursor and its history.
        TextEditState::default().store(ui.ctx(), field_id());
        ui.memory_mut(|memory| memory.request_focus(field_id()));
    }
    let palette = theme::palette(ui.visuals());
    let left = editing.left(ui);
    let wide = cell.width().max(MIN_WIDTH).min(table.width());
    let at = pos2(cell.left().min(table.right() - wide).max(table.left()), cell.top());
    let font = fonts::regular(size::TEXT);
    let lines = ui.painter().layout(editing.text.clone(), font.clone(), palette.strong, wide - 16.0).size().y;
    let high = (lines + 20.0).clamp(cell.height(), MAX_HEIGHT);
    let at = pos2(at.x, at.y.min(table.bottom() - high).max(table.top()));
    let rect = Rect::from_min_size(at, vec2(wide, high));
    accessibility::keep_tab(ui.ctx(), field_id());
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.painter().rect(rect, 4.0, palette.field, Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
        let inner = rect.shrink2(vec2(8.0, 6.0));
        let within = UiBuilder::new().max_rect(inner);
        ui.scope_builder(within, |ui| {
            ui.shrink_clip_rect(rect.shrink(2.0));
            egui::ScrollArea::vertical().id_salt("sheet cell").show(ui, |ui| {
                let keys = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
                let edit = TextEdit::multiline(&mut editing.text)
                    .id(field_id())
                    .frame(Frame::NONE)
                    .margin(Margin::ZERO)
                    .font(FontSelection::FontId(font.clone()))
                    .desired_width(inner.width())
                    .desired_rows(1)
                    .event_filter(keys)
                    .return_key(KeyboardShortcut::new(Modifiers::ALT, Key::Enter));
                edit.show(ui);
            });
        });
        field::name(ui, field_id(), name);
    });
    // A click elsewhere leaves the cell and keeps its text.
    let pressed = ui.input(|input| input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten());
    let beside = pressed.is_some_and(|at| !rect.contains(at));
    match left {
        Some(CellExit::Nowhere) => open.editing = None,
        Some(left) => {
            open.commit();
            match left {
                CellExit::Down => {
                    let (row, column) = open.range.to;
                    open.range.go((row + 1).min(height), column, false);
                }
                CellExit::Next | CellExit::Back => open.range.next(left == CellExit::Back, height + 1, width),
                CellExit::Nowhere => {}
            }
            let (shown, width) = (open.shown(), open.document.width());
            open.range.stay(shown, width);
        }
        None if beside => open.commit(),
        None => return,
    }
    if left.is_some() {
        open.focus = true;
        open.reveal = true;
    }
}
