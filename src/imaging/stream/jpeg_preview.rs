//! Previews of a JPEG whose bytes have not all arrived.
//!
//! JPEG decoders cannot be suspended and resumed, so each preview starts from the beginning. Previews are taken at
//! lengths that grow by half each time: all of them together decode at most three times the bytes that have arrived.

use crate::imaging::{
    decode::jpeg_pixels,
    header::{JpegHeader, Probe, jpeg_first_scan, jpeg_header},
    pixels::{Channels, ImageError, guarded},
    resize::StreamingThumbnail,
};

/// The number of bytes that must have arrived before the first preview.
pub(crate) const FIRST_PREVIEW_BYTES: usize = 16 * 1024;
/// Larger images are displayed only when they are complete, because a preview would need too much memory.
const MAX_PREVIEWED_PIXELS: u64 = 1 << 25;
/// The number of pixels per byte that is assumed to be an upper limit before anything is known about an image.
const MAX_PIXELS_PER_BYTE: u64 = 64;
/// The value with which the decoder fills missing parts.
const MISSING_GRAY: u8 = 128;
/// The markers of sequential frames, which are coded from top to bottom, and of progressive ones, which become ever
/// sharper.
const BASELINE_MARKERS: [u8; 2] = [0xc0, 0xc1];
const PROGRESSIVE_MARKER: u8 = 0xc2;

/// Makes previews of a JPEG while it arrives.
pub struct JpegPreviews {
    probe: Probe,
    edge: u32,
    /// The number of bytes that the next preview needs; `None` if there will be none.
    next: Option<usize>,
    /// The thumbnail of final rows, and the number of rows that were added to it.
    bands: Option<(StreamingThumbnail, u32)>,
    /// The number of rows in the last preview, and the number of its bytes.
    last: Option<(u32, usize)>,
    pixels: Vec<u8>,
}

impl JpegPreviews {
    /// For an image of which nothing has arrived. The longer side of its thumbnail will be `edge` pixels at most.
    pub fn new(probe: Probe, edge: u32) -> Self {
        let small = u64::from(probe.width) * u64::from(probe.height) <= MAX_PREVIEWED_PIXELS;
        Self { probe, edge, next: small.then_some(FIRST_PREVIEW_BYTES), bands: None, last: None, pixels: Vec::new() }
    }

    /// Whether a preview of this many bytes would show more than the last one.
    pub fn wants(&self, length: usize) -> bool {
        self.next.is_some_and(|next| length >= next)
    }

    /// Decodes the rows that have arrived, and passes rows of the thumbnail to `out`: the index of the first one, and
    /// straight RGBA. The bytes are unchanged when it returns.
    pub fn update(&mut self, bytes: &mut [u8], out: impl FnMut(u32, &[u8])) {
        self.next = Some(bytes.len() + bytes.len() / 2);
        self.look_at(bytes, out);
        // Released while more bytes arrive, because their buffer may then grow and need twice its size.
        self.pixels = Vec::new();
    }

    fn look_at(&mut self, bytes: &mut [u8], out: impl FnMut(u32, &[u8])) {
        let Some(header) = jpeg_header(bytes) else { return };
        // A rotated image would have to be turned; such images are photographs.
        let upright = (header.width, header.height) == (self.probe.width, self.probe.height) && header.is_upright();
        let Some(planes) = jpeg_first_scan(bytes, &header) else { return };
        if BASELINE_MARKERS.contains(&header.frame) && planes == header.planes && upright {
            self.look_at_top(bytes, &header, out);
        } else if header.frame == PROGRESSIVE_MARKER && upright {
            self.look_through(bytes, &header, out);
        } else {
            self.next = None;
        }
    }

    /// Decodes a sequential image, whose rows arrive in order and are final.
    fn look_at_top(&mut self, bytes: &mut [u8], header: &JpegHeader, mut out: impl FnMut(u32, &[u8])) {
        // The decoder allocates all rows of the header, so its height is reduced.
        let expected = match self.last {
            Some((rows, length)) => u64::from(rows) * bytes.len() as u64 / length as u64 * 3 / 2,
            None => bytes.len() as u64 * MAX_PIXELS_PER_BYTE / u64::from(header.width),
        };
        let height = (expected + 4 * u64::from(header.block_rows)).min(u64::from(header.height)) as u32;
        let said = [bytes[header.height_at], bytes[header.height_at + 1]];
        bytes[header.height_at..header.height_at + 2].copy_from_slice(&(height as u16).to_be_bytes());
        let decoded = self.decode(bytes, (header.width, height));
        bytes[header.height_at..header.height_at + 2].copy_from_slice(&said);

        let Ok(pixels) = decoded else { return };
        let stride = header.width as usize * pixels.channels();
        // The last rows may depend on bits that have not arrived.
        let rows = written(&self.pixels, stride).saturating_sub(header.block_rows);
        self.last = Some((rows.max(1), bytes.len()));
        let (bands, done) = self.bands.get_or_insert_with(|| {
            (StreamingThumbnail::new(self.probe.width, self.probe.height, self.edge, pixels), 0)
        });
        for row in self.pixels.chunks_exact(stride).take(rows as usize).skip(*done as usize) {
            bands.push(row);
            *done += 1;
        }
        bands.take(1, &mut out);
    }

