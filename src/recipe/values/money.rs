//! Amounts of money with a precision of a millionth of a dollar.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, Sub},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An amount in millionths of a US dollar: image prices have four decimals, token prices more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Creates an amount from millionths of a dollar.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Creates an amount from dollars, rounded to the nearest millionth.
    pub fn from_dollars(dollars: f64) -> Self {
        Self((dollars * 1e6).round() as i64)
    }

    /// The amount in millionths of a dollar.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads an amount in dollars from a gateway's JSON: a number, or a text with one. Negative and absurd values are
    /// rejected.
    pub fn read(value: &Value) -> Option<Self> {
        let dollars = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        dollars.filter(|dollars| (0.0..1e6).contains(dollars)).map(Self::from_dollars)
    }

    /// One of `of` nearly equal shares; the shares add up to the whole.
    #[must_use]
    pub fn share(self, index: usize, of: usize) -> Self {
        let (index, of) = (index as i64, (of as i64).max(1));
        Self(self.0 / of + i64::from(index < self.0 % of))
    }

    /// The amount in dollars, for display and JSON.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Money {
    /// Formats with two decimals, or with three if the amount is below ten cents, as usual for prices of images.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = if self.0 != 0 && self.0.abs() < 100_000 { 3 } else { 2 };
        write!(f, "${:.decimals$}", self.dollars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_prices_keep_their_third_decimal() {
        assert_eq!(Money::from_dollars(0.039).to_string(), "$0.039");
        assert_eq!(Money::from_dollars(0.47).to_string(), "$0.47");
        assert_eq!(Money::default().to_string(), "$0.00");
    }

    #[test]
    fn a_hundred_small_prices_add_up_exactly() {
        let total: Money = std::iter::repeat_n(Money::from_dollars(0.0336), 100).sum();
        assert_eq!(total, Money::from_dollars(3.36));
    }

    #[test]
    fn amounts_of_gateways_are_read() {
        use serde_json::json;
        for (value, dollars) in [
            (json!(0.039), Some(0.039)),
            (json!("0.039"), Some(0.039)),
            (json!(1), Some(1.0)),
            (json!(0), Some(0.0)),
            (json!(-1), None),
            (json!("free"), None),
            (json!("NaN"), None),
            (json!(1e300), None),
            (json!(null), None),
        ] {
            assert_eq!(Money::read(&value).map(Money::dollars), dollars, "{value}");
        }
    }

    #[test]
    fn shares_add_up_to_the_whole() {
        for (micros, of) in [(100, 3), (2, 3), (0, 2), (39_000, 1), (7, 7)] {
            let whole = Money::from_micros(micros);
            assert_eq!((0..of).map(|index| whole.share(index, of)).sum::<Money>(), whole, "{micros} / {of}");
        }
    }
}
