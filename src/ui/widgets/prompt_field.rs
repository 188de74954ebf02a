//! The multi-line field for prompts, with syntax highlighting for templates.

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, FontSelection, Frame, Galley, Id, Margin, Rect, Response, ScrollArea, Stroke, TextBuffer,
    TextEdit, Ui,
    text::{LayoutJob, TextFormat},
    text_edit::TextEditState,
};

use crate::{
    prompt::{Sources, SpanKind, is_json, matching_brace, spans},
    recipe::find_mentions,
    ui::theme::{self, Palette, fonts, size},
};

use super::field;

/// The typeface and size of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextFace {
    /// The size of prompts.
    Prompt,
    /// The size of labels.
    Small,
    /// Letters of equal width, in the size of labels.
    Code,
}

/// A multi-line field that grows with its text up to a limit and then scrolls.
#[derive(Clone, Debug)]
#[must_use = "a field has to be shown"]
pub struct PromptField<'a> {
    id: Id,
    name: &'a str,
    hint: String,
    rows: usize,
    most: f32,
    face: TextFace,
    template: Option<&'a Sources>,
    names: &'a [String],
}

/// Longer texts are not colored, so that typing in them stays quick.
const MAX_HIGHLIGHTED_BYTES: usize = 64 << 10;

impl<'a> PromptField<'a> {
    /// Creates a field for a prompt. Others can focus it by its id; the name is for screen readers.
    pub fn new(id: Id, name: &'a str) -> Self {
        Self {
            id,
            name,
            hint: String::new(),
            rows: 6,
            most: size::MAX_PROMPT_HEIGHT,
            face: TextFace::Prompt,
            template: None,
            names: &[],
        }
    }

    /// Sets the placeholder of the empty field.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Sets the number of lines of the empty field.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Uses a monospaced font without highlighting, for JSON.
    pub fn code(mut self) -> Self {
        self.face = TextFace::Code;
        self.most = size::MAX_CODE_HEIGHT;
        self
    }

    /// Sets the text in the size of labels.
    pub fn small(mut self) -> Self {
        self.face = TextFace::Small;
        self
    }

    /// Highlights the syntax of templates; `sources` has the names that it may use.
    pub fn template(mut self, sources: &'a Sources) -> Self {
        self.template = Some(sources);
        self
    }

    /// Highlights mentions of the references with these names.
    pub fn names(mut self, names: &'a [String]) -> Self {
        self.names = names;
        self
    }

    /// Draws the field over the available width.
    pub fn show(self, ui: &mut Ui, text: &mut String) -> Response {
        self.show_with_caret(ui, text).0
    }

    /// Draws the field, and returns where its cursor is on screen.
    pub fn show_with_caret(self, ui: &mut Ui, text: &mut String) -> (Response, Option<Rect>) {
        let palette = theme::palette(ui.visuals());
        let focused = ui.memory(|memory| memory.has_focus(self.id));
        let line = if focused { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.edge) };
        // The border grows inward, so that nothing moves when the field is focused.
        let inner = 10 - (line.width as i8 - 1);
        let frame = Frame::new()
            .fill(palette.field)
            .stroke(line)
            .corner_radius(CornerRadius::same(size::RADIUS))
            .inner_margin(Margin::symmetric(inner, inner - 1));
        let (font, row) = match self.face {
            TextFace::Prompt => (fonts::regular(size::TEXT_PROMPT), 20.0),
            TextFace::Small => (fonts::regular(size::TEXT_CHIP), 17.0),
            TextFace::Code => (fonts::monospace(size::TEXT_CHIP), 17.0),
        };
        let plain = TextFormat {
            font_id: font.clone(),
            color: palette.strong,
            line_height: Some(row),
            ..TextFormat::default()
        };
        // The position of the cursor in characters.
        let cursor = focused.then(|| TextEditState::load(ui.ctx(), self.id)?.cursor.char_range()).flatten();
        let cursor = cursor.map(|range| range.primary.index.0);
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| -> Arc<Galley> {
            let text = text.as_str();
            let mut job = match self.template {
                Some(sources) if text.len() <= MAX_HIGHLIGHTED_BYTES && !is_json(text) => {
                    colored(text, &plain, sources, cursor, palette)
                }
                _ => LayoutJob::single_section(text.to_owned(), plain.clone()),
            };
            if !self.names.is_empty() && text.len() <= MAX_HIGHLIGHTED_BYTES {
                job = with_mentions(job, self.names, palette);
            }
            job.keep_trailing_whitespace = true;
            job.wrap.max_width = width;
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
                    let output = edit.show(ui);
                    let caret = field::caret(&output);
                    (output.response.response, caret)
                })
                .inner
        });
        field::name(ui, self.id, self.name);
        let (response, caret) = shown.inner;
        if response.gained_focus() {
            ui.scroll_to_rect(shown.response.rect.expand(size::GAP), None);
        }
        if shown.response.interact(egui::Sense::CLICK).clicked() {
            response.request_focus();
        }
        (response, caret)
    }
}

