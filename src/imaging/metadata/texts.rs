//! The texts of a file's metadata, with limits on their number and size.

use jiff::civil::DateTime;

/// The number of texts of a file that are kept at most.
const MAX_TEXTS: usize = 256;

/// The longest text, decompressed, in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 4 << 20;

/// The size of all texts together at most, decompressed, in bytes.
const MAX_TOTAL_BYTES: usize = 16 << 20;

/// The key of texts from companion files.
const SIDECAR_KEY: &str = "beside";

/// The metadata of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Texts by key. Keys of PNG chunks are unchanged; others are `exif:…`, `xmp:…`, `iptc:…` and `comment`.
    pub(super) texts: Vec<(String, String)>,
    /// The size of all texts in bytes.
    pub(super) bytes: usize,
    /// The local time at which the image was taken.
    pub(super) taken: Option<DateTime>,
}

impl Metadata {
    /// The first text with a key that is not empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str())
    }

    /// The local time at which the image was taken.
    pub fn taken(&self) -> Option<DateTime> {
        self.taken
    }

    /// Adds the text of a companion file that may contain the recipe. Texts in the image itself have priority.
    pub fn beside(&mut self, text: &str) {
        self.add(SIDECAR_KEY, text);
    }

    /// The texts of companion files.
    pub(super) fn all_beside(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().filter(|(key, _)| key == SIDECAR_KEY).map(|(_, text)| text.as_str())
    }

    /// Keeps a text if the limits allow it.
    pub(super) fn add(&mut self, key: &str, text: &str) {
        let text = text.trim_matches(|c: char| matches!(c, '\0' | '\u{feff}') || c.is_whitespace());
        let bytes = self.bytes + text.len();
        if !text.is_empty() && text.len() <= MAX_TEXT_BYTES && bytes <= MAX_TOTAL_BYTES && self.texts.len() < MAX_TEXTS
        {
            self.texts.push((key.to_owned(), text.to_owned()));
            self.bytes = bytes;
        }
    }
}
