//! Limits on the size of an image, and the errors of decoding.

use crate::error_chain::Cause;

/// The largest image that is decoded. Checked against the header, before memory is allocated for pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// The longest side, in pixels.
    pub max_side: u32,
    /// Width times height.
    pub max_pixels: u64,
    /// The size of the decoded bitmap in bytes, four for each pixel.
    pub max_bytes: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self { max_side: 32_768, max_pixels: 1 << 28, max_bytes: 1 << 30 }
    }
}

impl ImageLimits {
    /// Fails if an image of this size has no pixels or exceeds the limits.
    pub(crate) fn check(&self, width: u32, height: u32) -> Result<(), ImageError> {
        if width == 0 || height == 0 {
            return Err(ImageError::Broken(format!("an image of {width}×{height} pixels").into()));
        }
        let pixels = u64::from(width) * u64::from(height);
        let fits = width.max(height) <= self.max_side
            && pixels <= self.max_pixels
            && pixels.saturating_mul(4) <= self.max_bytes;
        if fits { Ok(()) } else { Err(ImageError::TooLarge { width, height }) }
    }
}

/// The reason why decoding or encoding an image failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes are in none of the formats of [`crate::recipe::Format`].
    #[error("these bytes are no image in a format that can be opened here")]
    NotAnImage,
    /// The format is known, but the bytes are truncated or inconsistent.
    #[error("the image is broken: {0}")]
    Broken(#[source] Cause),
    /// The header requests more than the [`ImageLimits`] allow.
    #[error("an image of {width}×{height} pixels is too large")]
    TooLarge {
        /// The header's width, in pixels.
        width: u32,
        /// The header's height, in pixels.
        height: u32,
    },
    /// A valid image with features that this program, or the target format, does not support.
    #[error("not supported: {0}")]
    Unsupported(#[source] Cause),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_applies_independently() {
        let limits = ImageLimits { max_side: 100, max_pixels: 5_000, max_bytes: 8_000 };
        assert_eq!(limits.check(100, 20), Ok(()));
        assert_eq!(limits.check(101, 1), Err(ImageError::TooLarge { width: 101, height: 1 }));
        assert_eq!(limits.check(100, 21), Err(ImageError::TooLarge { width: 100, height: 21 }));
        let limits = ImageLimits { max_bytes: u64::MAX, ..limits };
        assert_eq!(limits.check(100, 50), Ok(()));
        assert_eq!(limits.check(100, 51), Err(ImageError::TooLarge { width: 100, height: 51 }));
        assert!(matches!(limits.check(0, 7), Err(ImageError::Broken(_))));
    }
}
