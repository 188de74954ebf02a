//! The layout of the gallery: day headings, request cards, images. Pure arithmetic.
//!
//! Heights are `f64`: a hundred thousand images are millions of points high, and `f32` would make them jitter.

use std::ops::Range;

use jiff::civil::Date;

use crate::studio::DayGroup;

/// Space between tiles, in points.
pub const GAP: f32 = 10.0;
/// Space around everything.
pub const EDGE: f32 = 14.0;
/// Height of a day's heading.
const HEADING: f64 = 20.0;
/// Space above a day's heading.
const ABOVE: f64 = 12.0;
/// Space above and below the sticky heading.
const HELD: f64 = 8.0;
/// Height of the strip at the top for the sticky heading.
pub const STRIP: f64 = HEADING + HELD * 2.0;

/// A direction to move in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// To the previous image.
    Left,
    /// To the next image.
    Right,
    /// One row up.
    Up,
    /// One row down.
    Down,
}

/// An item of the gallery, with its left and top edges in the gallery's own coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayoutItem {
    /// Its kind.
    pub what: ItemKind,
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f64,
}

/// The kind of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A day's heading with its number of images.
    Heading(Date, usize),
    /// A request's card, by its index among the cards.
    Card(usize),
    /// An image, by its index in the view.
    Image(usize),
}

#[derive(Clone, Copy, Debug)]
struct DaySection {
    /// Its day; none if the view is not sorted by date and has no headings.
    date: Option<Date>,
    first: usize,
    count: usize,
    cards: usize,
    top: f64,
}

impl DaySection {
    fn cells(&self) -> usize {
        self.cards + self.count
    }

    fn tiles_top(&self) -> f64 {
        self.top + if self.date.is_some() { ABOVE + HEADING + f64::from(GAP) } else { f64::from(EDGE) }
    }
}

/// The layout of one view at one width.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    sections: Vec<DaySection>,
    columns: usize,
    tile: f32,
    height: f64,
}

impl Layout {
    /// Lays out a view: tiles are squares of about `wanted` points, cards come first in today's group.
    pub fn new(days: &[DayGroup], total: usize, cards: usize, today: Date, width: f32, wanted: f32) -> Self {
        let inner = (width - EDGE * 2.0).max(1.0);
        let columns = (((inner + GAP) / (wanted + GAP)).round() as usize).max(1);
        let tile = ((inner - GAP * (columns - 1) as f32) / columns as f32).floor().max(1.0);
        let mut layout = Self { sections: Vec::with_capacity(days.len() + 1), columns, tile, height: 0.0 };
        // If the clock was set back images are in the future; the cards then go to the first day.
        let ungrouped = days.is_empty() && total > 0;
        let to_first = ungrouped || days.first().is_some_and(|day| day.date >= today);
        if cards > 0 && !to_first {
            layout.push(DaySection { date: Some(today), first: 0, count: 0, cards, top: 0.0 });
        }
        if ungrouped {
            layout.push(DaySection { date: None, first: 0, count: total, cards, top: 0.0 });
        }
        for (index, day) in days.iter().enumerate() {
            let cards = if index == 0 && to_first { cards } else { 0 };
            layout.push(DaySection { date: Some(day.date), first: day.first, count: day.count, cards, top: 0.0 });
        }
        layout.height += f64::from(EDGE);
        layout
    }

    fn push(&mut self, section: DaySection) {
        let section = DaySection { top: self.height, ..section };
        self.height = section.tiles_top() + self.rows(&section) as f64 * self.pitch();
        self.sections.push(section);
    }

    fn rows(&self, section: &DaySection) -> usize {
        section.cells().div_ceil(self.columns)
    }

    /// The distance between the edges of neighboring tiles.
    fn pitch(&self) -> f64 {
        f64::from(self.tile + GAP)
    }

    /// Side of a tile.
    pub fn tile(&self) -> f32 {
        self.tile
    }

