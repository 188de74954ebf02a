//! Reads the header of each format without decoding a pixel.

mod avif_header;
mod bmp_header;
mod fields;
mod gif_header;
mod jpeg_header;
mod jxl_header;
mod png_header;
mod probe;
mod svg_size;
mod tiff_header;
mod webp_header;

pub(crate) use avif_header::{AvifMetadata, avif_error, avif_metadata, avif_orientation, avif_stored_size, open_avif};
pub(crate) use bmp_header::BmpHeader;
pub(crate) use gif_header::gif_is_complete;
pub(crate) use jpeg_header::{JpegHeader, jpeg_first_scan, jpeg_header, jpeg_is_complete};
pub(crate) use jxl_header::{jxl_error, open_jxl, run_jxl_decoder};
pub(crate) use png_header::{PNG_HEADER_BYTES, png_is_interlaced};
pub use probe::{Probe, is_upright, probe};
pub(crate) use tiff_header::tiff_header;
#[cfg(test)]
pub(crate) use tiff_header::{DNG_VERSION, ORIENTATION, WIDTH};
pub(crate) use webp_header::webp_length;
