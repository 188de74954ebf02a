//! Amounts of money, exact to a millionth.

use std::{fmt, iter::Sum, ops::Add};

use serde::{Deserialize, Serialize};

/// An amount in millionths of a US dollar: image prices have four decimals, token prices more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// An amount in millionths of a dollar.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// An amount given in dollars, rounded to the nearest millionth.
    pub fn from_dollars(dollars: f64) -> Self {
        Self((dollars * 1e6).round() as i64)
    }

    /// Millionths of a dollar.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Dollars, for drawing and for JSON.
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

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Money {
    /// Two decimals, or three where the amount is below ten cents, as prices of images are written.
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
}
