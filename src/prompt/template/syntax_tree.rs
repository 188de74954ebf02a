//! The syntax tree of a template.

use super::{escapes::unescaped, range::Range};

/// A parsed template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(pub Vec<TemplatePart>);

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Literal text.
    Text(String),
    /// One or several of some options.
    Choice(Choice),
    /// One element of a range.
    Range(Range),
    /// A line of the wildcard with this name.
    Wildcard(String),
    /// The value of a variable.
    Use {
        /// Its name.
        name: String,
        /// The default, if the variable is not defined.
        otherwise: Option<Template>,
    },
    /// Defines a variable and writes nothing.
    Definition {
        /// Its name.
        name: String,
        /// Whether its value is chosen once for a whole prompt, instead of at each use.
        once: bool,
        /// Its value.
        value: Template,
    },
}

/// Options in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The number of picked options; `None` for one.
    pub pick: Option<Pick>,
    /// The options.
    pub options: Vec<WeightedOption>,
}

/// Several options at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The least number.
    pub least: usize,
    /// The greatest number; `None` for all.
    pub most: Option<usize>,
    /// The text between them, if it is given.
    pub joiner: Option<String>,
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightedOption {
    /// Its weight, if it is given.
    pub weight: Option<Weight>,
    /// Its template.
    pub template: Template,
}

/// The relative frequency of an option in random prompts, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(pub u64);

impl Weight {
    /// The default weight.
    pub const ONE: Self = Self(1_000_000);

    /// Parses `3::` or `0.5::` at the start of an option, and returns its length.
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

/// The number of options that are picked at once at most.
pub(crate) const MAX_PICKED_OPTIONS: usize = 64;

impl Pick {
    /// Parses `2$$`, `1-2$$` or `2$$ and $$` at the start of the text between braces, and returns its length.
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
