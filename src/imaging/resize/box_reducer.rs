//! Makes a thumbnail band by band while the rows of an image arrive.
//!
//! Each band computes the weights of all its columns again, so bands should be as large as the caller can wait for.

use fast_image_resize::Resizer;

use super::lanczos::{ResizeArea, fit_size};
use crate::imaging::pixels::{Channels, is_opaque};

/// Beyond 2⁸ the sums of a box would overflow.
const MAX_SHIFT: u32 = 8;

/// Reads rows of the image and outputs finished rows of the thumbnail.
///
/// First each box of 2ᵏ × 2ᵏ pixels is averaged to one cell, so that two to four cells remain per pixel of the
/// thumbnail's sides, which needs little memory and hardly any time. The cells are then scaled with Lanczos.
pub(crate) struct StreamingThumbnail {
    /// The size of the thumbnail.
    pub(crate) size: (u32, u32),
    image: (u32, u32),
    boxes: BoxFilter,
    /// Straight RGBA.
    cells: Vec<u8>,
    /// The number of rows of the thumbnail that were output.
    done: u32,
    band: Vec<u8>,
    resizer: Resizer,
}

impl StreamingThumbnail {
    /// For an image of this size; the longer side of the thumbnail is `edge` pixels at most.
    pub(crate) fn new(width: u32, height: u32, edge: u32, pixels: Channels) -> Self {
        let boxes = BoxFilter::new(width, shift(width.max(height), edge), pixels);
        let cells = boxes.cells_in(width) as usize * boxes.cells_in(height) as usize * 4;
        Self {
            size: fit_size(width, height, edge),
            image: (width, height),
            boxes,
            cells: Vec::with_capacity(cells),
            done: 0,
            band: Vec::new(),
            resizer: Resizer::new(),
        }
    }

    /// Adds the next row of the image.
    pub(crate) fn push(&mut self, row: &[u8]) {
        self.boxes.add(row);
        if self.boxes.shift == 0 {
            // Every pixel is a cell.
            self.boxes.pixels.append_rgba(row, &mut self.cells);
        } else if self.boxes.rows == self.image.1 || self.boxes.rows.is_multiple_of(1 << self.boxes.shift) {
            self.boxes.collapse(&mut self.cells);
        }
    }

    /// Passes the rows of the thumbnail that can be computed to `out` as a band: the index of its first row, and
    /// straight RGBA. Bands of fewer than `least` rows are output only at the end.
    pub(crate) fn take(&mut self, least: u32, out: impl FnOnce(u32, &[u8])) {
        let end = self.ready();
        if end > self.done && (end == self.size.1 || end - self.done >= least) {
            self.make(end);
            out(self.done, &self.band);
            self.done = end;
        }
    }

    /// Whether all pixels so far were opaque.
    pub(crate) fn opaque(&self) -> bool {
        self.boxes.opaque
    }

    /// The number of cells per row of the thumbnail, and the number of cell rows that affect one of its rows.
    fn scale_and_reach(&self) -> (f64, f64) {
        let scale = self.exact().1 / f64::from(self.size.1);
        (scale, 3.0 * scale.max(1.0))
    }

    /// Columns and rows of cells. The last ones may represent less than a whole box.
    fn exact(&self) -> (f64, f64) {
        let cell = f64::from(1 << self.boxes.shift);
        (f64::from(self.image.0) / cell, f64::from(self.image.1) / cell)
    }

    /// The row up to which the thumbnail can be computed.
    fn ready(&self) -> u32 {
        let here = self.cells.len() as u32 / (self.boxes.cells_in(self.image.0) * 4);
        if here == self.boxes.cells_in(self.image.1) {
            return self.size.1;
        }
        let (scale, reach) = self.scale_and_reach();
        // Not below zero while too few rows have arrived.
        (((f64::from(here) - reach) / scale) as u32).min(self.size.1)
    }

    /// Computes the band that ends before this row.
    fn make(&mut self, end: u32) {
        let width = self.size.0;
        let (scale, reach) = self.scale_and_reach();
        let exact = self.exact();
        let columns = self.boxes.cells_in(self.image.0);
        let top = f64::from(self.done) * scale;
        let bottom = (f64::from(end) * scale).min(exact.1);
        let first = (top - reach).floor().max(0.0) as u32;
        let needed = ((bottom + reach).ceil() as u32).min(self.boxes.cells_in(self.image.1));
        let row = columns as usize * 4;
        let rgba = &self.cells[first as usize * row..needed as usize * row];
        self.band.resize(width as usize * (end - self.done) as usize * 4, 0);
        ResizeArea {
            rgba,
            width: columns,
            height: needed - first,
            area: (0.0, top - f64::from(first), exact.0, bottom - top),
            opaque: self.boxes.opaque || is_opaque(rgba),
        }
        .resize(&mut self.resizer, &mut self.band, (width, end - self.done));
    }
}

