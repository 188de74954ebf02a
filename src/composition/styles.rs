//! Applies styles to a request: text around its prompt, a negative prompt, and parameters.

use crate::{
    recipe::{Parameters, Recipe},
    settings::Style,
};

/// Puts the prefixes and suffixes of styles around a prompt; the first style is the innermost.
///
/// A space stands between a prefix and what follows, and a comma and a space between the prompt and a suffix. A prefix
/// that ends in a space or in Chinese or Japanese writing, and a suffix that begins with a space or a mark such as a
/// comma, are joined as they are.
pub fn wrap_prompt(prompt: &str, styles: &[Style]) -> String {
    let mut wrapped = prompt.to_owned();
    for style in styles {
        if !style.prefix.trim().is_empty() {
            let gap = if style.prefix.ends_with(|end: char| end.is_whitespace() || is_wide(end)) { "" } else { " " };
            wrapped = format!("{}{gap}{wrapped}", style.prefix);
        }
        if !style.suffix.trim().is_empty() {
            let gap = if style.suffix.starts_with(is_punctuation) { "" } else { ", " };
            wrapped = format!("{wrapped}{gap}{}", style.suffix);
        }
    }
    wrapped
}

/// Joins the negative prompt of the request with those of its styles, in this order.
pub fn join_negatives(own: &str, styles: &[Style]) -> String {
    let all = std::iter::once(own).chain(styles.iter().map(|style| style.negative.as_str()));
    all.map(str::trim).filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Sets the parameters that are on default from the styles. Where two styles set the same one, the first wins.
pub fn fill_parameters(own: &Parameters, styles: &[Style]) -> Parameters {
    styles.iter().fold(own.clone(), |set, style| set.filled_from(&style.parameters))
}

/// The recipe with the negative prompts and parameters of the styles. The prompt is unchanged, because the text of
/// styles is added to the template before it is expanded.
pub fn with_styles(recipe: &Recipe, styles: &[Style]) -> Recipe {
    Recipe {
        negative: join_negatives(&recipe.negative, styles),
        parameters: fill_parameters(&recipe.parameters, styles),
        ..recipe.clone()
    }
}

/// Whether a letter belongs to a script that needs no spaces.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2E80}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}')
}

/// Whether a suffix that begins with this letter needs no comma before it.
fn is_punctuation(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, ',' | '.' | ';' | ':' | '!' | '?' | '、' | '，' | '。' | '；' | '：' | '！' | '？')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(prefix: &str, suffix: &str) -> Style {
        Style { prefix: prefix.to_owned(), suffix: suffix.to_owned(), ..Style::default() }
    }

    #[test]
    fn prefixes_and_suffixes_go_around_prompts() {
        let of = |styles: &[Style]| wrap_prompt("a fox", styles);
        assert_eq!(of(&[]), "a fox");
        assert_eq!(of(&[style("photo of", "35 mm")]), "photo of a fox, 35 mm");
        assert_eq!(of(&[style("photo of ", ". Grainy.")]), "photo of a fox. Grainy.");
        assert_eq!(of(&[style("", "old"), style("film still,", "blue")]), "film still, a fox, old, blue");
        assert_eq!(wrap_prompt("海", &[style("一張照片：", "，電影感")]), "一張照片：海，電影感");
        assert_eq!(of(&[style(" ", "\n")]), "a fox", "blank words add nothing");
    }

    #[test]
    fn the_request_wins_over_styles_and_styles_over_later_ones() {
        let with = |size: &str, seed, negative: &str| Style {
            parameters: Parameters { size: size.parse().ok(), seed, ..Parameters::default() },
            negative: negative.to_owned(),
            ..Style::default()
        };
        let styles = [with("2K", None, "fog"), with("4K", Some(7), " "), with("", Some(8), "text")];
        let own = Parameters { temperature: Some(0.5), ..Parameters::default() };
        let filled = fill_parameters(&own, &styles);
        assert_eq!(filled, Parameters { size: "2K".parse().ok(), seed: Some(7), ..own });
        assert_eq!(join_negatives(" people", &styles), "people, fog, text");
        assert_eq!(join_negatives("", &[]), "");
    }
}
