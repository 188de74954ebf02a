//! Stealth recipes: some programs write a recipe into the lowest bit of each pixel's alpha or colors, column by column,
//! so that it survives sites that remove metadata. A signature, a length in bits, and the text, which may be compressed
//! with gzip.

use std::io::Cursor;

use serde_json::Value;

use super::{
    bytes::take,
    recipes::object,
    texts::{MAX_TEXT_BYTES, Metadata},
};
use crate::{
    imaging::{
        decode::PngRows,
        header::{png_is_interlaced, probe},
        pixels::{Channels, ImageLimits, guarded},
    },
    recipe::Format,
};

/// The length of a signature in bytes.
const SIGNATURE_BYTES: usize = 15;

/// The number of rows that contain the whole signature, which goes down the first column.
const SIGNATURE_ROWS: usize = SIGNATURE_BYTES * 8;

/// The number of pixels of an image at most; one byte is kept for each.
const MAX_PIXELS: usize = 1 << 26;

/// The channels that contain the bits.
#[derive(Clone, Copy)]
enum BitChannels {
    Alpha,
    Colors,
}

/// Reads the recipe that is hidden in the pixels of a PNG.
pub(super) fn read(bytes: &[u8], metadata: &mut Metadata) {
    let Some(text) = text(bytes) else { return };
    match object(&text) {
        // All text chunks of the file in one object.
        Some(said) if ["Comment", "Software", "prompt", "workflow"].iter().any(|key| said.contains_key(*key)) => {
            for (key, value) in &said {
                match value {
                    Value::String(text) => metadata.add(key, text),
                    value => metadata.add(key, &value.to_string()),
                }
            }
        }
        _ => metadata.add("parameters", &text),
    }
}

fn text(bytes: &[u8]) -> Option<String> {
    let limits = ImageLimits::default();
    let probe = probe(bytes, &limits).ok().filter(|probe| probe.format == Format::Png)?;
    let (width, height) = (probe.width as usize, probe.height as usize);
    if width * height > MAX_PIXELS || png_is_interlaced(bytes) {
        return None;
    }
    let mut found = None;
    let decoded = guarded(|| {
        let mut rows = PngRows::new(Cursor::new(bytes), &limits, probe)?;
        let channels = match rows.pixels {
            Channels::Rgb => 3,
            Channels::Rgba => 4,
            Channels::Gray | Channels::GrayAlpha => return Ok(()),
        };
        let mut bits = Bits { lowest: Vec::new(), width, height };
        for row in 0..height {
            let pixels = rows.next()?.chunks_exact(channels);
            bits.lowest.extend(pixels.map(|pixel| pixel.iter().fold(0, |all, value| all << 1 | value & 1)));
            // Nearly every image ends here, without further decoding.
            if row + 1 == SIGNATURE_ROWS.min(height) && find_signature(&bits, channels).is_none() {
                return Ok(());
            }
        }
        found = find_signature(&bits, channels).and_then(|(place, packed)| bits.hidden(place, channels, packed));
        Ok(())
    });
    decoded.ok()?;
    found
}

/// The channels that contain the bits and whether the text is compressed, if they start with a signature.
fn find_signature(bits: &Bits, channels: usize) -> Option<(BitChannels, bool)> {
    let mark = |place| bits.bytes(place, channels, 0, SIGNATURE_BYTES);
    match mark(BitChannels::Alpha).as_deref() {
        Some(b"stealth_pnginfo") => return Some((BitChannels::Alpha, false)),
        Some(b"stealth_pngcomp") => return Some((BitChannels::Alpha, true)),
        _ => {}
    }
    match mark(BitChannels::Colors).as_deref() {
        Some(b"stealth_rgbinfo") => Some((BitChannels::Colors, false)),
        Some(b"stealth_rgbcomp") => Some((BitChannels::Colors, true)),
        _ => None,
    }
}

/// The lowest bits of every pixel's channels, that of the last channel in the lowest bit.
struct Bits {
    lowest: Vec<u8>,
    width: usize,
    height: usize,
}

impl Bits {
    /// A bit of the column-wise stream; `None` in rows that were not decoded yet.
    fn bit(&self, place: BitChannels, channels: usize, at: usize) -> Option<u8> {
        let (pixel, shift) = match place {
            BitChannels::Alpha if channels == 4 => (at, 0),
            BitChannels::Alpha => return None,
            BitChannels::Colors => (at / 3, channels - 1 - at % 3),
        };
        let (x, y) = (pixel / self.height, pixel % self.height);
        let lowest = self.lowest.get(y * self.width + x).filter(|_| x < self.width)?;
        Some(lowest >> shift & 1)
    }

    fn bytes(&self, place: BitChannels, channels: usize, from: usize, count: usize) -> Option<Vec<u8>> {
        let byte = |at: usize| (0..8).try_fold(0, |byte, bit| Some(byte << 1 | self.bit(place, channels, at + bit)?));
        (0..count).map(|index| byte(from + index * 8)).collect()
    }

    fn hidden(&self, place: BitChannels, channels: usize, packed: bool) -> Option<String> {
        let length = self.bytes(place, channels, SIGNATURE_ROWS, 4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize / 8;
        if length > MAX_TEXT_BYTES {
            return None;
        }
        let bytes = self.bytes(place, channels, SIGNATURE_ROWS + 32, length)?;
        let bytes = if packed { gunzip(&bytes)? } else { bytes };
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Decompresses a gzip file without verifying its checksums, because those of the pixels were verified.
fn gunzip(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let header = take(&mut bytes, 10)?;
    let flags = header[3];
    if header[..3] != [0x1f, 0x8b, 8] {
        return None;
    }
    if flags & 4 != 0 {
        let length = take(&mut bytes, 2)?;
        take(&mut bytes, usize::from(u16::from_le_bytes([length[0], length[1]])))?;
    }
    // A name and a comment, each up to a zero.
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = memchr::memchr(0, bytes)?;
            take(&mut bytes, end + 1)?;
        }
    }
    if flags & 2 != 0 {
        take(&mut bytes, 2)?;
    }
    miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, MAX_TEXT_BYTES).ok()
}
