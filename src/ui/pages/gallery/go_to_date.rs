//! The field that goes to a typed date.

use egui::{Align2, Area, Id, Key, Modifiers, Order, Rect, Ui, vec2};
use jiff::{Zoned, civil::Date};

use crate::{
    studio::{DayGroup, View},
    ui::{
        state::{selection::Selection, view_context::ViewContext},
        theme::{self, fonts, size},
        widgets::field::Field,
    },
};

use super::{
    layout,
    state::{GalleryPage, focus_id},
};

/// Width of the field.
const WIDTH: f32 = 150.0;

/// Draws the field while it is open, and goes to the typed date.
pub fn show(
    ui: &Ui,
    gallery: &mut GalleryPage,
    view: &View,
    selection: &mut Selection,
    area: Rect,
    cx: &ViewContext<'_>,
) {
    if !gallery.jump.open {
        return;
    }
    let id = Id::unique("gallery-date");
    let name = cx.text.get("gallery-date");
    let today = Zoned::now().date();
    let aimed = aim(&gallery.jump.text, today, &view.days);
    let palette = theme::palette(ui.visuals());
    let at = area.center_top() + vec2(0.0, layout::STRIP as f32 + 8.0);
    let field = Area::new(Id::unique("gallery-date-area"))
        .order(Order::Foreground)
        .pivot(Align2::CENTER_TOP)
        .fixed_pos(at)
        .show(ui.ctx(), |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(WIDTH + 140.0);
                ui.horizontal(|ui| {
                    let hint = today.strftime("%Y-%m-%d").to_string();
                    let field = Field::new(&name).id(id).hint(hint).width(WIDTH).height(size::CHIP);
                    let field = field.show(ui, &mut gallery.jump.text);
                    let day = aimed.and_then(|aimed| view.days.get(aimed));
                    let words = day.map_or_else(String::new, |day| cx.text.day(day.date, today));
                    let words = egui::RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
                    ui.add(egui::Label::new(words).truncate());
                    field
                })
                .inner
            })
        })
        .inner
        .inner;
    if std::mem::take(&mut gallery.jump.new) {
        field.request_focus();
        return;
    }
    let (enter, escape) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    let day = aim(&gallery.jump.text, today, &view.days).and_then(|aimed| view.days.get(aimed));
    if field.changed() {
        // The day beside the field still belongs to the previous text.
        ui.ctx().request_repaint();
    }
    if field.changed()
        && let Some(top) = day.and_then(|day| gallery.layout.top_of_day(day.date))
    {
        gallery.scroll.go(top);
    }
    if field.lost_focus() || !field.has_focus() {
        gallery.jump.open = false;
        if escape {
            gallery.scroll.go(gallery.jump.from);
        } else if enter && let Some(day) = day {
            gallery.go(Some(day.first), false, view, selection);
        }
        if escape || enter {
            // Otherwise Enter would also click the widget that is focused next.
            ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            ui.memory_mut(|memory| memory.request_focus(focus_id()));
        }
    }
}

/// The index of the day that a text means: an exact match, else the first match of a prefix, else the nearest day.
fn aim(text: &str, today: Date, days: &[DayGroup]) -> Option<usize> {
    let spans = spans(text, today);
    let inside = |(from, to): &(Date, Date)| days.iter().position(|day| (*from..=*to).contains(&day.date));
    spans.iter().find_map(inside).or_else(|| {
        let (from, to) = spans.first()?;
        let far = |date: Date| [from, to].map(|end| (*end - date).get_days().abs()).into_iter().min();
        (0..days.len()).min_by_key(|index| far(days[*index].date))
    })
}

/// The ranges of days that a text can mean, the most likely first.
fn spans(text: &str, today: Date) -> Vec<(Date, Date)> {
    // Full-width digits of Chinese keyboards count as digits.
    let plain: String = text
        .trim()
        .chars()
        .map(|letter| match letter {
            '０'..='９' => char::from_digit(letter as u32 - '０' as u32, 10).unwrap_or(letter),
            _ => letter,
        })
        .collect();
    let open = plain.ends_with(|letter: char| letter.is_ascii_digit());
    let mut groups: Vec<&str> =
        plain.split(|letter: char| !letter.is_ascii_digit()).filter(|s| !s.is_empty()).collect();
    let Some(&first) = groups.first() else { return Vec::new() };
    let long;
    if groups.len() == 1 && (5..=8).contains(&first.len()) {
        // Year, month and day without separators.
        long = [first.get(..4), first.get(4..first.len().min(6)), first.get(6..)];
        groups = long.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    }
    if groups.len() > 1 && groups[0].len() <= 2 {
        return month_first(&groups, open, today);
    }
    let years = match groups[0].len() {
        4 => groups[0].parse().map(|year| (year, year)).ok(),
        digits @ 1..=3 if groups.len() == 1 => groups[0].parse().ok().map(|start: i16| {
            let scale = 10_i16.pow(4 - digits as u32);
            (start.saturating_mul(scale), start.saturating_mul(scale).saturating_add(scale - 1))
        }),
        _ => None,
    };
    let Some(years) = years else { return Vec::new() };
    in_years(years, groups.get(1).copied(), groups.get(2).copied(), open)
}

