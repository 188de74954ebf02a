//! The boxes of an AVIF: size, orientation and metadata of its primary item.

use std::borrow::Cow;

use image::metadata::Orientation;
use zenavif_parse::{AvifParser, DecodeConfig, Unstoppable};

use super::fields::turned_size;
use crate::{
    error_chain::Cause,
    imaging::pixels::{ImageError, guarded},
};

/// The number of tiles of an image at most.
pub(crate) const MAX_TILES: u32 = 1024;

/// The size of an image as displayed.
pub(crate) fn avif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let file = open_avif(bytes).ok()?;
    let (width, height) = avif_stored_size(&file)?;
    Some(turned_size(avif_orientation(&file), width, height))
}

/// Whether the rows of an image are stored as displayed.
pub(crate) fn avif_is_upright(bytes: &[u8]) -> bool {
    open_avif(bytes).is_ok_and(|file| avif_orientation(&file) == Orientation::NoTransforms)
}

/// The metadata of a file.
pub(crate) struct AvifMetadata {
    pub(crate) exif: Option<Vec<u8>>,
    pub(crate) xmp: Option<Vec<u8>>,
}

/// The EXIF and the XMP data of a file.
pub(crate) fn avif_metadata(bytes: &[u8]) -> Option<AvifMetadata> {
    let file = guarded(|| open_avif(bytes)).ok()?;
    let owned = |item: Option<zenavif_parse::Result<Cow<'_, [u8]>>>| Some(item?.ok()?.into_owned());
    Some(AvifMetadata { exif: owned(file.exif()), xmp: owned(file.xmp()) })
}

pub(crate) fn open_avif(bytes: &[u8]) -> Result<AvifParser<'_>, ImageError> {
    let limits =
        DecodeConfig::default().with_max_grid_tiles(MAX_TILES).with_max_animation_frames(1 << 20).lenient(true);
    AvifParser::from_bytes_with_config(bytes, &limits, &Unstoppable).map_err(avif_error)
}

/// The size of an image as stored. All parts of the file that it depends on have arrived.
pub(crate) fn avif_stored_size(file: &AvifParser<'_>) -> Option<(u32, u32)> {
    if let Some(grid) = file.grid_config() {
        return Some((grid.output_width, grid.output_height));
    }
    let metadata = match file.primary_data() {
        Ok(data) if !data.is_empty() => file.primary_metadata().ok()?,
        _ => zenavif_parse::AV1Metadata::parse_av1_bitstream(&file.frame(0).ok()?.data).ok()?,
    };
    Some((metadata.max_frame_width.get(), metadata.max_frame_height.get()))
}

/// The transformation of the pixels for display: first rotation, then mirroring.
pub(crate) fn avif_orientation(file: &AvifParser<'_>) -> Orientation {
    let flip_rows = file.mirror().map(|mirror| mirror.axis == 0);
    // The angle is counterclockwise.
    match (file.rotation().map_or(0, |rotation| rotation.angle), flip_rows) {
        (90, None) => Orientation::Rotate270,
        (180, None) => Orientation::Rotate180,
        (270, None) => Orientation::Rotate90,
        (_, None) => Orientation::NoTransforms,
        (90, Some(false)) | (270, Some(true)) => Orientation::Rotate270FlipH,
        (90, Some(true)) | (270, Some(false)) => Orientation::Rotate90FlipH,
        (180, Some(true)) | (0, Some(false)) => Orientation::FlipHorizontal,
        (_, Some(_)) => Orientation::FlipVertical,
    }
}

pub(crate) fn avif_error(error: impl std::error::Error + Send + Sync + 'static) -> ImageError {
    ImageError::Broken(Cause::new(error))
}
