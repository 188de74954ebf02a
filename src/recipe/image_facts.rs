//! The facts of an image: the request that made it, its response, and its properties.

use std::time::Duration;

use jiff::Timestamp;

use crate::recipe::{Answer, Format, ImageId, Money, Recipe, RequestId, Source};

/// The facts of an image that its sidecar stores, apart from those of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageFacts {
    /// The image.
    pub id: ImageId,
    /// The request that it came from.
    pub request: RequestId,
    /// The recipe that was sent.
    pub recipe: Recipe,
    /// Content of the response apart from the image.
    pub answer: Answer,
    /// The format, detected from the bytes.
    pub format: Format,
    /// Width in pixels, measured.
    pub width: u32,
    /// Height in pixels, measured.
    pub height: u32,
    /// When it was received.
    pub created: Timestamp,
    /// The time from sending to the last byte.
    pub took: Duration,
    /// The cost, if known.
    pub cost: Option<Money>,
    /// The file that it was imported from, if it was not made here.
    pub source: Option<Source>,
}
