//! The texts of a file beside its pixels, with limits on their number and size.

use jiff::civil::DateTime;

/// Texts of a file that are looked at, at most.
const MAX_TEXTS: usize = 256;

/// Bytes of one text at most, as unpacked.
pub(super) const MAX_TEXT_BYTES: usize = 4 << 20;

/// Bytes of all texts at most, as unpacked.
const MAX_TOTAL_BYTES: usize = 16 << 20;

/// The key of what a program has written into a file beside the image.
const SIDECAR_KEY: &str = "beside";

/// What is written in a file beside its pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Texts by their keys. The keys of PNG chunks are as they are; others are `exif:…`, `xmp:…`, `iptc:…` and `comment`.
    pub(super) texts: Vec<(String, String)>,
    /// Bytes of all texts.
    pub(super) bytes: usize,
    /// When the image was taken, by the clock of whoever took it.
    pub(super) taken: Option<DateTime>,
}

impl Metadata {
    /// The text with a key, if there is one that is not empty. The first counts.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str())
    }

    /// When the image was taken, by the clock of whoever took it.
    pub fn taken(&self) -> Option<DateTime> {
        self.taken
    }

    /// Takes in the text of a file beside the image in which a program may have left the recipe. What stands in the
    /// image itself comes first.
    pub fn beside(&mut self, text: &str) {
        self.add(SIDECAR_KEY, text);
    }

    /// The texts of files beside the image.
    pub(super) fn all_beside(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().filter(|(key, _)| key == SIDECAR_KEY).map(|(_, text)| text.as_str())
    }

    /// Keeps a text if there is room.
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
