//! What a file's header says, read without decoding a pixel.

use image::metadata::Orientation;

use super::{
    ImageError, Limits,
    avif::{avif_is_upright, avif_size},
    bmp::bmp_size,
    decode::guarded,
    jxl::jxl_size,
    sniff,
    svg::svg_size,
    tiff::tiff_header,
};
use crate::recipe::Format;

/// What a picture is, as its header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The format of the file.
    pub format: Format,
    /// Pixels in a row, as shown: one lying on its side by its orientation has its sides swapped.
    pub width: u32,
    /// Rows, as shown.
    pub height: u32,
}

/// Reads the header of a file, or of as much of it as has come.
///
/// # Errors
/// [`ImageError::NotAnImage`] for other files, [`ImageError::TooLarge`] beyond the limits,
/// [`ImageError::Broken`] if the header is damaged or not complete.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, ImageError> {
    let format = sniff(bytes).ok_or(ImageError::NotAnImage)?;
    let (width, height) = match format {
        Format::Png => png_size(bytes),
        Format::Gif => gif_size(bytes),
        Format::Webp => webp_size(bytes),
        Format::Jpeg => jpeg_header(bytes).map(|jpeg| jpeg.shown_size()),
        Format::Bmp => bmp_size(bytes),
        Format::Tiff => match tiff_header(bytes) {
            Some(header) if header.raw => return Err(ImageError::Unsupported("DNG".into())),
            header => header.map(|header| header.shown_size()),
        },
        // Others have written what reads these.
        Format::Avif => guarded(|| Ok(avif_size(bytes)))?,
        Format::Jxl => guarded(|| Ok(jxl_size(bytes, limits)))?,
        Format::Svg => guarded(|| Ok(svg_size(bytes, limits)))?,
    }
    .ok_or_else(|| ImageError::Broken("its header is damaged or not complete".into()))?;
    limits.check(width, height)?;
    Ok(Probe { format, width, height })
}

/// Whether the rows of a file lie as they are shown. Those of a JPEG, TIFF or AVIF may be turned or mirrored, as its
/// orientation says.
pub fn is_upright(bytes: &[u8]) -> bool {
    match sniff(bytes) {
        Some(Format::Jpeg) => jpeg_header(bytes).is_none_or(|header| header.is_upright()),
        Some(Format::Tiff) => tiff_header(bytes).is_none_or(|header| header.orientation == Orientation::NoTransforms),
        Some(Format::Avif) => guarded(|| Ok(avif_is_upright(bytes))).unwrap_or(true),
        _ => true,
    }
}

/// Width and height of a picture as it is shown.
pub(super) fn turned_size(orientation: Orientation, width: u32, height: u32) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}

/// How many bytes of a PNG [`probe`] and [`png_is_interlaced`] need.
pub(super) const PNG_HEADER: usize = 33;

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.get(8..29)?;
    let (width, height) = (be32(header, 8)?, be32(header, 12)?);
    (&header[..8] == b"\0\0\0\rIHDR").then_some((width, height))
}

/// Whether the rows of a PNG come in seven passes instead of from the top to the bottom.
pub(super) fn png_is_interlaced(bytes: &[u8]) -> bool {
    bytes.get(28).is_some_and(|method| *method != 0)
}

fn gif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((le16(bytes, 6)?, le16(bytes, 8)?))
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let body = bytes.get(20..)?;
    match bytes.get(12..16)? {
        b"VP8 " => {
            // A key frame's start code, then fourteen bits a side.
            let side = |at| le16(body, at).map(|side| side & 0x3fff);
            (body.get(3..6)? == b"\x9d\x01\x2a").then_some((side(6)?, side(8)?))
        }
        b"VP8L" => {
            let bits = le16(body, 1)? | le16(body, 3)? << 16;
            (*body.first()? == 0x2f).then_some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let side = |at| Some((le16(body, at)? | u32::from(*body.get(at + 2)?) << 16) + 1);
            Some((side(4)?, side(7)?))
        }
        _ => None,
    }
}

/// How many bytes a WebP claims to have, this header included.
pub(super) fn webp_length(bytes: &[u8]) -> Option<u64> {
    Some(u64::from(le16(bytes, 4)? | le16(bytes, 6)? << 16) + 8)
}

/// What the segments of a JPEG before its pixels say.
pub(super) struct JpegHeader {
    /// As they lie in the file.
    pub(super) width: u32,
    pub(super) height: u32,
    /// Where the two bytes of the height are.
    pub(super) height_at: usize,
    /// The frame's kind, as its marker says.
    pub(super) frame: u8,
    /// How many planes there are: one of grey, three of colour.
    pub(super) planes: u8,
    /// How many rows are coded together.
    pub(super) block_rows: u32,
    /// How the pixels have to be turned before they are shown.
    pub(super) orientation: Orientation,
    /// Where the segments that were looked at end.
    pub(super) end: usize,
}

impl JpegHeader {
    /// Whether its rows are those of the picture as it is shown.
    pub(super) fn is_upright(&self) -> bool {
        self.orientation == Orientation::NoTransforms
    }

    fn shown_size(&self) -> (u32, u32) {
        turned_size(self.orientation, self.width, self.height)
    }
}

