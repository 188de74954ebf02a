//! The segments of a JPEG.

use image::metadata::Orientation;

use super::fields::{be16, turned_size};

/// The contents of the segments of a JPEG before its pixels.
pub(crate) struct JpegHeader {
    /// As stored in the file.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The offset of the two bytes of the height.
    pub(crate) height_at: usize,
    /// The kind of the frame, according to its marker.
    pub(crate) frame: u8,
    /// The number of planes: one for gray, three for color.
    pub(crate) planes: u8,
    /// The number of rows that are coded together.
    pub(crate) block_rows: u32,
    /// The orientation for display.
    pub(crate) orientation: Orientation,
    /// The end of the parsed segments.
    pub(crate) end: usize,
}

impl JpegHeader {
    /// Whether its rows are stored as displayed.
    pub(crate) fn is_upright(&self) -> bool {
        self.orientation == Orientation::NoTransforms
    }

    pub(crate) fn shown_size(&self) -> (u32, u32) {
        turned_size(self.orientation, self.width, self.height)
    }
}

/// Parses the segments of a JPEG up to its frame header.
pub(crate) fn jpeg_header(bytes: &[u8]) -> Option<JpegHeader> {
    let mut orientation = Orientation::NoTransforms;
    let mut at = 2;
    loop {
        // Any number of fill bytes may precede a marker.
        while bytes.get(at..at + 2)? == [0xff, 0xff] {
            at += 1;
        }
        let [0xff, marker] = *bytes.get(at..at + 2)? else { return None };
        at += 2;
        // Some markers have no data; all others are followed by their length.
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            continue;
        }
        let length = be16(bytes, at)? as usize;
        let segment = bytes.get(at..at + length)?;
        match marker {
            // Every kind of frame; the omitted numbers are tables.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let (height, width) = (be16(segment, 3)?, be16(segment, 5)?);
                let planes = *segment.get(7)?;
                // Each plane has three bytes: its ID, its subsampling, its table.
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
            // The end of the image, or pixels before any frame.
            0xd9 | 0xda => return None,
            _ => {}
        }
        at += length;
    }
}

/// The number of planes of the first scan of a JPEG, once its header has arrived.
pub(crate) fn jpeg_first_scan(bytes: &[u8], header: &JpegHeader) -> Option<u8> {
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

/// Whether a JPEG has its end marker. A decoder would fill missing parts with gray.
pub(crate) fn jpeg_is_complete(bytes: &[u8], header: &JpegHeader) -> bool {
    let mut at = header.end;
    while let Some(found) = memchr::memchr(0xff, bytes.get(at..).unwrap_or_default()) {
        at += found + 1;
        match bytes.get(at) {
            Some(0xd9) => return true,
            // Stuffed bytes, fill bytes and restart markers within a scan.
            Some(0x00 | 0x01 | 0xd0..=0xd7 | 0xff) | None => {}
            // A segment between scans, whose data may contain anything.
            Some(_) => match be16(bytes, at + 1) {
                Some(length) => at += 1 + length as usize,
                None => return false,
            },
        }
    }
    false
}
