//! The difference between the composer's prompt and that of the selected image, word by word.

use egui::{
    Label, Popup, PopupCloseBehavior, ScrollArea, Stroke, Ui,
    text::{LayoutJob, TextFormat},
};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::{
    recipe::Recipe,
    ui::{
        panels::composer::state::composer::Composer,
        state::view_context::ViewContext,
        text::Text,
        theme::{self, Palette, fonts, size},
        widgets::{Button, ButtonKind, section_label},
    },
};

/// Width of the panel.
const WIDTH: f32 = 420.0;
/// Space between removed words and those in their place.
const GAP: f32 = 3.0;
/// Longer prompts are not compared.
const MAX_COMPARED_BYTES: usize = 64 << 10;

/// The kind of a span of the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DiffSpan {
    Same,
    Removed,
    Added,
}

/// Draws the button that compares, while an image with another prompt is selected.
pub(in crate::ui::panels::composer) fn show(ui: &mut Ui, composer: &Composer, cx: &ViewContext<'_>) {
    let Some(details) = composer.subject.and_then(|id| cx.known.details(id)) else { return };
    let (theirs, mine) = compared(composer, &details.facts.recipe);
    if theirs == mine || mine.trim().is_empty() || theirs.len() + mine.len() > MAX_COMPARED_BYTES {
        return;
    }
    let (theirs, name) = (theirs.to_owned(), cx.text.get("diff"));
    let button = Button::new(name.as_str()).kind(ButtonKind::Chip);
    let button = ui.add(button).on_hover_text(cx.text.get("diff-tip"));
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(&name)
        .gap(4.0)
        .width(WIDTH)
        .show(|ui| {
            ui.set_width(WIDTH);
            section_label(ui, &cx.text.get("diff-title"), |_| {});
            let changes = changes(&theirs, &mine);
            ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show(ui, |ui| {
                // Menus stretch their items, so the text is wrapped in a layout of its own.
                ui.vertical(|ui| {
                    let palette = theme::palette(ui.visuals());
                    let label = ui.add(Label::new(job(&changes, palette)).wrap().selectable(true));
                    let words = spoken(&changes, cx.text);
                    ui.ctx().accesskit_node_builder(label.id, |node| node.set_description(words));
                });
            });
        });
}

/// The two texts: the sent prompts if there is one each, else the templates.
fn compared<'a>(composer: &'a Composer, image: &'a Recipe) -> (&'a str, String) {
    match &image.composed {
        Some(composed) if composer.expansion.count() != 1 => (&composed.template, composer.recipe.prompt.clone()),
        _ if composer.expansion.count() != 1 => (&image.prompt, composer.recipe.prompt.clone()),
        _ => (&image.prompt, composer.expansion.prompts().next().unwrap_or_default()),
    }
}

/// Splits a text into words, punctuation, spaces, and single characters of scripts without spaces.
fn words(text: &str) -> Vec<&str> {
    let kind = |letter: char| match letter {
        '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' => 0,
        letter if letter.is_whitespace() => 1,
        letter if letter.is_alphanumeric() || letter == '\'' || letter == '’' => 2,
        _ => 0,
    };
    let mut words = Vec::new();
    let (mut start, mut before) = (0, None);
    for (at, letter) in text.char_indices() {
        let now = kind(letter);
        if before.is_some_and(|before| before != now || now == 0) {
            words.push(&text[start..at]);
            start = at;
        }
        before = Some(now);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// The spans that were removed from one text or added in the other.
fn changes(from: &str, to: &str) -> Vec<(DiffSpan, String)> {
    let (from, to) = (words(from), words(to));
    let mut changes: Vec<(DiffSpan, String)> = Vec::new();
    let mut push = |change: DiffSpan, words: &[&str]| {
        if !words.is_empty() {
            changes.push((change, words.concat()));
        }
    };
    for operation in capture_diff_slices(Algorithm::Myers, &from, &to) {
        let (tag, old, new) = operation.as_tag_tuple();
        match tag {
            DiffTag::Equal => push(DiffSpan::Same, &to[new]),
            DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                push(DiffSpan::Removed, &from[old]);
                push(DiffSpan::Added, &to[new]);
            }
        }
    }
    changes
}

/// Lays out the difference: removed text is struck through, added text is underlined; the colors only repeat that.
fn job(changes: &[(DiffSpan, String)], palette: &Palette) -> LayoutJob {
    let plain = TextFormat {
        font_id: fonts::regular(size::TEXT),
        color: palette.text,
        line_height: Some(20.0),
        ..TextFormat::default()
    };
    let mut job = LayoutJob::default();
    let mut before = DiffSpan::Same;
    for (change, words) in changes {
        let format = match change {
            DiffSpan::Same => plain.clone(),
            DiffSpan::Removed => {
                TextFormat { color: palette.bad, strikethrough: Stroke::new(1.0, palette.bad), ..plain.clone() }
            }
            DiffSpan::Added => {
                TextFormat { color: palette.good, underline: Stroke::new(1.0, palette.good), ..plain.clone() }
            }
        };
        let gap = if (before, *change) == (DiffSpan::Removed, DiffSpan::Added) { GAP } else { 0.0 };
        job.append(words, gap, format);
        before = *change;
    }
    job
}

/// The difference as text for screen readers.
fn spoken(changes: &[(DiffSpan, String)], text: &Text) -> String {
    let part = |(change, words): &(DiffSpan, String)| {
        let words = [("words", words.trim().into())];
        match change {
            DiffSpan::Same => None,
            DiffSpan::Removed => Some(text.with("diff-removed", words)),
            DiffSpan::Added => Some(text.with("diff-added", words)),
        }
    };
    changes.iter().filter_map(part).collect::<Vec<_>>().join(&text.get("list-separator"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(from: &str, to: &str) -> String {
        let part = |(change, words): (DiffSpan, String)| match change {
            DiffSpan::Same => words,
            DiffSpan::Removed => format!("[-{words}-]"),
            DiffSpan::Added => format!("[+{words}+]"),
        };
        changes(from, to).into_iter().map(part).collect()
    }

    #[test]
    fn texts_are_compared_by_words_and_chinese_by_characters() {
        assert_eq!(told("a red fox, 35mm", "a blue fox, 35mm"), "a [-red-][+blue+] fox, 35mm");
        assert_eq!(told("", "new"), "[+new+]");
        assert_eq!(told("same", "same"), "same");
        assert_eq!(told("細節豐富的海", "細節豐富的山"), "細節豐富的[-海-][+山+]");
        assert_eq!(told("a fox", "a fox at dawn"), "a fox[+ at dawn+]");
    }

    #[test]
    fn diff_contains_both_texts_completely() {
        for (from, to) in [("a b c d", "b x d\n e"), ("狐狸 in {a|b}", "{a|c} 狐"), ("", "")] {
            let side = |without: DiffSpan| {
                let rest = changes(from, to).into_iter().filter(|(change, _)| *change != without);
                rest.map(|(_, words)| words).collect::<String>()
            };
            assert_eq!((side(DiffSpan::Added), side(DiffSpan::Removed)), (from.to_owned(), to.to_owned()));
        }
    }
}
