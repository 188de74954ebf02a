//! What was asked for before: to be brought back with keys or from a list.

use egui::{Popup, PopupCloseBehavior, Response, RichText, ScrollArea};

use crate::ui::{
    Cx, icons,
    theme::{self, fonts, size},
    widgets::{field::Field, menu::menu_item},
};

/// So many prompts are kept, and so many bytes of them.
const MOST: usize = 200;
const MOST_BYTES: usize = 256 << 10;
/// Width of the list.
const WIDTH: f32 = 420.0;

/// What was asked for before, newest first.
#[derive(Debug, Default)]
pub struct History {
    asked: Vec<String>,
    /// Which of them stands in the composer.
    at: Option<usize>,
    /// What stood there before the first was brought back.
    draft: String,
    wanted: String,
}

/// A place in the history.
enum Next {
    Draft,
    Asked(usize),
}

impl History {
    /// Takes what was kept.
    pub fn restore(&mut self, asked: &[String]) {
        *self = Self { asked: asked.to_vec(), ..Self::default() };
    }

    /// What was asked for, newest first.
    pub fn asked(&self) -> &[String] {
        &self.asked
    }

    /// This was asked for.
    pub fn ask(&mut self, prompt: &str) {
        self.asked.retain(|asked| asked != prompt);
        self.asked.insert(0, prompt.to_owned());
        self.asked.truncate(MOST);
        let mut bytes = 0;
        self.asked.retain(|asked| {
            bytes += asked.len();
            bytes <= MOST_BYTES
        });
        self.at = None;
    }

    /// What comes before or after what stands in the composer.
    pub fn step(&mut self, prompt: &str, earlier: bool) -> Option<String> {
        let next = self.next(prompt, earlier)?;
        if self.shown(prompt).is_none() {
            prompt.clone_into(&mut self.draft);
        }
        self.at = match next {
            Next::Draft => None,
            Next::Asked(at) => Some(at),
        };
        Some(self.at.and_then(|at| self.asked.get(at)).unwrap_or(&self.draft).clone())
    }

    /// Whether there is anything before or after what stands in the composer.
    pub fn has(&self, prompt: &str, earlier: bool) -> bool {
        self.next(prompt, earlier).is_some()
    }

    /// Which of them stands in the composer, unless it was changed since.
    fn shown(&self, prompt: &str) -> Option<usize> {
        self.at.filter(|at| self.asked.get(*at).is_some_and(|asked| asked == prompt))
    }

    /// Where to go from what stands in the composer.
    fn next(&self, prompt: &str, earlier: bool) -> Option<Next> {
        let at = match (self.shown(prompt), earlier) {
            (None, true) => usize::from(self.asked.first().is_some_and(|first| first == prompt)),
            (Some(at), true) => at + 1,
            (Some(0), false) => return Some(Next::Draft),
            (Some(at), false) => at - 1,
            (None, false) => return None,
        };
        (at < self.asked.len()).then_some(Next::Asked(at))
    }
}

/// Opens the list below its button. Gives the prompt that was chosen.
pub(super) fn list(button: &Response, history: &mut History, cx: &Cx<'_>) -> Option<String> {
    let text = cx.text;
    let name = text.get("composer-history");
    if button.clicked() {
        history.wanted.clear();
    }
    let mut chosen = None;
    Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(&name)
        .gap(4.0)
        .width(WIDTH)
        .show(|ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 2.0;
            let search = text.get("composer-history-search");
            let field = Field::new(&search).hint(search.as_str()).icon(icons::SEARCH).show(ui, &mut history.wanted);
            if button.clicked() {
                field.request_focus();
            }
            let wanted = history.wanted.to_lowercase();
            let found: Vec<&String> =
                history.asked.iter().filter(|asked| asked.to_lowercase().contains(&wanted)).collect();
            if found.is_empty() {
                let palette = theme::palette(ui.visuals());
                let words = RichText::new(text.get("composer-history-none"));
                ui.label(words.font(fonts::regular(size::TEXT_CHIP)).color(palette.faint));
            }
            ScrollArea::vertical().max_height(size::LIST_MOST).show_rows(ui, size::CHIP, found.len(), |ui, range| {
                for asked in &found[range] {
                    let line = asked.split_whitespace().collect::<Vec<_>>().join(" ");
                    if menu_item(ui, line, false, "") {
                        chosen = Some((*asked).clone());
                        ui.close();
                    }
                }
            });
        });
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_brought_back_and_the_draft_is_not_lost() {
        let mut history = History::default();
        assert!(!history.has("", true) && !history.has("", false));
        for prompt in ["one", "two", "one", "three"] {
            history.ask(prompt);
        }
        assert_eq!(history.asked(), ["three", "one", "two"]);
        let step = |history: &mut History, prompt: &str, earlier| history.step(prompt, earlier);
        assert_eq!(step(&mut history, "a draft", true).as_deref(), Some("three"));
        assert_eq!(step(&mut history, "three", true).as_deref(), Some("one"));
        assert_eq!(step(&mut history, "one", true).as_deref(), Some("two"));
        assert_eq!(step(&mut history, "two", true), None);
        assert_eq!(step(&mut history, "two", false).as_deref(), Some("one"));
        assert_eq!(step(&mut history, "one", false).as_deref(), Some("three"));
        assert_eq!(step(&mut history, "three", false).as_deref(), Some("a draft"));
        assert_eq!(step(&mut history, "a draft", false), None);
        // What was asked last stands there still.
        assert_eq!(step(&mut history, "three", true).as_deref(), Some("one"));
        // What was changed is a draft.
        assert_eq!(step(&mut history, "one more", true).as_deref(), Some("three"));
        assert_eq!(step(&mut history, "three", false).as_deref(), Some("one more"));
    }

    #[test]
    fn no_more_is_kept_than_can_be_written_down_quickly() {
        let mut history = History::default();
        for number in 0..MOST + 9 {
            history.ask(&number.to_string());
        }
        assert_eq!(history.asked().len(), MOST);
        history.ask(&"x".repeat(MOST_BYTES));
        assert_eq!(history.asked().len(), 1);
    }
}
