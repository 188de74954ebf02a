//! Completion in the prompt: references after `@`, wildcards after `__`, variables after `$`, styles after `/`.

use std::ops::Range;

use egui::{Rect, Ui};

use crate::ui::{
    components::completion::{self, CompletionKeys, MAX_SUGGESTIONS, Suggestion},
    panels::composer::{focus::prompt_id, state::composer::Composer},
    state::view_context::ViewContext,
};

/// What begins a name in a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sigil {
    /// `@`
    Reference,
    /// `__`
    Wildcard,
    /// `$`
    Variable,
    /// `/` at the beginning of a word
    Style,
}

/// Draws the list under the cursor of the prompt, and puts what is chosen into it. `names` are those of the references.
pub(super) fn show(
    ui: &Ui,
    composer: &mut Composer,
    names: &[String],
    caret: Option<Rect>,
    keys: CompletionKeys,
    cx: &ViewContext<'_>,
) {
    let Some(caret) = caret else { return };
    let prompt = &composer.recipe.prompt;
    let begun = completion::cursor(ui.ctx(), prompt_id(), prompt).and_then(|cursor| name_before(prompt, cursor));
    let typed = begun.clone().map(|(_, range)| prompt[range].to_owned());
    let suggestions = match (&begun, &typed) {
        (Some((sigil, _)), Some(typed)) => suggestions(*sigil, typed, composer, names, cx),
        _ => Vec::new(),
    };
    let name = cx.text.get("prompt-completions");
    let taken = completion::show(ui, prompt_id(), &name, caret, typed.as_deref(), &suggestions, keys);
    let Some((suggestion, (sigil, range))) = taken.and_then(|index| suggestions.get(index)).zip(begun) else { return };
    completion::replace(ui.ctx(), prompt_id(), &mut composer.recipe.prompt, range, &suggestion.text);
    if sigil == Sigil::Style {
        composer.toggle_style(&suggestion.label, &cx.known.prompt_library);
    }
}

fn suggestions(
    sigil: Sigil,
    typed: &str,
    composer: &Composer,
    names: &[String],
    cx: &ViewContext<'_>,
) -> Vec<Suggestion> {
    let part = typed.trim_start_matches(['@', '_', '$', '{', '/']).to_lowercase();
    let suggestion = |label: String, detail: String, text: String| Suggestion { label, detail, text };
    let all: Vec<(String, Suggestion)> = match sigil {
        Sigil::Reference => names
            .iter()
            .map(|name| (name.clone(), suggestion(format!("@{name}"), String::new(), format!("@{name}"))))
            .collect(),
        Sigil::Wildcard => cx
            .known
            .wildcards
            .keys()
            .map(|name| {
                let lines = cx.known.sources.wildcards.get(name).map_or(0, |wildcard| wildcard.options().len());
                let detail = cx.text.with("prompt-wildcard-lines", [("count", lines.into())]);
                (name.clone(), suggestion(format!("__{name}__"), detail, format!("__{name}__")))
            })
            .collect(),
        Sigil::Variable => composer
            .expansion
            .sources()
            .variables
            .iter()
            .map(|(name, value)| (name.clone(), suggestion(format!("${name}"), value.clone(), format!("${{{name}}}"))))
            .collect(),
        Sigil::Style => {
            let offered =
                cx.known.prompt_library.styles.iter().filter(|style| !composer.styles().contains(&style.name));
            let detail = cx.text.get("palette-style-on");
            offered
                .map(|style| (style.name.clone(), suggestion(style.name.clone(), detail.clone(), String::new())))
                .collect()
        }
    };
    let fits = |(name, _): &(String, Suggestion)| name.to_lowercase().contains(&part);
    all.into_iter().filter(fits).map(|(_, suggestion)| suggestion).take(MAX_SUGGESTIONS).collect()
}

/// The name that is being typed before a byte position, with its sigil.
fn name_before(prompt: &str, cursor: usize) -> Option<(Sigil, Range<usize>)> {
    let before = &prompt[..cursor];
    let is_name = |character: char| character.is_alphanumeric() || matches!(character, '-' | '.' | '/' | '_');
    // A wildcard's name may have single underscores and slashes in it, so its beginning is looked for first.
    if let Some(start) = before.rfind("__") {
        let closed = before[..start].matches("__").count() % 2 == 1;
        let name = &before[start + 2..];
        if !closed && name.chars().all(is_name) {
            return Some((Sigil::Wildcard, start..cursor));
        }
    }
    let word = before.rfind(|character: char| !(character.is_alphanumeric() || matches!(character, '-' | '_')))?;
    let sigil = before[word..].chars().next()?;
    let previous = before[..word].chars().next_back();
    match sigil {
        // After a letter it belongs to an address.
        '@' if !previous.is_some_and(char::is_alphanumeric) => Some((Sigil::Reference, word..cursor)),
        '$' => Some((Sigil::Variable, word..cursor)),
        '{' if previous == Some('$') => Some((Sigil::Variable, word - 1..cursor)),
        '/' if previous.is_none_or(char::is_whitespace) => Some((Sigil::Style, word..cursor)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_at_the_cursor_is_recognized_by_its_prefix() {
        let begun =
            |prompt: &str| name_before(prompt, prompt.len()).map(|(sigil, range)| (sigil, prompt[range].to_owned()));
        let is = |sigil, name: &str| Some((sigil, name.to_owned()));
        assert_eq!(begun("a cup like @cu"), is(Sigil::Reference, "@cu"));
        assert_eq!(begun("像@瓶"), None, "it may be part of an address");
        assert_eq!(begun("像 @瓶"), is(Sigil::Reference, "@瓶"));
        assert_eq!(begun("me@mail"), None);
        assert_eq!(begun("in __weat"), is(Sigil::Wildcard, "__weat"));
        assert_eq!(begun("in __"), is(Sigil::Wildcard, "__"));
        assert_eq!(begun("in __weather__"), None);
        assert_eq!(begun("in __weather__ and __su"), is(Sigil::Wildcard, "__su"));
        assert_eq!(begun("the $ani"), is(Sigil::Variable, "$ani"));
        assert_eq!(begun("the ${ani"), is(Sigil::Variable, "${ani"));
        assert_eq!(begun("fog /fi"), is(Sigil::Style, "/fi"));
        assert_eq!(begun("and/or"), None);
        assert_eq!(begun("plain words"), None);
    }
}
