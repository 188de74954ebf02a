//! Comparisons and dates within a query.

use std::fmt::{self, Display};

use jiff::civil::Date;

/// A comparison with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison<T> {
    /// `4` or `=4`.
    Exactly(T),
    /// `>=4` or `4..`.
    AtLeast(T),
    /// `>4`.
    Above(T),
    /// `<=4` or `..4`.
    AtMost(T),
    /// `<4`.
    Below(T),
    /// `2..4`, including both. The first is the smaller one.
    Between(T, T),
}

impl<T: PartialOrd> Comparison<T> {
    /// Parses a comparison. `value` parses its values.
    pub(super) fn read(text: &str, value: impl Fn(&str) -> Option<T>) -> Option<Self> {
        let value = |text: &str| value(text.trim());
        let text = text.trim();
        if let Some((from, to)) = text.split_once("..") {
            return match (from.trim(), to.trim()) {
                ("", "") => None,
                (from, "") => value(from).map(Self::AtLeast),
                ("", to) => value(to).map(Self::AtMost),
                (from, to) => {
                    let (from, to) = (value(from)?, value(to)?);
                    Some(if from > to { Self::Between(to, from) } else { Self::Between(from, to) })
                }
            };
        }
        let after = |signs: [&str; 2]| signs.into_iter().find_map(|sign| text.strip_prefix(sign));
        if let Some(text) = after([">=", "≥"]) {
            return value(text).map(Self::AtLeast);
        }
        if let Some(text) = after(["<=", "≤"]) {
            return value(text).map(Self::AtMost);
        }
        if let Some(text) = after([">", "＞"]) {
            return value(text).map(Self::Above);
        }
        if let Some(text) = after(["<", "＜"]) {
            return value(text).map(Self::Below);
        }
        value(text.strip_prefix('=').unwrap_or(text)).map(Self::Exactly)
    }

    /// Whether it holds for a value.
    pub fn holds(&self, value: &T) -> bool {
        match self {
            Self::Exactly(other) => value == other,
            Self::AtLeast(other) => value >= other,
            Self::Above(other) => value > other,
            Self::AtMost(other) => value <= other,
            Self::Below(other) => value < other,
            Self::Between(from, to) => from <= value && value <= to,
        }
    }

    /// The same comparison with converted values.
    pub(super) fn map<U>(&self, to: impl Fn(&T) -> U) -> Comparison<U> {
        match self {
            Self::Exactly(value) => Comparison::Exactly(to(value)),
            Self::AtLeast(value) => Comparison::AtLeast(to(value)),
            Self::Above(value) => Comparison::Above(to(value)),
            Self::AtMost(value) => Comparison::AtMost(to(value)),
            Self::Below(value) => Comparison::Below(to(value)),
            Self::Between(low, high) => Comparison::Between(to(low), to(high)),
        }
    }
}

impl<T: Display> Display for Comparison<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(value) => write!(f, "{value}"),
            Self::AtLeast(value) => write!(f, ">={value}"),
            Self::Above(value) => write!(f, ">{value}"),
            Self::AtMost(value) => write!(f, "<={value}"),
            Self::Below(value) => write!(f, "<{value}"),
            Self::Between(from, to) => write!(f, "{from}..{to}"),
        }
    }
}

/// A day, a month or a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// `2026-11-01`.
    Day(Date),
    /// `2026-11`; stored as its first day.
    Month(Date),
    /// `2026`; stored as its first day.
    Year(Date),
}

impl Period {
    /// Parses four digits for the year, and optionally two each for month and day.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let number = |part: &str, digits: usize| {
            (part.len() == digits && part.bytes().all(|c| c.is_ascii_digit())).then(|| part.parse::<i16>().ok())?
        };
        let year = number(parts.next()?, 4)?;
        let (month, day) = (parts.next(), parts.next());
        if parts.next().is_some() {
            return None;
        }
        let date = |month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
        match (month, day) {
            (None, _) => date(1, 1).map(Self::Year),
            (Some(month), None) => date(number(month, 2)?, 1).map(Self::Month),
            (Some(month), Some(day)) => date(number(month, 2)?, number(day, 2)?).map(Self::Day),
        }
    }

    /// Its first day.
    pub fn first(self) -> Date {
        match self {
            Self::Day(date) | Self::Month(date) | Self::Year(date) => date,
        }
    }

    /// Its last day.
    pub fn last(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::Month(date) => date.last_of_month(),
            Self::Year(date) => date.last_of_year(),
        }
    }
}

impl Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.first();
        match self {
            Self::Day(_) => write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
            Self::Month(_) => write!(f, "{:04}-{:02}", date.year(), date.month()),
            Self::Year(_) => write!(f, "{:04}", date.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_include_their_bounds() {
        let holds = |text: &str, value: u8| Comparison::read(text, |text| text.parse().ok()).unwrap().holds(&value);
        assert!(holds("2..4", 2) && holds("2..4", 4) && !holds("2..4", 5));
        assert!(holds(">=3", 3) && !holds(">3", 3) && holds("≤3", 3) && !holds("<3", 3) && holds("3..", 9));
    }

    #[test]
    fn periods_have_exact_bounds() {
        let period = |text: &str| Period::read(text).unwrap();
        assert_eq!(period("2024-02").last().to_string(), "2024-02-29");
        assert_eq!(
            (period("2026").first().to_string(), period("2026").last().to_string()),
            ("2026-01-01".into(), "2026-12-31".into())
        );
        for text in ["26", "2026-13", "2026-02-30", "2026-1", "2026-01-01-01", "+202", "2026-", ""] {
            assert_eq!(Period::read(text), None, "{text}");
        }
    }
}