/// The largest k that leaves at least two cells per pixel of the thumbnail.
fn shift(longest: u32, edge: u32) -> u32 {
    let wanted = u64::from(edge.max(1)) * 2;
    (0..MAX_SHIFT).take_while(|k| u64::from(longest >> (k + 1)) >= wanted).count() as u32
}

/// Averages rows to cells.
struct BoxFilter {
    shift: u32,
    pixels: Channels,
    /// The number of rows so far.
    rows: u32,
    opaque: bool,
    /// Column sums since the last row of cells, for images without alpha.
    plain: Vec<u16>,
    /// The same with alpha, where colors are weighted by alpha.
    weighted: Vec<u32>,
}

impl BoxFilter {
    fn new(width: u32, shift: u32, pixels: Channels) -> Self {
        let width = width as usize;
        let (plain, weighted) = match pixels {
            _ if shift == 0 => (0, 0),
            Channels::Gray => (width, 0),
            Channels::Rgb => (width * 3, 0),
            Channels::GrayAlpha => (0, width * 2),
            Channels::Rgba => (0, width * 4),
        };
        let (plain, weighted) = (vec![0; plain], vec![0; weighted]);
        Self { shift, pixels, rows: 0, opaque: true, plain, weighted }
    }

    /// The number of cells along a side of this many pixels.
    fn cells_in(&self, side: u32) -> u32 {
        side.div_ceil(1 << self.shift)
    }

    fn add(&mut self, row: &[u8]) {
        self.rows += 1;
        // Determined from the pixels, because the mean of a cell may round up to full alpha.
        self.opaque &= match self.pixels {
            Channels::Gray | Channels::Rgb => true,
            Channels::GrayAlpha => row.as_chunks::<2>().0.iter().all(|[_, alpha]| *alpha == 255),
            Channels::Rgba => is_opaque(row),
        };
        if self.shift == 0 {
            return;
        }
        match self.pixels {
            Channels::Gray | Channels::Rgb => {
                for (sum, byte) in self.plain.iter_mut().zip(row) {
                    *sum += u16::from(*byte);
                }
            }
            Channels::GrayAlpha => weigh::<2>(&mut self.weighted, row),
            Channels::Rgba => weigh::<4>(&mut self.weighted, row),
        }
    }

    /// Appends the cells of the rows that were added since the last call. Boxes of one pixel keep no sums: their rows are
    /// cells already.
    fn collapse(&mut self, cells: &mut Vec<u8>) {
        let rows = (self.rows - 1) % (1 << self.shift) + 1;
        let columns = 1 << self.shift;
        let sums = self.plain.len().max(self.weighted.len());
        let start = cells.len();
        cells.resize(start + (sums / self.pixels.channels()).div_ceil(columns) * 4, 255);
        let cells = cells[start..].as_chunks_mut::<4>().0;
        match self.pixels {
            Channels::Gray => mean::<1>(&self.plain, columns, rows, cells, |[gray]| [gray, gray, gray, 255]),
            Channels::Rgb => mean::<3>(&self.plain, columns, rows, cells, |[red, green, blue]| [red, green, blue, 255]),
            Channels::GrayAlpha => {
                weighted_mean::<2>(&self.weighted, columns, rows, cells, |[gray, alpha]| [gray, gray, gray, alpha]);
            }
            Channels::Rgba => weighted_mean::<4>(&self.weighted, columns, rows, cells, |pixel| pixel),
        }
        self.plain.fill(0);
        self.weighted.fill(0);
    }
}

/// Adds the colors of a row, multiplied by alpha, and the alpha values, which come last.
fn weigh<const N: usize>(sums: &mut [u32], row: &[u8]) {
    for (sums, pixel) in sums.as_chunks_mut::<N>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        let alpha = u32::from(pixel[N - 1]);
        for channel in 0..N - 1 {
            sums[channel] += u32::from(pixel[channel]) * alpha;
        }
        sums[N - 1] += alpha;
    }
}

