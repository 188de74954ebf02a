//! Finds the braces that are syntax, in one pass, so that parsing takes linear time.

use super::{names::name_length, range::Range, syntax_tree::Pick};

/// A matching pair of braces that is syntax.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// The byte offsets of the braces.
    pub(crate) open: usize,
    pub(crate) close: usize,
    pub(crate) kind: GroupKind,
}

/// The meaning of a pair of braces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum GroupKind {
    /// Options, and the offset of the first one.
    Choice(Option<Pick>, usize),
    /// A range.
    Range(Range),
    /// A variable, and the end of its name.
    Variable(usize),
}

/// The nesting depth at most. Deeper braces are ordinary characters.
pub(crate) const MAX_NESTING_DEPTH: usize = 32;

/// All groups by the offset of their opening brace, and whether others are nested too deeply.
pub(crate) struct Groups {
    pub(crate) all: Vec<Group>,
    pub(crate) too_deep: bool,
}

impl Groups {
    /// Finds all groups.
    pub(crate) fn find(text: &str) -> Self {
        let mut open: Vec<Open> = Vec::new();
        let mut all = Vec::new();
        let mut escaped = false;
        let mut dollar = false;
        for (place, character) in text.char_indices() {
            let after_dollar = std::mem::take(&mut dollar);
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                // Two of them follow an amount and do not start a variable.
                '$' => dollar = !after_dollar,
                '{' => open.push(Open { at: place, bars: false, dollar: after_dollar }),
                '|' => {
                    if let Some(open) = open.last_mut() {
                        open.bars = true;
                    }
                }
                '}' => {
                    if let Some(open) = open.pop()
                        && let Some(kind) = open.kind(text, place)
                    {
                        all.push(Group { open: open.at, close: place, kind });
                    }
                }
                _ => {}
            }
        }
        all.sort_unstable_by_key(|group| group.open);
        let mut around: Vec<usize> = Vec::new();
        let found = all.len();
        all.retain(|group| {
            around.retain(|outer| *outer > group.open);
            let kept = around.len() < MAX_NESTING_DEPTH;
            if kept {
                around.push(group.close);
            }
            kept
        });
        Self { too_deep: all.len() < found, all }
    }

    /// The group that opens at a byte.
    pub(crate) fn at(&self, open: usize) -> Option<&Group> {
        let index = self.all.binary_search_by_key(&open, |group| group.open).ok()?;
        self.all.get(index)
    }
}

struct Open {
    at: usize,
    /// Whether there is a bar directly between these braces.
    bars: bool,
    /// Whether a dollar sign precedes it.
    dollar: bool,
}

impl Open {
    fn kind(&self, text: &str, close: usize) -> Option<GroupKind> {
        let begin = self.at + 1;
        let inside = &text[begin..close];
        if self.dollar
            && let Some(length) = name_length(inside)
        {
            return Some(GroupKind::Variable(begin + length));
        }
        if let Some((pick, length)) = Pick::read(inside) {
            return Some(GroupKind::Choice(Some(pick), begin + length));
        }
        if self.bars {
            return Some(GroupKind::Choice(None, begin));
        }
        Range::read(inside).map(GroupKind::Range)
    }
}

/// The counterpart of the brace at a byte of a text, if that brace is syntax.
pub fn matching_brace(text: &str, at: usize) -> Option<usize> {
    let groups = Groups::find(text);
    groups.all.iter().find_map(|group| match at {
        at if at == group.open => Some(group.close),
        at if at == group.close => Some(group.open),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        Groups::find(text).all.iter().map(|group| &text[group.open..=group.close]).collect()
    }

    #[test]
    fn braces_without_alternatives_are_text() {
        assert_eq!(found(r"sea \{x|y\} {a|{b|c}} {} {one} 海{雨|雪}"), ["{a|{b|c}}", "{b|c}", "{雨|雪}"]);
        assert_eq!(found("{ {a|b}"), ["{a|b}"]);
        assert_eq!(found("} {a|b}"), ["{a|b}"]);
        assert_eq!(found("{1..3} {1...3} {1 .. 3}"), ["{1..3}"]);
        assert_eq!(found("{2$$x} {$$x} {x$$y}"), ["{2$$x}"]);
        assert_eq!(found(r"${a} ${a=b} ${a:b} \${a} ${} ${a b!} {a}"), ["{a}", "{a=b}", "{a:b}"]);
        assert_eq!(found("{2$${1..5}|$$${x}} ${1..5} $${x}"), ["{2$${1..5}|$$${x}}", "{1..5}", "{x}", "{1..5}"]);
    }

    #[test]
    fn braces_are_matched() {
        let text = "a {b|{c|d}} {e}";
        assert_eq!(
            [matching_brace(text, 2), matching_brace(text, 10), matching_brace(text, 5)],
            [Some(10), Some(2), Some(9)]
        );
        assert_eq!([matching_brace(text, 0), matching_brace(text, 12)], [None, None]);
    }

    #[test]
    fn thousands_of_braces_are_parsed_quickly() {
        let deep = ["{a|".repeat(100_000), "b".to_owned(), "}".repeat(100_000)].concat();
        let groups = Groups::find(&deep);
        assert!(groups.too_deep);
        assert_eq!(groups.all.len(), MAX_NESTING_DEPTH);
        assert!(!Groups::find(&"{a|b}".repeat(100_000)).too_deep);
    }
}
