//! The field that prompts are written in: several lines, alternatives in braces set apart.

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, FontSelection, Frame, Galley, Id, Margin, Response, ScrollArea, Stroke, TextBuffer,
    TextEdit, Ui,
    text::{LayoutJob, TextFormat},
};

use crate::ui::theme::{self, fonts, size};

use super::field;

/// A field of several lines, which grows with its text up to a limit and then scrolls.
#[derive(Clone, Debug)]
#[must_use = "a field has to be shown"]
pub struct PromptField<'a> {
    id: Id,
    name: &'a str,
    hint: String,
    rows: usize,
    most: f32,
    code: bool,
}

impl<'a> PromptField<'a> {
    /// A field for a prompt. Others can ask the keyboard for it by its id; the name is for screen readers.
    pub fn new(id: Id, name: &'a str) -> Self {
        Self { id, name, hint: String::new(), rows: 6, most: size::PROMPT_MOST, code: false }
    }

    /// Faint words while it is empty.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Lines that it has room for while it is empty.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Equal-width letters and nothing set apart, for JSON.
    pub fn code(mut self) -> Self {
        self.code = true;
        self.most = size::CODE_MOST;
        self
    }

    /// Draws it as wide as there is room.
    pub fn show(self, ui: &mut Ui, text: &mut String) -> Response {
        let palette = theme::palette(ui.visuals());
        let focused = ui.memory(|memory| memory.has_focus(self.id));
        let line = if focused { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.line) };
        // The line grows inwards, so that nothing moves when the keyboard comes.
        let inner = 10 - (line.width as i8 - 1);
        let frame = Frame::new()
            .fill(palette.field)
            .stroke(line)
            .corner_radius(CornerRadius::same(size::RADIUS))
            .inner_margin(Margin::symmetric(inner, inner - 1));
        let font = if self.code { fonts::monospace(size::TEXT_CHIP) } else { fonts::regular(size::TEXT_PROMPT) };
        let row = if self.code { 17.0 } else { 20.0 };
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| -> Arc<Galley> {
            let plain = TextFormat {
                font_id: font.clone(),
                color: palette.strong,
                line_height: Some(row),
                ..TextFormat::default()
            };
            let apart = TextFormat {
                // Neighbouring lines stay apart.
                expand_bg: -1.0,
                color: palette.accent_text,
                background: if self.code { Color32::TRANSPARENT } else { palette.accent_wash },
                ..plain.clone()
            };
            let mut job = LayoutJob { keep_trailing_whitespace: true, ..LayoutJob::default() };
            job.wrap.max_width = width;
            let text = text.as_str();
            let mut done = 0;
            let found = if self.code { Vec::new() } else { alternatives(text) };
            for part in found {
                job.append(&text[done..part.start], 0.0, plain.clone());
                job.append(&text[part.clone()], 0.0, apart.clone());
                done = part.end;
            }
            job.append(&text[done..], 0.0, plain);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let shown = frame.show(ui, |ui| {
            ScrollArea::vertical()
                .id_salt(self.id)
                .max_height(self.most)
                .min_scrolled_height(self.most)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    let edit = TextEdit::multiline(text)
                        .id(self.id)
                        .frame(Frame::NONE)
                        .margin(Margin::ZERO)
                        .font(FontSelection::FontId(font.clone()))
                        .hint_text(egui::RichText::new(&self.hint).font(font.clone()))
                        .desired_width(f32::INFINITY)
                        .desired_rows(1)
                        .min_size(egui::vec2(0.0, self.rows as f32 * row))
                        .layouter(&mut layouter);
                    edit.show(ui).response.response
                })
                .inner
        });
        field::name(ui, self.id, self.name);
        if shown.inner.gained_focus() {
            ui.scroll_to_rect(shown.response.rect.expand(size::GAP), None);
        }
        if shown.response.interact(egui::Sense::CLICK).clicked() {
            shown.inner.request_focus();
        }
        shown.inner
    }
}

/// Byte ranges of `{one|other}`; a pair of braces without a bar is plain text.
fn alternatives(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut open = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '{' => open.push((at, false)),
            '|' => {
                if let Some((_, bar)) = open.last_mut() {
                    *bar = true;
                }
            }
            '}' => {
                if let Some((start, true)) = open.pop() {
                    // What lies inside is part of it.
                    found.retain(|inner: &std::ops::Range<usize>| inner.start < start);
                    found.push(start..at + 1);
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_braces_with_a_bar_are_set_apart() {
        let found = |text: &'static str| -> Vec<&str> { alternatives(text).into_iter().map(|at| &text[at]).collect() };
        assert_eq!(found("A {紅|藍} city at {dawn|{late|early} dusk}"), ["{紅|藍}", "{dawn|{late|early} dusk}"]);
        assert!(found("{plain} {open | never closed").is_empty());
    }
}
