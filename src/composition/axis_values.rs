//! Parses the values of a grid's axis from typed text.

use crate::prompt::{Prompts, Sources};

/// Maximum number of values of an axis.
pub const MAX_AXIS_VALUES: usize = 200;

/// Why a typed text gives no values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AxisValuesError {
    /// An item is neither a number nor a range.
    #[error("“{0}” is neither a number nor a range")]
    NotNumber(String),
    /// A range of numbers with decimals names no step.
    #[error("“{0}” does not say its step")]
    NoStep(String),
    /// An item is not between the minimum and the maximum.
    #[error("“{0}” is not between {1} and {2}")]
    Outside(String, String, String),
    /// There are more values than [`MAX_AXIS_VALUES`].
    #[error("there are too many")]
    TooMany,
}

/// Parses numbers: a list such as `0.2, 0.5, 1`, which may contain ranges such as `0.2..1.0..0.2`. Returns each number
/// with its text, so that labels keep the notation.
///
/// # Errors
/// An item that is not a number between `min` and `max`, or too many of them.
pub fn parse_numbers(typed: &str, min: f64, max: f64) -> Result<Vec<(f64, String)>, AxisValuesError> {
    let mut found = Vec::new();
    for written in split_items(typed) {
        for item in expand_range(&written)? {
            let number = item.parse::<f64>().ok().filter(|number| number.is_finite());
            let number = number.ok_or_else(|| AxisValuesError::NotNumber(written.clone()))?;
            if !(min..=max).contains(&number) {
                return Err(AxisValuesError::Outside(item, min.to_string(), max.to_string()));
            }
            found.push((number, item));
            if found.len() > MAX_AXIS_VALUES {
                return Err(AxisValuesError::TooMany);
            }
        }
    }
    Ok(found)
}

/// Parses integers, like [`parse_numbers`].
///
/// # Errors
/// An item that is not an integer, or too many of them.
pub fn parse_integers(typed: &str) -> Result<Vec<i64>, AxisValuesError> {
    let mut found = Vec::new();
    for written in split_items(typed) {
        for item in expand_range(&written)? {
            let number = item.parse().ok();
            found.push(number.ok_or_else(|| AxisValuesError::NotNumber(written.clone()))?);
            if found.len() > MAX_AXIS_VALUES {
                return Err(AxisValuesError::TooMany);
            }
        }
    }
    Ok(found)
}

/// Parses texts: one per line; a single line is split at `|`.
///
/// # Errors
/// Too many texts.
pub fn parse_texts(typed: &str) -> Result<Vec<String>, AxisValuesError> {
    let lines: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let found: Vec<String> = match lines.as_slice() {
        // Bars within braces belong to a template.
        [line] if !line.contains(['{', '}']) => {
            line.split('|').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
        lines => lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    if found.len() > MAX_AXIS_VALUES { Err(AxisValuesError::TooMany) } else { Ok(found) }
}

/// Splits a text at commas, spaces and line breaks, after mapping full-width digits and marks to ASCII.
fn split_items(typed: &str) -> Vec<String> {
    let plain: String = typed
        .chars()
        .map(|letter| match letter {
            '０'..='９' => char::from(b'0' + (u32::from(letter) - u32::from('０')) as u8),
            '．' => '.',
            '−' | '－' => '-',
            ',' | '，' | '、' | ';' | '；' | '|' => ' ',
            other => other,
        })
        .collect();
    plain.split_whitespace().map(str::to_owned).collect()
}

/// The values of a range, or the item itself.
fn expand_range(item: &str) -> Result<Vec<String>, AxisValuesError> {
    if !item.contains("..") {
        return Ok(vec![item.to_owned()]);
    }
    if item.matches("..").count() == 1 && item.replace("..", " ").contains('.') {
        return Err(AxisValuesError::NoStep(item.to_owned()));
    }
    let braced = format!("{{{item}}}");
    let prompts = Prompts::new(&braced, &Sources::default());
    let is_range = prompts.nth(0).is_some_and(|first| first != braced);
    if !is_range {
        return Err(AxisValuesError::NotNumber(item.to_owned()));
    }
    if prompts.count() > MAX_AXIS_VALUES as u128 {
        return Err(AxisValuesError::TooMany);
    }
    Ok(prompts.every().collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_parsed_as_lists_and_ranges() {
        let read = |typed: &str| {
            parse_numbers(typed, 0.0, 2.0).map(|all| all.into_iter().map(|(_, written)| written).collect::<Vec<_>>())
        };
        let all = |items: &[&str]| Ok(items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>());
        assert_eq!(read("0.2..1.0..0.2"), all(&["0.2", "0.4", "0.6", "0.8", "1.0"]));
        assert_eq!(read(" 0, 0.7，１．２ 0..2"), all(&["0", "0.7", "1.2", "0", "1", "2"]));
        assert_eq!(read(""), all(&[]));
        assert_eq!(read("0.2..1.0"), Err(AxisValuesError::NoStep("0.2..1.0".to_owned())));
        assert_eq!(read("warm"), Err(AxisValuesError::NotNumber("warm".to_owned())));
        assert_eq!(read("1..x"), Err(AxisValuesError::NotNumber("1..x".to_owned())));
        assert_eq!(read("1..3"), Err(AxisValuesError::Outside("3".to_owned(), "0".to_owned(), "2".to_owned())));
        assert_eq!(read("0.000001..2.000000..0.000001"), Err(AxisValuesError::TooMany), "counted, not built");
        assert_eq!(parse_integers("7, 10..8"), Ok(vec![7, 10, 9, 8]));
        assert_eq!(parse_integers("7.5"), Err(AxisValuesError::NotNumber("7.5".to_owned())));
        assert_eq!(parse_texts("fox | owl"), Ok(vec!["fox".to_owned(), "owl".to_owned()]));
        assert_eq!(parse_texts("a {fox|owl}"), Ok(vec!["a {fox|owl}".to_owned()]));
        assert_eq!(parse_texts("fox\n\n a|b "), Ok(vec!["fox".to_owned(), "a|b".to_owned()]));
    }

    proptest! {
        #[test]
        fn arbitrary_text_yields_a_bounded_number_of_values(typed in "[-0-9.,… x{}|]{0,40}") {
            let lengths = [parse_numbers(&typed, -9.0, 9.0).map(|all| all.len()), parse_integers(&typed).map(|all| all.len())];
            for count in lengths.into_iter().flatten() {
                prop_assert!(count <= MAX_AXIS_VALUES);
            }
        }
    }
}
