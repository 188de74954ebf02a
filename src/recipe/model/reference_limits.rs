//! The limits of a model on reference images, and how an image is converted to meet them.

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::recipe::images::Format;

/// Maximum total size of the images of one request, because gateways reject larger requests.
pub const MAX_REFERENCE_BYTES_PER_REQUEST: u64 = 20_000_000;

/// A set of image formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<FormatName>", into = "Vec<Format>")]
pub struct FormatSet(u16);

/// The stored name of a format. Names of later versions are ignored.
#[derive(Deserialize)]
#[serde(untagged)]
enum FormatName {
    Known(Format),
    Unknown(IgnoredAny),
}

/// Properties of an image file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    /// Format, detected from the bytes.
    pub format: Format,
    /// Width in pixels, after applying the orientation.
    pub width: u32,
    /// Height in pixels, after applying the orientation.
    pub height: u32,
    /// File size.
    pub bytes: u64,
    /// Whether the stored pixels need no rotation. Many models ignore the orientation tag.
    pub upright: bool,
}

/// The conversion that a reference needs before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredConversion {
    /// None: the file is sent byte for byte.
    Unchanged,
    /// Re-encoding in another format or orientation, with the same pixels.
    Reencode,
    /// Downscaling.
    Downscale,
}

impl FormatSet {
    /// The formats that every model supports.
    pub const USUAL: Self = Self::of(&[Format::Png, Format::Jpeg, Format::Webp]);
    /// The only format of an image with a mask.
    pub const PNG: Self = Self::of(&[Format::Png]);

    /// Creates a set.
    pub const fn of(formats: &[Format]) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < formats.len() {
            set |= 1 << formats[at] as u8;
            at += 1;
        }
        Self(set)
    }

    /// Whether the set contains a format.
    pub fn contains(self, format: Format) -> bool {
        self.0 & 1 << format as u8 != 0
    }
}

impl From<Vec<FormatName>> for FormatSet {
    fn from(formats: Vec<FormatName>) -> Self {
        let known = |named: &FormatName| match named {
            FormatName::Known(format) => Some(*format),
            FormatName::Unknown(IgnoredAny) => None,
        };
        Self::of(&formats.iter().filter_map(known).collect::<Vec<_>>())
    }
}

impl From<FormatSet> for Vec<Format> {
    fn from(formats: FormatSet) -> Self {
        Format::ALL.into_iter().filter(|format| formats.contains(*format)).collect()
    }
}

impl ReferenceLimits {
    /// The supported formats, or the usual ones if unknown.
    pub fn formats(&self) -> FormatSet {
        self.formats.unwrap_or(FormatSet::USUAL)
    }

    /// The limits of each of `count` images with `together` bytes in total: if that is too much for one request, each
    /// gets an equal share.
    #[must_use]
    pub fn shared_among(self, count: usize, together: u64) -> Self {
        if together <= MAX_REFERENCE_BYTES_PER_REQUEST {
            return self;
        }
        let share = MAX_REFERENCE_BYTES_PER_REQUEST / u64::try_from(count.max(1)).unwrap_or(u64::MAX);
        Self { bytes: Some(self.bytes.map_or(share, |bytes| bytes.min(share))), ..self }
    }

    /// The conversion that an image needs to meet the limits.
    pub fn required_conversion(&self, reference: &ImageInfo) -> RequiredConversion {
        let too_wide = self.side.is_some_and(|side| reference.width.max(reference.height) > side);
        if too_wide || self.bytes.is_some_and(|bytes| reference.bytes > bytes) {
            RequiredConversion::Downscale
        } else if !reference.upright || !self.formats().contains(reference.format) {
            RequiredConversion::Reencode
        } else {
            RequiredConversion::Unchanged
        }
    }
}

/// Limits of a model on reference images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferenceLimits {
    /// Maximum number of images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<usize>,
    /// Number of images up to which the model works well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<usize>,
    /// Maximum size of each file, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Maximum length of a side, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<u32>,
    /// Supported formats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formats: Option<FormatSet>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_within_the_limits_are_unchanged() {
        let photo = ImageInfo { format: Format::Jpeg, width: 4000, height: 3000, bytes: 5_000_000, upright: true };
        let none = ReferenceLimits::default();
        assert_eq!(none.required_conversion(&photo), RequiredConversion::Unchanged);
        assert_eq!(none.required_conversion(&ImageInfo { upright: false, ..photo }), RequiredConversion::Reencode);
        assert_eq!(none.required_conversion(&ImageInfo { format: Format::Gif, ..photo }), RequiredConversion::Reencode);
        let png = ReferenceLimits { formats: Some(FormatSet::PNG), ..none };
        assert_eq!(png.required_conversion(&photo), RequiredConversion::Reencode);
        assert_eq!(
            ReferenceLimits { bytes: Some(4_000_000), ..none }.required_conversion(&photo),
            RequiredConversion::Downscale
        );
        assert_eq!(
            ReferenceLimits { side: Some(3999), ..none }.required_conversion(&photo),
            RequiredConversion::Downscale
        );
        assert_eq!(
            ReferenceLimits { side: Some(4000), bytes: Some(5_000_000), ..none }.required_conversion(&photo),
            RequiredConversion::Unchanged
        );
    }

    #[test]
    fn bytes_of_one_request_are_shared_equally() {
        let limits = ReferenceLimits { bytes: Some(7_000_000), ..ReferenceLimits::default() };
        assert_eq!(limits.shared_among(3, MAX_REFERENCE_BYTES_PER_REQUEST).bytes, Some(7_000_000));
        assert_eq!(limits.shared_among(5, MAX_REFERENCE_BYTES_PER_REQUEST + 1).bytes, Some(4_000_000));
        assert_eq!(limits.shared_among(2, MAX_REFERENCE_BYTES_PER_REQUEST + 1).bytes, Some(7_000_000));
        assert_eq!(ReferenceLimits::default().shared_among(0, u64::MAX).bytes, Some(MAX_REFERENCE_BYTES_PER_REQUEST));
    }

    #[test]
    fn formats_are_written_as_a_list() {
        let formats: FormatSet = serde_json::from_str(r#"["png","webp"]"#).unwrap();
        assert!(formats.contains(Format::Webp) && !formats.contains(Format::Jpeg));
        assert_eq!(serde_json::to_string(&formats).unwrap(), r#"["png","webp"]"#);
        let newer: FormatSet = serde_json::from_str(r#"["png","holograph",7]"#).unwrap();
        assert_eq!(serde_json::to_string(&newer).unwrap(), r#"["png"]"#);
        let all = FormatSet::of(&Format::ALL);
        assert!(Format::ALL.iter().all(|format| all.contains(*format)));
    }
}
