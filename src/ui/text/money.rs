//! Amounts of money in the format of the language.

use crate::recipe::Money;

use super::{locale::Locale, messages::Text, number::number};

impl Text {
    /// A sum: to the cent, and with two significant digits below that.
    pub fn money(&self, amount: Money) -> String {
        self.dollars(amount, &sum(amount))
    }

    /// A price with all its decimals, at least two.
    pub fn price(&self, amount: Money) -> String {
        self.dollars(amount, &exact(amount))
    }

    /// A range of prices.
    pub fn prices(&self, least: Money, most: Money) -> String {
        format!("{}–{}", self.price(least), exact(most))
    }

    /// Digits with the currency sign. Several currencies are called "$" where Chinese is spoken.
    fn dollars(&self, amount: Money, digits: &str) -> String {
        let sign = if amount < Money::default() { "\u{2212}" } else { "" };
        let digits = digits.trim_start_matches('\u{2212}');
        match self.locale {
            Locale::English | Locale::Japanese => format!("{sign}${digits}"),
            Locale::TraditionalChinese | Locale::SimplifiedChinese => format!("{sign}US${digits}"),
        }
    }
}

fn sum(amount: Money) -> String {
    let decimals = match amount.micros().unsigned_abs() {
        0 | 100_000.. => 2,
        10_000..100_000 => 3,
        1_000..10_000 => 4,
        100..1_000 => 5,
        1..100 => 6,
    };
    shortened(&number(amount.dollars(), Some(decimals)))
}

fn exact(amount: Money) -> String {
    shortened(&number(amount.dollars(), Some(6)))
}

/// Removes trailing zeros, except for those of the cents.
fn shortened(digits: &str) -> String {
    let cents = digits.find('.').map_or(digits.len(), |point| point + 3);
    digits[..digits.trim_end_matches('0').len().max(cents)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Language;

    #[test]
    fn amounts_are_rounded_to_cents_unless_small() {
        let text = Text::new(Language::English);
        for (dollars, written) in [
            (0.0, "$0.00"),
            (1.84, "$1.84"),
            (10.0, "$10.00"),
            (12_345.678, "$12,345.68"),
            (0.468, "$0.47"),
            (0.039, "$0.039"),
            (0.04, "$0.04"),
            (0.0004, "$0.0004"),
            (0.000_412, "$0.00041"),
            (0.000_002, "$0.000002"),
            (-1.5, "−$1.50"),
        ] {
            assert_eq!(text.money(Money::from_dollars(dollars)), written);
        }
    }

    #[test]
    fn prices_keep_their_decimals() {
        let text = Text::new(Language::English);
        for (dollars, written) in
            [(0.134, "$0.134"), (0.0336, "$0.0336"), (0.24, "$0.24"), (3.0, "$3.00"), (0.000_25, "$0.00025")]
        {
            assert_eq!(text.price(Money::from_dollars(dollars)), written);
        }
        assert_eq!(text.prices(Money::from_dollars(0.04), Money::from_dollars(0.1)), "$0.04–0.10");
    }

    #[test]
    fn currency_is_named_in_chinese() {
        for language in [Language::TraditionalChinese, Language::SimplifiedChinese] {
            let text = Text::new(language);
            assert_eq!(text.money(Money::from_dollars(1_234.5)), "US$1,234.50");
            assert_eq!(text.price(Money::from_dollars(0.0336)), "US$0.0336");
        }
        assert_eq!(Text::new(Language::Japanese).money(Money::from_dollars(1_234.5)), "$1,234.50");
    }
}
