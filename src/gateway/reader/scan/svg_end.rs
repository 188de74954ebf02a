//! Finds the end of the root element in the source of an SVG.

/// An opening or closing tag of the counted element.
const OPENING_TAG: &[u8] = b"<svg";
const CLOSING_TAG: &[u8] = b"</svg";

/// The state of the reader within an SVG.
#[derive(Debug)]
pub(crate) struct SvgEnd {
    /// The number of open `svg` elements, which may be nested.
    depth: u32,
    /// The start of a possible tag of one.
    tag: Vec<u8>,
    /// Whether the reader is in an opening tag of one, and the previous byte.
    opening: bool,
    last: u8,
    /// Whether the bytes are percent-encoded, as in an address.
    escaped: bool,
    /// The start of an escape.
    escape: Vec<u8>,
    /// Bytes that were read and not passed on.
    ready: Vec<u8>,
}

impl SvgEnd {
    /// The state before the first byte.
    pub(crate) fn new(escaped: bool) -> Self {
        Self { depth: 0, tag: Vec::new(), opening: false, last: 0, escaped, escape: Vec::new(), ready: Vec::new() }
    }

    /// Reads the next chunk and passes on the bytes that belong to the SVG. Returns their number and whether the SVG
    /// has ended.
    pub(crate) fn push(&mut self, text: &[u8], mut out: impl FnMut(&[u8])) -> (usize, bool) {
        let mut over = false;
        let mut taken = 0;
        for &byte in text {
            taken += 1;
            over = self.unescape(byte);
            if over {
                break;
            }
        }
        if !self.ready.is_empty() {
            out(&self.ready);
            self.ready.clear();
        }
        (taken, over)
    }

    fn unescape(&mut self, byte: u8) -> bool {
        if !self.escaped || (self.escape.is_empty() && byte != b'%') {
            return self.read(byte);
        }
        self.escape.push(byte);
        let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
        match *self.escape.as_slice() {
            [_] => false,
            [_, high] if digit(high).is_some() => false,
            [_, high, low] if let (Some(high), Some(low)) = (digit(high), digit(low)) => {
                self.escape.clear();
                self.read(high << 4 | low)
            }
            // A percent sign of the SVG itself.
            _ => std::mem::take(&mut self.escape).into_iter().any(|byte| self.read(byte)),
        }
    }

    /// Reads a byte; whether the SVG ends with it.
    fn read(&mut self, byte: u8) -> bool {
        self.ready.push(byte);
        let last = std::mem::replace(&mut self.last, byte);
        if self.opening && byte == b'>' {
            self.opening = false;
            self.depth = self.depth.saturating_sub(u32::from(last == b'/'));
            return self.depth == 0;
        }
        if byte == b'<' {
            self.tag.clear();
            self.tag.push(byte);
            return false;
        }
        if self.tag.is_empty() {
            return false;
        }
        let ends = byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        if self.tag == CLOSING_TAG {
            if byte == b'>' {
                self.tag.clear();
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            if !byte.is_ascii_whitespace() {
                self.tag.clear();
            }
            return false;
        }
        if self.tag == OPENING_TAG && ends {
            self.depth += 1;
            self.tag.clear();
            self.opening = byte != b'>';
            return false;
        }
        self.tag.push(byte);
        if !OPENING_TAG.starts_with(&self.tag) && !CLOSING_TAG.starts_with(&self.tag) {
            self.tag.clear();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, escaped: bool) -> Option<(String, usize)> {
        let mut whole = None;
        // The result does not depend on the chunk size.
        for piece in [1, 3, text.len()] {
            let (mut drawing, mut bytes, mut at) = (SvgEnd::new(escaped), Vec::new(), 0);
            let mut over = false;
            for piece in text.as_bytes().chunks(piece) {
                let (taken, ended) = drawing.push(piece, |read| bytes.extend_from_slice(read));
                at += taken;
                over = ended;
                if over {
                    break;
                }
            }
            let read = over.then(|| (String::from_utf8(bytes).unwrap(), at));
            assert!(whole.is_none() || whole == Some(read.clone()));
            whole = Some(read);
        }
        whole.flatten()
    }

    #[test]
    fn svg_ends_with_its_root_element() {
        for (text, drawing) in [
            ("<svg><g/></svg> and more", "<svg><g/></svg>"),
            ("<svg a='1'><svg><a/></svg><b/></svg\n>.", "<svg a='1'><svg><a/></svg><b/></svg\n>"),
            ("<svg><svg x='1'/><a/></svg></svg>", "<svg><svg x='1'/><a/></svg>"),
            ("<svg><svga></svga></svg>", "<svg><svga></svga></svg>"),
        ] {
            assert_eq!(read(text, false), Some((drawing.to_owned(), drawing.len())));
        }
        assert_eq!(read("<svg><g></g>", false), None);
        let escaped = "%3Csvg width='100%' fill='%23f00'%3E%3C/svg%3E)";
        let drawing = "<svg width='100%' fill='#f00'></svg>".to_owned();
        assert_eq!(read(escaped, true), Some((drawing, escaped.len() - 1)));
    }
}
