//! Finds images in text that arrives in pieces: Markdown, HTML, data URLs, base64, links.
//!
//! The text is looked at once. What may be the beginning of an image is held back until it is clear what it is;
//! everything else goes on as text at once.

use memchr::{memchr2, memchr3};

use super::{
    signatures::{
        Rank, clean_address, is_base64, is_base64_byte, is_link, is_picture, may_be_base64, may_be_link, starts,
    },
    svg_end::SvgEnd,
};
use crate::gateway::reader::{
    image_slot::{ImageEnd, ImageSlot},
    parse::Base64Decoder,
};

/// An image's description, or an HTML tag before its address, may be this long.
pub(crate) const MAX_ALT_BYTES: usize = 32 * 1024;
/// So may what stands between `data:` and the comma.
pub(crate) const MAX_DATA_URL_HEADER_BYTES: usize = 200;
pub(crate) const MAX_LINK_BYTES: usize = 8 * 1024;
/// So many base64 characters on a new line are more base64 and not a word.
pub(crate) const MIN_CONTINUED_BASE64_CHARS: usize = 32;
/// So many base64 characters among words are an image and not an example.
pub(crate) const MIN_INLINE_BASE64_CHARS: usize = 48;
/// What stands before a drawing may be this long.
pub(crate) const MAX_SVG_PROLOGUE_BYTES: usize = 32 * 1024;
/// The type of a drawing.
pub(crate) const SVG_MIME: &str = "image/svg+xml";
/// Text within text is looked at again so many times; beyond this it is no markdown.
pub(crate) const MAX_RESCANS: u8 = 4;

/// Who is told of what is found.
pub(crate) trait ScanSink {
    /// Text that is no image; may begin or end within a UTF-8 sequence.
    fn text(&mut self, text: &[u8]);
    /// A link that may lead to an image.
    fn link(&mut self, url: &str, rank: Rank);
    /// An image begins.
    fn start(&mut self, mime: Option<&str>) -> ImageSlot;
    /// More of an image.
    fn bytes(&mut self, ticket: ImageSlot, bytes: &[u8]);
    /// The image is over.
    fn end(&mut self, ticket: ImageSlot, end: ImageEnd);
}

/// What a string is, as far as its place says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldHint {
    /// A data URL, a link or base64 that begins like an image, or text with such in it.
    Any,
    /// As [`Self::Any`], and base64 of an image whatever it begins with.
    Base64,
    /// Text that may hold an image anywhere.
    Text,
}

/// What surrounds a data URL or a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// `![…](` … `)`
    Markdown,
    /// `[…](` … `)`
    Reference,
    /// `<img src=` with this quote, or with none (0).
    Html(u8),
    /// Text.
    Bare,
    /// A string that is nothing else.
    Field,
    /// A string that is nothing else, and may be base64 as such.
    RawField,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// At the start of a text, where a link may be all there is.
    Begin,
    Plain,
    /// After `!`.
    Bang,
    /// Within an image's description in markdown, so many brackets deep.
    Alt(u16),
    /// After the bracket that ends it.
    Shut,
    /// Within the name of an HTML tag.
    Open,
    /// Within an HTML image tag, before its address.
    Tag(Attribute),
    /// After the address of an HTML image, up to the end of the tag.
    TagEnd(u8),
    /// Before or within the first characters of a target, which begins here in what is held.
    Target(usize),
    /// Within `data:` in plain text.
    Scheme,
    /// After `data:`, which begins here in what is held.
    Header(usize),
    /// Within data whose header does not say that it is an image.
    Doubtful,
    /// At the start of the data, where the header may come again.
    Payload,
    /// Within a header that came again.
    Repeated,
    /// After a line break in a bare data URL.
    Gap,
    /// At the start of the data of an address that says that it holds a drawing.
    Drawn,
    /// Within what stands before a drawing.
    Prologue,
    /// Within a drawing.
    Drawing,
    /// Within data that is not an image, or no longer.
    Skip,
    /// Between a markdown target and its closing parenthesis.
    Tail,
    /// Within a link, which begins here in what is held, so many parentheses deep.
    Link(usize, u16),
    /// Within a link at the start of a text.
    Alone,
    /// Within a word of plain text that may be a link.
    Word,
    /// Within a run that may be base64; at the start of a text its beginning is enough.
    Raw(bool),
    /// The rest is of no interest.
    Deaf,
}

