//! Finds images in text that arrives in chunks: Markdown, HTML, data URLs, base64, links.
//!
//! The text is read once. A possible start of an image is buffered until it is recognized; everything else is passed on
//! as text at once.

use memchr::{memchr2, memchr3};

use super::{
    signatures::{
        LinkRank, clean_address, is_base64, is_base64_byte, is_image, is_link, may_be_base64, may_be_link, starts,
    },
    svg_end::SvgEnd,
};
use crate::gateway::reader::{
    image_slot::{ImageEnd, ImageSlot},
    parse::Base64Decoder,
};

/// The longest description of an image, or HTML tag before its address, in bytes.
pub(crate) const MAX_ALT_BYTES: usize = 32 * 1024;
/// The longest text between `data:` and the comma, in bytes.
pub(crate) const MAX_DATA_URL_HEADER_BYTES: usize = 200;
pub(crate) const MAX_LINK_BYTES: usize = 8 * 1024;
/// The least number of base64 characters on a new line that continue base64 instead of being a word.
pub(crate) const MIN_CONTINUED_BASE64_CHARS: usize = 32;
/// The least number of base64 characters among words that are an image instead of an example.
pub(crate) const MIN_INLINE_BASE64_CHARS: usize = 48;
/// The longest text before the root element of an SVG, in bytes.
pub(crate) const MAX_SVG_PROLOGUE_BYTES: usize = 32 * 1024;
/// The MIME type of SVG.
pub(crate) const SVG_MIME: &str = "image/svg+xml";
/// How often text within text is scanned again. Deeper nesting is not Markdown.
pub(crate) const MAX_RESCANS: u8 = 4;

/// Receives the images, links and texts that are found.
pub(crate) trait ScanSink {
    /// Text without images; may begin or end within a UTF-8 sequence.
    fn text(&mut self, text: &[u8]);
    /// A link that may lead to an image.
    fn link(&mut self, url: &str, rank: LinkRank);
    /// An image starts.
    fn start(&mut self, mime: Option<&str>) -> ImageSlot;
    /// Bytes of an image.
    fn bytes(&mut self, ticket: ImageSlot, bytes: &[u8]);
    /// The image has ended.
    fn end(&mut self, ticket: ImageSlot, end: ImageEnd);
}

/// The kind of a string, according to its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldHint {
    /// A data URL, a link or base64 that starts like an image, or text that contains them.
    Any,
    /// Like [`Self::Any`], and base64 of an image whatever its start.
    Base64,
    /// Text that may contain an image anywhere.
    Text,
}

/// The surroundings of a data URL or a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkContext {
    /// `![…](` … `)`
    Markdown,
    /// `[…](` … `)`
    Reference,
    /// `<img src=` with this quote, or with none (0).
    Html(u8),
    /// Text.
    Bare,
    /// The whole string.
    Field,
    /// The whole string, which may be bare base64.
    RawField,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScanState {
    /// At the start of a text, where a link may be the whole text.
    Begin,
    Plain,
    /// After `!`.
    Bang,
    /// In the description of a Markdown image, at this depth of brackets.
    Alt(u16),
    /// After the bracket that ends the description.
    Shut,
    /// In the name of an HTML tag.
    Open,
    /// In an HTML image tag, before its address.
    Tag(Attribute),
    /// After the address of an HTML image, up to the end of the tag.
    TagEnd(u8),
    /// Before or in the first characters of a target, which starts at this offset of the held text.
    Target(usize),
    /// In `data:` in plain text.
    Scheme,
    /// After `data:`, which starts at this offset of the held text.
    Header(usize),
    /// In data whose header does not say that it is an image.
    Doubtful,
    /// At the start of the data, where the header may be repeated.
    Payload,
    /// In a repeated header.
    Repeated,
    /// After a line break in a bare data URL.
    Gap,
    /// At the start of the data of a URL whose header says that it is an SVG.
    Drawn,
    /// Before the root element of an SVG.
    Prologue,
    /// In an SVG.
    Drawing,
    /// In data that is not an image, or not any more.
    Skip,
    /// Between a Markdown target and its closing parenthesis.
    Tail,
    /// In a link, which starts at this offset of the held text, at this depth of parentheses.
    Link(usize, u16),
    /// In a link at the start of a text.
    Alone,
    /// In a word of plain text that may be a link.
    Word,
    /// In a run that may be base64; at the start of a text its signature is enough.
    Raw(bool),
    /// The rest is ignored.
    Deaf,
}

