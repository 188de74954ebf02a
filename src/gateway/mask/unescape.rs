//! Decodes one layer of escapes: HTML entities, percent-encoding, JSON and Markdown escapes.
//!
//! Invisible characters (controls, zero width, direction) are dropped, because they can separate the characters of a
//! secret.

use super::level::SourceByte;

/// The longest escape that is decoded, in bytes, such as `&#x0000000073;`.
const MAX_ESCAPE_BYTES: usize = 16;

/// HTML entities of characters that a secret may contain.
const HTML_ENTITIES: [(&str, u8); 41] = [
    ("AMP", b'&'),
    ("GT", b'>'),
    ("Hat", b'^'),
    ("LT", b'<'),
    ("NewLine", b'\n'),
    ("QUOT", b'"'),
    ("Tab", b'\t'),
    ("UnderBar", b'_'),
    ("amp", b'&'),
    ("apos", b'\''),
    ("ast", b'*'),
    ("bsol", b'\\'),
    ("colon", b':'),
    ("comma", b','),
    ("commat", b'@'),
    ("dollar", b'$'),
    ("equals", b'='),
    ("excl", b'!'),
    ("grave", b'`'),
    ("gt", b'>'),
    ("lbrace", b'{'),
    ("lbrack", b'['),
    ("lcub", b'{'),
    ("lowbar", b'_'),
    ("lpar", b'('),
    ("lsqb", b'['),
    ("lt", b'<'),
    ("nbsp", b' '),
    ("num", b'#'),
    ("percnt", b'%'),
    ("period", b'.'),
    ("plus", b'+'),
    ("quest", b'?'),
    ("quot", b'"'),
    ("rcub", b'}'),
    ("rpar", b')'),
    ("rsqb", b']'),
    ("semi", b';'),
    ("sol", b'/'),
    ("verbar", b'|'),
    ("vert", b'|'),
];
/// Entities that are also recognized without a semicolon. HTML itself does not recognize `&apos` so.
const UNTERMINATED_ENTITIES: [&str; 10] = ["AMP", "GT", "LT", "QUOT", "amp", "apos", "gt", "lt", "nbsp", "quot"];

/// The meaning of some bytes.
enum Escape {
    /// An escape of this length for these characters; `None` for an invisible one.
    Whole(usize, Option<char>),
    /// The start of an escape.
    Part,
    /// Not an escape.
    None,
}

/// Decodes one layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Unescaper {
    pending: Vec<SourceByte>,
}

impl Unescaper {
    /// Whether this byte is passed on unchanged if it is the next one.
    pub(super) fn leaves(&self, byte: u8) -> bool {
        self.pending.is_empty() && !begins(byte)
    }

    pub(super) fn push(&mut self, item: SourceByte, out: &mut Vec<SourceByte>) {
        self.pending.push(item);
        self.settle(false, out);
    }

    /// Ends the text.
    pub(super) fn finish(&mut self, out: &mut Vec<SourceByte>) {
        self.settle(true, out);
    }

    pub(super) fn pending(&self) -> Option<u64> {
        self.pending.first().map(|item| item.start)
    }

    fn settle(&mut self, last: bool, out: &mut Vec<SourceByte>) {
        while let Some(&first) = self.pending.first() {
            let bytes: Vec<u8> = self.pending.iter().map(|item| item.byte).collect();
            match escape(&bytes, last) {
                Escape::Part => return,
                Escape::None => {
                    out.push(first);
                    self.pending.remove(0);
                }
                Escape::Whole(used, character) => {
                    let end = self.pending[used - 1].end;
                    self.pending.drain(..used);
                    let mut utf8 = [0; 4];
                    let bytes = character.map_or(&[][..], |character| character.encode_utf8(&mut utf8).as_bytes());
                    out.extend(bytes.iter().map(|&byte| SourceByte { byte, start: first.start, end }));
                }
            }
        }
    }
}

/// Decodes one layer of a text.
pub(super) fn undone(text: &[u8]) -> Vec<u8> {
    let (mut decoder, mut items) = (Unescaper::default(), Vec::new());
    for (at, &byte) in text.iter().enumerate() {
        decoder.push(SourceByte { byte, start: at as u64, end: at as u64 + 1 }, &mut items);
    }
    decoder.finish(&mut items);
    items.into_iter().map(|item| item.byte).collect()
}

/// Whether an escape or an invisible character may start with this byte.
pub(super) fn begins(byte: u8) -> bool {
    matches!(byte, b'&' | b'%' | b'\\' | 0xC2 | 0xD8 | 0xE2 | 0xEF | 0x7F) || is_unseen_control(byte)
}

fn is_unseen_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
}

