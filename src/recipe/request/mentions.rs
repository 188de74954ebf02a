//! The short names of references, by which prompts refer to them: `the @bottle on the @table`.

use std::ops::Range;

use super::{recipe::Recipe, reference::Reference};

/// Maximum width of a short name; wide letters count twice.
const MAX_SHORT_NAME_WIDTH: usize = 16;
/// Maximum number of words of a short name.
const MAX_SHORT_NAME_WORDS: usize = 3;
/// The short name of a reference without a name.
const DEFAULT_SHORT_NAME: &str = "image";
/// Maximum length of an unknown name in a mention.
const MAX_UNKNOWN_NAME_CHARS: usize = 24;

/// A mention such as `@bottle` in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceMention {
    /// Byte range, including the `@`.
    pub range: Range<usize>,
    /// Index of the name; `None` for an unknown name.
    pub name: Option<usize>,
}

/// A segment of a prompt that is sent with its images in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptSegment {
    /// Text.
    Text(String),
    /// The image with this index.
    Image(usize),
}

impl Reference {
    /// The short name in prompts unless another reference has it: the beginning of the name, without spaces.
    pub fn short_name(&self) -> String {
        shorten_name(&self.name, MAX_SHORT_NAME_WIDTH)
    }
}

/// The short names of references in prompts, all different.
pub fn short_names(references: &[Reference]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(references.len());
    for reference in references {
        let own = reference.short_name();
        let mut name = own.clone();
        let mut number = 2;
        while names.iter().any(|known| fold_case(known) == fold_case(&name)) {
            let end = number.to_string();
            name = shorten_name(&own, MAX_SHORT_NAME_WIDTH - end.len());
            name.push_str(&end);
            number += 1;
        }
        names.push(name);
    }
    names
}

/// Renames references to their short names, so that these stay the same when other references are added or removed.
pub fn keep_short_names(references: &mut [Reference]) {
    for (name, reference) in short_names(references).into_iter().zip(references) {
        if reference.short_name() != name {
            reference.name = name;
        }
    }
}

/// Finds all mentions in a text, in order.
///
/// An `@` after a letter or a digit is part of an address and ignored. The longest matching name counts; case is
/// ignored.
pub fn find_mentions(text: &str, names: &[String]) -> Vec<ReferenceMention> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('@').map(|at| from + at) {
        let after = at + 1;
        from = after;
        if text[..at].chars().next_back().is_some_and(joins_words) {
            continue;
        }
        let rest = &text[after..];
        let meant = names
            .iter()
            .enumerate()
            .filter_map(|(index, name)| Some((name_prefix_bytes(rest, name)?, index)))
            .max_by_key(|(length, index)| (*length, std::cmp::Reverse(*index)));
        if let Some((length, index)) = meant {
            from = after + length;
            found.push(ReferenceMention { range: at..from, name: Some(index) });
        } else if rest.starts_with(char::is_alphabetic) {
            let length = word_bytes(rest);
            from = after + length;
            found.push(ReferenceMention { range: at..from, name: None });
        }
    }
    found
}

/// Splits a text into segments, with each image after its first mention. Images without a mention follow the text.
pub fn split_at_mentions(text: &str, names: &[String]) -> Vec<PromptSegment> {
    let mut parts = Vec::new();
    let (mut words, mut done, mut told) = (String::new(), 0, vec![false; names.len()]);
    for mention in find_mentions(text, names) {
        let Some(index) = mention.name else { continue };
        words.push_str(&text[done..mention.range.start]);
        // The name as written, without the `@`.
        words.push_str(&text[mention.range.start + 1..mention.range.end]);
        done = mention.range.end;
        if !std::mem::replace(&mut told[index], true) {
            parts.extend([PromptSegment::Text(std::mem::take(&mut words)), PromptSegment::Image(index)]);
        }
    }
    words.push_str(&text[done..]);
    if !words.trim().is_empty() || parts.is_empty() {
        parts.push(PromptSegment::Text(words));
    }
    parts.extend(told.iter().enumerate().filter(|(_, told)| !**told).map(|(index, _)| PromptSegment::Image(index)));
    parts
}

/// Replaces mentions by the number of the image, for models that receive images separately from the text.
pub fn number_mentions(text: &str, names: &[String]) -> String {
    let (mut words, mut done) = (String::new(), 0);
    for mention in find_mentions(text, names) {
        let Some(index) = mention.name else { continue };
        words.push_str(&text[done..mention.range.start]);
        words.push_str(&text[mention.range.start + 1..mention.range.end]);
        words.extend([" (image ", &(index + 1).to_string(), ")"]);
        done = mention.range.end;
    }
    words.push_str(&text[done..]);
    words
}