    /// Height of the whole content.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// The sticky heading at scroll offset `y`, moved up as the next heading pushes it away. None while the heading is
    /// in its own place.
    pub fn held_heading(&self, y: f64) -> Option<LayoutItem> {
        let held = y + HELD - ABOVE;
        let next = self.sections.partition_point(|section| section.top < held);
        let section = &self.sections[next.checked_sub(1)?];
        let date = section.date?;
        let pushed = self.sections.get(next).map_or(f64::INFINITY, |next| next.top + ABOVE - STRIP);
        let what = ItemKind::Heading(date, section.count);
        (pushed + HEADING > y).then(|| LayoutItem { what, x: EDGE, y: (y + HELD).min(pushed) })
    }

    /// The day at the top at scroll offset `y`.
    pub fn day_at(&self, y: f64) -> Option<Date> {
        let next = self.sections.partition_point(|section| section.top <= y);
        self.sections.get(next.saturating_sub(1)).and_then(|section| section.date)
    }

    /// The scroll offset of a day's images.
    pub fn top_of_day(&self, date: Date) -> Option<f64> {
        self.sections.iter().find(|section| section.date == Some(date)).map(|section| section.top)
    }

    /// The items between two heights, from top to bottom.
    pub fn between(&self, from: f64, to: f64) -> Vec<LayoutItem> {
        let mut pieces = Vec::new();
        let start = self.sections.partition_point(|section| section.top <= from).saturating_sub(1);
        for section in self.sections[start..].iter().take_while(|section| section.top < to) {
            if let Some(date) = section.date.filter(|_| section.top + ABOVE + HEADING > from) {
                let what = ItemKind::Heading(date, section.count);
                pieces.push(LayoutItem { what, x: EDGE, y: section.top + ABOVE });
            }
            for cell in self.cells_between(section, from, to) {
                pieces.push(self.piece(section, cell));
            }
        }
        pieces
    }

    fn cells_between(&self, section: &DaySection, from: f64, to: f64) -> Range<usize> {
        let row = |height: f64| ((height - section.tiles_top()) / self.pitch()).max(0.0);
        let first = row(from).floor() as usize * self.columns;
        let last = (row(to).ceil() as usize * self.columns).min(section.cells());
        first.min(last)..last
    }

    fn piece(&self, section: &DaySection, cell: usize) -> LayoutItem {
        let what = if cell < section.cards {
            ItemKind::Card(cell)
        } else {
            ItemKind::Image(section.first + cell - section.cards)
        };
        LayoutItem {
            what,
            x: EDGE + (cell % self.columns) as f32 * (self.tile + GAP),
            y: section.tiles_top() + (cell / self.columns) as f64 * self.pitch(),
        }
    }

    /// The top edge of an image, and of its day's heading that should be visible with it.
    pub fn top_of(&self, index: usize) -> Option<(f64, f64)> {
        let section = self.section_of(index)?;
        let cell = section.cards + index - section.first;
        let top = self.piece(section, cell).y;
        Some((top, if cell < self.columns { section.top + f64::from(GAP) } else { top - STRIP }))
    }

    fn section_of(&self, index: usize) -> Option<&DaySection> {
        self.sections[..self.sections.partition_point(|section| section.first <= index)]
            .last()
            .filter(|section| index < section.first + section.count)
    }

    /// The image in a direction, if there is one.
    pub fn step(&self, index: usize, step: Movement) -> Option<usize> {
        let place = self.sections.partition_point(|section| section.first <= index).checked_sub(1)?;
        let section = self.section_of(index)?;
        let cell = section.cards + index - section.first;
        let column = cell % self.columns;
        let image =
            |section: &DaySection, cell: usize| (cell >= section.cards).then(|| section.first + cell - section.cards);
        match step {
            Movement::Left => index.checked_sub(1),
            Movement::Right => Some(index + 1).filter(|next| self.section_of(*next).is_some()),
            Movement::Up if cell >= self.columns => image(section, cell - self.columns),
            Movement::Up => {
                let above = self.sections[..place].iter().rev().find(|section| section.count > 0)?;
                let last = above.cells() - 1;
                image(above, (last / self.columns * self.columns + column).min(last))
            }
            Movement::Down => {
                let last = section.cells() - 1;
                if cell / self.columns < last / self.columns {
                    image(section, (cell + self.columns).min(last))
                } else {
                    let below = self.sections[place + 1..].iter().find(|section| section.count > 0)?;
                    image(below, column.min(below.cells() - 1))
                }
            }
        }
    }

