//! The file formats that the library stores and shows.

use serde::{Deserialize, Serialize};

/// The formats that an image can be stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG/JFIF.
    Jpeg,
    /// WebP, lossy or lossless.
    Webp,
    /// GIF; the first frame is shown.
    Gif,
    /// AVIF; of a sequence the first frame is shown.
    Avif,
    /// JPEG XL; of an animation the first frame is shown.
    Jxl,
    /// Windows bitmap.
    Bmp,
    /// TIFF; the first page is shown.
    Tiff,
    /// SVG, which is rasterized when it is shown.
    Svg,
}

impl Format {
    /// Every format, in display order.
    pub const ALL: [Self; 9] =
        [Self::Png, Self::Jpeg, Self::Webp, Self::Gif, Self::Avif, Self::Jxl, Self::Bmp, Self::Tiff, Self::Svg];

    /// The usual file extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
            Self::Jxl => "jxl",
            Self::Bmp => "bmp",
            Self::Tiff => "tif",
            Self::Svg => "svg",
        }
    }

    /// The registered media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
            Self::Jxl => "image/jxl",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Svg => "image/svg+xml",
        }
    }

    /// Alternative file extensions.
    pub fn other_extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpeg", "jpe", "jfif", "pjpeg", "pjp"],
            Self::Bmp => &["dib"],
            Self::Tiff => &["tiff"],
            Self::Png | Self::Webp | Self::Gif | Self::Avif | Self::Jxl | Self::Svg => &[],
        }
    }

    /// Whether an extension, in any letter case, belongs to this format.
    pub fn is_named(self, extension: &str) -> bool {
        let mut extensions = self.other_extensions().iter().copied().chain([self.extension()]);
        extensions.any(|own| own.eq_ignore_ascii_case(extension))
    }

    /// The display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Avif => "AVIF",
            Self::Jxl => "JPEG XL",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Svg => "SVG",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_belongs_to_one_format() {
        for (extension, format) in
            [("JPG", Format::Jpeg), ("jfif", Format::Jpeg), ("TIFF", Format::Tiff), ("dib", Format::Bmp)]
        {
            let named: Vec<Format> = Format::ALL.into_iter().filter(|format| format.is_named(extension)).collect();
            assert_eq!(named, [format], "{extension}");
        }
        assert!(!Format::ALL.iter().any(|format| format.is_named("heic")));
    }
}
