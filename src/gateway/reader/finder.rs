//! Finding pictures in text that arrives in pieces: markdown, data URLs, links.
//!
//! The text is looked at once. What may be the beginning of a picture is held back until it is clear what it is;
//! everything else goes on as text at once.

use memchr::{memchr2, memchr3};

use super::{
    deliver::{End, Ticket},
    marks::{is_base64, is_link, is_picture, linked_picture, may_be_base64, may_be_link, starts},
    payload::Payload,
};

/// A markdown picture's description may be this long.
const MAX_ALT: usize = 1024;
/// So may what stands between `data:` and the comma.
const MAX_HEADER: usize = 200;
const MAX_LINK: usize = 8 * 1024;
/// So many base64 characters on a new line are more base64 and not a word.
const LONG_WORD: usize = 32;

/// Who is told of what is found.
pub(super) trait Found {
    /// Text that is no picture; may begin or end within a UTF-8 sequence.
    fn text(&mut self, text: &[u8]);
    /// A link to a picture.
    fn link(&mut self, url: &str);
    /// A picture begins.
    fn start(&mut self, mime: Option<&str>) -> Ticket;
    /// More of a picture.
    fn bytes(&mut self, ticket: Ticket, bytes: &[u8]);
    /// The picture is over.
    fn end(&mut self, ticket: Ticket, end: End);
}

/// What surrounds a data URL or a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// `![…](` … `)`
    Markdown,
    /// Text.
    Bare,
    /// A string that is nothing else.
    Field,
    /// A string that is nothing else, and may be base64 as such.
    RawField,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the start of a text, where a link may be all there is.
    Begin,
    Plain,
    /// After `!`.
    Bang,
    /// Within a markdown picture's description, so many brackets deep.
    Alt(u16),
    /// After the bracket that ends it.
    Shut,
    /// Before or within the first characters of a target, which begins here in what is held.
    Target(usize),
    /// Within `data:` in plain text.
    Scheme,
    /// After `data:`, which begins here in what is held.
    Header(usize),
    Payload,
    /// After a line break in a bare data URL.
    Gap,
    /// Within data that is not a picture, or no longer.
    Skip,
    /// Between a markdown target and its closing parenthesis.
    Tail,
    /// Within a link, which begins here in what is held.
    Link(usize),
    /// Within a link at the start of a text.
    Alone,
    /// After it, where only white space may follow.
    AloneEnd,
    /// Within a word of plain text that may be a link to a picture.
    Word,
    /// At the start of a text that may be base64 and nothing else.
    Raw,
    /// The rest is of no interest.
    Deaf,
}

/// The place in one text.
pub(super) struct Finder {
    state: State,
    frame: Frame,
    held: Vec<u8>,
    /// What is held has been looked at before, and is no markdown.
    again: bool,
    /// The last character of plain text, after which a word may begin.
    last: u8,
    mime: Option<String>,
    picture: Option<Ticket>,
    payload: Option<Box<Payload>>,
}

impl Finder {
    /// For text.
    pub fn new() -> Self {
        Self {
            state: State::Begin,
            frame: Frame::Bare,
            held: Vec::new(),
            again: false,
            last: b' ',
            mime: None,
            picture: None,
            payload: None,
        }
    }

    /// Makes ready for a string that is a data URL, a link or, if `raw`, base64 of a picture with this mime type.
    pub fn begin_field(&mut self, raw: bool, mime: Option<String>) {
        self.frame = if raw { Frame::RawField } else { Frame::Field };
        self.state = State::Target(0);
        self.mime = mime;
        self.held.clear();
    }

    /// Reads on.
    pub fn push(&mut self, mut text: &[u8], found: &mut impl Found) {
        while let Some(&byte) = text.first() {
            let taken = match self.state {
                State::Plain => self.plain(text, found),
                State::Payload => self.payload(text, found),
                State::Skip => self.skip(text),
                State::Deaf => return,
                _ => usize::from(self.step(byte, found)),
            };
            text = &text[taken..];
        }
    }

