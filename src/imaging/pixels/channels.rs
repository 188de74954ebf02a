//! The channels of decoded rows.

/// Pixels that are converted in the processor's cache before they are appended to a buffer.
const PIXELS_AT_ONCE: usize = 64;

/// Expands every three bytes to four, in the same buffer if it has space, because a copy of a large image would take
/// hundreds of megabytes more.
pub(crate) fn rgb_to_rgba(mut samples: Vec<u8>) -> Vec<u8> {
    let count = samples.len() / 3;
    samples.resize(count * 4, 255);
    for pixel in (0..count).rev() {
        let rgba = [samples[pixel * 3], samples[pixel * 3 + 1], samples[pixel * 3 + 2], 255];
        samples[pixel * 4..pixel * 4 + 4].copy_from_slice(&rgba);
    }
    samples
}

/// The channels of a decoded row, eight bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
}

impl Channels {
    /// The number of bytes per pixel.
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Appends a row to straight RGBA pixels.
    pub(crate) fn append_rgba(self, row: &[u8], rgba: &mut Vec<u8>) {
        match self {
            Self::Gray => rgba.extend(row.iter().flat_map(|&gray| [gray, gray, gray, 255])),
            Self::GrayAlpha => {
                rgba.extend(row.as_chunks::<2>().0.iter().flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]));
            }
            Self::Rgb => {
                rgba.reserve(row.len() / 3 * 4);
                // Converted in the processor's cache: the buffer is written once, not filled with alpha first.
                for pixels in row.as_chunks::<3>().0.chunks(PIXELS_AT_ONCE) {
                    let mut converted = [[255; 4]; PIXELS_AT_ONCE];
                    for (to, from) in converted.iter_mut().zip(pixels) {
                        to[..3].copy_from_slice(from);
                    }
                    rgba.extend_from_slice(converted[..pixels.len()].as_flattened());
                }
            }
            Self::Rgba => rgba.extend_from_slice(row),
        }
    }
}
