//! Base64 images within texts: their start, white space and repeated prefixes in them, and their end.

use memchr::{memchr2, memchr3};

use super::{
    image_scanner::{
        ImageScanner, LinkContext, MAX_DATA_URL_HEADER_BYTES, MIN_CONTINUED_BASE64_CHARS, ScanSink, ScanState,
    },
    signatures::is_base64_byte,
};
use crate::gateway::reader::image_slot::ImageEnd;

impl ImageScanner {
    /// The held characters turned out to be the start of base64.
    pub(crate) fn begin_raw(&mut self, found: &mut impl ScanSink) {
        let mime = self.mime.take();
        let held = std::mem::take(&mut self.held);
        self.begin_image(mime.as_deref(), found);
        let start = match self.frame {
            LinkContext::Markdown | LinkContext::Html(_) => {
                held.iter().rposition(|byte| !is_base64_byte(*byte)).map_or(0, |at| at + 1)
            }
            _ => 0,
        };
        let text = held[start..].trim_ascii_start().to_vec();
        self.push(&text, found);
    }

    pub(crate) fn payload(&mut self, text: &[u8], found: &mut impl ScanSink) -> usize {
        let (Some(payload), Some(image)) = (&mut self.payload, self.image) else {
            self.state = ScanState::Plain;
            return 0;
        };
        let stop = match self.frame {
            LinkContext::Markdown | LinkContext::Reference => memchr3(b')', b'"', b'>', text),
            LinkContext::Html(0) => memchr3(b' ', b'\n', b'>', text),
            LinkContext::Html(quote) => memchr2(quote, b'>', text),
            LinkContext::Bare => memchr3(b' ', b'\n', b')', text),
            LinkContext::Field | LinkContext::RawField => None,
        };
        let run = &text[..stop.unwrap_or(text.len())];
        let rest = payload.push(run, |bytes| found.bytes(image, bytes));
        if let Some(&byte) = rest.first() {
            let taken = run.len() - rest.len();
            // Some gateways put a header before data that already has one.
            if matches!(byte, b':' | b';' | b',') && payload.characters() < MAX_DATA_URL_HEADER_BYTES as u64 {
                payload.reset();
                self.held.clear();
                self.state = ScanState::Repeated;
                return taken;
            }
            let closes = matches!(byte, b'\'' | b'"' | b'`' | b'(' | b')' | b'>' | b'<' | b']' | b'}');
            match self.frame {
                LinkContext::Bare => {
                    self.close(ImageEnd::Complete, found);
                    self.state = ScanState::Plain;
                }
                frame => {
                    self.close(if closes { ImageEnd::Complete } else { ImageEnd::Broken }, found);
                    self.state = match frame {
                        LinkContext::Markdown if closes => ScanState::Tail,
                        LinkContext::Html(quote) => ScanState::TagEnd(quote),
                        _ => ScanState::Skip,
                    };
                }
            }
            return taken;
        }
        let Some(stop) = stop else { return text.len() };
        match (text[stop], self.frame) {
            (b'\n', LinkContext::Bare) if !payload.is_padded() => {
                self.held.clear();
                self.held.push(b'\n');
                self.state = ScanState::Gap;
                return stop + 1;
            }
            (byte, LinkContext::Markdown | LinkContext::Reference) => {
                self.close(ImageEnd::Complete, found);
                self.state = if byte == b')' { ScanState::Plain } else { ScanState::Tail };
                return stop + usize::from(byte == b')');
            }
            (byte, LinkContext::Html(quote)) => {
                self.close(ImageEnd::Complete, found);
                self.state = ScanState::TagEnd(if byte == quote { quote } else { 0 });
            }
            _ => {
                self.close(ImageEnd::Complete, found);
                self.state = ScanState::Plain;
            }
        }
        stop
    }

    /// In a header in place of the data, up to its comma.
    pub(crate) fn repeated(&mut self, byte: u8, found: &mut impl ScanSink) -> bool {
        let ends = byte.is_ascii_whitespace() || matches!(byte, b')' | b'"' | b'\'' | b'<' | b'>');
        if ends || self.held.len() > MAX_DATA_URL_HEADER_BYTES {
            self.held.clear();
            self.close(ImageEnd::Broken, found);
            self.state = match self.frame {
                LinkContext::Bare => ScanState::Plain,
                LinkContext::Html(_) => ScanState::TagEnd(0),
                _ => ScanState::Skip,
            };
            return false;
        }
        if byte == b',' {
            self.held.clear();
            self.state = ScanState::Payload;
        } else {
            self.held.push(byte);
        }
        true
    }

    pub(crate) fn gap(&mut self, byte: u8, found: &mut impl ScanSink) -> bool {
        if is_base64_byte(byte) {
            self.held.push(byte);
            if self.held.len() > MIN_CONTINUED_BASE64_CHARS {
                let held = std::mem::take(&mut self.held);
                self.state = ScanState::Payload;
                self.push(held.trim_ascii_start(), found);
            }
            return true;
        }
        let empty = self.held.len() == 1;
        if empty && matches!(byte, b'\r' | b'\n') {
            self.end_gap(false, true, found);
            return false;
        }
        let closed = matches!(byte, b')' | b'"' | b'`' | b'\'');
        // In a code block, a short line is the last one.
        let last_line = matches!(byte, b'\r' | b'\n') && (self.fence || self.held.ends_with(b"="));
        self.end_gap(closed || last_line, true, found);
        false
    }

    /// Ends a bare image after a line break; `belongs` if the short last line is still base64.
    pub(crate) fn end_gap(&mut self, belongs: bool, complete: bool, found: &mut impl ScanSink) {
        let held = std::mem::take(&mut self.held);
        let end = if complete { ImageEnd::Complete } else { ImageEnd::Cut };
        if belongs && let (Some(payload), Some(image)) = (&mut self.payload, self.image) {
            // Only base64 characters are held, and padding ends them.
            let rest = payload.push(&held, |bytes| found.bytes(image, bytes)).to_vec();
            self.close(end, found);
            self.emit_text(&rest, found);
            self.state = ScanState::Plain;
        } else {
            self.close(end, found);
            self.state = ScanState::Plain;
            self.push(&held, found);
        }
    }
}
