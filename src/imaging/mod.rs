//! Pixels and file formats; pure, uses only [`crate::recipe::Format`] and foreign recipes of the crate.
//!
//! Bytes from a gateway are untrusted: nothing here panics on any input, no header may request more memory than
//! [`ImageLimits`] allow, and a truncated file is an error instead of a partial image.

mod analysis;
mod decode;
mod encode;
mod format;
mod header;
mod label_rasterizer;
mod metadata;
mod pixels;
mod resize;
mod stream;
#[cfg(test)]
mod test_images;

pub use analysis::{palette, perceptual_hash};
pub use decode::{DecodeMemory, decode, room_for};
pub use encode::{Encoding, encode, encode_thumbnail};
pub use format::{
    FileKind, MAX_SNIFFED_BYTES, UnsupportedFormat, UnsupportedKind, file_kind, sniff, unsupported_format,
};
pub use header::{Probe, is_upright, probe};
pub use label_rasterizer::{FontBytes, LabelRasterizer};
pub use metadata::{Metadata, metadata};
pub use pixels::{Bitmap, ImageError, ImageLimits, average_color};
pub use resize::{DecodedThumbnail, downscale, scale, thumbnail};
pub use stream::{IncrementalDecoder, JpegPreviews};
