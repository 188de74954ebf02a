//! Pixels and file formats; pure, knows nothing of the project but [`crate::recipe::Format`].
//!
//! Bytes from a gateway are not to be trusted: nothing here panics on any input, no header may ask for more
//! memory than [`Limits`] grant, and bytes that end too early are an error instead of half a picture.

mod arriving;
mod avif;
mod bands;
mod bitmap;
mod bmp;
mod budget;
mod decode;
mod encode;
mod foreign;
mod glimpse;
mod header;
mod jpeg;
mod jxl;
mod lettering;
mod likeness;
mod limits;
mod metadata;
mod palette;
mod rows;
mod shrink;
mod sniff;
mod svg;
mod tiff;

#[cfg(test)]
mod coded_samples;
#[cfg(test)]
mod samples;

pub use arriving::Arriving;
pub use bitmap::{Bitmap, average_colour};
pub use budget::{Room, room_for};
pub use decode::decode;
pub use encode::{Encoding, encode, encode_thumbnail};
pub use foreign::{FileKind, Foreign, ForeignKind, file_kind, foreign_format};
pub use glimpse::Glimpses;
pub use header::{Probe, is_upright, probe};
pub use lettering::{FontBytes, Lettering};
pub use likeness::likeness;
pub use limits::{ImageError, Limits};
pub use metadata::{Metadata, metadata};
pub use palette::palette;
pub use rows::{Finished, thumbnail};
pub use shrink::{scale, shrink};
pub use sniff::{SNIFFED, sniff};