    /// Decodes a progressive image, all of whose rows arrive early and are refined later.
    fn look_through(&mut self, bytes: &[u8], header: &JpegHeader, mut out: impl FnMut(u32, &[u8])) {
        // Each preview takes nearly as long as the whole image.
        self.next = Some(bytes.len() * 2);
        let Ok(pixels) = self.decode(bytes, (header.width, header.height)) else { return };
        let stride = header.width as usize * pixels.channels();
        let rows = match written(&self.pixels, stride) {
            rows if rows == header.height => rows,
            rows => rows.saturating_sub(2 * header.block_rows),
        };
        let mut bands = StreamingThumbnail::new(self.probe.width, self.probe.height, self.edge, pixels);
        for row in self.pixels.chunks_exact(stride).take(rows as usize) {
            bands.push(row);
        }
        bands.take(1, &mut out);
    }

    /// Decodes the part of an image of this size that has arrived.
    fn decode(&mut self, bytes: &[u8], size: (u32, u32)) -> Result<Channels, ImageError> {
        guarded(|| jpeg_pixels(bytes, size, &mut self.pixels))
    }
}

/// The number of rows before the gray ones at the end. Rows that are really gray count as missing, which only means
/// that they are shown later.
fn written(pixels: &[u8], stride: usize) -> u32 {
    let gray = |row: &[u8]| row.iter().all(|byte| *byte == MISSING_GRAY);
    pixels.chunks_exact(stride).rposition(|row| !gray(row)).map_or(0, |last| last as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        imaging::{
            header::probe,
            pixels::{Bitmap, ImageLimits},
            resize::thumbnail,
            test_images::samples,
        },
        recipe::Format,
    };

    /// The visible part of the thumbnail, and the number of its rows.
    fn glimpse(bytes: &[u8], upto: &[usize], edge: u32) -> (Bitmap, usize) {
        let probe = probe(bytes, &ImageLimits::default()).unwrap();
        let (width, height) = crate::imaging::resize::fit_size(probe.width, probe.height, edge);
        let mut rgba = vec![0; width as usize * height as usize * 4];
        let mut previews = JpegPreviews::new(probe, edge);
        for length in upto {
            let mut arrived = bytes[..*length].to_vec();
            previews.update(&mut arrived, |first, rows| {
                let start = first as usize * width as usize * 4;
                rgba[start..start + rows.len()].copy_from_slice(rows);
            });
            assert!(arrived == bytes[..*length], "the bytes are left as they were");
        }
        let rows = rgba.chunks(width as usize * 4).take_while(|row| row[3] != 0).count();
        assert!(rgba[rows * width as usize * 4..].iter().all(|byte| *byte == 0), "nothing is drawn below");
        (Bitmap::new(width, height, rgba).unwrap(), rows)
    }

    /// The largest difference from the complete image in the first rows.
    fn difference(seen: &Bitmap, rows: usize, whole: &Bitmap) -> u8 {
        let end = rows * seen.width as usize * 4;
        seen.rgba[..end].iter().zip(&whole.rgba[..end]).map(|(one, other)| one.abs_diff(*other)).max().unwrap_or(0)
    }

    fn whole(bytes: &[u8], edge: u32) -> Bitmap {
        thumbnail(bytes, &ImageLimits::default(), edge).unwrap().thumbnail
    }

    #[test]
    fn preview_equals_the_top_of_the_whole_image() {
        for (name, bytes) in samples::jpegs(1024, 1024) {
            let whole = whole(&bytes, 128);
            for percent in [8, 30, 77] {
                let length = bytes.len() * percent / 100;
                let (seen, rows) = glimpse(&bytes, &[length], 128);
                assert!(rows * 100 >= 128 * (percent - 6) && rows < 128, "{name}: {rows} rows of {percent} %");
                assert_eq!(difference(&seen, rows, &whole), 0, "{name}, {percent} %");
            }
        }
    }

    #[test]
    fn each_preview_continues_after_the_previous_one() {
        for (name, bytes) in samples::jpegs(512, 2048) {
            let lengths: Vec<usize> = (1..20).map(|step| bytes.len() * step / 20).collect();
            let (seen, rows) = glimpse(&bytes, &lengths, 256);
            assert!(rows > 220, "{name}: {rows} rows");
            assert_eq!(difference(&seen, rows, &whole(&bytes, 256)), 0, "{name}");
        }
    }

    #[test]
    fn progressive_jpeg_is_previewed_completely_early() {
        let bytes = samples::progressive_jpeg(&samples::painting(1024, 1024));
        let (seen, rows) = glimpse(&bytes, &[bytes.len() / 2], 128);
        assert_eq!(rows, 128);
        let whole = whole(&bytes, 128);
        assert!(samples::mean_difference(&seen, &whole) < 6.0);
        let (_, rows) = glimpse(&bytes, &[bytes.len() / 40], 128);
        assert!(rows < 128, "{rows} rows of a first scan that has not come");
    }

    #[test]
    fn rotated_and_oversized_jpegs_have_no_preview() {
        let bytes = samples::turned_jpeg(&samples::painting(300, 200), 6);
        assert_eq!(glimpse(&bytes, &[bytes.len()], 64).1, 0);
        let huge = Probe { format: Format::Jpeg, width: 10_000, height: 10_000 };
        assert!(!JpegPreviews::new(huge, 64).wants(usize::MAX));
    }

    #[test]
    fn truncated_and_damaged_jpegs_do_not_panic() {
        for (_, mut bytes) in samples::jpegs(32, 48) {
            let probe = probe(&bytes, &ImageLimits::default()).unwrap();
            for end in (0..bytes.len()).step_by(3) {
                JpegPreviews::new(probe, 32).update(&mut bytes[..end], |_, _| {});
            }
            for at in (0..bytes.len()).step_by(3) {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x55;
                JpegPreviews::new(probe, 32).update(&mut damaged, |_, _| {});
            }
        }
    }
}