/// The place in an HTML tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// Between attributes, or in a name that begins here.
    Name(usize),
    /// After `=`; whether the name was `src`.
    Equals(bool),
    /// In a value of no interest, with this quote or none (0).
    Value(u8),
}

/// The place in one text.
pub(crate) struct ImageScanner {
    pub(crate) state: State,
    pub(crate) frame: Frame,
    pub(crate) held: Vec<u8>,
    /// How often what is held has been looked at before.
    pub(crate) again: u8,
    /// The last characters of plain text, the newest at the end.
    pub(crate) tail: [u8; 3],
    /// Backticks in a row, and whether three of them have opened a code block.
    pub(crate) ticks: u8,
    pub(crate) fence: bool,
    pub(crate) mime: Option<String>,
    pub(crate) picture: Option<ImageSlot>,
    pub(crate) payload: Option<Box<Base64Decoder>>,
    pub(crate) drawing: Option<SvgEnd>,
}

const FRESH_CONTEXT: [u8; 3] = *b"\n\n\n";

impl ImageScanner {
    /// For text.
    pub fn new() -> Self {
        Self {
            state: State::Begin,
            frame: Frame::Bare,
            held: Vec::new(),
            again: 0,
            tail: FRESH_CONTEXT,
            ticks: 0,
            fence: false,
            mime: None,
            picture: None,
            payload: None,
            drawing: None,
        }
    }

    /// Makes ready for a string of this kind, which has this mime type.
    pub fn begin_field(&mut self, field: FieldHint, mime: Option<String>) {
        (self.frame, self.state) = match field {
            FieldHint::Any => (Frame::Field, State::Target(0)),
            FieldHint::Base64 => (Frame::RawField, State::Target(0)),
            FieldHint::Text => (Frame::Bare, State::Begin),
        };
        self.mime = mime;
        self.held.clear();
        self.forget_text();
    }

    /// Reads on.
    pub fn push(&mut self, mut text: &[u8], found: &mut impl ScanSink) {
        while let Some(&byte) = text.first() {
            let taken = match self.state {
                State::Plain => self.plain(text, found),
                State::Payload => self.payload(text, found),
                State::Drawing => self.drawing(text, found),
                State::Skip => self.skip(text),
                State::Deaf => return,
                _ => usize::from(self.step(byte, found)),
            };
            text = &text[taken..];
        }
    }

    /// The text is over; `complete` if its end came as it should.
    pub fn finish(&mut self, complete: bool, found: &mut impl ScanSink) {
        let end = if complete { ImageEnd::Complete } else { ImageEnd::Cut };
        match self.state {
            State::Payload | State::Repeated => self.close(end, found),
            State::Drawing => self.end_drawing(if complete { ImageEnd::Broken } else { ImageEnd::Cut }, found),
            State::Gap => {
                let word = self.held.trim_ascii();
                self.end_gap(word.len().is_multiple_of(4) || word.ends_with(b"="), complete, found);
            }
            State::Doubtful if is_base64(&self.held) => {
                self.begin_raw(found);
                self.close(end, found);
            }
            State::Target(start) if self.frame == Frame::RawField && start < self.held.len() => {
                self.begin_raw(found);
                self.close(end, found);
            }
            State::Link(start, _) if matches!(self.frame, Frame::Field | Frame::RawField) => {
                self.field_link(start, found);
            }
            State::Alone if !self.is_alone() => {
                self.give_up(found);
                return self.finish(complete, found);
            }
            State::Alone => {
                let held = std::mem::take(&mut self.held);
                found.link(&clean_address(String::from_utf8_lossy(held.trim_ascii()).trim()), Rank::Sure);
            }
            State::Link(..) if self.frame == Frame::Reference => self.word(found),
            State::Word => self.word(found),
            State::Alt(_) | State::Shut | State::Target(_) | State::Tag(_) | State::Link(..) if !self.is_field() => {
                // Unclosed, it is no image, but a data URL or a link may hide in it.
                self.look_again(MAX_RESCANS, found);
                return self.finish(complete, found);
            }
            _ if !self.is_field() => found.text(&self.held),
            _ => {}
        }
        self.held.clear();
        self.forget_text();
        self.state = State::Begin;
        self.frame = Frame::Bare;
        self.mime = None;
    }