/// The position in an HTML tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// Between attributes, or in a name that starts at this offset.
    Name(usize),
    /// After `=`; whether the name was `src`.
    Equals(bool),
    /// In another value, with this quote or none (0).
    Value(u8),
}

/// The state of the scanner within one text.
pub(crate) struct ImageScanner {
    pub(crate) state: ScanState,
    pub(crate) frame: LinkContext,
    pub(crate) held: Vec<u8>,
    /// How often the held text was scanned before.
    pub(crate) again: u8,
    /// The last characters of plain text, the newest at the end.
    pub(crate) tail: [u8; 3],
    /// The number of backticks in a row, and whether three of them have opened a code block.
    pub(crate) ticks: u8,
    pub(crate) fence: bool,
    pub(crate) mime: Option<String>,
    pub(crate) image: Option<ImageSlot>,
    pub(crate) payload: Option<Box<Base64Decoder>>,
    pub(crate) drawing: Option<SvgEnd>,
}

const FRESH_CONTEXT: [u8; 3] = *b"\n\n\n";

impl ImageScanner {
    /// A scanner for text.
    pub fn new() -> Self {
        Self {
            state: ScanState::Begin,
            frame: LinkContext::Bare,
            held: Vec::new(),
            again: 0,
            tail: FRESH_CONTEXT,
            ticks: 0,
            fence: false,
            mime: None,
            image: None,
            payload: None,
            drawing: None,
        }
    }

    /// Prepares for a string of this kind and MIME type.
    pub fn begin_field(&mut self, field: FieldHint, mime: Option<String>) {
        (self.frame, self.state) = match field {
            FieldHint::Any => (LinkContext::Field, ScanState::Target(0)),
            FieldHint::Base64 => (LinkContext::RawField, ScanState::Target(0)),
            FieldHint::Text => (LinkContext::Bare, ScanState::Begin),
        };
        self.mime = mime;
        self.held.clear();
        self.forget_text();
    }

    /// Reads the next chunk.
    pub fn push(&mut self, mut text: &[u8], found: &mut impl ScanSink) {
        while let Some(&byte) = text.first() {
            let taken = match self.state {
                ScanState::Plain => self.plain(text, found),
                ScanState::Payload => self.payload(text, found),
                ScanState::Drawing => self.drawing(text, found),
                ScanState::Skip => self.skip(text),
                ScanState::Deaf => return,
                _ => usize::from(self.step(byte, found)),
            };
            text = &text[taken..];
        }
    }

    /// Ends the text; `complete` if it was not cut.
    pub fn finish(&mut self, complete: bool, found: &mut impl ScanSink) {
        let end = if complete { ImageEnd::Complete } else { ImageEnd::Cut };
        match self.state {
            ScanState::Payload | ScanState::Repeated => self.close(end, found),
            ScanState::Drawing => self.end_drawing(if complete { ImageEnd::Broken } else { ImageEnd::Cut }, found),
            ScanState::Gap => {
                let word = self.held.trim_ascii();
                self.end_gap(word.len().is_multiple_of(4) || word.ends_with(b"="), complete, found);
            }
            ScanState::Doubtful if is_base64(&self.held) => {
                self.begin_raw(found);
                self.close(end, found);
            }
            ScanState::Target(start) if self.frame == LinkContext::RawField && start < self.held.len() => {
                self.begin_raw(found);
                self.close(end, found);
            }
            ScanState::Link(start, _) if matches!(self.frame, LinkContext::Field | LinkContext::RawField) => {
                self.field_link(start, found);
            }
            ScanState::Alone if !self.is_alone() => {
                self.reject_held(found);
                return self.finish(complete, found);
            }
            ScanState::Alone => {
                let held = std::mem::take(&mut self.held);
                found.link(&clean_address(String::from_utf8_lossy(held.trim_ascii()).trim()), LinkRank::Sure);
            }
            ScanState::Link(..) if self.frame == LinkContext::Reference => self.word(found),
            ScanState::Word => self.word(found),
            ScanState::Alt(_) | ScanState::Shut | ScanState::Target(_) | ScanState::Tag(_) | ScanState::Link(..)
                if !self.is_field() =>
            {
                // Unclosed, it is not an image, but may contain a data URL or a link.
                self.rescan_held(MAX_RESCANS, found);
                return self.finish(complete, found);
            }
            _ if !self.is_field() => found.text(&self.held),
            _ => {}
        }
        self.held.clear();
        self.forget_text();
        self.state = ScanState::Begin;
        self.frame = LinkContext::Bare;
        self.mime = None;
    }

