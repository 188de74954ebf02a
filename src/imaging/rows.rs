//! Thumbnails of whole files, for PNG without ever holding the whole bitmap.

use std::io::{BufRead, Cursor, Seek};

use super::{
    Bitmap, ImageError, Limits, Probe,
    bands::Bands,
    decode::{PngRows, decode, guarded},
    header::png_is_interlaced,
    probe, shrink,
};
use crate::recipe::Format;

/// What is known of a picture once all of it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Format and full size.
    pub probe: Probe,
    /// The picture with its longer side no longer than was asked for.
    pub thumbnail: Bitmap,
    /// Whether no pixel of the full picture lets anything shine through.
    pub opaque: bool,
}

/// Decodes a whole file to a thumbnail whose longer side is `edge` pixels at most.
///
/// The fastest way to thumbnails of files, and for PNG the one that needs least memory.
///
/// # Errors
/// The same as [`decode`]'s.
pub fn thumbnail(bytes: &[u8], limits: &Limits, edge: u32) -> Result<Finished, ImageError> {
    let probe = probe(bytes, limits)?;
    if probe.format == Format::Png && !png_is_interlaced(bytes) {
        let mut rgba = Vec::new();
        let mut size = (0, 0);
        let opaque = guarded(|| {
            shrink_rows(Cursor::new(bytes), limits, probe, edge, |whole, _, rows| {
                size = whole;
                rgba.extend_from_slice(rows);
            })
        })?;
        return finished(probe, size, rgba, opaque);
    }
    let bitmap = decode(bytes, limits)?;
    let opaque = bitmap.opaque;
    // Many a picture is no larger than its thumbnail.
    let thumbnail = if bitmap.width.max(bitmap.height) <= edge { bitmap } else { shrink(&bitmap, edge) };
    Ok(Finished { probe, thumbnail, opaque })
}

/// Decodes a PNG row by row to a thumbnail, handed to `out` in bands: its size, a band's first row and its RGBA.
///
/// Returns whether the full picture is opaque.
pub(super) fn shrink_rows(
    source: impl BufRead + Seek,
    limits: &Limits,
    probe: Probe,
    edge: u32,
    mut out: impl FnMut((u32, u32), u32, &[u8]),
) -> Result<bool, ImageError> {
    let mut reader = PngRows::new(source, limits, probe)?;
    let mut bands = Bands::new(probe.width, probe.height, edge, reader.pixels);
    let size = bands.size;
    for _ in 0..probe.height {
        bands.push(reader.next()?, |first, rows| out(size, first, rows));
    }
    reader.finish()?;
    Ok(bands.opaque())
}

/// Puts the bands together.
pub(super) fn finished(
    probe: Probe,
    (width, height): (u32, u32),
    rgba: Vec<u8>,
    opaque: bool,
) -> Result<Finished, ImageError> {
    let thumbnail = Bitmap::new(width, height, rgba).ok_or_else(|| ImageError::Broken("rows are missing".into()))?;
    Ok(Finished { probe, thumbnail, opaque })
}