/// Means of `columns` × `rows` pixels; fewer columns at the end of the row.
fn mean<const N: usize>(
    sums: &[u16],
    columns: usize,
    rows: u32,
    cells: &mut [[u8; 4]],
    rgba: impl Fn([u8; N]) -> [u8; 4],
) {
    // Nearly all boxes are whole, and have a power of two of pixels.
    let full = columns as u32 * rows;
    let shift = full.is_power_of_two().then_some(full.trailing_zeros());
    for (sums, cell) in sums.as_chunks::<N>().0.chunks(columns).zip(cells) {
        let mut total = [0_u32; N];
        for pixel in sums {
            for channel in 0..N {
                total[channel] += u32::from(pixel[channel]);
            }
        }
        *cell = rgba(match shift {
            Some(shift) if sums.len() == columns => total.map(|total| ((total + full / 2) >> shift) as u8),
            _ => total.map(|total| rounded(total, sums.len() as u32 * rows)),
        });
    }
}

/// The same with alpha, which comes last; the color of a cell is the mean of its visible pixels.
fn weighted_mean<const N: usize>(
    sums: &[u32],
    columns: usize,
    rows: u32,
    cells: &mut [[u8; 4]],
    rgba: impl Fn([u8; N]) -> [u8; 4],
) {
    for (sums, cell) in sums.as_chunks::<N>().0.chunks(columns).zip(cells) {
        let mut total = [0_u32; N];
        for pixel in sums {
            for channel in 0..N {
                total[channel] += pixel[channel];
            }
        }
        let weight = total[N - 1];
        let mut mean = total.map(|total| if weight == 0 { 0 } else { rounded(total, weight) });
        mean[N - 1] = rounded(weight, sums.len() as u32 * rows);
        *cell = rgba(mean);
    }
}

/// A rounded quotient; the means of bytes are bytes.
fn rounded(total: u32, count: u32) -> u8 {
    ((total + count / 2) / count) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{pixels::Bitmap, resize::lanczos::downscale, test_images::samples};

    /// The thumbnail of a bitmap whose rows are pushed one by one, in bands of at least `least` rows.
    fn banded(bitmap: &Bitmap, edge: u32, least: u32) -> Bitmap {
        let mut bands = StreamingThumbnail::new(bitmap.width, bitmap.height, edge, Channels::Rgba);
        let (width, height) = bands.size;
        let mut rgba = Vec::new();
        for row in bitmap.rgba.chunks(bitmap.width as usize * 4) {
            bands.push(row);
            bands.take(least, |first, rows| {
                assert_eq!(first as usize * width as usize * 4, rgba.len());
                rgba.extend_from_slice(rows);
            });
        }
        assert_eq!(bands.opaque(), bitmap.opaque);
        Bitmap::new(width, height, rgba).unwrap()
    }

    #[test]
    fn reducing_by_bands_equals_reducing_at_once() {
        for (width, height, edge) in [(300, 200, 100), (64, 64, 64), (50, 90, 256), (1000, 7, 40), (7, 1000, 40)] {
            for image in [samples::painting(width, height), samples::translucent(width, height)] {
                let plain = downscale(&image, edge);
                for least in [1, 3, 1000] {
                    let ours = banded(&image, edge, least);
                    assert_eq!((ours.width, ours.height), (plain.width, plain.height));
                    let tolerance = if width.max(height) / edge < 4 { 1 } else { 12 };
                    assert!(samples::largest_difference(&ours, &plain) <= tolerance, "{width}×{height} to {edge}");
                }
            }
        }
    }

    #[test]
    fn slight_transparency_is_not_rounded_away() {
        let mut image = samples::painting(64, 64);
        image.rgba[4 * 100 + 3] = 254;
        image.opaque = false;
        banded(&image, 4, 1);
    }

    #[test]
    fn boxes_leave_two_to_four_cells_per_pixel() {
        assert_eq!(shift(2047, 512), 0);
        assert_eq!(shift(2048, 512), 1);
        assert_eq!(shift(4096, 512), 2);
        assert_eq!(shift(32_768, 512), 5);
        assert_eq!(shift(32_768, 1), 8);
    }

    #[test]
    fn largest_box_of_white_stays_white() {
        let side = 1 << MAX_SHIFT;
        for pixels in [Channels::Rgb, Channels::Rgba] {
            let bytes = if pixels == Channels::Rgb { 3 } else { 4 };
            let mut boxes = BoxFilter::new(side, MAX_SHIFT, pixels);
            for _ in 0..side {
                boxes.add(&vec![255; side as usize * bytes]);
            }
            let mut cells = Vec::new();
            boxes.collapse(&mut cells);
            assert_eq!(cells, [255; 4]);
        }
    }
}
