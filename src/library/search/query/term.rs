//! The terms of a query: their meaning and syntax.

use std::fmt::{self, Display};

use crate::recipe::{AspectRatio, BatchId, ImageId, ImageSize, Label, MAX_STARS, Money};

use super::{
    comparison::{Comparison, Period},
    tokens::{keyed, quoted},
};

/// The number of digits of a hash that a search needs at least.
const MIN_HASH_PREFIX_LEN: usize = 8;

/// A condition on images.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// Whether the filter is negated: the term was written with a minus.
    pub negated: bool,
    /// The filter.
    pub filter: Filter,
}

/// The filter of a term.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// A word of the prompt, negative prompt, model, tags or note begins with this text; in scripts without spaces, the
    /// text contains it.
    Word(String),
    /// These words follow each other.
    Phrase {
        /// The words.
        text: String,
        /// Whether the closing quote is missing, so that the last word may be incomplete.
        open: bool,
    },
    /// The name of the model contains this text.
    Model(String),
    /// The image has this tag, in any case; if no such tag exists, a tag that begins with it.
    Tag(String),
    /// The image is in this collection or in one inside it, in any case; if no such collection exists, in one that
    /// begins with it.
    Collection(String),
    /// The number of stars.
    Rating(Comparison<u8>),
    /// The longest side in pixels.
    Size(Comparison<u32>),
    /// The image has about as many pixels as this size class.
    Class(ImageSize),
    /// The cost. Never matches if the cost is not known.
    Cost(Comparison<Money>),
    /// The image was made with this seed.
    Seed(i64),
    /// The aspect ratio is nearer to this one than to any other common one.
    Ratio(AspectRatio),
    /// The image was made on or after the first day of this period.
    From(Period),
    /// The image was made on or before the last day of this period.
    To(Period),
    /// The image has this state.
    Is(ImageState),
    /// The image has this label.
    Label(Label),
    /// The image has something of this kind.
    Has(ImageExtra),
    /// A considerable part of the image has this color: red, green, blue.
    Color([u8; 3]),
    /// The image looks like this one.
    Like(ImageId),
    /// The image has colors like those of this one.
    ColorsOf(ImageId),
    /// The image belongs to this batch.
    Batch(BatchId),
    /// The image was made from this image or reference.
    Uses(UsedInput),
    /// This image was made from the image.
    Parents(ImageId),
    /// A known key with a value that cannot be parsed, such as one that is still being typed. Always matches.
    Unfinished {
        /// The key, in lower case.
        key: &'static str,
        /// The value.
        value: String,
    },
}

/// An image or file that other images were made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UsedInput {
    /// An image of the library, as a reference or as the source of a batch or an edit.
    Image(ImageId),
    /// A reference whose SHA-256 begins with this text, in lower-case hexadecimal.
    Reference(String),
}

/// The states of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageState {
    /// Picked.
    Picked,
    /// Rejected.
    Rejected,
    /// Neither picked nor rejected.
    Unflagged,
    /// Its aspect ratio or size differs from the request.
    Mismatched,
    /// Imported.
    Imported,
}

/// Things that an image can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageExtra {
    /// Reference images were sent with its prompt.
    Reference,
    /// A note.
    Note,
    /// A tag.
    Tag,
    /// A color label.
    Label,
}

impl ImageState {
    /// Every state, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Picked, Self::Rejected, Self::Unflagged, Self::Mismatched, Self::Imported];

    /// Its word in queries.
    pub fn word(self) -> &'static str {
        match self {
            Self::Picked => "picked",
            Self::Rejected => "rejected",
            Self::Unflagged => "unflagged",
            Self::Mismatched => "mismatched",
            Self::Imported => "imported",
        }
    }

    fn is_flag(self) -> bool {
        matches!(self, Self::Picked | Self::Rejected | Self::Unflagged)
    }
}

impl ImageExtra {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Reference, Self::Note, Self::Tag, Self::Label];

    /// Its word in queries.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Note => "note",
            Self::Tag => "tag",
            Self::Label => "label",
        }
    }
}

impl Term {
    /// A term that requires the filter.
    pub fn of(filter: Filter) -> Self {
        Self { negated: false, filter }
    }

    /// A term that excludes the filter.
    pub fn not(filter: Filter) -> Self {
        Self { negated: true, filter }
    }

