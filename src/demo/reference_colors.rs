//! The colors that a painting takes from a reference image.

use std::io::Cursor;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use image::{ImageReader, Limits, imageops::FilterType};

use super::palette::{Rgb, ScenePalette};

/// The side of the copy from which colors are sampled, in pixels.
const SAMPLE_SIDE_PIXELS: u32 = 24;

/// The longest side of a reference that is decoded, in pixels.
const MAX_SIDE_PIXELS: u32 = 16_384;

/// The memory for decoding a reference at most, in bytes.
const MAX_DECODER_BYTES: u64 = 512 << 20;

/// The colors of a reference image, in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceColors {
    /// The mean of its upper third.
    pub top: [u8; 3],
    /// The mean of its middle.
    pub middle: [u8; 3],
    /// The mean of its lower third.
    pub bottom: [u8; 3],
    /// Its most colorful pixel.
    pub accent: [u8; 3],
}

impl ReferenceColors {
    /// Decodes a data URL. Errors are phrased like those of gateways.
    pub(super) fn read(url: &str) -> Result<Self, String> {
        let (_, data) = url.split_once(";base64,").ok_or("image_url is no data URL")?;
        let bytes = BASE64_STANDARD.decode(data).map_err(|error| format!("image_url is broken: {error}"))?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE_PIXELS);
        limits.max_image_height = Some(MAX_SIDE_PIXELS);
        limits.max_alloc = Some(MAX_DECODER_BYTES);
        let mut reader = ImageReader::new(Cursor::new(bytes));
        reader.limits(limits);
        let image = reader
            .with_guessed_format()
            .map_err(|error| error.to_string())
            .and_then(|reader| reader.decode().map_err(|error| error.to_string()));
        let image = image.map_err(|error| format!("image_url is no image: {error}"))?;
        let small = image.resize_exact(SAMPLE_SIDE_PIXELS, SAMPLE_SIDE_PIXELS, FilterType::Triangle).into_rgb8();
        let mean = |from: u32, to: u32| {
            let pixels = small.enumerate_rows().filter(|(row, _)| (from..to).contains(row)).flat_map(|(_, row)| row);
            let sums = pixels.fold([0_u32; 3], |sums, (.., pixel)| {
                std::array::from_fn(|channel| sums[channel] + u32::from(pixel.0[channel]))
            });
            sums.map(|sum| (sum / ((to - from) * SAMPLE_SIDE_PIXELS)) as u8)
        };
        let third = SAMPLE_SIDE_PIXELS / 3;
        let middle = mean(third, third * 2);
        Ok(Self {
            top: mean(0, third),
            middle,
            bottom: mean(third * 2, SAMPLE_SIDE_PIXELS),
            accent: small.pixels().map(|pixel| pixel.0).max_by_key(|pixel| chroma(*pixel)).unwrap_or(middle),
        })
    }

    /// A palette tinted with the colors of the image.
    pub(super) fn lend(&self, palette: ScenePalette, part: f32) -> ScenePalette {
        let [top, middle, bottom, accent] = [self.top, self.middle, self.bottom, self.accent].map(Rgb);
        ScenePalette {
            zenith: palette.zenith.mix(top, part),
            sky: palette.sky.mix(top.mix(middle, 0.5), part),
            haze: palette.haze.mix(middle.mix(Rgb::hex(0x00ff_ffff), 0.15), part),
            light: palette.light.mix(accent, part * 0.25),
            ground: palette.ground.mix(bottom.mix(Rgb::hex(0), 0.35), part),
            accent: palette.accent.mix(accent, part),
        }
    }
}

/// The distance of a color from gray.
fn chroma(pixel: [u8; 3]) -> u8 {
    let [r, g, b] = pixel;
    r.max(g).max(b) - r.min(g).min(b)
}