/// Lays out a template with its syntax highlighted, and with the braces beside the cursor lit up.
fn colored(text: &str, plain: &TextFormat, sources: &Sources, cursor: Option<usize>, palette: &Palette) -> LayoutJob {
    let lit = cursor.and_then(|cursor| pair(text, cursor));
    let mut job = LayoutJob::default();
    let mut done = 0;
    let mut append = |range: std::ops::Range<usize>, format: &TextFormat| {
        // A highlighted brace is one byte; its span is split there.
        let mut start = range.start;
        for brace in lit.into_iter().flatten().filter(|brace| range.contains(brace)) {
            job.append(&text[start..brace], 0.0, format.clone());
            let lit = TextFormat { color: palette.accent_ink, background: palette.accent_fill, ..format.clone() };
            job.append(&text[brace..=brace], 0.0, lit);
            start = brace + 1;
        }
        job.append(&text[start..range.end], 0.0, format.clone());
    };
    for span in spans(text) {
        append(done..span.range.start, plain);
        append(span.range.clone(), &format(&span.kind, span.depth, plain, sources, palette));
        done = span.range.end;
    }
    append(done..text.len(), plain);
    job
}

/// Highlights the mentions of references in a layout.
fn with_mentions(job: LayoutJob, names: &[String], palette: &Palette) -> LayoutJob {
    let mentions: Vec<_> = find_mentions(&job.text, names)
        .into_iter()
        .filter(|mention| mention.name.is_some())
        .map(|it| it.range)
        .collect();
    if mentions.is_empty() {
        return job;
    }
    let mut marked = LayoutJob::default();
    for section in &job.sections {
        let (mut start, end) = (section.byte_range.start.0, section.byte_range.end.0);
        let within = mentions.iter().filter(|mention| mention.start < end && mention.end > start);
        for mention in within.cloned().collect::<Vec<_>>() {
            let (from, to) = (mention.start.max(start), mention.end.min(end));
            marked.append(&job.text[start..from], 0.0, section.format.clone());
            let format = TextFormat {
                color: palette.accent_text,
                background: palette.accent_wash,
                expand_bg: -1.0,
                ..section.format.clone()
            };
            marked.append(&job.text[from..to], 0.0, format);
            start = to;
        }
        marked.append(&job.text[start..end], 0.0, section.format.clone());
    }
    marked
}

/// The text format of a span of a template.
fn format(kind: &SpanKind, depth: usize, plain: &TextFormat, sources: &Sources, palette: &Palette) -> TextFormat {
    let between = TextFormat {
        // The backgrounds of neighboring lines do not touch.
        expand_bg: -1.0,
        background: if depth > 0 { palette.accent_wash } else { Color32::TRANSPARENT },
        ..plain.clone()
    };
    let known = TextFormat { color: palette.accent_text, background: palette.accent_wash, ..between.clone() };
    match kind {
        SpanKind::Wildcard(name) if sources.wildcards.meant(name).next().is_none() => {
            TextFormat { color: palette.bad, underline: Stroke::new(1.0, palette.bad), ..between }
        }
        SpanKind::Variable(name) if depth == 0 && !sources.variables.contains_key(name) => {
            TextFormat { color: palette.info, ..between }
        }
        SpanKind::Escape => TextFormat { color: palette.faint, ..between },
        SpanKind::Placeholder => TextFormat { color: palette.info, ..between },
        _ => known,
    }
}

/// The brace beside the cursor and its counterpart, in order.
fn pair(text: &str, cursor: usize) -> Option<[usize; 2]> {
    let byte = |character: usize| text.char_indices().nth(character).map(|(byte, _)| byte);
    let beside = [cursor.checked_sub(1).and_then(byte), byte(cursor)];
    beside.into_iter().flatten().find_map(|at| {
        let other = matching_brace(text, at)?;
        Some([at.min(other), at.max(other)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(text: &str, cursor: Option<usize>) -> LayoutJob {
        colored(text, &TextFormat::default(), &Sources::default(), cursor, &Palette::DARK)
    }

    #[test]
    fn every_character_is_drawn_once() {
        for text in
            ["A {紅|藍} city at {dawn|{late|early} dusk}", "{plain} {open | never closed", "", "__x__ $y \\{ {1..3}"]
        {
            assert_eq!(job(text, Some(3)).text, text);
        }
    }

    #[test]
    fn only_braces_with_alternatives_are_highlighted() {
        let apart = |text: &str| {
            let job = job(text, None);
            let sections = job.sections.iter().filter(|section| section.format.background != Color32::TRANSPARENT);
            sections
                .map(|section| &job.text[section.byte_range.start.0..section.byte_range.end.0])
                .collect::<Vec<_>>()
                .concat()
        };
        assert_eq!(apart("A {紅|藍} {city} {a|{b|c}}"), "{紅|藍}{a|{b|c}}");
        assert_eq!(apart("{plain} {open | never closed"), "");
    }

    #[test]
    fn mentions_are_highlighted_without_losing_text() {
        let names = ["cup".to_owned(), "瓶子".to_owned()];
        let text = "a {red|@cup} @cup and @瓶子在 @nobody";
        let job = with_mentions(job(text, Some(4)), &names, &Palette::DARK);
        assert_eq!(job.text, text);
        let told = |words: &str| {
            let at = text.find(words).unwrap() + 1;
            job.format_at_byte(egui::text::ByteIndex(at)).color == Palette::DARK.accent_text
        };
        assert!(told("@cup}") && told("@cup and") && told("@瓶子"));
        assert!(!told("@nobody") && !told(" and"));
        assert!(with_mentions(LayoutJob::default(), &names, &Palette::DARK).text.is_empty());
    }

    #[test]
    fn brace_at_the_cursor_is_highlighted_with_its_partner() {
        let text = "海 {a|b}";
        let brace = "海 ".len();
        for (cursor, lit) in
            [(1, None), (2, Some([brace, brace + 4])), (3, Some([brace, brace + 4])), (7, Some([brace, brace + 4]))]
        {
            assert_eq!(pair(text, cursor), lit, "{cursor}");
        }
        assert_eq!(pair("", 0), None);
    }
}