    /// The term, with the closing quote of its phrase.
    pub(super) fn closed(mut self) -> Self {
        if let Filter::Phrase { open, .. } = &mut self.filter {
            *open = false;
        }
        self
    }

    /// Whether the term is removed when another one is added.
    pub(super) fn gives_way_to(&self, other: &Self) -> bool {
        use Filter as F;
        match (&self.filter, &other.filter) {
            (F::Is(own), F::Is(new)) => own.is_flag() && new.is_flag(),
            (F::Has(own), F::Has(new)) => own == new,
            (F::Size(_) | F::Class(_), F::Size(_) | F::Class(_))
            | (F::Rating(_), F::Rating(_))
            | (F::Cost(_), F::Cost(_))
            | (F::Seed(_), F::Seed(_))
            | (F::Ratio(_), F::Ratio(_))
            | (F::From(_), F::From(_))
            | (F::To(_), F::To(_))
            | (F::Label(_), F::Label(_))
            | (F::Color(_) | F::ColorsOf(_), F::Color(_) | F::ColorsOf(_))
            | (F::Batch(_), F::Batch(_))
            | (F::Like(_), F::Like(_)) => true,
            _ => false,
        }
    }
}

impl Filter {
    /// Parses the filter of a key and a value; `None` if the key does not exist.
    pub(super) fn read(key: &str, value: &str) -> Option<Self> {
        let key = key.to_ascii_lowercase();
        let (key, read): (&'static str, Option<Self>) = match key.as_str() {
            "model" => ("model", told(value).map(Self::Model)),
            "tag" => ("tag", told(value).map(Self::Tag)),
            "collection" => ("collection", told(value).map(Self::Collection)),
            "rating" => ("rating", Comparison::read(value, stars).map(Self::Rating)),
            "size" => ("size", size(value)),
            "cost" => ("cost", Comparison::read(value, money).map(Self::Cost)),
            "seed" => ("seed", value.trim().parse().ok().map(Self::Seed)),
            "ratio" => ("ratio", value.parse().ok().map(Self::Ratio)),
            "from" => ("from", Period::read(value).map(Self::From)),
            "to" => ("to", Period::read(value).map(Self::To)),
            "is" => ("is", ImageState::ALL.into_iter().find(|is| value.eq_ignore_ascii_case(is.word())).map(Self::Is)),
            "has" => {
                ("has", ImageExtra::ALL.into_iter().find(|has| value.eq_ignore_ascii_case(has.word())).map(Self::Has))
            }
            "label" => (
                "label",
                Label::ALL.into_iter().find(|label| value.eq_ignore_ascii_case(label.word())).map(Self::Label),
            ),
            "color" | "colour" => ("color", color(value).map(Self::Color)),
            "batch" => ("batch", value.trim().parse().ok().map(Self::Batch)),
            "like" => ("like", value.trim().parse().ok().map(Self::Like)),
            "colors" | "colours" => ("colors", value.trim().parse().ok().map(Self::ColorsOf)),
            "uses" => ("uses", used(value.trim()).map(Self::Uses)),
            "parents" => ("parents", value.trim().parse().ok().map(Self::Parents)),
            _ => return None,
        };
        Some(read.unwrap_or_else(|| Self::Unfinished { key, value: value.to_owned() }))
    }

    /// The key of its syntax, if it has one.
    pub fn key(&self) -> Option<&'static str> {
        Some(match self {
            Self::Word(_) | Self::Phrase { .. } => return None,
            Self::Model(_) => "model",
            Self::Tag(_) => "tag",
            Self::Collection(_) => "collection",
            Self::Rating(_) => "rating",
            Self::Size(_) | Self::Class(_) => "size",
            Self::Cost(_) => "cost",
            Self::Seed(_) => "seed",
            Self::Ratio(_) => "ratio",
            Self::From(_) => "from",
            Self::To(_) => "to",
            Self::Is(_) => "is",
            Self::Label(_) => "label",
            Self::Has(_) => "has",
            Self::Color(_) => "color",
            Self::Batch(_) => "batch",
            Self::Like(_) => "like",
            Self::ColorsOf(_) => "colors",
            Self::Uses(_) => "uses",
            Self::Parents(_) => "parents",
            Self::Unfinished { key, .. } => key,
        })
    }
}

