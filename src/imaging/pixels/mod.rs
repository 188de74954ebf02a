//! Decoded pixels, the limits on them, and the errors of decoding.

mod bitmap;
mod channels;
mod decoder_guard;
mod limits;

pub use bitmap::{Bitmap, average_color};
pub(crate) use bitmap::{divided_by_255, is_opaque};
pub(crate) use channels::{Channels, rgb_to_rgba};
pub(crate) use decoder_guard::{cut_short, guarded};
pub use limits::{ImageError, ImageLimits};
