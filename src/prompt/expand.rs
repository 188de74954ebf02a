//! What templates stand for.

use super::parse::{Part, Template, parse};

/// How many prompts a text stands for. Counted, never built; more than can be counted is [`u64::MAX`].
pub fn count(text: &str) -> u64 {
    count_template(&parse(text))
}

fn count_template(template: &Template) -> u64 {
    template.0.iter().fold(1, |count, part| match part {
        Part::Text(_) => count,
        Part::Choice(alternatives) => {
            let sum = alternatives.iter().fold(0_u64, |sum, one| sum.saturating_add(count_template(one)));
            count.saturating_mul(sum)
        }
    })
}

/// The prompts that a text stands for, one after another; the last alternatives change fastest.
pub fn expand(text: &str) -> Expansion {
    let template = parse(text);
    let total = count_template(&template);
    Expansion { template, next: 0, total }
}

/// The prompts that a template stands for. Each is built when it is asked for.
#[derive(Clone, Debug)]
pub struct Expansion {
    template: Template,
    next: u64,
    total: u64,
}

impl Iterator for Expansion {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.next == self.total {
            return None;
        }
        let mut prompt = String::new();
        pick(&self.template, self.next, &mut prompt);
        self.next += 1;
        Some(prompt)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.total - self.next);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}

/// Builds one of the prompts: the number is taken apart from the right, as digits are.
fn pick(template: &Template, mut number: u64, prompt: &mut String) {
    let mut places = Vec::new();
    for part in template.0.iter().rev() {
        let Part::Choice(alternatives) = part else { continue };
        let sum = alternatives.iter().fold(0_u64, |sum, one| sum.saturating_add(count_template(one))).max(1);
        places.push(number % sum);
        number /= sum;
    }
    for part in &template.0 {
        match part {
            Part::Text(text) => prompt.push_str(text),
            Part::Choice(alternatives) => {
                let mut place = places.pop().unwrap_or(0);
                for alternative in alternatives {
                    let count = count_template(alternative);
                    if place < count {
                        pick(alternative, place, prompt);
                        break;
                    }
                    place -= count;
                }
            }
        }
    }
}

/// Puts a picture's own prompt where a template says `{prompt}`. What is put there is taken literally.
pub fn fill(template: &str, own: &str) -> String {
    let mut literal = String::with_capacity(own.len());
    for character in own.chars() {
        if matches!(character, '{' | '|' | '}' | '\\') {
            literal.push('\\');
        }
        literal.push(character);
    }
    let mut filled = String::with_capacity(template.len() + literal.len());
    let mut rest = template;
    while let Some(place) = rest.find(['\\', '{']) {
        let (before, here) = rest.split_at(place);
        filled.push_str(before);
        if let Some(after) = here.strip_prefix("{prompt}") {
            filled.push_str(&literal);
            rest = after;
        } else {
            // An escaped brace is no beginning: its backslash goes with it.
            let taken = here.char_indices().nth(if here.starts_with('\\') { 2 } else { 1 });
            let (taken, after) = here.split_at(taken.map_or(here.len(), |(end, _)| end));
            filled.push_str(taken);
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<String> {
        expand(text).collect()
    }

    #[test]
    fn every_combination_comes_once_and_in_order() {
        assert_eq!(all("a {b|c} {1|2}"), ["a b 1", "a b 2", "a c 1", "a c 2"]);
        assert_eq!(all("{a|{b|c} x}"), ["a", "b x", "c x"]);
        assert_eq!(all("{|very }big"), ["big", "very big"]);
        assert_eq!(all("no alternatives"), ["no alternatives"]);
        assert_eq!(all(r"\{a\|b\}"), ["{a|b}"]);
    }

    #[test]
    fn a_thousand_million_combinations_are_counted_and_not_built() {
        let text = "{a|b|c|d|e|f|g|h|i|j}".repeat(9);
        assert_eq!(count(&text), 1_000_000_000);
        assert_eq!(expand(&text).next().unwrap(), "aaaaaaaaa");
        assert_eq!(count(&text.repeat(9)), u64::MAX);
    }

    #[test]
    fn a_pictures_own_prompt_is_taken_literally() {
        let filled = fill("{prompt}, in {rain|snow}", "a {b|c} d");
        assert_eq!(all(&filled), ["a {b|c} d, in rain", "a {b|c} d, in snow"]);
        assert_eq!(all(&fill("{prompt} {prompt}", "海")), ["海 海"]);
        assert_eq!(all(&fill("{a {prompt}|b}", "x")), ["a x", "b"]);
        assert_eq!(all(&fill(r"\{prompt}", "x")), ["{prompt}"], "escaped");
        assert_eq!(all(&fill("plain \\", "x")), ["plain \\"]);
    }

    proptest! {
        #[test]
        fn as_many_come_as_are_counted_and_no_two_choices_are_the_same(groups in prop::collection::vec(2..4_usize, 0..4)) {
            let text: String = groups
                .iter()
                .map(|count| ["{", &(0..*count).map(|one| one.to_string()).collect::<Vec<_>>().join("|"), "}"].concat())
                .collect();
            let prompts = all(&text);
            prop_assert_eq!(prompts.len() as u64, count(&text));
            prop_assert_eq!(prompts.iter().collect::<HashSet<_>>().len(), prompts.len());
        }
    }
}
