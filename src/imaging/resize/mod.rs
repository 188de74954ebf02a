//! Scales images down: whole bitmaps, and rows while they are decoded.

mod box_reducer;
mod lanczos;
mod thumbnail;

pub(crate) use box_reducer::StreamingThumbnail;
pub(crate) use lanczos::fit_size;
pub use lanczos::{downscale, scale};
pub use thumbnail::{DecodedThumbnail, thumbnail};
pub(crate) use thumbnail::{join_bands, shrink_rows};