impl Recipe {
    /// Sorts the references by their mentions in the prompt; those without a mention follow. The first one stays in
    /// place if a mask belongs to it.
    pub fn order_references(&mut self) {
        let fixed = usize::from(self.mask.is_some()).min(self.references.len());
        keep_short_names(&mut self.references);
        let names = short_names(&self.references);
        let said: Vec<usize> =
            find_mentions(&self.prompt, &names).into_iter().filter_map(|mention| mention.name).collect();
        let place = |name: &str| {
            let index = names.iter().position(|known| known == name);
            said.iter().position(|said| Some(*said) == index).unwrap_or(usize::MAX)
        };
        self.references[fixed..].sort_by_key(|reference| place(&reference.short_name()));
    }
}

/// Folds the case of a name.
fn fold_case(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// The beginning of a name, with its words joined.
fn shorten_name(name: &str, longest: usize) -> String {
    let name = without_extension(name.trim());
    let mut short = String::new();
    let mut length = 0;
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    for word in words.take(MAX_SHORT_NAME_WORDS) {
        let room = longest - length;
        let whole: usize = word.chars().map(width).sum();
        if short.is_empty() {
            let mut left = room;
            short.extend(word.chars().take_while(|c| {
                let fits = width(*c) <= left;
                left = left.saturating_sub(width(*c));
                fits
            }));
            length = short.chars().map(width).sum();
        } else if whole < room {
            short.push('-');
            short.push_str(word);
            length += whole + 1;
        } else {
            break;
        }
    }
    if short.is_empty() { DEFAULT_SHORT_NAME.to_owned() } else { short }
}

fn without_extension(name: &str) -> &str {
    let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    match extension {
        Some((stem, end)) if ["png", "jpg", "jpeg", "webp", "gif"].contains(&&*end.to_ascii_lowercase()) => stem,
        _ => name,
    }
}

/// Length in bytes of this name at the beginning of a text, if a word ends there.
fn name_prefix_bytes(text: &str, name: &str) -> Option<usize> {
    let mut rest = text.chars();
    for letter in name.chars() {
        if !rest.next().is_some_and(|c| c.to_lowercase().eq(letter.to_lowercase())) {
            return None;
        }
    }
    let length = text.len() - rest.as_str().len();
    let goes_on = text[..length].chars().next_back().is_some_and(joins_words) && rest.as_str().starts_with(joins_words);
    (length > 0 && !goes_on).then_some(length)
}

/// Length in bytes of the word at the beginning of a text.
fn word_bytes(text: &str) -> usize {
    let part_of = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let run = text.find(|c: char| !part_of(c)).unwrap_or(text.len());
    let cut = text.char_indices().nth(MAX_UNKNOWN_NAME_CHARS).map_or(text.len(), |(at, _)| at);
    text[..run.min(cut)].trim_end_matches('-').len()
}

/// Whether a letter joins adjacent letters to a word. Letters of scripts without spaces do not.
fn joins_words(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric() && width(letter) == 1
}

/// Width of a letter: 2 for letters of scripts without spaces, which are twice as wide.
fn width(letter: char) -> usize {
    match letter {
        '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn called(name: &str) -> Reference {
        Reference { sha256: String::new(), mime: "image/png".to_owned(), name: name.to_owned(), image: None }
    }

    fn names(of: &[&str]) -> Vec<String> {
        short_names(&of.iter().copied().map(called).collect::<Vec<_>>())
    }

    #[test]
    fn short_names_are_unique_beginnings_of_names() {
        assert_eq!(
            names(&["bottle.PNG", "Bottle.jpg", "a red fox in the snow", "", "image", "一隻紅色的狐狸在雪地裡", "--"]),
            ["bottle", "Bottle2", "a-red-fox", "image", "image2", "一隻紅色的狐狸在", "image3"]
        );
        assert_eq!(names(&["IMG_2034.jpeg", "photograph-of-a-harbour"]), ["IMG_2034", "photograph-of-a"]);
        assert_eq!(names(&["abcdefghijklmnopqrst"; 2]), ["abcdefghijklmnop", "abcdefghijklmno2"]);
    }

    #[test]
    fn short_names_stay_when_other_references_change() {
        let mut references: Vec<Reference> = ["cup.png", "cup.png", "cup.png"].into_iter().map(called).collect();
        keep_short_names(&mut references);
        references.remove(0);
        references.swap(0, 1);
        assert_eq!(short_names(&references), ["cup3", "cup2"]);
        assert_eq!(references[0].name, "cup3");
    }

    #[test]
    fn mentions_of_known_and_unknown_names_are_found() {
        let names = names(&["bottle", "bottle cap", "瓶子"]);
        let found = |text: &str| -> Vec<(String, Option<usize>)> {
            find_mentions(text, &names).into_iter().map(|found| (text[found.range].to_owned(), found.name)).collect()
        };
        let is = |words: &str, name| (words.to_owned(), name);
        assert_eq!(found("a @bottle, then @Bottle-cap."), [is("@bottle", Some(0)), is("@Bottle-cap", Some(1))]);
        assert_eq!(found("@bottles and (@bottle's)"), [is("@bottles", None), is("@bottle", Some(0))]);
        assert_eq!(found("把@瓶子放在@桌上,再"), [is("@瓶子", Some(2)), is("@桌上", None)]);
        assert_eq!(found("me@bottle.com, 50 mm @ f/1.8, @2x, @"), []);
        assert_eq!(found("@nobody-"), [is("@nobody", None)]);
    }

    #[test]
    fn images_follow_their_first_mention() {
        use PromptSegment::{Image, Text};
        let words = |words: &str| Text(words.to_owned());
        let names = names(&["bottle", "table", "lamp"]);
        assert_eq!(
            split_at_mentions("A @table with a @bottle. The @table is red.", &names),
            [words("A table"), Image(1), words(" with a bottle"), Image(0), words(". The table is red."), Image(2)]
        );
        assert_eq!(split_at_mentions("plain", &names), [words("plain"), Image(0), Image(1), Image(2)]);
        assert_eq!(split_at_mentions("@lamp", &names), [words("lamp"), Image(2), Image(0), Image(1)]);
        assert_eq!(split_at_mentions("", &[]), [words("")]);
        assert_eq!(number_mentions("a @Lamp by @nobody", &names), "a Lamp (image 3) by @nobody");
    }

    #[test]
    fn references_are_sorted_by_their_mentions() {
        let order = |prompt: &str, mask: bool| {
            let mut recipe = Recipe {
                prompt: prompt.to_owned(),
                references: ["cup.png", "cup.png", "lamp", "door"].into_iter().map(called).collect(),
                mask: mask.then(|| called("mask")),
                ..Recipe::default()
            };
            recipe.order_references();
            short_names(&recipe.references)
        };
        assert_eq!(order("a @door, the @cup2 and the @cup", false), ["door", "cup2", "cup", "lamp"]);
        assert_eq!(order("a @door, the @cup2 and the @cup", true), ["cup", "door", "cup2", "lamp"]);
        assert_eq!(order("nothing", false), ["cup", "cup2", "lamp", "door"]);
    }

    proptest! {
        #[test]
        fn splitting_loses_no_text(
            text in "[@a-c \u{7d05}\u{72d0}._-]{0,24}|\\PC{0,24}",
            called_so in proptest::collection::vec("[a-c\u{7d05}]{1,3}|\\PC{0,8}", 0..4),
        ) {
            let references: Vec<Reference> = called_so.iter().map(|name| called(name)).collect();
            let names = short_names(&references);
            for (index, name) in names.iter().enumerate() {
                prop_assert_eq!(&shorten_name(name, MAX_SHORT_NAME_WIDTH), name);
                prop_assert_eq!(names.iter().filter(|other| fold_case(other) == fold_case(name)).count(), 1);
                // Every name can be mentioned.
                prop_assert_eq!(find_mentions(&format!("@{name}"), &names)[0].name, Some(index));
            }
            let found = find_mentions(&text, &names);
            prop_assert!(found.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
            prop_assert!(found.iter().all(|found| text[found.range.clone()].starts_with('@')));
            let parts = split_at_mentions(&text, &names);
            let mut images: Vec<usize> =
                parts.iter().filter_map(|part| match part { PromptSegment::Image(at) => Some(*at), PromptSegment::Text(_) => None }).collect();
            images.sort_unstable();
            prop_assert_eq!(images, (0..names.len()).collect::<Vec<_>>());
            let said: String =
                parts.into_iter().map(|part| match part { PromptSegment::Text(words) => words, PromptSegment::Image(_) => String::new() }).collect();
            let mut expected = text.clone();
            for found in found.iter().rev().filter(|found| found.name.is_some()) {
                expected.remove(found.range.start);
            }
            prop_assert_eq!(said.trim_end(), expected.trim_end());
        }
    }
}
