//! Ranges: `{1..5}`, `{10..0..2}`, `{0.5..1.5..0.25}`, `{01..12}`, `{a..e}`.

use std::fmt::{self, Write as _};

/// A range of numbers or letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// In units of the last decimal place; for a letter its code point.
    first: i64,
    last: i64,
    /// Greater than 0 in either direction.
    step: i64,
    /// The number of decimal places.
    places: u32,
    /// The number of digits before the point, padded with zeros; 0 for no padding.
    width: usize,
    letters: bool,
}

/// The longest range, in bytes.
const MAX_RANGE_BYTES: usize = 64;
/// The number of digits at most before the point, and after it.
const MAX_DIGITS: usize = 9;
const MAX_DECIMAL_PLACES: usize = 6;

impl Range {
    /// Parses the text between braces; `None` if it is not a range.
    pub(crate) fn read(inside: &str) -> Option<Self> {
        if inside.len() > MAX_RANGE_BYTES {
            return None;
        }
        let (first, rest) = inside.split_once("..")?;
        let (last, step) = match rest.split_once("..") {
            Some((last, step)) => (last, Some(step)),
            None => (rest, None),
        };
        if let (Some(first), Some(last)) = (letter(first), letter(last)) {
            let step = step.map_or(Some(1), whole)?;
            let same_case = first.is_ascii_lowercase() == last.is_ascii_lowercase();
            let (first, last) = (i64::from(first), i64::from(last));
            return (step != 0 && same_case).then_some(Self { first, last, step, places: 0, width: 0, letters: true });
        }
        let (first, last) = (Number::read(first)?, Number::read(last)?);
        let step = step.map_or(Some(Number::ONE), Number::read)?;
        let places = first.places.max(last.places).max(step.places);
        let width = if first.padded || last.padded { first.width.max(last.width) } else { 0 };
        let step = step.scaled(places).abs();
        let (first, last) = (first.scaled(places), last.scaled(places));
        (step != 0).then_some(Self { first, last, step, places, width, letters: false })
    }

    /// The number of its elements.
    pub fn count(&self) -> u64 {
        self.first.abs_diff(self.last) / self.step.unsigned_abs() + 1
    }

    /// Writes an element, from 0.
    pub(crate) fn write(&self, index: u64, out: &mut String) {
        let away = (index as i64).saturating_mul(self.step);
        let value = if self.first <= self.last { self.first + away } else { self.first - away };
        self.write_value(value, out);
    }

    /// An upper limit of the length of its elements, in bytes.
    pub(crate) fn longest(&self) -> usize {
        let mut text = String::new();
        self.write_value(self.first, &mut text);
        let first = text.len();
        self.write_value(self.last, &mut text);
        first.max(text.len() - first) + 1
    }

    fn write_value(&self, value: i64, out: &mut String) {
        if self.letters {
            out.push(char::from(value as u8));
            return;
        }
        if value < 0 {
            out.push('-');
        }
        let one = 10_u64.pow(self.places);
        let value = value.unsigned_abs();
        // Writing to a string cannot fail.
        write!(out, "{:0width$}", value / one, width = self.width).ok();
        if self.places > 0 {
            write!(out, ".{:0places$}", value % one, places = self.places as usize).ok();
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::from("{");
        self.write_value(self.first, &mut text);
        text.push_str("..");
        self.write_value(self.last, &mut text);
        let usual = if self.letters { 1 } else { 10_i64.pow(self.places) };
        if self.step != usual {
            text.push_str("..");
            let step = Self { width: 0, letters: false, ..*self };
            step.write_value(self.step, &mut text);
        }
        text.push('}');
        f.write_str(&text)
    }
}

fn letter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(*letter),
        _ => None,
    }
}

fn whole(text: &str) -> Option<i64> {
    let number = Number::read(text)?;
    (number.places == 0).then(|| number.value.abs())
}

struct Number {
    /// The digits without the point.
    value: i64,
    places: u32,
    /// The number of digits before the point.
    width: usize,
    padded: bool,
}

impl Number {
    const ONE: Self = Self { value: 1, places: 0, width: 1, padded: false };

    fn read(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (before, behind) = match digits.split_once('.') {
            Some((before, behind)) if !behind.is_empty() => (before, behind),
            Some(_) => return None,
            None => (digits, ""),
        };
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (1..=MAX_DIGITS).contains(&before.len()) && behind.len() <= MAX_DECIMAL_PLACES;
        if !fits || !is_number(before) || !is_number(behind) {
            return None;
        }
        let value: i64 = [before, behind].concat().parse().ok()?;
        Some(Self {
            value: if negative { -value } else { value },
            places: behind.len() as u32,
            width: before.len(),
            padded: before.len() > 1 && before.starts_with('0'),
        })
    }

    fn scaled(&self, places: u32) -> i64 {
        self.value * 10_i64.pow(places - self.places)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(inside: &str) -> Vec<String> {
        let range = Range::read(inside).unwrap();
        let one = |index| {
            let mut text = String::new();
            range.write(index, &mut text);
            assert!(text.len() <= range.longest());
            text
        };
        (0..range.count()).map(one).collect()
    }

    #[test]
    fn ranges_of_numbers_and_letters_have_directions_and_steps() {
        assert_eq!(all("1..5"), ["1", "2", "3", "4", "5"]);
        assert_eq!(all("2..-2..2"), ["2", "0", "-2"]);
        assert_eq!(all("0..5..2"), ["0", "2", "4"]);
        assert_eq!(all("8..10"), ["8", "9", "10"]);
        assert_eq!(all("08..10"), ["08", "09", "10"]);
        assert_eq!(all("0.5..1..0.25"), ["0.50", "0.75", "1.00"]);
        assert_eq!(all("a..e..2"), ["a", "c", "e"]);
        assert_eq!(all("C..A"), ["C", "B", "A"]);
        assert_eq!(Range::read("0..999999999").unwrap().count(), 1_000_000_000);
    }

    #[test]
    fn other_texts_are_not_ranges() {
        for inside in
            ["", "..", "1..", "..5", "1..5..0", "a..Z", "1..b", "1.5", "1..2..3..4", "1...5", "ab..cd", "1. .2"]
        {
            assert_eq!(Range::read(inside), None, "{inside}");
        }
    }

    proptest! {
        #[test]
        fn printed_templates_parse_to_the_same_template(inside in "(-?0{0,2}[0-9]{1,4}(\\.[0-9]{1,3})?\\.\\.){1,2}-?[0-9]{1,4}(\\.[0-9]{1,2})?") {
            if let Some(range) = Range::read(&inside) {
                let printed = range.to_string();
                prop_assert_eq!(Range::read(&printed[1..printed.len() - 1]), Some(range));
            }
        }
    }
}
