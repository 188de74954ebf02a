//! Visual features of images as the index stores them: a palette and a perceptual hash.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    imaging::{self, Bitmap},
    library::io::error::LibraryError,
    recipe::ImageId,
};

/// The visual features of an image, as the index stores them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisualFeatures {
    /// The five most characteristic colors, the heaviest first: red, green, blue, and the share of the image that they
    /// represent (the five weights add up to at most 255; a weight of 0 represents no color).
    pub palette: [[u8; 4]; 5],
    /// A perceptual hash: images that look alike differ in few bits.
    pub perceptual_hash: u64,
}

impl VisualFeatures {
    /// Computes the features of an image from its thumbnail.
    pub fn of(thumbnail: &Bitmap) -> Self {
        Self { palette: imaging::palette(thumbnail), perceptual_hash: imaging::perceptual_hash(thumbnail) }
    }

    /// The colors alone, the heaviest first.
    pub fn colors(&self) -> Vec<[u8; 3]> {
        colors(self.palette.as_flattened())
    }
}

/// The colors of a stored palette.
fn colors(palette: &[u8]) -> Vec<[u8; 3]> {
    palette.as_chunks::<4>().0.iter().filter(|color| color[3] > 0).map(|&[r, g, b, _]| [r, g, b]).collect()
}

/// Stores the features of an image, in a transaction of the caller's; `None` for an image that cannot be decoded.
pub(in crate::library) fn store_features(
    connection: &Connection,
    id: ImageId,
    features: Option<VisualFeatures>,
) -> Result<(), LibraryError> {
    let palette = features.map_or_else(Vec::new, |features| features.palette.concat());
    let perceptual_hash = features.map(|features| features.perceptual_hash.cast_signed());
    connection.prepare_cached("UPDATE images SET palette = ?2, likeness = ?3 WHERE id = ?1")?.execute(params![
        id.uuid().as_bytes(),
        palette,
        perceptual_hash
    ])?;
    Ok(())
}

/// The colors of an image, the most characteristic first; none if its features have not been stored yet.
pub(in crate::library) fn colors_of(connection: &Connection, id: ImageId) -> Result<Vec<[u8; 3]>, LibraryError> {
    let palette: Option<Vec<u8>> = connection
        .prepare_cached("SELECT palette FROM images WHERE id = ?1")?
        .query_row(params![id.uuid().as_bytes()], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(colors(&palette.unwrap_or_default()))
}
