//! Completion in the search box: operators, and the values of those that have a list of them.

use std::ops::Range;

use egui::{Id, Rect, Ui};

use crate::{
    recipe::Label,
    studio::{Command, ImageExtra, ImageState, OrganizeCommand, OrganizeEvent},
    ui::{
        actions::action::Actions,
        components::completion::{self, CompletionKeys, MAX_SUGGESTIONS, Suggestion},
        state::view_context::ViewContext,
    },
};

/// The operators that are offered, each with the key of what it finds.
const OPERATORS: [(&str, &str); 16] = [
    ("tag:", "search-operator-tag"),
    ("collection:", "search-operator-collection"),
    ("model:", "search-operator-model"),
    ("rating:>=", "search-operator-rating"),
    ("is:", "search-operator-is"),
    ("has:", "search-operator-has"),
    ("label:", "search-operator-label"),
    ("size:", "search-operator-size"),
    ("ratio:", "search-operator-ratio"),
    ("cost:", "search-operator-cost"),
    ("seed:", "search-operator-seed"),
    ("from:", "search-operator-from"),
    ("to:", "search-operator-to"),
    ("color:", "search-operator-color"),
    ("uses:", "search-operator-uses"),
    ("in:trash", "search-operator-trash"),
];

/// The tags that begin with what is typed, as the studio has reported them.
#[derive(Debug, Default)]
pub struct SearchCompletion {
    /// The beginning that was asked for last.
    asked: Option<String>,
    tags: Vec<(String, usize)>,
}

impl SearchCompletion {
    /// Folds an event about marks and tags into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        match event {
            OrganizeEvent::TagSuggestions(beginning, tags) if self.asked.as_ref() == Some(beginning) => {
                self.tags.clone_from(tags);
            }
            // The tags may have changed, so they are asked for again.
            OrganizeEvent::Changed { .. } => self.asked = None,
            OrganizeEvent::Progress { .. }
            | OrganizeEvent::MovedToTrash(_)
            | OrganizeEvent::RestoredFromTrash(_)
            | OrganizeEvent::TrashEmptied(_)
            | OrganizeEvent::Collections(_)
            | OrganizeEvent::CollectionsEdited { .. }
            | OrganizeEvent::TagSuggestions(..) => {}
        }
    }

    /// Draws the list under the cursor of the search box. Returns whether a suggestion was put into the search.
    pub fn show(
        &mut self,
        ui: &Ui,
        (field, search): (Id, &mut String),
        caret: Option<Rect>,
        keys: CompletionKeys,
        cx: &ViewContext<'_>,
        actions: &mut Actions,
    ) -> bool {
        let Some(caret) = caret else { return false };
        let cursor = completion::cursor(ui.ctx(), field, search);
        let word = cursor.map(|cursor| word_before(search, cursor)).filter(|word| !word.is_empty());
        let typed = word.clone().map(|word| search[word].to_owned());
        let suggestions = typed.as_deref().map(|typed| self.suggestions(typed, cx, actions)).unwrap_or_default();
        let name = cx.text.get("search-completions");
        let taken = completion::show(ui, field, &name, caret, typed.as_deref(), &suggestions, keys);
        let Some((suggestion, word)) = taken.and_then(|index| suggestions.get(index)).zip(word) else { return false };
        completion::replace(ui.ctx(), field, search, word, &suggestion.text);
        true
    }

    /// What a word may become.
    fn suggestions(&mut self, typed: &str, cx: &ViewContext<'_>, actions: &mut Actions) -> Vec<Suggestion> {
        let (minus, typed) = match typed.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", typed),
        };
        let Some((key, value)) = typed.split_once(':') else { return operators(minus, typed, cx) };
        let key = key.to_lowercase();
        let value = value.trim_matches('"').to_lowercase();
        let count = |count: usize| cx.text.with("palette-images", [("count", count.into())]);
        let values: Vec<(String, String)> = match key.as_str() {
            "tag" => {
                if self.asked.as_ref() != Some(&value) {
                    self.asked = Some(value.clone());
                    actions.send(Command::Organize(OrganizeCommand::SuggestTags(value.clone())));
                }
                self.tags.iter().map(|(tag, images)| (tag.clone(), count(*images))).collect()
            }
            "collection" => {
                let collections = cx.known.collections.iter();
                collections.map(|collection| (collection.name.clone(), String::new())).collect()
            }
            "model" => {
                let models = cx.known.view.as_ref().map_or(&[][..], |view| view.library_models.as_slice());
                models.iter().map(|(model, images)| (model.clone(), count(*images))).collect()
            }
            "is" => ImageState::ALL.map(|is| (is.word().to_owned(), String::new())).into(),
            "has" => ImageExtra::ALL.map(|has| (has.word().to_owned(), String::new())).into(),
            "label" => Label::ALL.map(|label| (label.word().to_owned(), cx.text.label(label))).into(),
            _ => Vec::new(),
        };
        let fits = |(name, detail): &(String, String)| {
            name.to_lowercase().contains(&value) || detail.to_lowercase().contains(&value)
        };
        let suggestion = |(name, detail): (String, String)| {
            let text = format!("{minus}{key}:{} ", quoted(&name));
            Suggestion { label: name, detail, text }
        };
        values.into_iter().filter(fits).take(MAX_SUGGESTIONS).map(suggestion).collect()
    }
}

fn operators(minus: &str, typed: &str, cx: &ViewContext<'_>) -> Vec<Suggestion> {
    let typed = typed.to_lowercase();
    let begins = OPERATORS.iter().filter(|(operator, _)| !typed.is_empty() && operator.starts_with(&typed));
    let suggestion = |(operator, about): &(&str, &str)| Suggestion {
        label: (*operator).to_owned(),
        detail: cx.text.get(about),
        text: format!("{minus}{operator}"),
    };
    begins.map(suggestion).collect()
}

/// The value as it stands in a query: in quotation marks if it has spaces.
fn quoted(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}

/// The word that ends at a byte position; spaces within quotation marks belong to it.
fn word_before(search: &str, cursor: usize) -> Range<usize> {
    let (mut start, mut is_quoted) = (0, false);
    for (at, character) in search[..cursor].char_indices() {
        if character == '"' {
            is_quoted = !is_quoted;
        } else if character.is_whitespace() && !is_quoted {
            start = at + character.len_utf8();
        }
    }
    start..cursor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_at_the_cursor_is_completed_within_quotes() {
        let word = |search: &str, cursor: usize| search[word_before(search, cursor)].to_owned();
        assert_eq!(word("fox ta", 6), "ta");
        assert_eq!(word("fox ta", 3), "fox");
        assert_eq!(word("狐狸 tag:紅", "狐狸 tag:紅".len()), "tag:紅");
        assert_eq!(word("tag:\"wet gl", 11), "tag:\"wet gl");
        assert_eq!(word("tag:\"wet glass\" ", 16), "");
        assert_eq!(quoted("wet glass"), "\"wet glass\"");
    }
}
