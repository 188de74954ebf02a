//! Scales bitmaps with a Lanczos3 filter.

use std::{array, f64::consts::PI, sync::LazyLock};

use fast_image_resize::{
    Filter, FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use crate::imaging::pixels::Bitmap;

/// The lobes of the filter on each side of its center: its support in pixels of the result.
const LOBES: usize = 3;

/// Values of the filter that are computed for each pixel of its support. Between them it is interpolated, which is exact to
/// 2 · 10⁻⁶; the weights of a pixel have 16 bits.
const STEPS_PER_LOBE: usize = 512;

/// Values of the filter from its center outward, and one beyond its end.
///
/// A resizer computes the weights of every column again for each band of an image. With two sines for each weight that
/// took a quarter of the time in which a thumbnail is made.
static KERNEL: LazyLock<[f64; LOBES * STEPS_PER_LOBE + 2]> =
    LazyLock::new(|| array::from_fn(|step| lanczos(step as f64 / STEPS_PER_LOBE as f64)));

/// The Lanczos kernel at a distance from its center, in pixels of the result.
fn lanczos(distance: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    if distance < LOBES as f64 { sinc(distance) * sinc(distance / LOBES as f64) } else { 0.0 }
}

/// The same as [`lanczos`], from the table.
fn tabulated_lanczos(distance: f64) -> f64 {
    let at = distance.abs() * STEPS_PER_LOBE as f64;
    let step = at as usize;
    match KERNEL.get(step..step.saturating_add(2)) {
        Some(&[before, after]) => before + (after - before) * (at - step as f64),
        _ => 0.0,
    }
}

/// The filter of every scaled image.
fn filter() -> FilterType {
    // The number of lobes is a support that cannot be refused.
    Filter::new("Lanczos3", tabulated_lanczos, LOBES as f64).map_or(FilterType::Lanczos3, FilterType::Custom)
}

/// A copy whose longer side is `edge` pixels long at most.
pub fn downscale(bitmap: &Bitmap, edge: u32) -> Bitmap {
    let (width, height) = fit_size(bitmap.width, bitmap.height, edge);
    scale(bitmap, width, height)
}

/// A copy of this size, without preserving the aspect ratio.
pub fn scale(bitmap: &Bitmap, width: u32, height: u32) -> Bitmap {
    let size = (width.max(1), height.max(1));
    if size == (bitmap.width, bitmap.height) {
        return bitmap.clone();
    }
    let part = ResizeArea {
        rgba: &bitmap.rgba,
        width: bitmap.width,
        height: bitmap.height,
        area: (0.0, 0.0, f64::from(bitmap.width), f64::from(bitmap.height)),
        opaque: bitmap.opaque,
    };
    let mut rgba = vec![0; size.0 as usize * size.1 as usize * 4];
    part.resize(&mut Resizer::new(), &mut rgba, size);
    Bitmap { width: size.0, height: size.1, rgba, opaque: bitmap.opaque }
}

/// The size of an image scaled down so that its longer side is `edge` pixels; never enlarged, never empty.
pub(crate) fn fit_size(width: u32, height: u32, edge: u32) -> (u32, u32) {
    let edge = u64::from(edge.max(1));
    let longest = u64::from(width.max(height));
    if longest <= edge {
        return (width, height);
    }
    let fit = |side: u32| ((u64::from(side) * edge + longest / 2) / longest).max(1) as u32;
    (fit(width), fit(height))
}

/// Some rows of an image and the area of them that is resized.
pub(crate) struct ResizeArea<'a> {
    pub(crate) rgba: &'a [u8],
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Left, top, width and height in pixels, which may be fractional. The surroundings affect the edges.
    pub(crate) area: (f64, f64, f64, f64),
    /// Whether alpha can be ignored.
    pub(crate) opaque: bool,
}

impl ResizeArea<'_> {
    /// Fills `rgba` with the area, resized to `size`.
    ///
    /// Leaves it unchanged if buffer and size do not match, which the callers exclude.
    pub(crate) fn resize(&self, resizer: &mut Resizer, rgba: &mut [u8], size: (u32, u32)) {
        let (left, top, width, height) = self.area;
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(filter()))
            .crop(left, top, width, height)
            .use_alpha(!self.opaque);
        let done = ImageRef::new(self.width, self.height, self.rgba, PixelType::U8x4).ok().and_then(|from| {
            let mut to = Image::from_slice_u8(size.0, size.1, rgba, PixelType::U8x4).ok()?;
            resizer.resize(&from, &mut to, &options).ok()
        });
        debug_assert!(done.is_some(), "buffers of {}×{} to {size:?}", self.width, self.height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::test_images::samples;

    #[test]
    fn table_equals_the_kernel() {
        let worst = (0..40_000)
            .map(|step| f64::from(step) / 10_000.0 - 0.5)
            .map(|distance| (tabulated_lanczos(distance) - lanczos(distance.abs())).abs())
            .fold(0.0, f64::max);
        assert!(worst < 2e-6, "off by {worst}");
        assert_eq!((tabulated_lanczos(0.0), tabulated_lanczos(-3.5), tabulated_lanczos(1e9)), (1.0, 0.0, 0.0));
    }

    #[test]
    fn longer_side_gets_the_requested_length() {
        assert_eq!(fit_size(2048, 1024, 512), (512, 256));
        assert_eq!(fit_size(1024, 2048, 512), (256, 512));
        assert_eq!(fit_size(1000, 333, 100), (100, 33));
        assert_eq!(fit_size(32_768, 1, 512), (512, 1));
        let small = downscale(&samples::painting(300, 200), 30);
        assert_eq!((small.width, small.height, small.rgba.len()), (30, 20, 30 * 20 * 4));
    }

    #[test]
    fn images_are_not_enlarged() {
        assert_eq!(fit_size(30, 20, 512), (30, 20));
        let image = samples::painting(30, 20);
        assert_eq!(downscale(&image, 512), image);
    }

    #[test]
    fn hidden_colors_do_not_bleed() {
        // Opaque red beside transparent green.
        let rgba = (0..64 * 64).flat_map(|i| if i % 64 < 32 { [255, 0, 0, 255] } else { [0, 255, 0, 0] }).collect();
        let small = downscale(&Bitmap::new(64, 64, rgba).unwrap(), 9);
        for pixel in small.rgba.as_chunks::<4>().0.iter().filter(|pixel| pixel[3] > 16) {
            assert!(pixel[0] > 240 && pixel[1] < 16, "{pixel:?}");
        }
    }
}
