//! What is written in a picture's file beside its pixels: text chunks, EXIF, XMP, comments, and the recipe that a program
//! for making pictures has left there.
//!
//! Whatever the bytes are, nothing panics, and what is read is bounded.

mod containers;
mod exif;
mod iptc;
mod profile;
mod recipes;
mod stealth;
#[cfg(test)]
mod tests;
mod xmp;

use jiff::civil::DateTime;

use crate::recipe::ForeignRecipe;

/// Texts of a file that are looked at, at most.
const TEXTS: usize = 256;

/// Bytes of one text at most, as unpacked.
const LONGEST: usize = 4 << 20;

/// Bytes of all texts at most, as unpacked.
const ALL: usize = 16 << 20;

/// What is written in a file beside its pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Texts by their keys. The keys of PNG chunks are as they are; others are `exif:…`, `xmp:…`, `iptc:…` and `comment`.
    texts: Vec<(String, String)>,
    /// Bytes of all texts.
    bytes: usize,
    /// When the picture was taken, by the clock of whoever took it.
    taken: Option<DateTime>,
}

/// Reads what is written in a file beside its pixels; nothing of files that are no pictures.
pub fn metadata(bytes: &[u8]) -> Metadata {
    let mut metadata = Metadata::default();
    containers::read(bytes, &mut metadata);
    // Pixels are decoded only where nothing else says how the picture was made.
    if metadata.recipe().is_none() {
        stealth::read(bytes, &mut metadata);
    }
    metadata
}

impl Metadata {
    /// The text with a key, if there is one that is not empty. The first counts.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str())
    }

    /// When the picture was taken, by the clock of whoever took it.
    pub fn taken(&self) -> Option<DateTime> {
        self.taken
    }

    /// How the picture was made, if a program that makes pictures has said so and is understood.
    pub fn recipe(&self) -> Option<ForeignRecipe> {
        recipes::read(self)
    }

    /// Takes in the text of a file beside the picture in which a program may have left the recipe. What stands in the
    /// picture itself comes first.
    pub fn beside(&mut self, text: &str) {
        self.add(recipes::BESIDE, text);
    }

    /// The texts of files beside the picture.
    fn all_beside(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().filter(|(key, _)| key == recipes::BESIDE).map(|(_, text)| text.as_str())
    }

    /// Keeps a text if there is room.
    fn add(&mut self, key: &str, text: &str) {
        let text = text.trim_matches(|c: char| matches!(c, '\0' | '\u{feff}') || c.is_whitespace());
        let bytes = self.bytes + text.len();
        if !text.is_empty() && text.len() <= LONGEST && bytes <= ALL && self.texts.len() < TEXTS {
            self.texts.push((key.to_owned(), text.to_owned()));
            self.bytes = bytes;
        }
    }
}
