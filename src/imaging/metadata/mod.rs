//! The metadata of image files: text chunks, EXIF, XMP, comments, and the recipe that an image generator has left
//! there.
//!
//! No input causes a panic, and the amount that is read is bounded.

mod bytes;
mod containers;
mod exif;
mod iptc;
mod raw_profile;
mod reader;
mod recipes;
mod stealth;
#[cfg(test)]
mod tests;
mod texts;
mod xmp;

pub use reader::metadata;
pub use texts::Metadata;
