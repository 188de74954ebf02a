//! Decoded pixels.

/// A decoded image: straight (not premultiplied) RGBA, eight bits per channel, rows from the top without gaps.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
    /// Whether all pixels are opaque.
    pub opaque: bool,
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Millions of bytes would make the output useless.
        f.debug_struct("Bitmap")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("opaque", &self.opaque)
            .finish_non_exhaustive()
    }
}

impl Bitmap {
    /// A bitmap of these pixels, which are scanned for transparency.
    ///
    /// `None` if there are not `width * height * 4` bytes.
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        let bytes = u64::from(width).checked_mul(u64::from(height))?.checked_mul(4)?;
        (rgba.len() as u64 == bytes).then(|| {
            let opaque = is_opaque(&rgba);
            Self { width, height, rgba, opaque }
        })
    }

    /// The pixels in the form that a window toolkit needs: colors premultiplied by alpha, in the same order.
    pub fn premultiplied(self) -> Vec<u8> {
        let mut rgba = self.rgba;
        if !self.opaque {
            for pixel in rgba.as_chunks_mut::<4>().0 {
                let alpha = u16::from(pixel[3]);
                for color in &mut pixel[..3] {
                    *color = divided_by_255(u16::from(*color) * alpha);
                }
            }
        }
        rgba
    }

    /// Converts premultiplied colors to straight ones.
    pub(crate) fn divide_by_alpha(&mut self) {
        for pixel in self.rgba.as_chunks_mut::<4>().0 {
            let alpha = u16::from(pixel[3]);
            if alpha == 0 || alpha == 255 {
                continue;
            }
            for color in &mut pixel[..3] {
                *color = ((u16::from(*color) * 255 + alpha / 2) / alpha).min(255) as u8;
            }
        }
    }
}

/// `x / 255`, rounded to the nearest; exact for products of two bytes.
pub(crate) fn divided_by_255(x: u16) -> u8 {
    let x = u32::from(x) + 128;
    ((x + (x >> 8)) >> 8) as u8
}

/// Whether every pixel is opaque.
pub(crate) fn is_opaque(rgba: &[u8]) -> bool {
    // In blocks, because a loop that may stop at any pixel is not vectorized.
    rgba.chunks(4096).all(|block| block.as_chunks::<4>().0.iter().fold(255, |all, pixel| all & pixel[3]) == 255)
}

/// The mean color of the visible pixels, for the placeholder of an image while it loads.
///
/// The thumbnail has the same mean as the image and is read much faster.
/// Black if all pixels are transparent.
pub fn average_color(bitmap: &Bitmap) -> [u8; 3] {
    let pixels = bitmap.rgba.as_chunks::<4>().0;
    if bitmap.opaque && !pixels.is_empty() {
        let sums =
            pixels.iter().fold([0_u64; 3], |sums, pixel| std::array::from_fn(|at| sums[at] + u64::from(pixel[at])));
        let count = pixels.len() as u64;
        return sums.map(|sum| ((2 * sum + count) / (2 * count)) as u8);
    }
    let mut sums = [0_u64; 3];
    let mut weight = 0_u64;
    for [red, green, blue, alpha] in pixels {
        let alpha = u64::from(*alpha);
        sums[0] += u64::from(*red) * alpha;
        sums[1] += u64::from(*green) * alpha;
        sums[2] += u64::from(*blue) * alpha;
        weight += alpha;
    }
    sums.map(|sum| (sum + weight / 2).checked_div(weight).unwrap_or(0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bitmap_needs_the_exact_number_of_pixels() {
        assert!(Bitmap::new(2, 1, vec![0; 8]).is_some());
        assert!(Bitmap::new(2, 1, vec![0; 7]).is_none());
        assert!(Bitmap::new(u32::MAX, u32::MAX, vec![0; 8]).is_none());
    }

    #[test]
    fn bitmap_with_one_transparent_pixel_is_not_opaque() {
        let mut rgba = vec![255; 4 * 5000];
        assert!(Bitmap::new(5000, 1, rgba.clone()).unwrap().opaque);
        rgba[4 * 4999 + 3] = 254;
        assert!(!Bitmap::new(5000, 1, rgba).unwrap().opaque);
    }

    #[test]
    fn premultiplying_scales_color_by_alpha() {
        let straight = Bitmap::new(3, 1, vec![200, 100, 0, 128, 255, 255, 255, 0, 10, 20, 30, 255]).unwrap();
        assert_eq!(straight.premultiplied(), [100, 50, 0, 128, 0, 0, 0, 0, 10, 20, 30, 255]);
    }

    #[test]
    fn dividing_by_255_rounds_to_the_nearest() {
        for x in 0..=255 * 255_u16 {
            assert_eq!(divided_by_255(x), (f64::from(x) / 255.0).round() as u8, "{x}");
        }
    }

    #[test]
    fn average_color_ignores_transparent_pixels() {
        let bitmap = Bitmap::new(2, 1, vec![100, 0, 50, 255, 200, 100, 51, 255]).unwrap();
        assert_eq!(average_color(&bitmap), [150, 50, 51]);
        let half_hidden = Bitmap::new(2, 1, vec![100, 7, 50, 255, 200, 100, 51, 0]).unwrap();
        assert_eq!(average_color(&half_hidden), [100, 7, 50]);
        assert_eq!(average_color(&Bitmap::new(1, 1, vec![9, 9, 9, 0]).unwrap()), [0, 0, 0]);
    }
}
