//! The limits of a model on reference images, and how an image is converted to meet them.

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::recipe::images::Format;

/// Images that are sent with one request may have so many bytes together: gateways turn larger requests down.
pub const MAX_REFERENCE_BYTES_PER_REQUEST: u64 = 20_000_000;

/// Some of the formats that an image can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<FormatName>", into = "Vec<Format>")]
pub struct FormatSet(u16);

/// A format as it is written down. A newer version may know more of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum FormatName {
    Known(Format),
    Unknown(IgnoredAny),
}

/// What is known of a reference's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    /// Format found in the bytes.
    pub format: Format,
    /// Width in pixels, as shown.
    pub width: u32,
    /// Height in pixels, as shown.
    pub height: u32,
    /// Size of the file.
    pub bytes: u64,
    /// Whether its rows lie in the file as they are shown. Many models do not turn the others.
    pub upright: bool,
}

/// What has to be done to a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredConversion {
    /// Nothing: its file is sent along, byte for byte.
    Unchanged,
    /// It has to be re-encoded in another format or orientation, with the same pixels.
    Reencode,
    /// It has to be made smaller.
    Downscale,
}

impl FormatSet {
    /// What every model takes.
    pub const USUAL: Self = Self::of(&[Format::Png, Format::Jpeg, Format::Webp]);
    /// What an image with a mask has to be.
    pub const PNG: Self = Self::of(&[Format::Png]);

    /// These formats.
    pub const fn of(formats: &[Format]) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < formats.len() {
            set |= 1 << formats[at] as u8;
            at += 1;
        }
        Self(set)
    }

    /// Whether a format is one of them.
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
    /// The formats that are taken, as far as known.
    pub fn formats(&self) -> FormatSet {
        self.formats.unwrap_or(FormatSet::USUAL)
    }

    /// The same for each of several images that have so many bytes together: what would be too much for one request is
    /// shared out.
    #[must_use]
    pub fn shared_among(self, count: usize, together: u64) -> Self {
        if together <= MAX_REFERENCE_BYTES_PER_REQUEST {
            return self;
        }
        let share = MAX_REFERENCE_BYTES_PER_REQUEST / u64::try_from(count.max(1)).unwrap_or(u64::MAX);
        Self { bytes: Some(self.bytes.map_or(share, |bytes| bytes.min(share))), ..self }
    }

    /// What has to be done to a reference so that it is taken.
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

/// What a model takes of references.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferenceLimits {
    /// The greatest number of images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<usize>,
    /// The number up to which it works well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<usize>,
    /// The greatest size of each file, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The greatest length of a side, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<u32>,
    /// The formats that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formats: Option<FormatSet>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_as_it_is() {
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
    fn what_is_too_much_for_one_request_is_shared_out() {
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