/// Walks the segments of a JPEG up to its frame header.
pub(super) fn jpeg_header(bytes: &[u8]) -> Option<JpegHeader> {
    let mut orientation = Orientation::NoTransforms;
    let mut at = 2;
    loop {
        // Any number of fill bytes may stand before a marker.
        while bytes.get(at..at + 2)? == [0xff, 0xff] {
            at += 1;
        }
        let [0xff, marker] = *bytes.get(at..at + 2)? else { return None };
        at += 2;
        // Some markers stand alone; all the others are followed by their length.
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            continue;
        }
        let length = be16(bytes, at)? as usize;
        let segment = bytes.get(at..at + length)?;
        match marker {
            // Every kind of frame; the numbers left out are tables.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let (height, width) = (be16(segment, 3)?, be16(segment, 5)?);
                let planes = *segment.get(7)?;
                // Each plane has three bytes: its name, its share of the rows and columns, its table.
                let shares = segment.get(8..)?.as_chunks::<3>().0.iter().map(|plane| plane[1] & 15);
                let block_rows = 8 * u32::from(shares.max().unwrap_or(1).max(1));
                let (height_at, end) = (at + 3, at + length);
                return Some(JpegHeader {
                    width,
                    height,
                    height_at,
                    frame: marker,
                    planes,
                    block_rows,
                    orientation,
                    end,
                });
            }
            0xe1 => {
                if let Some(turned) = segment.get(2..).and_then(|body| body.strip_prefix(b"Exif\0\0")) {
                    orientation = Orientation::from_exif_chunk(turned).unwrap_or(orientation);
                }
            }
            // The end of the picture, or pixels before any frame.
            0xd9 | 0xda => return None,
            _ => {}
        }
        at += length;
    }
}

/// How many planes the first scan of a JPEG holds, once its header has come.
pub(super) fn jpeg_first_scan(bytes: &[u8], header: &JpegHeader) -> Option<u8> {
    let mut at = header.end;
    loop {
        match *bytes.get(at..at + 2)? {
            [0xff, 0xff] => at += 1,
            [0xff, 0xda] => return bytes.get(at + 4).copied(),
            [0xff, _] => at += 2 + be16(bytes, at + 2)? as usize,
            _ => return None,
        }
    }
}

/// Whether a JPEG reaches its end mark. A decoder would fill what is missing with grey.
pub(super) fn jpeg_is_complete(bytes: &[u8], header: &JpegHeader) -> bool {
    let mut at = header.end;
    while let Some(found) = memchr::memchr(0xff, bytes.get(at..).unwrap_or_default()) {
        at += found + 1;
        match bytes.get(at) {
            Some(0xd9) => return true,
            // Stuffed bytes, fill bytes and the marks within a scan.
            Some(0x00 | 0x01 | 0xd0..=0xd7 | 0xff) | None => {}
            // A segment between scans, whose body may hold anything.
            Some(_) => match be16(bytes, at + 1) {
                Some(length) => at += 1 + length as usize,
                None => return false,
            },
        }
    }
    false
}

/// Whether a GIF reaches its end mark. A decoder of its first frame would not look.
pub(super) fn gif_is_complete(bytes: &[u8]) -> bool {
    // A table of colours has two to the power of its three bits and one entries, if it is there at all.
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let Some(flags) = bytes.get(10) else { return false };
    let mut at = 13 + table(*flags);
    loop {
        at += match bytes.get(at) {
            Some(0x21) => 2,
            Some(0x2c) => match bytes.get(at + 9) {
                Some(flags) => 11 + table(*flags),
                None => return false,
            },
            Some(0x3b) => return true,
            _ => return false,
        };
        // Blocks, each after its length, up to an empty one.
        loop {
            match bytes.get(at) {
                Some(0) => break at += 1,
                Some(length) => at += 1 + usize::from(*length),
                None => return false,
            }
        }
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u32::from(pair[0]) << 8 | u32::from(pair[1]))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(be16(bytes, at)? << 16 | be16(bytes, at.checked_add(2)?)?)
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    be16(bytes, at).map(|value| (value as u16).swap_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{Encoding, encode, samples};

    #[test]
    fn the_size_is_read_from_every_format() {
        let picture = samples::painting(37, 21);
        for (encoding, format) in [
            (Encoding::Png, Format::Png),
            (Encoding::Jpeg { quality: 80 }, Format::Jpeg),
            (Encoding::Webp { quality: 100 }, Format::Webp),
            (Encoding::Webp { quality: 70 }, Format::Webp),
        ] {
            let bytes = encode(&picture, encoding).unwrap();
            assert_eq!(probe(&bytes, &Limits::default()), Ok(Probe { format, width: 37, height: 21 }), "{encoding:?}");
        }
        let bytes = encode(&samples::glass(37, 21), Encoding::Webp { quality: 70 }).unwrap();
        assert_eq!(&bytes[12..16], b"VP8X");
        assert_eq!(probe(&bytes, &Limits::default()), Ok(Probe { format: Format::Webp, width: 37, height: 21 }));
        let bytes = samples::gif(&picture);
        assert_eq!(probe(&bytes, &Limits::default()), Ok(Probe { format: Format::Gif, width: 37, height: 21 }));
    }

    #[test]
    fn a_header_that_asks_for_too_much_is_refused() {
        let mut bytes = samples::png(&samples::painting(8, 8));
        bytes[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        assert_eq!(probe(&bytes, &Limits::default()), Err(ImageError::TooLarge { width: 100_000, height: 8 }));
    }

    #[test]
    fn a_cut_header_is_broken_and_other_files_are_no_pictures() {
        let bytes = samples::png(&samples::painting(8, 8));
        assert!(matches!(probe(&bytes[..20], &Limits::default()), Err(ImageError::Broken(_))));
        assert_eq!(probe(b"%PDF-1.7", &Limits::default()), Err(ImageError::NotAnImage));
        assert_eq!(probe(b"", &Limits::default()), Err(ImageError::NotAnImage));
    }

    #[test]
    fn a_jpeg_on_its_side_is_measured_as_it_is_shown() {
        let bytes = samples::turned_jpeg(&samples::painting(40, 16), 6);
        let probe = probe(&bytes, &Limits::default()).unwrap();
        assert_eq!((probe.width, probe.height), (16, 40));
    }
}
