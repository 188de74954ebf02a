//! Finds images and links in texts.

mod base64_scan;
mod image_scanner;
mod link_scan;
pub(crate) mod signatures;
mod svg_end;
mod svg_scan;

pub(crate) use image_scanner::{FieldHint, ImageScanner, ScanSink};
pub(crate) use signatures::{LinkRank, is_image, is_named};
