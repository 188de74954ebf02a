//! The encodings of tables in text formats.

use std::{fmt, str::FromStr};

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, KOI8_R, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
};

/// Names of encodings that Windows and Python use and the Encoding Standard does not contain.
const ENCODING_ALIASES: [(&str, &Encoding); 10] = [
    ("cp932", SHIFT_JIS),
    ("cp936", GBK),
    ("cp949", EUC_KR),
    ("cp950", BIG5),
    ("big-5", BIG5),
    ("utf16", UTF_16LE),
    ("utf16le", UTF_16LE),
    ("utf16be", UTF_16BE),
    ("utf-16-le", UTF_16LE),
    ("utf-16-be", UTF_16BE),
];

/// An encoding of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(pub(super) &'static Encoding);

impl TextEncoding {
    /// The encodings that are offered, the most usual first. Others can be named.
    pub const OFFERED: [Self; 15] = [
        Self(UTF_8),
        Self(GBK),
        Self(BIG5),
        Self(SHIFT_JIS),
        Self(EUC_JP),
        Self(EUC_KR),
        Self(WINDOWS_1252),
        Self(WINDOWS_1250),
        Self(WINDOWS_1251),
        Self(WINDOWS_1253),
        Self(WINDOWS_1254),
        Self(KOI8_R),
        Self(MACINTOSH),
        Self(UTF_16LE),
        Self(UTF_16BE),
    ];

    /// The name, in the spelling of the Encoding Standard.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Decodes bytes, if all of them are valid in this encoding.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<String> {
        let (text, broken) = self.0.decode_with_bom_removal(bytes);
        (!broken).then(|| text.into_owned())
    }

    /// The same, if the text also contains no implausible characters.
    pub(super) fn decode_plausibly(self, bytes: &[u8]) -> Option<String> {
        let odd = |character: char| {
            character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{B}' | '\u{C}')
                || matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}')
        };
        self.decode(bytes).filter(|text| !text.contains(odd))
    }
}

impl fmt::Debug for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No encoding has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an encoding. Name one such as UTF-8, GBK, Big5, Shift_JIS, EUC-KR or windows-1252.")]
pub struct UnknownEncoding(String);

impl FromStr for TextEncoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let lower = name.trim().to_ascii_lowercase();
        let alias = ENCODING_ALIASES.iter().find(|(alias, _)| *alias == lower).map(|(_, encoding)| *encoding);
        // The replacement encoding cannot contain a table.
        let known = alias.or_else(|| Encoding::for_label_no_replacement(lower.as_bytes()));
        known.map(Self).ok_or_else(|| UnknownEncoding(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_found_by_common_names() {
        for (name, encoding) in [
            ("GB2312", GBK),
            ("cp936", GBK),
            ("big-5", BIG5),
            ("CP950", BIG5),
            ("sjis", SHIFT_JIS),
            ("cp932", SHIFT_JIS),
            ("cp949", EUC_KR),
            ("latin1", WINDOWS_1252),
            (" cp1252 ", WINDOWS_1252),
            ("utf8", UTF_8),
            ("utf-16", UTF_16LE),
            ("utf-16-be", UTF_16BE),
        ] {
            assert_eq!(name.parse(), Ok(TextEncoding(encoding)), "{name}");
        }
        for name in ["", "klingon", "replacement"] {
            assert!(name.parse::<TextEncoding>().is_err(), "{name}");
        }
        for offered in TextEncoding::OFFERED {
            assert_eq!(offered.name().parse(), Ok(offered));
        }
    }
}