fn escape(bytes: &[u8], last: bool) -> Escape {
    let found = match bytes[0] {
        b'%' => digits(bytes, 1, 2, 16),
        b'\\' => backslash(bytes),
        b'&' => entity(bytes, last),
        0x7F => Escape::Whole(1, None),
        byte if is_unseen_control(byte) => Escape::Whole(1, None),
        byte if begins(byte) => unseen(bytes),
        _ => Escape::None,
    };
    match found {
        Escape::Part if last || bytes.len() >= MAX_ESCAPE_BYTES => Escape::None,
        found => found,
    }
}

/// Recognizes invisible characters, in UTF-8.
fn unseen(bytes: &[u8]) -> Escape {
    let length = if bytes[0] >= 0xE0 { 3 } else { 2 };
    if bytes.len() < length {
        return match bytes {
            [0xE2, second] if !matches!(second, 0x80 | 0x81) => Escape::None,
            [0xEF, second] if *second != 0xBB => Escape::None,
            _ => Escape::Part,
        };
    }
    let seen = std::str::from_utf8(&bytes[..length]).ok().and_then(|text| text.chars().next());
    match seen {
        Some(
            '\u{80}'..='\u{9F}'
            | '\u{AD}'
            | '\u{61C}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}',
        ) => Escape::Whole(length, None),
        _ => Escape::None,
    }
}

/// Parses a character number with exactly `count` digits.
fn digits(bytes: &[u8], from: usize, count: usize, radix: u32) -> Escape {
    let here = &bytes[from.min(bytes.len())..(from + count).min(bytes.len())];
    if !here.iter().all(|&byte| char::from(byte).is_digit(radix)) {
        Escape::None
    } else if here.len() < count {
        Escape::Part
    } else {
        Escape::Whole(from + count, Some(character(here, radix)))
    }
}

fn character(digits: &[u8], radix: u32) -> char {
    let number = digits
        .iter()
        .try_fold(0_u32, |number, &digit| number.checked_mul(radix)?.checked_add(char::from(digit).to_digit(radix)?));
    number.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn backslash(bytes: &[u8]) -> Escape {
    let Some(&kind) = bytes.get(1) else { return Escape::Part };
    match kind {
        b'u' => match bytes.get(2) {
            None => Escape::Part,
            Some(b'{') => {
                let inside = bytes[3..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                match bytes.get(3 + inside) {
                    None => Escape::Part,
                    Some(b'}') if inside > 0 => Escape::Whole(4 + inside, Some(character(&bytes[3..3 + inside], 16))),
                    Some(_) => Escape::None,
                }
            }
            Some(_) => digits(bytes, 2, 4, 16),
        },
        b'U' => digits(bytes, 2, 8, 16),
        b'x' => digits(bytes, 2, 2, 16),
        b'n' => Escape::Whole(2, Some('\n')),
        b'r' => Escape::Whole(2, Some('\r')),
        b't' => Escape::Whole(2, Some('\t')),
        b'b' | b'f' => Escape::Whole(2, None),
        other if other.is_ascii_punctuation() => Escape::Whole(2, Some(char::from(other))),
        _ => Escape::None,
    }
}

fn entity(bytes: &[u8], last: bool) -> Escape {
    let Some(&second) = bytes.get(1) else { return Escape::Part };
    if second == b'#' {
        let (from, radix) = match bytes.get(2) {
            None => return Escape::Part,
            Some(b'x' | b'X') => (3, 16),
            Some(_) => (2, 10),
        };
        let count = bytes[from..].iter().take_while(|&&byte| char::from(byte).is_digit(radix)).count();
        let number = || Some(character(&bytes[from..from + count], radix));
        return match bytes.get(from + count) {
            Some(b';') if count > 0 => Escape::Whole(from + count + 1, number()),
            None if !last && bytes.len() < MAX_ESCAPE_BYTES => Escape::Part,
            _ if count > 0 => Escape::Whole(from + count, number()),
            _ => Escape::None,
        };
    }
    let letters = bytes[1..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let name = &bytes[1..=letters];
    match bytes.get(1 + letters) {
        None if !last && bytes.len() < MAX_ESCAPE_BYTES && letters > 0 => return Escape::Part,
        Some(b';') => {
            if let Some((_, byte)) = HTML_ENTITIES.iter().find(|(known, _)| known.as_bytes() == name) {
                return Escape::Whole(letters + 2, Some(char::from(*byte)));
            }
        }
        _ => {}
    }
    let old = UNTERMINATED_ENTITIES.iter().find(|old| name.starts_with(old.as_bytes()));
    let found = old.and_then(|old| HTML_ENTITIES.iter().find(|(known, _)| known == old));
    found.map_or(Escape::None, |(known, byte)| Escape::Whole(known.len() + 1, Some(char::from(*byte))))
}
