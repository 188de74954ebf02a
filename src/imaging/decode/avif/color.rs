//! Converts luma and chroma to red, green and blue.

use super::frame::{Av1Frame, ColorDescription};
use crate::imaging::pixels::ImageError;

/// The meaning of the three planes.
enum Planes {
    /// Green, blue and red.
    Plain,
    /// Luma, and two differences between green and purple and between orange and blue.
    Ycgco,
    /// Luma, and the differences of blue and red from it. Red and blue have these shares of luma.
    Ycbcr { red: f32, blue: f32 },
}

impl Planes {
    fn of(matrix: u16) -> Result<Self, ImageError> {
        Ok(match matrix {
            0 => Self::Plain,
            1 => Self::Ycbcr { red: 0.2126, blue: 0.0722 },
            4 => Self::Ycbcr { red: 0.30, blue: 0.11 },
            7 => Self::Ycbcr { red: 0.212, blue: 0.087 },
            8 => Self::Ycgco,
            9 | 10 => Self::Ycbcr { red: 0.2627, blue: 0.0593 },
            // Unspecified, and the matrices of most photographs.
            2 | 3 | 5 | 6 => Self::Ycbcr { red: 0.299, blue: 0.114 },
            other => return Err(ImageError::Unsupported(format!("AVIF with colour matrix {other}").into())),
        })
    }
}

/// Scales samples to 0 to 1, and differences to a range around 0.
struct Scale {
    black: f32,
    brightness: f32,
    middle: f32,
    difference: f32,
}

impl Scale {
    fn of(depth: u32, full_range: bool) -> Self {
        let step = (1_u32 << (depth - 8)) as f32;
        let largest = ((1_u32 << depth) - 1) as f32;
        let middle = (1_u32 << (depth - 1)) as f32;
        if full_range {
            Self { black: 0.0, brightness: 1.0 / largest, middle, difference: 1.0 / largest }
        } else {
            Self { black: 16.0 * step, brightness: 1.0 / (219.0 * step), middle, difference: 1.0 / (224.0 * step) }
        }
    }

    fn brightness(&self, sample: u16) -> f32 {
        (f32::from(sample) - self.black) * self.brightness
    }

    fn difference(&self, sample: f32) -> f32 {
        (sample - self.middle) * self.difference
    }
}

fn byte(value: f32) -> u8 {
    (value * 255.0 + 0.5) as u8
}

/// Writes the colors of a frame into an image of this size, from this pixel on. Clips what is outside.
pub(crate) fn write_colors(
    frame: &Av1Frame,
    said: Option<ColorDescription>,
    (left, top): (usize, usize),
    (width, height): (usize, usize),
    rgba: &mut [u8],
) -> Result<(), ImageError> {
    // The color description of the file overrides that of the frame.
    let colors = said.unwrap_or(frame.colors);
    let scale = Scale::of(frame.depth, colors.full_range);
    let planes = Planes::of(colors.matrix)?;
    let columns = frame.width().min(width.saturating_sub(left));
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for y in 0..frame.height().min(height.saturating_sub(top)) {
        let start = ((top + y) * width + left) * 4;
        let pixels = rgba[start..start + columns * 4].as_chunks_mut::<4>().0;
        let row = frame.brightness(y);
        if frame.is_gray() {
            for (pixel, sample) in pixels.iter_mut().zip(row) {
                pixel[..3].fill(byte(scale.brightness(*sample)));
            }
            continue;
        }
        spread(frame, 0, y, &mut first);
        spread(frame, 1, y, &mut second);
        for (x, pixel) in pixels.iter_mut().enumerate() {
            let brightness = scale.brightness(row[x]);
            let (red, green, blue) = match planes {
                Planes::Plain => {
                    let plain = |sample: f32| (sample - scale.black) * scale.brightness;
                    (plain(second[x]), brightness, plain(first[x]))
                }
                Planes::Ycgco => {
                    let (green, orange) = (scale.difference(first[x]), scale.difference(second[x]));
                    let rest = brightness - green;
                    (rest + orange, brightness + green, rest - orange)
                }
                Planes::Ycbcr { red, blue } => {
                    let from_blue = 2.0 * (1.0 - blue) * scale.difference(first[x]);
                    let from_red = 2.0 * (1.0 - red) * scale.difference(second[x]);
                    let green = brightness - (blue * from_blue + red * from_red) / (1.0 - red - blue);
                    (brightness + from_red, green, brightness + from_blue)
                }
            };
            pixel[..3].copy_from_slice(&[byte(red), byte(green), byte(blue)]);
        }
    }
    Ok(())
}

/// Writes the alpha channel, which is the luma of a frame of its own.
pub(crate) fn write_alpha(frame: &Av1Frame, rgba: &mut [u8]) {
    let scale = Scale::of(frame.depth, frame.colors.full_range);
    let samples = (0..frame.height()).flat_map(|y| frame.brightness(y));
    for (pixel, sample) in rgba.as_chunks_mut::<4>().0.iter_mut().zip(samples) {
        pixel[3] = byte(scale.brightness(*sample));
    }
}

/// The values of one plane for every pixel of a row. Subsampled values are interpolated.
fn spread(frame: &Av1Frame, plane: usize, y: usize, out: &mut Vec<f32>) {
    let (across, down) = frame.shared();
    let near = frame.color(plane, y >> down);
    out.clear();
    if across == 0 {
        out.extend(near.iter().map(|sample| f32::from(*sample)));
        return;
    }
    // Samples are at the center of the pixels that share them: a quarter comes from the neighbor on the nearer side.
    let rows = frame.height().div_ceil(1 << down);
    let own = y >> down;
    let other = match (down, y & 1) {
        (0, _) => own,
        (_, 0) => own.saturating_sub(1),
        _ => (own + 1).min(rows - 1),
    };
    let far = frame.color(plane, other);
    let blended = |x: usize| f32::from(near[x]).mul_add(0.75, f32::from(far[x]) * 0.25);
    let last = near.len() - 1;
    out.extend((0..frame.width()).map(|x| {
        let own = x / 2;
        let other = if x & 1 == 0 { own.saturating_sub(1) } else { (own + 1).min(last) };
        blended(own).mul_add(0.75, blended(other) * 0.25)
    }));
}
