//! Pixels and file formats; pure, knows nothing of the project but [`crate::recipe::Format`].
//!
//! Bytes from a gateway are not to be trusted: nothing here panics on any input, no header may ask for more
//! memory than [`Limits`] grant, and bytes that end too early are an error instead of half an image.

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
pub use format::{FileKind, Foreign, ForeignKind, MAX_SNIFFED_BYTES, file_kind, foreign_format, sniff};
pub use header::{Probe, is_upright, probe};
pub use label_rasterizer::{FontBytes, LabelRasterizer};
pub use metadata::{Metadata, metadata};
pub use pixels::{Bitmap, ImageError, Limits, average_colour};
pub use resize::{DecodedThumbnail, downscale, scale, thumbnail};
pub use stream::{IncrementalDecoder, JpegPreviews};
