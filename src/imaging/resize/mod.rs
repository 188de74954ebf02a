//! Makes images smaller: whole bitmaps, and rows while they are decoded.

mod box_reducer;
mod lanczos;
mod thumbnail;

pub(crate) use box_reducer::Bands;
pub(crate) use lanczos::fitted;
pub use lanczos::{scale, shrink};
pub use thumbnail::{Finished, thumbnail};
pub(crate) use thumbnail::{finished, shrink_rows};
