//! The open view of the gallery and its rows.

use std::{collections::HashMap, sync::Arc};

use jiff::civil::Date;

use crate::recipe::{ImageId, Order, StackOf};

use super::listing::Listing;

/// The open view: how many pictures there are and where days begin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Counts up with every change, so that late rows can be told apart.
    pub revision: u64,
    /// What was searched for.
    pub search: String,
    /// The order of its pictures.
    pub order: Order,
    /// Pictures in the view.
    pub total: usize,
    /// Pictures in the whole library.
    pub library_total: usize,
    /// Bytes of all originals in the library.
    pub library_bytes: u64,
    /// Pictures in the library that differ from what was asked for.
    pub library_mismatched: usize,
    /// Pictures in the trash.
    pub library_trashed: usize,
    /// The models that pictures in the library were made with, and how many each made, the most used first.
    pub library_models: Vec<(String, usize)>,
    /// Days in the order of the view; none if it is not ordered by date.
    pub days: Vec<Day>,
    /// The stacks by their first picture, if pictures of one request are shown as one.
    pub stacks: Arc<HashMap<ImageId, Stack>>,
    /// All pictures of the view, in order.
    pub ids: Listing,
    /// These are only the first pictures: the rest, and what is said of the whole library, comes in a moment.
    pub beginning: bool,
}

/// A day of the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The date in the system's time zone.
    pub date: Date,
    /// Index of its first picture.
    pub first: usize,
    /// Its number of pictures.
    pub count: usize,
}

/// Pictures that are found together. It goes by the picture that lies on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stack {
    /// What they have in common.
    pub of: StackOf,
    /// How many pictures.
    pub count: usize,
    /// Whether all of them are shown, one after the other.
    pub open: bool,
}
