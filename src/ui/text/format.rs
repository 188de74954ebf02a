//! Numbers, sizes, times and dates in the format of the language.

use std::time::Duration;

use jiff::civil::Date;

use crate::recipe::Label;

use super::{locale::Locale, messages::Text, number::number};

impl Text {
    /// A label inside a sentence: without its initial capital.
    pub fn lowered(&self, label: &str) -> String {
        let mut letters = label.chars();
        letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
    }

    /// A count with thousands separators.
    pub fn count(&self, count: usize) -> String {
        number(count as f64, None)
    }

    /// A size in bytes, in decimal units with at most three digits.
    pub fn bytes(&self, bytes: u64) -> String {
        let n = |value: f64| if value < 10.0 { format!("{value:.1}") } else { number(value.round(), None) };
        let value = bytes as f64;
        match bytes {
            0..1_000 => self.with("bytes-b", [("n", bytes.into())]),
            1_000..1_000_000 => self.with("bytes-kb", [("n", number((value / 1e3).round(), None).into())]),
            1_000_000..1_000_000_000 => self.with("bytes-mb", [("n", n(value / 1e6).into())]),
            1_000_000_000..1_000_000_000_000 => self.with("bytes-gb", [("n", n(value / 1e9).into())]),
            _ => self.with("bytes-tb", [("n", n(value / 1e12).into())]),
        }
    }

    /// A duration.
    pub fn duration(&self, duration: Duration) -> String {
        let seconds = duration.as_secs_f64();
        if seconds < 0.9995 {
            self.with("duration-ms", [("n", number(duration.as_millis() as f64, None).into())])
        } else if seconds < 9.95 {
            self.with("duration-s", [("n", format!("{seconds:.1}").into())])
        } else if seconds < 59.5 {
            self.seconds(duration)
        } else {
            let seconds = seconds.round() as u64;
            self.with("duration-min", [("minutes", (seconds / 60).into()), ("seconds", (seconds % 60).into())])
        }
    }

    /// An elapsed time in whole seconds.
    pub fn seconds(&self, duration: Duration) -> String {
        self.with("duration-s", [("n", number(duration.as_secs_f64().round(), None).into())])
    }

    /// A label by its color.
    pub fn label(&self, label: Label) -> String {
        self.get(match label {
            Label::Red => "label-red",
            Label::Yellow => "label-yellow",
            Label::Green => "label-green",
            Label::Blue => "label-blue",
            Label::Purple => "label-purple",
        })
    }

    /// A day as a heading: today, yesterday, or its date.
    pub fn day(&self, date: Date, today: Date) -> String {
        if date == today {
            self.get("today")
        } else if today.yesterday().is_ok_and(|yesterday| date == yesterday) {
            self.get("yesterday")
        } else {
            self.date(date)
        }
    }

    /// A date in full.
    pub fn date(&self, date: Date) -> String {
        match self.locale {
            Locale::English => date.strftime("%-d %B %Y").to_string(),
            Locale::TraditionalChinese | Locale::SimplifiedChinese | Locale::Japanese => {
                format!("{}年{}月{}日", date.year(), date.month(), date.day())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::settings::Language;

    #[test]
    fn sizes_are_formatted_like_file_managers() {
        let text = Text::new(Language::English);
        assert_eq!(text.bytes(999), "999 B");
        assert_eq!(text.bytes(61_000), "61 kB");
        assert_eq!(text.bytes(6_100_000), "6.1 MB");
        assert_eq!(text.bytes(31_200_000_000), "31 GB");
    }

    #[test]
    fn longer_durations_have_fewer_digits() {
        let text = Text::new(Language::English);
        assert_eq!(text.duration(Duration::from_millis(214)), "214 ms");
        assert_eq!(text.duration(Duration::from_millis(8_400)), "8.4 s");
        assert_eq!(text.duration(Duration::from_millis(31_400)), "31 s");
        assert_eq!(text.duration(Duration::from_secs(125)), "2 min 5 s");
    }

    #[test]
    fn days_are_named_in_each_language() {
        let (today, earlier) = (date(2026, 11, 23), date(2026, 10, 2));
        let english = Text::new(Language::English);
        assert_eq!(english.day(today, today), "Today");
        assert_eq!(english.day(date(2026, 11, 22), today), "Yesterday");
        assert_eq!(english.day(earlier, today), "2 October 2026");
        for language in [Language::TraditionalChinese, Language::SimplifiedChinese, Language::Japanese] {
            assert_eq!(Text::new(language).day(earlier, today), "2026年10月2日");
        }
    }

    #[test]
    fn numbers_have_thousands_separators() {
        assert_eq!(number(1_234_567.0, None), "1,234,567");
        assert_eq!(number(-1_234.5, Some(2)), "−1,234.50");
        assert_eq!(number(999.0, None), "999");
    }
}