    /// The images that a rectangle touches, as ranges of the view.
    pub fn touched(&self, x: Range<f32>, y: Range<f64>) -> Vec<Range<usize>> {
        let (tile, pitch) = (self.tile, self.tile + GAP);
        // The columns whose tiles the rectangle touches.
        let first = ((x.start - EDGE + GAP) / pitch).floor().max(0.0) as usize;
        let last = ((x.end - EDGE) / pitch).ceil().max(0.0) as usize;
        let columns = first..last.min(self.columns);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        if columns.is_empty() {
            return ranges;
        }
        let start = self.sections.partition_point(|section| section.top <= y.start).saturating_sub(1);
        for section in self.sections[start..].iter().take_while(|section| section.top < y.end) {
            let rows = self.cells_between(section, y.start, y.end);
            for row in (rows.start / self.columns)..rows.end.div_ceil(self.columns) {
                let top = section.tiles_top() + row as f64 * self.pitch();
                if top + f64::from(tile) <= y.start {
                    continue;
                }
                let cells = (row * self.columns + columns.start).max(section.cards)
                    ..(row * self.columns + columns.end).min(section.cells());
                if !cells.is_empty() {
                    let base = section.first;
                    let range = base + cells.start - section.cards..base + cells.end - section.cards;
                    match ranges.last_mut() {
                        Some(before) if before.end == range.start => before.end = range.end,
                        _ => ranges.push(range),
                    }
                }
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    /// Days with these numbers of images, newest first.
    fn days(counts: &[usize]) -> Vec<DayGroup> {
        let mut first = 0;
        counts
            .iter()
            .enumerate()
            .map(|(back, &count)| {
                let day = DayGroup { date: TODAY.checked_sub((back as i64).days()).unwrap(), first, count };
                first += count;
                day
            })
            .collect()
    }

    /// Four columns.
    fn layout(counts: &[usize], cards: usize) -> Layout {
        Layout::new(&days(counts), counts.iter().sum(), cards, TODAY, 808.0, 186.0)
    }

    #[test]
    fn design_window_has_four_columns() {
        let layout = layout(&[26], 0);
        assert_eq!((layout.columns, layout.tile()), (4, 187.0));
    }

    #[test]
    fn of_a_hundred_thousand_images_only_those_in_sight_are_laid_out() {
        let layout = layout(&[1_000; 100], 0);
        let middle = layout.height() / 2.0;
        let pieces = layout.between(middle, middle + 700.0);
        assert!(pieces.len() <= 5 * 4 + 1, "{}", pieces.len());
        let bottom = layout.between(layout.height() - 100.0, layout.height());
        assert_eq!(bottom.last().map(|piece| piece.what), Some(ItemKind::Image(99_999)));
    }

    #[test]
    fn sticky_heading_is_pushed_away_by_the_next_one() {
        let layout = layout(&[8, 8], 0);
        assert_eq!(layout.held_heading(0.0), None);
        let what = ItemKind::Heading(TODAY, 8);
        assert_eq!(layout.held_heading(100.0), Some(LayoutItem { what, x: EDGE, y: 108.0 }));
        let next = layout.sections[1].top + ABOVE;
        // Just above the next heading, which is in its own place.
        assert_eq!(layout.held_heading(next - 20.0), Some(LayoutItem { what, x: EDGE, y: next - STRIP }));
        let Some(LayoutItem { what: ItemKind::Heading(date, _), .. }) = layout.held_heading(next) else {
            panic!("it is held")
        };
        assert!(date < TODAY);
        assert_eq!(layout.day_at(next), Some(date));
        assert_eq!(layout.top_of_day(date), Some(next - ABOVE));
    }

    #[test]
    fn cards_are_first_in_the_group_of_today() {
        let layout = layout(&[2, 5], 3);
        let pieces: Vec<_> = layout.between(0.0, 500.0).iter().map(|piece| piece.what).collect();
        assert_eq!(
            pieces[..6],
            [
                ItemKind::Heading(TODAY, 2),
                ItemKind::Card(0),
                ItemKind::Card(1),
                ItemKind::Card(2),
                ItemKind::Image(0),
                ItemKind::Image(1)
            ]
        );
        assert_eq!(layout.top_of(1).map(|(top, _)| top), Some(layout.sections[0].tiles_top() + layout.pitch()));
    }

    #[test]
    fn cards_create_a_missing_group_of_today() {
        let yesterday = &days(&[0, 5])[1..];
        let layout = Layout::new(yesterday, 5, 1, TODAY, 808.0, 186.0);
        let pieces: Vec<_> = layout.between(0.0, 400.0).iter().map(|piece| piece.what).collect();
        assert_eq!(pieces[..2], [ItemKind::Heading(TODAY, 0), ItemKind::Card(0)]);
        assert_eq!(layout.step(0, Movement::Up), None);
        assert_eq!(layout.step(0, Movement::Down), Some(4));
    }

    #[test]
    fn images_that_are_not_ordered_by_date_have_no_headings() {
        let layout = Layout::new(&[], 9, 1, TODAY, 808.0, 186.0);
        let pieces: Vec<_> = layout.between(0.0, 900.0).iter().map(|piece| piece.what).collect();
        assert_eq!(pieces[..2], [ItemKind::Card(0), ItemKind::Image(0)]);
        assert_eq!(pieces.len(), 10);
        assert_eq!((layout.held_heading(100.0), layout.day_at(100.0)), (None, None));
    }

    #[test]
    fn arrows_keep_their_column_across_days() {
        // Today 6 images: rows 0–3 and 4–5. Yesterday 3: row 6–8. Before: 9 …
        let layout = layout(&[6, 3, 8], 0);
        assert_eq!(layout.step(1, Movement::Down), Some(5));
        assert_eq!(layout.step(3, Movement::Down), Some(5));
        assert_eq!(layout.step(4, Movement::Down), Some(6));
        assert_eq!(layout.step(8, Movement::Down), Some(11));
        assert_eq!(layout.step(12, Movement::Up), Some(8));
        assert_eq!(layout.step(6, Movement::Up), Some(4));
        assert_eq!(layout.step(0, Movement::Up), None);
        assert_eq!(layout.step(0, Movement::Left), None);
        assert_eq!(layout.step(5, Movement::Right), Some(6));
        assert_eq!(layout.step(16, Movement::Right), None);
        assert_eq!(layout.step(16, Movement::Down), None);
    }

    #[test]
    fn arrows_skip_cards() {
        // Row 0: three cards and image 0. Row 1: images 1–4.
        let layout = layout(&[5], 3);
        assert_eq!(layout.step(4, Movement::Up), Some(0));
        assert_eq!(layout.step(1, Movement::Up), None);
        assert_eq!(layout.step(0, Movement::Down), Some(4));
    }

    #[test]
    fn rubber_band_selects_the_images_it_touches() {
        let layout = layout(&[12], 0);
        let (top, _) = layout.top_of(0).unwrap();
        let pitch = layout.tile() + GAP;
        let band = |x0: f32, x1: f32, y0: f32, y1: f32| {
            layout
                .touched(EDGE + x0 * pitch..EDGE + x1 * pitch, top + f64::from(y0 * pitch)..top + f64::from(y1 * pitch))
        };
        assert_eq!(band(0.5, 1.5, 0.5, 1.5), [0..2, 4..6]);
        assert_eq!(band(0.0, 4.0, 0.1, 2.5).into_iter().flatten().count(), 12);
        // Only the gap between two columns.
        assert!(band(0.96, 0.99, 0.0, 3.0).is_empty());
        // Only the gap between two rows.
        assert!(band(0.0, 4.0, 0.96, 0.99).is_empty());
    }
}