/// A month and a day without a year mean the latest such date.
fn month_first(groups: &[&str], open: bool, today: Date) -> Vec<(Date, Date)> {
    let year = today.year();
    let mut spans = in_years((year, year), Some(groups[0]), Some(groups[1]), open);
    if spans.first().is_none_or(|(from, _)| *from > today) {
        spans = in_years((year - 1, year - 1), Some(groups[0]), Some(groups[1]), open);
    }
    spans
}

fn in_years(years: (i16, i16), month: Option<&str>, day: Option<&str>, open: bool) -> Vec<(Date, Date)> {
    let months = month.map_or_else(|| vec![(1, 12)], |month| numbers(month, 12, open && day.is_none()));
    let days = day.map_or_else(|| vec![(1, 31)], |day| numbers(day, 31, open));
    let date = |year: i16, month: i8, day: i8| {
        let first = Date::new(year, month, 1).ok()?;
        Date::new(year, month, day.min(first.days_in_month())).ok()
    };
    let mut spans = Vec::new();
    for (first_month, last_month) in months {
        for (first_day, last_day) in &days {
            let from = date(years.0, first_month, *first_day);
            spans.extend(from.zip(date(years.1, last_month, *last_day)));
        }
    }
    spans
}

/// The numbers up to `most` that digits mean: the number itself, and those that begin with it while more digits may
/// follow.
fn numbers(digits: &str, most: i8, open: bool) -> Vec<(i8, i8)> {
    let Ok(number) = digits.parse::<i8>() else { return Vec::new() };
    let mut numbers = Vec::new();
    if (1..=most).contains(&number) {
        numbers.push((number, number));
    }
    if open && digits.len() == 1 {
        let (from, to) = ((number * 10).max(1), (number * 10 + 9).min(most));
        if from <= to {
            numbers.push((from, to));
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    fn day(text: &str) -> Option<Date> {
        let dates = [
            date(2026, 11, 23),
            date(2026, 11, 20),
            date(2026, 11, 2),
            date(2026, 10, 30),
            date(2026, 1, 5),
            date(2025, 12, 24),
            date(2024, 6, 1),
        ];
        let days: Vec<_> = dates.into_iter().map(|date| DayGroup { date, first: 0, count: 1 }).collect();
        aim(text, TODAY, &days).map(|index| days[index].date)
    }

    #[test]
    fn date_is_found_while_typing() {
        assert_eq!(day("2"), Some(date(2026, 11, 23)));
        assert_eq!(day("2025"), Some(date(2025, 12, 24)));
        assert_eq!(day("2026-1"), Some(date(2026, 1, 5)));
        assert_eq!(day("2026-10"), Some(date(2026, 10, 30)));
        assert_eq!(day("2026-11-0"), Some(date(2026, 11, 2)));
        assert_eq!(day("2026-11-2"), Some(date(2026, 11, 2)));
        assert_eq!(day("2026-11-20"), Some(date(2026, 11, 20)));
        assert_eq!(day("20261102"), Some(date(2026, 11, 2)));
        assert_eq!(day("202510"), Some(date(2025, 12, 24)));
    }

    #[test]
    fn a_day_without_images_leads_to_the_nearest_one() {
        assert_eq!(day("2026-11-19"), Some(date(2026, 11, 20)));
        assert_eq!(day("2024-02-30"), Some(date(2024, 6, 1)));
        assert_eq!(day("1999"), Some(date(2024, 6, 1)));
    }

    #[test]
    fn dates_without_a_year_and_chinese_dates_are_parsed() {
        assert_eq!(day("11/2"), Some(date(2026, 11, 2)));
        assert_eq!(day("12.24"), Some(date(2025, 12, 24)));
        assert_eq!(day("2026年10月30日"), Some(date(2026, 10, 30)));
        assert_eq!(day("２０２６年１月"), Some(date(2026, 1, 5)));
    }

    #[test]
    fn other_text_is_not_a_date() {
        for text in ["", "fox", "2026-13", "- -"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
