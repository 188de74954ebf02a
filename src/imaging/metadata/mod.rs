//! The metadata of image files: text chunks, EXIF, XMP, comments, and the recipe that a program for making images has
//! left there.
//!
//! Whatever the bytes are, nothing panics, and what is read is bounded.

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
