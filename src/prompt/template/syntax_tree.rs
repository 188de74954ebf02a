//! The syntax tree of a template.

use super::{escapes::unescaped, range::Range};

/// A template that has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(pub Vec<TemplatePart>);

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Characters that stand for themselves.
    Text(String),
    /// Some of several options.
    Choice(Choice),
    /// One of many numbers or letters.
    Range(Range),
    /// A line of the wildcard of this name.
    Wildcard(String),
    /// What a variable stands for.
    Use {
        /// Which one.
        name: String,
        /// What stands here if has not been given it a meaning.
        otherwise: Option<Template>,
    },
    /// Gives a variable its meaning and writes nothing.
    Definition {
        /// Which one.
        name: String,
        /// Whether its value is chosen once for a whole prompt, and not again where it is used.
        once: bool,
        /// What it stands for.
        value: Template,
    },
}

/// Options in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// How many are taken; `None` for one.
    pub pick: Option<Pick>,
    /// What there is to choose from.
    pub options: Vec<Weighted>,
}

/// Several options at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// How many at least.
    pub least: usize,
    /// How many at most; `None` for as many as there are.
    pub most: Option<usize>,
    /// What is written between them, if it was said.
    pub joiner: Option<String>,
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// How often it is taken by chance, if it was said.
    pub weight: Option<Weight>,
    /// What it stands for.
    pub template: Template,
}

/// How often an option is taken by chance, beside others: in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(pub u64);

impl Weight {
    /// That of options that say nothing.
    pub const ONE: Self = Self(1_000_000);

    /// Reads `3::` or `0.5::` at the beginning of an option, and says how long that is.
    pub(crate) fn read(option: &str) -> Option<(Self, usize)> {
        let blank = option.len() - option.trim_start_matches(' ').len();
        let said = &option[blank..];
        let end = said.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        if !said[end..].starts_with("::") || end > 16 {
            return None;
        }
        let (whole, part) = said[..end].split_once('.').unwrap_or((&said[..end], ""));
        if whole.is_empty() || whole.len() > 6 || part.len() > 6 || part.contains('.') {
            return None;
        }
        let millionths: u64 = format!("{whole}{part:0<6}").parse().ok()?;
        Some((Self(millionths), blank + end + "::".len()))
    }
}

/// Options that are taken at once, at most.
pub(crate) const MAX_PICKED_OPTIONS: usize = 64;

impl Pick {
    /// Reads `2$$`, `1-2$$` or `2$$ and $$` at the beginning of what stands between braces, and says how long that is.
    pub(super) fn read(inside: &str) -> Option<(Self, usize)> {
        let end = inside.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | ' '))?;
        let rest = inside[end..].strip_prefix("$$")?;
        if end > 16 {
            return None;
        }
        let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number <= MAX_PICKED_OPTIONS);
        let (least, most) = match inside[..end].trim().split_once('-') {
            None => {
                let both = number(inside[..end].trim())?;
                (both, Some(both))
            }
            Some((least, most)) => {
                let least = if least.is_empty() { 1 } else { number(least)? };
                let most = if most.is_empty() { None } else { Some(number(most)?) };
                let turned = most.is_some_and(|most| most < least);
                if turned { (most.unwrap_or(least), Some(least)) } else { (least, most) }
            }
        };
        let mut joiner = String::new();
        let mut length = end + "$$".len();
        let mut said = None;
        let mut characters = rest.char_indices();
        while let Some((place, character)) = characters.next() {
            match character {
                '{' | '|' | '}' => break,
                '\\' => joiner.push_str(&unescaped(characters.next().map(|(_, next)| next))),
                '$' if rest[place..].starts_with("$$") => {
                    length += place + "$$".len();
                    said = Some(joiner);
                    break;
                }
                _ => joiner.push(character),
            }
        }
        Some((Self { least, most, joiner: said }, length))
    }
}
