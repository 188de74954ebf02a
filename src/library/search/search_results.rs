//! The results of a search.

use crate::recipe::{ImageId, StackKey};

use super::day_groups::DaySpan;

/// The images that a search finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchResults {
    /// The images, in the requested order.
    pub ids: Vec<ImageId>,
    /// The days of the images, if the order is one of dates: date, index of the first image, number of images.
    pub days: Vec<DaySpan>,
    /// The stack of each image, where stacks were requested.
    pub stack_keys: Vec<StackKey>,
    /// Whether the results are complete.
    pub complete: bool,
}