    /// Whether an image has begun and not ended.
    pub fn is_within_image(&self) -> bool {
        self.image.is_some()
    }

    /// Whether nothing is open that later text may continue.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, ScanState::Begin | ScanState::Plain)
    }

    pub(crate) fn is_field(&self) -> bool {
        matches!(self.frame, LinkContext::Field | LinkContext::RawField)
    }

    pub(crate) fn forget_text(&mut self) {
        self.tail = FRESH_CONTEXT;
        self.ticks = 0;
        self.fence = false;
    }

    /// Passes text on.
    pub(crate) fn emit_text(&mut self, text: &[u8], found: &mut impl ScanSink) {
        if text.is_empty() {
            return;
        }
        for &byte in &text[text.len().saturating_sub(3)..] {
            self.tail = [self.tail[1], self.tail[2], byte];
        }
        if self.ticks > 0 || memchr::memchr(b'`', text).is_some() {
            for &byte in text {
                self.ticks = if byte == b'`' { self.ticks.saturating_add(1) } else { 0 };
                self.fence ^= self.ticks == 3;
            }
        }
        found.text(text);
    }

    /// The last character of plain text.
    pub(crate) fn last(&self) -> u8 {
        self.tail[2]
    }

    pub(crate) fn plain(&mut self, text: &[u8], found: &mut impl ScanSink) -> usize {
        let opens = |byte: u8| {
            matches!(
                byte,
                b'd' | b'D'
                    | b'h'
                    | b'H'
                    | b'<'
                    | b'i'
                    | b'/'
                    | b'_'
                    | b'R'
                    | b'U'
                    | b'A'
                    | b'!'
                    | b'P'
                    | b'Q'
                    | b'S'
                    | b'T'
            )
        };
        let length = text.iter().position(|byte| opens(*byte)).unwrap_or(text.len());
        self.emit_text(&text[..length], found);
        let Some(&byte) = text.get(length) else { return length };
        let within_word = self.last().is_ascii_alphanumeric();
        let state = match byte {
            b'!' if self.again < MAX_RESCANS => ScanState::Bang,
            b'<' if self.again < MAX_RESCANS => ScanState::Open,
            b'h' | b'H' if within_word => ScanState::Plain,
            b'h' | b'H' | b'/' if self.tail[1..] == *b"](" || self.tail == *b"](<" => ScanState::Link(0, 0),
            b'h' | b'H' => ScanState::Word,
            b'd' | b'D' => ScanState::Scheme,
            b'!' | b'<' => ScanState::Plain,
            _ if within_word || is_base64_byte(self.last()) || matches!(self.last(), b'.' | b'%') => ScanState::Plain,
            _ => ScanState::Raw(false),
        };
        if state == ScanState::Plain {
            self.emit_text(&[byte], found);
        } else {
            self.held.push(byte);
            self.frame = if matches!(state, ScanState::Link(..)) { LinkContext::Reference } else { LinkContext::Bare };
            self.state = state;
        }
        length + 1
    }

    /// Reads one byte; `false` if it has to be read again in another state.
    pub(crate) fn step(&mut self, byte: u8, found: &mut impl ScanSink) -> bool {
        match self.state {
            ScanState::Begin => match byte {
                b'h' | b'H' => self.hold(byte, ScanState::Alone),
                _ if byte.is_ascii_whitespace() => self.emit_text(&[byte], found),
                _ if may_be_base64(&[byte]) => self.hold(byte, ScanState::Raw(true)),
                _ => {
                    self.state = ScanState::Plain;
                    return false;
                }
            },
            ScanState::Raw(at_start) => {
                self.held.push(byte);
                let begins = is_base64(&self.held);
                let long = begins && is_base64_byte(byte) && (at_start || self.held.len() >= MIN_INLINE_BASE64_CHARS);
                if !may_be_base64(&self.held) || (begins && !long && !is_base64_byte(byte)) {
                    self.held.pop();
                    return self.reject_held(found);
                }
                if long {
                    self.frame = LinkContext::Bare;
                    self.begin_raw(found);
                }
            }
            ScanState::Bang if byte == b'[' => self.hold(byte, ScanState::Alt(1)),
            ScanState::Alt(_) | ScanState::Tag(_) if self.held.len() > MAX_ALT_BYTES => {
                self.rescan_held(MAX_RESCANS, found);
                return false;
            }
            ScanState::Alt(depth) => match byte {
                b'[' | b']' if self.held.last() == Some(&b'\\') => self.held.push(byte),
                b'[' => self.hold(byte, ScanState::Alt(depth.saturating_add(1))),
                b']' if depth <= 1 => self.hold(byte, ScanState::Shut),
                b']' => self.hold(byte, ScanState::Alt(depth - 1)),
                _ => self.held.push(byte),
            },
            ScanState::Shut if byte == b'(' => {
                self.frame = LinkContext::Markdown;
                self.hold(byte, ScanState::Target(self.held.len() + 1));
            }
            ScanState::Open => return self.open(byte, found),
            ScanState::Tag(attribute) => return self.tag(byte, attribute, found),
            ScanState::TagEnd(quote) => match (byte, quote) {
                (b'>', 0) | (b'\n', _) => self.state = ScanState::Plain,
                (b'"' | b'\'', 0) => self.state = ScanState::TagEnd(byte),
                _ if byte == quote => self.state = ScanState::TagEnd(0),
                _ => {}
            },
            ScanState::Target(start) => return self.target(byte, start, found),
            ScanState::Scheme => {
                if !byte.eq_ignore_ascii_case(&b"data:"[self.held.len()]) {
                    return self.reject_held(found);
                }
                let state = if byte == b':' { ScanState::Header(0) } else { ScanState::Scheme };
                self.hold(byte, state);
            }
            ScanState::Header(start) => return self.header(byte, start, found),
            ScanState::Doubtful => {
                self.held.push(byte);
                if is_base64(&self.held) {
                    self.begin_raw(found);
                } else if !may_be_base64(&self.held) {
                    self.held.clear();
                    self.state = ScanState::Skip;
                    return false;
                }
            }
            ScanState::Drawn if matches!(byte, b'<' | b'%') => {
                self.begin_drawing(true, found);
                return false;
            }
            ScanState::Drawn => {
                self.state = ScanState::Doubtful;
                return false;
            }
            ScanState::Prologue => return self.prologue(byte, found),
            ScanState::Repeated => return self.repeated(byte, found),
            ScanState::Gap => return self.gap(byte, found),
            ScanState::Tail => {
                if byte == b')' || byte == b'\n' {
                    self.state = ScanState::Plain;
                }
            }
            ScanState::Link(start, depth) => return self.within_link(byte, start, depth, found),
            ScanState::Alone if self.held.len() > MAX_LINK_BYTES || !may_be_link(&self.held) => {
                return self.reject_held(found);
            }
            ScanState::Alone => {
                let after_blank = self.held.last().is_some_and(u8::is_ascii_whitespace);
                if after_blank && !byte.is_ascii_whitespace() && !self.may_go_on(byte) {
                    return self.reject_held(found);
                }
                self.held.push(byte);
            }
            ScanState::Word => return self.within_word(byte, found),
            _ => return self.reject_held(found),
        }
        true
    }

    pub(crate) fn hold(&mut self, byte: u8, state: ScanState) {
        self.held.push(byte);
        self.state = state;
    }

    /// The held text is not an image. Returns `false`, because the current byte has to be read again.
    pub(crate) fn reject_held(&mut self, found: &mut impl ScanSink) -> bool {
        match self.frame {
            // It may contain an image in any case.
            LinkContext::Field | LinkContext::RawField => {
                let held = std::mem::take(&mut self.held);
                self.state = ScanState::Begin;
                self.frame = LinkContext::Bare;
                if is_link(&held) {
                    self.state = ScanState::Plain;
                }
                self.push(&held, found);
            }
            _ if matches!(
                self.state,
                ScanState::Scheme | ScanState::Header(_) | ScanState::Word | ScanState::Raw(_) | ScanState::Open
            ) =>
            {
                self.emit_held(found);
            }
            _ => self.rescan_held(self.again + 1, found),
        }
        false
    }

    /// Passes the held text on.
    pub(crate) fn emit_held(&mut self, found: &mut impl ScanSink) {
        let held = std::mem::take(&mut self.held);
        self.emit_text(&held, found);
        self.state = ScanState::Plain;
    }

    /// Scans the held text again, because it may contain something else than it seemed to be.
    pub(crate) fn rescan_held(&mut self, again: u8, found: &mut impl ScanSink) {
        let held = std::mem::take(&mut self.held);
        let before = std::mem::replace(&mut self.again, again.min(MAX_RESCANS));
        let first = usize::from(held.first().is_some_and(|first| matches!(first, b'!' | b'<')));
        // At the start of a text, a link that is followed by text is an ordinary word.
        self.state = ScanState::Plain;
        self.frame = LinkContext::Bare;
        self.emit_text(&held[..first], found);
        self.push(&held[first..], found);
        self.again = before;
    }

    /// After `<`: only an image tag and the start of an SVG are of interest.
    pub(crate) fn open(&mut self, byte: u8, found: &mut impl ScanSink) -> bool {
        if byte.is_ascii_whitespace() || byte == b'>' {
            if self.held == b"<svg" {
                self.begin_drawing(false, found);
                return false;
            }
            if self.held == b"<?xml" || self.held.eq_ignore_ascii_case(b"<!doctype") {
                self.hold(byte, ScanState::Prologue);
                return true;
            }
        }
        let names: [&[u8]; 5] = [b"<img", b"<image", b"<svg", b"<?xml", b"<!doctype"];
        if (byte.is_ascii_whitespace() || byte == b'/')
            && names[..2].iter().any(|name| self.held.eq_ignore_ascii_case(name))
        {
            self.hold(byte, ScanState::Tag(Attribute::Name(self.held.len() + 1)));
            return true;
        }
        self.held.push(byte);
        if names.iter().any(|name| starts(name, &self.held)) {
            return true;
        }
        self.held.pop();
        self.reject_held(found)
    }

    pub(crate) fn header(&mut self, byte: u8, start: usize, found: &mut impl ScanSink) -> bool {
        let length = self.held.len() - start;
        let blank = byte == b' ' && self.held.ends_with(b";");
        let ends = byte.is_ascii_whitespace() || matches!(byte, b')' | b'"' | b'\'' | b'<' | b'>' | b'\\');
        if (ends && !blank) || length > MAX_DATA_URL_HEADER_BYTES {
            return self.reject_held(found);
        }
        if byte != b',' {
            self.held.push(byte);
            return true;
        }
        let header = String::from_utf8_lossy(&self.held[start + "data:".len()..]).to_ascii_lowercase();
        let mime = header.strip_suffix("base64").unwrap_or(&header).split(';').next().unwrap_or_default().trim();
        let is_base64 = header.ends_with("base64");
        if !is_base64 && !mime.starts_with("image/") {
            return self.reject_held(found);
        }
        self.held.clear();
        if is_base64 && is_image(mime) {
            self.begin_image((!mime.is_empty()).then_some(mime), found);
        } else {
            // The data itself decides.
            self.mime = None;
            self.state = if mime == SVG_MIME && !is_base64 { ScanState::Drawn } else { ScanState::Doubtful };
        }
        true
    }

    pub(crate) fn begin_image(&mut self, mime: Option<&str>, found: &mut impl ScanSink) {
        match &mut self.payload {
            Some(payload) => payload.reset(),
            None => self.payload = Some(Box::new(Base64Decoder::new())),
        }
        self.image = Some(found.start(mime));
        self.state = ScanState::Payload;
    }

    pub(crate) fn close(&mut self, end: ImageEnd, found: &mut impl ScanSink) {
        let (Some(payload), Some(image)) = (&mut self.payload, self.image.take()) else { return };
        let whole = payload.finish(|bytes| found.bytes(image, bytes));
        found.end(image, if whole || end != ImageEnd::Complete { end } else { ImageEnd::Broken });
        self.tail = *b"  )";
    }

    pub(crate) fn skip(&mut self, text: &[u8]) -> usize {
        let stop = match self.frame {
            LinkContext::Markdown | LinkContext::Reference => memchr2(b')', b'"', text),
            LinkContext::Html(_) => memchr3(b'>', b'"', b'\'', text),
            LinkContext::Bare => memchr3(b' ', b'\n', b')', text),
            LinkContext::Field | LinkContext::RawField => None,
        };
        let Some(stop) = stop else { return text.len() };
        self.state = match self.frame {
            LinkContext::Html(_) => ScanState::TagEnd(0),
            _ if text[stop] == b'"' => ScanState::Tail,
            _ => ScanState::Plain,
        };
        stop + usize::from(
            matches!(self.frame, LinkContext::Markdown | LinkContext::Reference | LinkContext::Html(_))
                && text[stop] != b'>',
        )
    }
}

/// The character that the last of these bytes completes, and its offset.
pub(crate) fn last_character(bytes: &[u8]) -> Option<(usize, char)> {
    let start = bytes.iter().rposition(|byte| byte & 0xc0 != 0x80)?;
    let text = std::str::from_utf8(&bytes[start..]).ok()?;
    text.chars().next().map(|character| (start, character))
}