    /// Whether an image has begun that has not ended.
    pub fn is_within_picture(&self) -> bool {
        self.picture.is_some()
    }

    /// Whether nothing has begun that later text may be a part of.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Begin | State::Plain)
    }

    pub(crate) fn is_field(&self) -> bool {
        matches!(self.frame, Frame::Field | Frame::RawField)
    }

    pub(crate) fn forget_text(&mut self) {
        self.tail = FRESH_CONTEXT;
        self.ticks = 0;
        self.fence = false;
    }

    /// Hands text on.
    pub(crate) fn say(&mut self, text: &[u8], found: &mut impl ScanSink) {
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
        self.say(&text[..length], found);
        let Some(&byte) = text.get(length) else { return length };
        let within_word = self.last().is_ascii_alphanumeric();
        let state = match byte {
            b'!' if self.again < MAX_RESCANS => State::Bang,
            b'<' if self.again < MAX_RESCANS => State::Open,
            b'h' | b'H' if within_word => State::Plain,
            b'h' | b'H' | b'/' if self.tail[1..] == *b"](" || self.tail == *b"](<" => State::Link(0, 0),
            b'h' | b'H' => State::Word,
            b'd' | b'D' => State::Scheme,
            b'!' | b'<' => State::Plain,
            _ if within_word || is_base64_byte(self.last()) || matches!(self.last(), b'.' | b'%') => State::Plain,
            _ => State::Raw(false),
        };
        if state == State::Plain {
            self.say(&[byte], found);
        } else {
            self.held.push(byte);
            self.frame = if matches!(state, State::Link(..)) { Frame::Reference } else { Frame::Bare };
            self.state = state;
        }
        length + 1
    }

    /// Looks at one byte; `false` if it has to be looked at again in another state.
    pub(crate) fn step(&mut self, byte: u8, found: &mut impl ScanSink) -> bool {
        match self.state {
            State::Begin => match byte {
                b'h' | b'H' => self.hold(byte, State::Alone),
                _ if byte.is_ascii_whitespace() => self.say(&[byte], found),
                _ if may_be_base64(&[byte]) => self.hold(byte, State::Raw(true)),
                _ => {
                    self.state = State::Plain;
                    return false;
                }
            },
            State::Raw(at_start) => {
                self.held.push(byte);
                let begins = is_base64(&self.held);
                let long = begins && is_base64_byte(byte) && (at_start || self.held.len() >= MIN_INLINE_BASE64_CHARS);
                if !may_be_base64(&self.held) || (begins && !long && !is_base64_byte(byte)) {
                    self.held.pop();
                    return self.give_up(found);
                }
                if long {
                    self.frame = Frame::Bare;
                    self.begin_raw(found);
                }
            }
            State::Bang if byte == b'[' => self.hold(byte, State::Alt(1)),
            State::Alt(_) | State::Tag(_) if self.held.len() > MAX_ALT_BYTES => {
                self.look_again(MAX_RESCANS, found);
                return false;
            }
            State::Alt(depth) => match byte {
                b'[' | b']' if self.held.last() == Some(&b'\\') => self.held.push(byte),
                b'[' => self.hold(byte, State::Alt(depth.saturating_add(1))),
                b']' if depth <= 1 => self.hold(byte, State::Shut),
                b']' => self.hold(byte, State::Alt(depth - 1)),
                _ => self.held.push(byte),
            },
            State::Shut if byte == b'(' => {
                self.frame = Frame::Markdown;
                self.hold(byte, State::Target(self.held.len() + 1));
            }
            State::Open => return self.open(byte, found),
            State::Tag(attribute) => return self.tag(byte, attribute, found),
            State::TagEnd(quote) => match (byte, quote) {
                (b'>', 0) | (b'\n', _) => self.state = State::Plain,
                (b'"' | b'\'', 0) => self.state = State::TagEnd(byte),
                _ if byte == quote => self.state = State::TagEnd(0),
                _ => {}
            },
            State::Target(start) => return self.target(byte, start, found),
            State::Scheme => {
                if !byte.eq_ignore_ascii_case(&b"data:"[self.held.len()]) {
                    return self.give_up(found);
                }
                let state = if byte == b':' { State::Header(0) } else { State::Scheme };
                self.hold(byte, state);
            }
            State::Header(start) => return self.header(byte, start, found),
            State::Doubtful => {
                self.held.push(byte);
                if is_base64(&self.held) {
                    self.begin_raw(found);
                } else if !may_be_base64(&self.held) {
                    self.held.clear();
                    self.state = State::Skip;
                    return false;
                }
            }
            State::Drawn if matches!(byte, b'<' | b'%') => {
                self.begin_drawing(true, found);
                return false;
            }
            State::Drawn => {
                self.state = State::Doubtful;
                return false;
            }
            State::Prologue => return self.prologue(byte, found),
            State::Repeated => return self.repeated(byte, found),
            State::Gap => return self.gap(byte, found),
            State::Tail => {
                if byte == b')' || byte == b'\n' {
                    self.state = State::Plain;
                }
            }
            State::Link(start, depth) => return self.within_link(byte, start, depth, found),
            State::Alone if self.held.len() > MAX_LINK_BYTES || !may_be_link(&self.held) => return self.give_up(found),
            State::Alone => {
                let after_blank = self.held.last().is_some_and(u8::is_ascii_whitespace);
                if after_blank && !byte.is_ascii_whitespace() && !self.may_go_on(byte) {
                    return self.give_up(found);
                }
                self.held.push(byte);
            }
            State::Word => return self.within_word(byte, found),
            _ => return self.give_up(found),
        }
        true
    }

    pub(crate) fn hold(&mut self, byte: u8, state: State) {
        self.held.push(byte);
        self.state = state;
    }

    /// What is held is no image. Returns `false`: the byte at hand is still to be looked at.
    pub(crate) fn give_up(&mut self, found: &mut impl ScanSink) -> bool {
        match self.frame {
            // Whatever else it is, an image may be in it.
            Frame::Field | Frame::RawField => {
                let held = std::mem::take(&mut self.held);
                self.state = State::Begin;
                self.frame = Frame::Bare;
                if is_link(&held) {
                    self.state = State::Plain;
                }
                self.push(&held, found);
            }
            _ if matches!(self.state, State::Scheme | State::Header(_) | State::Word | State::Raw(_) | State::Open) => {
                self.say_held(found);
            }
            _ => self.look_again(self.again + 1, found),
        }
        false
    }

    /// What is held is text.
    pub(crate) fn say_held(&mut self, found: &mut impl ScanSink) {
        let held = std::mem::take(&mut self.held);
        self.say(&held, found);
        self.state = State::Plain;
    }

    /// Looks at what is held once more: something may hide in what looked like something else.
    pub(crate) fn look_again(&mut self, again: u8, found: &mut impl ScanSink) {
        let held = std::mem::take(&mut self.held);
        let before = std::mem::replace(&mut self.again, again.min(MAX_RESCANS));
        let first = usize::from(held.first().is_some_and(|first| matches!(first, b'!' | b'<')));
        // At the start of a text, a link that is not alone is a word of it.
        self.state = State::Plain;
        self.frame = Frame::Bare;
        self.say(&held[..first], found);
        self.push(&held[first..], found);
        self.again = before;
    }

    /// After `<`: only an image's tag is of interest, and the beginning of a drawing.
    pub(crate) fn open(&mut self, byte: u8, found: &mut impl ScanSink) -> bool {
        if byte.is_ascii_whitespace() || byte == b'>' {
            if self.held == b"<svg" {
                self.begin_drawing(false, found);
                return false;
            }
            if self.held == b"<?xml" || self.held.eq_ignore_ascii_case(b"<!doctype") {
                self.hold(byte, State::Prologue);
                return true;
            }
        }
        let names: [&[u8]; 5] = [b"<img", b"<image", b"<svg", b"<?xml", b"<!doctype"];
        if (byte.is_ascii_whitespace() || byte == b'/')
            && names[..2].iter().any(|name| self.held.eq_ignore_ascii_case(name))
        {
            self.hold(byte, State::Tag(Attribute::Name(self.held.len() + 1)));
            return true;
        }
        self.held.push(byte);
        if names.iter().any(|name| starts(name, &self.held)) {
            return true;
        }
        self.held.pop();
        self.give_up(found)
    }

    pub(crate) fn header(&mut self, byte: u8, start: usize, found: &mut impl ScanSink) -> bool {
        let length = self.held.len() - start;
        let blank = byte == b' ' && self.held.ends_with(b";");
        let ends = byte.is_ascii_whitespace() || matches!(byte, b')' | b'"' | b'\'' | b'<' | b'>' | b'\\');
        if (ends && !blank) || length > MAX_DATA_URL_HEADER_BYTES {
            return self.give_up(found);
        }
        if byte != b',' {
            self.held.push(byte);
            return true;
        }
        let header = String::from_utf8_lossy(&self.held[start + "data:".len()..]).to_ascii_lowercase();
        let mime = header.strip_suffix("base64").unwrap_or(&header).split(';').next().unwrap_or_default().trim();
        let is_base64 = header.ends_with("base64");
        if !is_base64 && !mime.starts_with("image/") {
            return self.give_up(found);
        }
        self.held.clear();
        if is_base64 && is_picture(mime) {
            self.begin_picture((!mime.is_empty()).then_some(mime), found);
        } else {
            // The data itself tells.
            self.mime = None;
            self.state = if mime == SVG_MIME && !is_base64 { State::Drawn } else { State::Doubtful };
        }
        true
    }

    pub(crate) fn begin_picture(&mut self, mime: Option<&str>, found: &mut impl ScanSink) {
        match &mut self.payload {
            Some(payload) => payload.reset(),
            None => self.payload = Some(Box::new(Base64Decoder::new())),
        }
        self.picture = Some(found.start(mime));
        self.state = State::Payload;
    }

    pub(crate) fn close(&mut self, end: ImageEnd, found: &mut impl ScanSink) {
        let (Some(payload), Some(picture)) = (&mut self.payload, self.picture.take()) else { return };
        let whole = payload.finish(|bytes| found.bytes(picture, bytes));
        found.end(picture, if whole || end != ImageEnd::Complete { end } else { ImageEnd::Broken });
        self.tail = *b"  )";
    }

    pub(crate) fn skip(&mut self, text: &[u8]) -> usize {
        let stop = match self.frame {
            Frame::Markdown | Frame::Reference => memchr2(b')', b'"', text),
            Frame::Html(_) => memchr3(b'>', b'"', b'\'', text),
            Frame::Bare => memchr3(b' ', b'\n', b')', text),
            Frame::Field | Frame::RawField => None,
        };
        let Some(stop) = stop else { return text.len() };
        self.state = match self.frame {
            Frame::Html(_) => State::TagEnd(0),
            _ if text[stop] == b'"' => State::Tail,
            _ => State::Plain,
        };
        stop + usize::from(
            matches!(self.frame, Frame::Markdown | Frame::Reference | Frame::Html(_)) && text[stop] != b'>',
        )
    }
}

/// The character that the last of these bytes completes, and where it begins.
pub(crate) fn last_character(bytes: &[u8]) -> Option<(usize, char)> {
    let start = bytes.iter().rposition(|byte| byte & 0xc0 != 0x80)?;
    let text = std::str::from_utf8(&bytes[start..]).ok()?;
    text.chars().next().map(|character| (start, character))
}
