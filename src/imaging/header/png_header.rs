//! The header of a PNG.

use super::fields::be32;

/// The number of bytes of a PNG that [`probe`] and [`png_is_interlaced`] need.
pub(crate) const PNG_HEADER_BYTES: usize = 33;

pub(crate) fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.get(8..29)?;
    let (width, height) = (be32(header, 8)?, be32(header, 12)?);
    (&header[..8] == b"\0\0\0\rIHDR").then_some((width, height))
}

/// Whether the rows of a PNG come in seven passes instead of from top to bottom.
pub(crate) fn png_is_interlaced(bytes: &[u8]) -> bool {
    bytes.get(28).is_some_and(|method| *method != 0)
}
