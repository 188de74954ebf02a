//! Labels of sections and key caps.

use egui::{Align, KeyboardShortcut, Layout, ModifierNames, Response, RichText, Stroke, StrokeKind, Ui, vec2};

use crate::ui::theme::{self, fonts, size};

/// Draws a section's label, with faint contents at its right.
pub fn section_label(ui: &mut Ui, label: &str, right: impl FnOnce(&mut Ui)) -> Response {
    let palette = theme::palette(ui.visuals());
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 18.0), Layout::left_to_right(Align::Center), |ui| {
        let response = ui.label(RichText::new(label).font(fonts::medium(size::TEXT_SMALL)).color(palette.text));
        ui.with_layout(Layout::right_to_left(Align::Center), right);
        response
    })
    .inner
}

/// Draws the label at the left of a row, `width` points wide; a truncated label is shown on hover.
pub fn row_label(ui: &mut Ui, label: &str, width: f32) -> Response {
    let palette = theme::palette(ui.visuals());
    ui.allocate_ui_with_layout(vec2(width, size::ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        let text = RichText::new(label).font(fonts::regular(size::TEXT_ROW)).color(palette.text);
        ui.add(egui::Label::new(text).truncate())
    })
    .inner
}

/// A shortcut as text: `Ctrl ↵`, or `⌘ ↵` on a Mac.
pub fn keys_text(keys: KeyboardShortcut, mac: bool) -> String {
    key_names(keys, mac).join(" ")
}

/// The keys of a shortcut, one text for each key cap.
pub fn key_caps(keys: KeyboardShortcut) -> Vec<String> {
    key_names(keys, cfg!(target_os = "macos"))
}

fn key_names(keys: KeyboardShortcut, mac: bool) -> Vec<String> {
    let names = ModifierNames { concat: " ", ..if mac { ModifierNames::SYMBOLS } else { ModifierNames::NAMES } };
    let key = match keys.logical_key {
        egui::Key::Enter => "↵",
        egui::Key::ArrowLeft => "←",
        egui::Key::ArrowRight => "→",
        egui::Key::ArrowUp => "↑",
        egui::Key::ArrowDown => "↓",
        egui::Key::Escape => "Esc",
        egui::Key::Comma => ",",
        other => other.symbol_or_name(),
    };
    let modifiers = names.format(&keys.modifiers, mac);
    modifiers.split_whitespace().chain([key]).map(str::to_owned).collect()
}

/// Draws a key cap.
pub fn key_cap(ui: &mut Ui, keys: &str) -> Response {
    let palette = theme::palette(ui.visuals());
    let galley = ui.painter().layout_no_wrap(keys.to_owned(), fonts::regular(size::TEXT_KEY), palette.faint);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 10.0, 18.0), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, keys));
    ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, palette.faint);
    response
}
