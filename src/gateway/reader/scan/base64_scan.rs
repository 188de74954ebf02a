//! Base64 images within texts: their start, white space and repeated prefixes in them, and their end.

use memchr::{memchr2, memchr3};

use super::{
    image_scanner::{Frame, ImageScanner, MAX_DATA_URL_HEADER_BYTES, MIN_CONTINUED_BASE64_CHARS, ScanSink, State},
    signatures::is_base64_byte,
};
use crate::gateway::reader::image_slot::ImageEnd;

impl ImageScanner {
    /// The held characters turned out to be the start of base64.
    pub(crate) fn begin_raw(&mut self, found: &mut impl ScanSink) {
        let mime = self.mime.take();
        let held = std::mem::take(&mut self.held);
        self.begin_picture(mime.as_deref(), found);
        let start = match self.frame {
            Frame::Markdown | Frame::Html(_) => {
                held.iter().rposition(|byte| !is_base64_byte(*byte)).map_or(0, |at| at + 1)
            }
            _ => 0,
        };
        let text = held[start..].trim_ascii_start().to_vec();
        self.push(&text, found);
    }

    pub(crate) fn payload(&mut self, text: &[u8], found: &mut impl ScanSink) -> usize {
        let (Some(payload), Some(picture)) = (&mut self.payload, self.picture) else {
            self.state = State::Plain;
            return 0;
        };
        let stop = match self.frame {
            Frame::Markdown | Frame::Reference => memchr3(b')', b'"', b'>', text),
            Frame::Html(0) => memchr3(b' ', b'\n', b'>', text),
            Frame::Html(quote) => memchr2(quote, b'>', text),
            Frame::Bare => memchr3(b' ', b'\n', b')', text),
            Frame::Field | Frame::RawField => None,
        };
        let run = &text[..stop.unwrap_or(text.len())];
        let rest = payload.push(run, |bytes| found.bytes(picture, bytes));
        if let Some(&byte) = rest.first() {
            let taken = run.len() - rest.len();
            // Some gateways put a header before data that already has one.
            if matches!(byte, b':' | b';' | b',') && payload.characters() < MAX_DATA_URL_HEADER_BYTES as u64 {
                payload.reset();
                self.held.clear();
                self.state = State::Repeated;
                return taken;
            }
            let closes = matches!(byte, b'\'' | b'"' | b'`' | b'(' | b')' | b'>' | b'<' | b']' | b'}');
            match self.frame {
                Frame::Bare => {
                    self.close(ImageEnd::Complete, found);
                    self.state = State::Plain;
                }
                frame => {
                    self.close(if closes { ImageEnd::Complete } else { ImageEnd::Broken }, found);
                    self.state = match frame {
                        Frame::Markdown if closes => State::Tail,
                        Frame::Html(quote) => State::TagEnd(quote),
                        _ => State::Skip,
                    };
                }
            }
            return taken;
        }
        let Some(stop) = stop else { return text.len() };
        match (text[stop], self.frame) {
            (b'\n', Frame::Bare) if !payload.is_padded() => {
                self.held.clear();
                self.held.push(b'\n');
                self.state = State::Gap;
                return stop + 1;
            }
            (byte, Frame::Markdown | Frame::Reference) => {
                self.close(ImageEnd::Complete, found);
                self.state = if byte == b')' { State::Plain } else { State::Tail };
                return stop + usize::from(byte == b')');
            }
            (byte, Frame::Html(quote)) => {
                self.close(ImageEnd::Complete, found);
                self.state = State::TagEnd(if byte == quote { quote } else { 0 });
            }
            _ => {
                self.close(ImageEnd::Complete, found);
                self.state = State::Plain;
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
                Frame::Bare => State::Plain,
                Frame::Html(_) => State::TagEnd(0),
                _ => State::Skip,
            };
            return false;
        }
        if byte == b',' {
            self.held.clear();
            self.state = State::Payload;
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
                self.state = State::Payload;
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
        if belongs && let (Some(payload), Some(picture)) = (&mut self.payload, self.picture) {
            // Only base64 characters are held, and padding ends them.
            let rest = payload.push(&held, |bytes| found.bytes(picture, bytes)).to_vec();
            self.close(end, found);
            self.say(&rest, found);
            self.state = State::Plain;
        } else {
            self.close(end, found);
            self.state = State::Plain;
            self.push(&held, found);
        }
    }
}
