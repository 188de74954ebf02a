//! Where days begin among images that are sorted by date.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// A day: its date, the index of its first image, and the number of its images.
pub(super) type DaySpan = (Date, usize, usize);

/// Groups images by day, from the moments at which they were made, in milliseconds since 1970, in order.
pub(super) fn days(moments: impl Iterator<Item = i64>, zone: &TimeZone) -> Vec<DaySpan> {
    let mut days: Vec<DaySpan> = Vec::new();
    // The last day that was looked up is cached, because the calendar is slow.
    let mut day = 0..0;
    for (index, moment) in moments.enumerate() {
        if day.contains(&moment) {
            if let Some((_, _, count)) = days.last_mut() {
                *count += 1;
            }
            continue;
        }
        let date = date(moment, zone);
        day = first_moment(date, zone)..date.tomorrow().map_or(i64::MAX, |next| first_moment(next, zone));
        match days.last_mut() {
            Some((last, _, count)) if *last == date => *count += 1,
            _ => days.push((date, index, 1)),
        }
    }
    days
}

fn date(moment: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(Timestamp::from_millisecond(moment).unwrap_or(Timestamp::UNIX_EPOCH)).date()
}

/// The moment at which a day begins in a time zone, in milliseconds since 1970.
pub(super) fn first_moment(date: Date, zone: &TimeZone) -> i64 {
    date.to_zoned(zone.clone()).map_or_else(
        // The calendar has a narrower range than the clock.
        |_| if date.year() < 1970 { i64::MIN } else { i64::MAX },
        |start| start.timestamp().duration_since(Timestamp::UNIX_EPOCH).max(SignedDuration::MIN).as_millis() as i64,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_daylight_saving_time() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let moment = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        // In this zone clocks were set back on the 25th, which lasted from 22:00 UTC to 23:00 UTC of the next day.
        let moments = ["2026-10-25T23:00:00Z", "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z", "2026-10-24T21:59:59Z"];
        let found = days(moments.into_iter().map(moment), &zone);
        assert_eq!(
            found.iter().map(|(date, first, count)| (date.day(), *first, *count)).collect::<Vec<_>>(),
            [(26, 0, 1), (25, 1, 2), (24, 3, 1)]
        );
        let mut backwards = found.iter().map(|(date, _, count)| (*date, *count)).collect::<Vec<_>>();
        backwards.reverse();
        let oldest_first = days(moments.into_iter().rev().map(moment), &zone);
        assert_eq!(oldest_first.iter().map(|(date, _, count)| (*date, *count)).collect::<Vec<_>>(), backwards);
        assert_eq!(days([i64::MAX, i64::MIN].into_iter(), &zone).len(), 1, "what cannot be is put somewhere");
    }
}