    /// The text is over; `complete` if its end came as it should.
    pub fn finish(&mut self, complete: bool, found: &mut impl Found) {
        match self.state {
            State::Payload => self.close(if complete { End::Complete } else { End::Cut }, found),
            State::Gap => {
                let word = self.held.trim_ascii();
                self.end_gap(word.len().is_multiple_of(4) || word.ends_with(b"="), complete, found);
            }
            State::Target(start) if self.frame == Frame::RawField && start < self.held.len() => {
                self.begin_raw(found);
                self.close(if complete { End::Complete } else { End::Cut }, found);
            }
            State::Link(start) if self.frame != Frame::Markdown => self.link(start, found),
            State::Alone | State::AloneEnd if is_link(&self.held) => self.link(0, found),
            State::Word => self.word(found),
            _ if self.frame == Frame::Bare || self.frame == Frame::Markdown => found.text(&self.held),
            _ => {}
        }
        self.held.clear();
        self.last = b' ';
        self.state = State::Begin;
        self.frame = Frame::Bare;
        self.mime = None;
    }

    /// Whether a picture has begun that has not ended.
    pub fn is_within_picture(&self) -> bool {
        self.picture.is_some()
    }

    /// Whether nothing has begun that later text may be a part of.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Begin | State::Plain)
    }

    fn plain(&mut self, text: &[u8], found: &mut impl Found) -> usize {
        let next = if self.again { memchr2(b'd', b'h', text) } else { memchr3(b'd', b'h', b'!', text) };
        let length = next.unwrap_or(text.len());
        if length > 0 {
            found.text(&text[..length]);
            self.last = text[length - 1];
        }
        let Some(&byte) = text.get(length) else { return length };
        if byte == b'h' && !(self.last.is_ascii_whitespace() || matches!(self.last, b'"' | b'<')) {
            found.text(b"h");
            self.last = b'h';
            return length + 1;
        }
        self.held.push(byte);
        self.frame = Frame::Bare;
        self.state = match byte {
            b'd' => State::Scheme,
            b'h' => State::Word,
            _ => State::Bang,
        };
        length + 1
    }

    /// Looks at one byte; `false` if it has to be looked at again in another state.
    fn step(&mut self, byte: u8, found: &mut impl Found) -> bool {
        match self.state {
            State::Begin => match byte {
                b'h' | b'H' => {
                    self.held.push(byte);
                    self.state = State::Alone;
                }
                _ if byte.is_ascii_whitespace() => found.text(&[byte]),
                _ if may_be_base64(&[byte]) => self.hold(byte, State::Raw),
                _ => {
                    self.state = State::Plain;
                    return false;
                }
            },
            State::Raw => {
                self.held.push(byte);
                if !may_be_base64(&self.held) {
                    self.held.pop();
                    return self.give_up(found);
                }
                if is_base64(&self.held) {
                    self.frame = Frame::Bare;
                    self.begin_raw(found);
                }
            }
            State::Bang if byte == b'[' => self.hold(byte, State::Alt(1)),
            State::Alt(_) if self.held.len() > MAX_ALT => return self.give_up(found),
            State::Alt(depth) => match byte {
                b'[' => self.hold(byte, State::Alt(depth.saturating_add(1))),
                b']' if depth <= 1 => self.hold(byte, State::Shut),
                b']' => self.hold(byte, State::Alt(depth - 1)),
                _ => self.held.push(byte),
            },
            State::Shut if byte == b'(' => {
                self.frame = Frame::Markdown;
                self.hold(byte, State::Target(self.held.len() + 1));
            }
            State::Target(start) => return self.target(byte, start, found),
            State::Scheme => {
                let expected = b"data:"[self.held.len()];
                if byte != expected {
                    return self.give_up(found);
                }
                let state = if expected == b':' { State::Header(0) } else { State::Scheme };
                self.hold(byte, state);
            }
            State::Header(start) => return self.header(byte, start, found),
            State::Gap => return self.gap(byte, found),
            State::Tail => {
                if byte == b')' || byte == b'\n' {
                    self.state = State::Plain;
                }
            }
            State::Link(start) => {
                let ends = match self.frame {
                    Frame::Markdown => byte == b')' || byte == b'>' || byte.is_ascii_whitespace(),
                    _ => byte.is_ascii_whitespace(),
                };
                if ends {
                    self.link(start, found);
                    self.state = match self.frame {
                        Frame::Markdown if byte == b')' => State::Plain,
                        Frame::Markdown => State::Tail,
                        _ => State::Deaf,
                    };
                } else if self.held.len() > MAX_LINK + MAX_ALT {
                    return self.give_up(found);
                } else {
                    self.held.push(byte);
                }
            }
            State::Alone if self.held.len() > MAX_LINK || !may_be_link(&self.held) => return self.give_up(found),
            State::Alone if byte.is_ascii_whitespace() => {
                let state = if is_link(&self.held) { State::AloneEnd } else { State::Alone };
                self.hold(byte, state);
            }
            State::Alone => self.held.push(byte),
            State::Word => {
                let whole = is_link(&self.held);
                let ends =
                    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b')' | b']' | b'`');
                self.held.push(byte);
                if self.held.len() > MAX_LINK || (ends && !whole) || !may_be_link(&self.held) {
                    self.held.pop();
                    return self.give_up(found);
                }
                if ends {
                    self.held.pop();
                    self.word(found);
                    return false;
                }
            }
            State::AloneEnd if byte.is_ascii_whitespace() && self.held.len() < MAX_LINK => self.held.push(byte),
            _ => return self.give_up(found),
        }
        true
    }

    fn hold(&mut self, byte: u8, state: State) {
        self.held.push(byte);
        self.state = state;
    }

    /// What is held is no picture. Returns `false`: the byte at hand is still to be looked at.
    fn give_up(&mut self, found: &mut impl Found) -> bool {
        let held = std::mem::take(&mut self.held);
        match self.frame {
            Frame::Field | Frame::RawField => self.state = State::Deaf,
            _ if matches!(self.state, State::Scheme | State::Header(_) | State::Word) || self.again => {
                found.text(&held);
                self.last = held.last().copied().unwrap_or(self.last);
                self.state = State::Plain;
            }
            // A data URL may hide in what looked like something else.
            _ => {
                self.state = State::Plain;
                self.frame = Frame::Bare;
                self.again = true;
                self.push(&held, found);
                self.again = false;
            }
        }
        false
    }

    fn target(&mut self, byte: u8, start: usize, found: &mut impl Found) -> bool {
        if self.held.len() <= start && (byte.is_ascii_whitespace() || byte == b'<') {
            self.hold(byte, State::Target(self.held.len() + 1));
            return self.held.len() < MAX_ALT * 2 || self.give_up(found);
        }
        self.held.push(byte);
        let target = &self.held[start..];
        if target.eq_ignore_ascii_case(b"data:") {
            self.state = State::Header(start);
        } else if is_link(target) {
            self.state = State::Link(start);
        } else if !may_be_link(target) && !starts(b"data:", target) {
            if self.frame == Frame::RawField || is_base64(target) {
                self.begin_raw(found);
            } else if self.frame == Frame::Markdown || !may_be_base64(target) {
                self.held.pop();
                return self.give_up(found);
            }
        }
        true
    }

    fn header(&mut self, byte: u8, start: usize, found: &mut impl Found) -> bool {
        let length = self.held.len() - start;
        if byte.is_ascii_whitespace() || matches!(byte, b')' | b'"' | b'<' | b'>') || length > MAX_HEADER {
            return self.give_up(found);
        }
        if byte != b',' {
            self.held.push(byte);
            return true;
        }
        let header = String::from_utf8_lossy(&self.held[start + "data:".len()..]).to_ascii_lowercase();
        let Some(mime) = header.strip_suffix("base64").map(|rest| rest.split(';').next().unwrap_or_default().trim())
        else {
            return self.give_up(found);
        };
        self.held.clear();
        if is_picture(mime) {
            self.begin_picture((!mime.is_empty()).then_some(mime), found);
        } else {
            self.state = State::Skip;
        }
        true
    }

    fn begin_picture(&mut self, mime: Option<&str>, found: &mut impl Found) {
        match &mut self.payload {
            Some(payload) => payload.reset(),
            None => self.payload = Some(Box::new(Payload::new())),
        }
        self.picture = Some(found.start(mime));
        self.state = State::Payload;
    }

    /// What is held turned out to be the first characters of base64.
    fn begin_raw(&mut self, found: &mut impl Found) {
        let mime = self.mime.take();
        let held = std::mem::take(&mut self.held);
        self.begin_picture(mime.as_deref(), found);
        self.payload(held.trim_ascii_start(), found);
    }

    fn payload(&mut self, text: &[u8], found: &mut impl Found) -> usize {
        let (Some(payload), Some(picture)) = (&mut self.payload, self.picture) else {
            self.state = State::Plain;
            return 0;
        };
        let stop = match self.frame {
            Frame::Markdown => memchr3(b')', b'"', b'>', text),
            Frame::Bare => memchr3(b' ', b'\n', b')', text),
            Frame::Field | Frame::RawField => None,
        };
        let run = &text[..stop.unwrap_or(text.len())];
        let rest = payload.push(run, |bytes| found.bytes(picture, bytes));
        if !rest.is_empty() {
            if self.frame == Frame::Bare {
                self.close(End::Complete, found);
                self.state = State::Plain;
            } else {
                self.close(End::Broken, found);
                self.state = State::Skip;
            }
            return run.len() - rest.len();
        }
        let Some(stop) = stop else { return text.len() };
        match text[stop] {
            b'\n' if !payload.is_padded() => {
                self.held.clear();
                self.held.push(b'\n');
                self.state = State::Gap;
                return stop + 1;
            }
            b')' if self.frame == Frame::Markdown => {
                self.close(End::Complete, found);
                self.state = State::Plain;
                return stop + 1;
            }
            _ if self.frame == Frame::Markdown => {
                self.close(End::Complete, found);
                self.state = State::Tail;
            }
            _ => {
                self.close(End::Complete, found);
                self.state = State::Plain;
            }
        }
        stop
    }

    fn gap(&mut self, byte: u8, found: &mut impl Found) -> bool {
        let is_base64 = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
        if is_base64 {
            self.held.push(byte);
            if self.held.len() > LONG_WORD {
                let held = std::mem::take(&mut self.held);
                self.state = State::Payload;
                self.payload(held.trim_ascii_start(), found);
            }
            return true;
        }
        if self.held.len() == 1 && matches!(byte, b'\r' | b'\n') {
            self.end_gap(false, true, found);
            return false;
        }
        self.end_gap(matches!(byte, b')' | b'"' | b'`' | b'\''), true, found);
        false
    }

    /// Ends a bare picture after a line break; `belongs` if the last short line is still base64.
    fn end_gap(&mut self, belongs: bool, complete: bool, found: &mut impl Found) {
        let held = std::mem::take(&mut self.held);
        if belongs && let (Some(payload), Some(picture)) = (&mut self.payload, self.picture) {
            // Only characters of base64 are held, and padding ends it.
            let rest = payload.push(&held, |bytes| found.bytes(picture, bytes)).to_vec();
            self.close(if complete { End::Complete } else { End::Cut }, found);
            found.text(&rest);
            self.state = State::Plain;
        } else {
            self.close(if complete { End::Complete } else { End::Cut }, found);
            self.state = State::Plain;
            self.push(&held, found);
        }
    }

    fn close(&mut self, end: End, found: &mut impl Found) {
        let (Some(payload), Some(picture)) = (&mut self.payload, self.picture.take()) else { return };
        let whole = payload.finish(|bytes| found.bytes(picture, bytes));
        found.end(picture, if whole || end != End::Complete { end } else { End::Broken });
    }

    fn skip(&mut self, text: &[u8]) -> usize {
        let stop = match self.frame {
            Frame::Markdown => memchr2(b')', b'"', text),
            Frame::Bare => memchr3(b' ', b'\n', b')', text),
            Frame::Field | Frame::RawField => None,
        };
        let Some(stop) = stop else { return text.len() };
        self.state = State::Plain;
        if text[stop] == b'"' {
            self.state = State::Tail;
        }
        stop + usize::from(self.frame == Frame::Markdown)
    }

    /// A word that begins as a link is over. It stays in the text, as nothing says that it is the answer.
    fn word(&mut self, found: &mut impl Found) {
        let held = std::mem::take(&mut self.held);
        found.text(&held);
        self.last = held.last().copied().unwrap_or(self.last);
        self.state = State::Plain;
        if let Some(url) = linked_picture(&held) {
            found.link(url);
        }
    }

    fn link(&mut self, start: usize, found: &mut impl Found) {
        let held = std::mem::take(&mut self.held);
        if let Ok(url) = std::str::from_utf8(&held[start..]) {
            found.link(url.trim());
        }
    }
}