fn told(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

/// Parses the ID of an image, which has dashes, or a hash prefix of at least [`MIN_HASH_PREFIX_LEN`] digits.
fn used(text: &str) -> Option<UsedInput> {
    if text.contains('-') {
        return text.parse().ok().map(UsedInput::Image);
    }
    let told = (MIN_HASH_PREFIX_LEN..=64).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_hexdigit());
    told.then(|| UsedInput::Reference(text.to_ascii_lowercase()))
}

fn stars(text: &str) -> Option<u8> {
    text.parse().ok().filter(|stars| *stars <= MAX_STARS)
}

/// Parses pixels, or a size class, which means the side of its square in comparisons.
fn size(text: &str) -> Option<Filter> {
    let class = |text: &str| text.to_ascii_uppercase().contains('K').then(|| text.parse::<ImageSize>().ok())?;
    if let Some(class) = class(text) {
        return Some(Filter::Class(class));
    }
    let pixels = |text: &str| text.parse().ok().or_else(|| class(text).map(ImageSize::edge));
    Comparison::read(text, pixels).map(Filter::Size)
}

/// Parses dollars with up to six decimals, exactly.
fn money(text: &str) -> Option<Money> {
    let text = text.strip_prefix('$').unwrap_or(text);
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 6 || (whole.is_empty() && decimals.is_empty()) {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let decimals: i64 = format!("{decimals:0<6}").parse().ok()?;
    Some(Money::from_micros(whole.checked_mul(1_000_000)?.checked_add(decimals)?))
}

/// Prints dollars in the syntax of [`money`], with no more decimals than needed.
struct Dollars(i64);

impl PartialEq for Dollars {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl PartialOrd for Dollars {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.max(0);
        let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// Parses `#rrggbb` or `#rgb`; the `#` is optional.
fn color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    if !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        6 => {
            let [_, r, g, b] = number.to_be_bytes();
            Some([r, g, b])
        }
        3 => Some([8, 4, 0].map(|shift| (number >> shift & 15) as u8 * 17)),
        _ => None,
    }
}

/// Prints a value so that it can be parsed again: in quotes if necessary.
struct Value<'a>(&'a str);

impl Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(char::is_whitespace) || quoted(self.0).is_some() {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        } else {
            f.write_str(self.0)
        }
    }
}

/// Whether a text is parsed as a single word, where no minus is before it.
fn is_plain(text: &str, negated: bool) -> bool {
    let known = keyed(text).is_some_and(|(key, _)| Filter::read(key, "").is_some());
    let minus = !negated && text.len() > 1 && text.starts_with('-');
    !text.is_empty() && !text.contains(char::is_whitespace) && quoted(text).is_none() && !known && !minus
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("-")?;
        }
        if let Some(key) = self.filter.key() {
            write!(f, "{key}:")?;
        }
        match &self.filter {
            Filter::Word(word) if is_plain(word, self.negated) => f.write_str(word),
            Filter::Word(text) => write!(f, "\"{}\"", text.replace('"', "\"\"")),
            Filter::Phrase { text, open } => {
                let end = if *open { "" } else { "\"" };
                write!(f, "\"{}{end}", text.replace('"', "\"\""))
            }
            Filter::Model(value)
            | Filter::Tag(value)
            | Filter::Collection(value)
            | Filter::Unfinished { value, .. } => Value(value).fmt(f),
            Filter::Rating(compare) => compare.fmt(f),
            Filter::Size(compare) => compare.fmt(f),
            Filter::Class(class) => match class {
                // Without its letter it would be parsed as a number of pixels.
                ImageSize::Half => f.write_str("0.5K"),
                class => class.fmt(f),
            },
            Filter::Cost(compare) => compare.map(|money| Dollars(money.micros())).fmt(f),
            Filter::Seed(seed) => seed.fmt(f),
            Filter::Ratio(ratio) => ratio.fmt(f),
            Filter::From(period) | Filter::To(period) => period.fmt(f),
            Filter::Is(is) => f.write_str(is.word()),
            Filter::Label(label) => f.write_str(label.word()),
            Filter::Has(has) => f.write_str(has.word()),
            Filter::Color([r, g, b]) => write!(f, "#{r:02x}{g:02x}{b:02x}"),
            Filter::Like(id) | Filter::ColorsOf(id) | Filter::Parents(id) | Filter::Uses(UsedInput::Image(id)) => {
                id.fmt(f)
            }
            Filter::Batch(id) => id.fmt(f),
            Filter::Uses(UsedInput::Reference(beginning)) => f.write_str(beginning),
        }
    }
}
