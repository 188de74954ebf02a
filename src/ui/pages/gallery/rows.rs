//! The rows of the images around the visible part: dimensions, color, start of the prompt.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use crate::{
    recipe::{ImageId, MarkChange},
    studio::{GalleryEvent, ImageRow, OrganizeEvent, View},
};

/// Rows are requested in blocks of this size, so that scrolling does not send a request with every frame.
const BLOCK_ROWS: usize = 64;
/// Maximum number of cached rows.
const MAX_CACHED_ROWS: usize = 8_192;
/// Maximum number of images whose changes are shown before their rows are read again.
const MAX_INSTANT_CHANGES: usize = 4_096;

#[derive(Debug)]
struct CachedRow {
    row: ImageRow,
    age: u64,
}

/// Rows by their image, so that they stay valid when the view changes.
#[derive(Debug, Default)]
pub struct Rows {
    known: HashMap<ImageId, CachedRow>,
    /// Increases when rows have changed; older rows are shown until they are read again.
    age: u64,
    asked: Option<(u64, Range<usize>)>,
}

impl Rows {
    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        match event {
            GalleryEvent::Rows { rows, .. } => {
                let age = self.age;
                self.known.extend(rows.iter().map(|row| (row.id, CachedRow { row: row.clone(), age })));
            }
            GalleryEvent::RowsChanged => {
                self.age += 1;
                self.asked = None;
            }
            GalleryEvent::ImageStored(_)
            | GalleryEvent::ViewPreview(_)
            | GalleryEvent::View(_)
            | GalleryEvent::Thumbnail { .. }
            | GalleryEvent::Image { .. }
            | GalleryEvent::ClipboardImage { .. }
            | GalleryEvent::Batch(..)
            | GalleryEvent::Details(_)
            | GalleryEvent::Exchange(..) => {}
        }
    }

    /// Folds an event about marks into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        // The rows are read again, but a star must be visible immediately.
        if let OrganizeEvent::Changed { images, change: Some(change), .. } = event
            && images.len() <= MAX_INSTANT_CHANGES
        {
            for id in &**images {
                if let Some(known) = self.known.get_mut(id) {
                    apply(change, &mut known.row);
                }
            }
        }
    }

    /// The cached row of an image.
    pub fn get(&self, id: ImageId) -> Option<&ImageRow> {
        self.known.get(&id).map(|known| &known.row)
    }

    /// The rows to request so that a range is cached; none if it is cached or was just requested.
    pub fn missing(&mut self, view: &View, range: Range<usize>) -> Option<Range<usize>> {
        let end = range.end.min(view.ids.len());
        let start = range.start.min(end);
        let unknown = |index: &usize| self.known.get(&view.ids[*index]).is_none_or(|known| known.age < self.age);
        let first = (start..end).find(unknown)?;
        let last = (start..end).rev().find(unknown)?;
        let blocks = first / BLOCK_ROWS * BLOCK_ROWS..((last / BLOCK_ROWS + 1) * BLOCK_ROWS).min(view.ids.len());
        let asked = (view.revision, blocks.clone());
        if self.asked.as_ref() == Some(&asked) {
            return None;
        }
        self.asked = Some(asked);
        if self.known.len() > MAX_CACHED_ROWS {
            let near: HashSet<_> = view.ids[start..end].iter().collect();
            self.known.retain(|id, _| near.contains(id));
        }
        Some(blocks)
    }
}

fn apply(change: &MarkChange, row: &mut ImageRow) {
    match change {
        MarkChange::Rate(stars) => row.rating = *stars,
        MarkChange::Flag(flag) => row.flag = *flag,
        MarkChange::Label(label) => row.label = *label,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(revision: u64, count: u128) -> View {
        let ids: Vec<_> = (0..count).map(|n| ImageId::from_uuid(uuid::Uuid::from_u128(n))).collect();
        View { revision, total: ids.len(), library_total: ids.len(), ids: ids.into(), ..View::default() }
    }

    fn rows(view: &View, range: Range<usize>) -> GalleryEvent {
        let row = |id: &ImageId| ImageRow::new(*id, 1, 1);
        let rows = view.ids[range.clone()].iter().map(row).collect();
        GalleryEvent::Rows { revision: view.revision, first: range.start, rows }
    }

    #[test]
    fn rows_are_requested_once_in_blocks() {
        let (mut known, view) = (Rows::default(), view(1, 1_000));
        assert_eq!(known.missing(&view, 10..30), Some(0..64));
        assert_eq!(known.missing(&view, 12..40), None);
        known.fold_gallery(&rows(&view, 0..64));
        assert_eq!(known.missing(&view, 0..64), None);
        assert_eq!(known.missing(&view, 60..70), Some(64..128));
        assert_eq!(known.missing(&view, 990..2_000), Some(960..1_000));
    }

    #[test]
    fn changed_rows_are_requested_again() {
        let (mut known, view) = (Rows::default(), view(1, 10));
        known.missing(&view, 0..10);
        known.fold_gallery(&rows(&view, 0..10));
        assert_eq!(known.missing(&view, 0..10), None);
        known.fold_gallery(&GalleryEvent::RowsChanged);
        assert_eq!(known.missing(&view, 0..10), Some(0..10));
    }

    #[test]
    fn new_view_requests_only_new_rows() {
        let (mut known, before) = (Rows::default(), view(1, 100));
        known.missing(&before, 0..100);
        known.fold_gallery(&rows(&before, 0..100));
        assert_eq!(known.missing(&view(2, 100), 0..100), None);
        assert_eq!(known.missing(&view(3, 130), 0..130), Some(64..130));
    }

    #[test]
    fn scrolling_far_keeps_memory_bounded() {
        let (mut known, view) = (Rows::default(), view(1, 100_000));
        for start in (0..100_000).step_by(64) {
            if let Some(range) = known.missing(&view, start..start + 64) {
                known.fold_gallery(&rows(&view, range));
            }
        }
        assert!(known.known.len() <= MAX_CACHED_ROWS + BLOCK_ROWS * 2);
    }
}
