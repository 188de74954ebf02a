//! The open view of the gallery and its rows.

use std::{collections::HashMap, sync::Arc};

use jiff::civil::Date;

use crate::recipe::{ImageId, SortOrder, StackKey};

use super::image_list::ImageList;

/// The open view: its images in order, and the totals that the window shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Increases with every change, so that outdated rows can be recognized.
    pub revision: u64,
    /// The search.
    pub search: String,
    /// The order of the images.
    pub order: SortOrder,
    /// Number of images in the view.
    pub total: usize,
    /// Number of images in the library.
    pub library_total: usize,
    /// Bytes of all originals in the library.
    pub library_bytes: u64,
    /// Number of images in the library that differ from their requests.
    pub library_mismatched: usize,
    /// Number of images in the trash.
    pub library_trashed: usize,
    /// The models of the images in the library with their numbers of images, the most used first.
    pub library_models: Vec<(String, usize)>,
    /// The days of the view, in order; empty if it is not ordered by date.
    pub days: Vec<DayGroup>,
    /// The stacks by their first images, if images are stacked.
    pub stacks: Arc<HashMap<ImageId, Stack>>,
    /// All images of the view, in order.
    pub ids: ImageList,
    /// The view contains only its first images; the complete view with the totals of the library follows.
    pub is_preview: bool,
}

/// The images of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayGroup {
    /// The date in the system's time zone.
    pub date: Date,
    /// Index of the first image.
    pub first: usize,
    /// Number of images.
    pub count: usize,
}

/// Images that are shown as one tile, under their first image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stack {
    /// What the images have in common.
    pub of: StackKey,
    /// Number of images.
    pub count: usize,
    /// Whether all images are shown instead of only the first one.
    pub open: bool,
}
