//! Reads one response.

use super::{
    assemble::{EventTemplate, RepeatedEvent, ResponseAssembler, ResponseParts, is_draft},
    body_kind::{BodyKind, ReaderLimits},
    body_shape::{BodyShape, EventStreamState, ShapeGuess},
    image_slot::{ImageEnd, ImageSlot},
    outcome::{self, ResponseOutcome},
    parse::{Compression, Decompressor, JsonTokenizer, SseHandler, SseParser, decompression},
    receiver::{ImageRole, Receiver},
    scan::signatures,
};
use crate::{gateway::mask::SecretMask, imaging::sniff, recipe::Format};

/// The number of bytes of an unrecognized body that are kept for its message.
pub(super) const MAX_HEAD_BYTES: usize = 8 * 1024;

/// The number of bytes of a binary body from which its compression is guessed.
pub(super) const MAX_INSPECTED_BYTES: usize = 4 * 1024;

/// The number of bytes that decide the shape of a body.
pub(super) const SHAPE_DECIDING_BYTES: usize = 12;

/// The number of bytes of an event's name that are kept.
pub(super) const MAX_EVENT_NAME_BYTES: usize = 64;

/// The data of the event that ends the stream.
pub(super) const STREAM_END_DATA: &[u8] = b"[DONE]";

/// The signatures of binary formats that some gateways send without an envelope: offsets and bytes.
pub(super) const BINARY_SIGNATURES: [&[(usize, &[u8])]; 14] = [
    &[(0, b"\x89PNG\r\n\x1a\n")],
    &[(0, b"\xff\xd8\xff")],
    &[(0, b"GIF87a")],
    &[(0, b"GIF89a")],
    &[(0, b"RIFF"), (8, b"WEBP")],
    &[(0, b"\0\0\0"), (4, b"ftypavi")],
    &[(0, b"\0\0\0"), (4, b"ftyphei")],
    &[(0, b"\0\0\0"), (4, b"ftypmif")],
    &[(0, b"\0\0\0\x0cJXL ")],
    &[(0, b"\xff\x0a")],
    &[(0, b"BM"), (6, b"\0\0\0\0")],
    &[(0, b"II*\0")],
    &[(0, b"MM\0*")],
    &[(0, b"<svg")],
];

/// Whether a document starts with something other than an element.
pub(super) fn is_declaration(text: &[u8]) -> bool {
    text.starts_with(b"<?") || text.starts_with(b"<!")
}

/// Whether a response contains an image, or a link to one.
pub fn holds_image(answer: &[u8]) -> bool {
    let mut reader = AnswerReader::new(BodyKind::Json, ReaderLimits::default());
    reader.push(answer, &mut ());
    let outcome = reader.finish(&mut ());
    outcome.images + outcome.links > 0 && outcome.failure.is_none()
}

/// Reads one response.
pub struct AnswerReader {
    shape: BodyShape,
    declared: BodyKind,
    limits: ReaderLimits,
    length: u64,
    head: Vec<u8>,
    json: JsonTokenizer,
    lines: SseParser,
    gathered: ResponseParts,
    stream: EventStreamState,
    echo: RepeatedEvent,
    mask: Option<SecretMask>,
    /// The image, if the whole body is one.
    image: Option<ImageSlot>,
    /// Decompresses the body, if it is compressed.
    unpacker: Option<Decompressor>,
    /// Whether the compressed data has ended.
    unpacked: bool,
    /// Whether the body was compressed. A body that is compressed twice is not supported.
    was_packed: bool,
}

impl AnswerReader {
    /// A reader for a body of this kind according to its headers. The first bytes decide, because gateways respond in
    /// JSON where a stream was requested, and vice versa.
    pub fn new(kind: BodyKind, limits: ReaderLimits) -> Self {
        Self {
            shape: BodyShape::Undetermined,
            declared: kind,
            limits,
            length: 0,
            head: Vec::new(),
            json: JsonTokenizer::new(),
            lines: SseParser::new(),
            gathered: ResponseParts::new(limits.max_image_bytes),
            stream: EventStreamState::default(),
            echo: RepeatedEvent::default(),
            mask: None,
            image: None,
            unpacker: None,
            unpacked: false,
            was_packed: false,
        }
    }

    /// Masks secrets in all texts, because some gateways repeat the key of the request.
    #[must_use]
    pub fn hiding(mut self, mask: SecretMask) -> Self {
        self.mask = Some(mask);
        self
    }

    /// Reads the next chunk. Chunks may be cut anywhere.
    pub fn push(&mut self, chunk: &[u8], receiver: &mut impl Receiver) {
        match self.unpacker.take() {
            Some(unpacker) => self.unpack(unpacker, chunk, false, receiver),
            None => self.read(chunk, receiver),
        }
    }

    /// Reads the next bytes of a compressed body; `over` if it is complete. The body ends where they end or are
    /// damaged.
    fn unpack(&mut self, mut unpacker: Decompressor, packed: &[u8], over: bool, receiver: &mut impl Receiver) {
        let mut read = |piece: &[u8]| {
            self.read(piece, receiver);
            self.shape != BodyShape::TooLarge
        };
        let mut unpacked = unpacker.push(packed, &mut read);
        if over && unpacked.is_ok() {
            unpacked = unpacker.finish(&mut read);
        }
        match unpacked {
            Ok(()) => self.unpacker = Some(unpacker),
            Err(decompression::StreamEnded) => self.unpacked = true,
        }
    }

    /// Reads the next uncompressed bytes.
    fn read(&mut self, chunk: &[u8], receiver: &mut impl Receiver) {
        if self.unpacked {
            return;
        }
        self.length += chunk.len() as u64;
        if self.length > self.limits.max_body_bytes || self.gathered.images.too_large {
            self.shape = BodyShape::TooLarge;
        }
        let mut chunk = chunk;
        while self.shape == BodyShape::Undetermined && self.unpacker.is_none() && !self.unpacked && !chunk.is_empty() {
            let (taken, rest) = chunk.split_at(chunk.len().min(MAX_HEAD_BYTES - self.head.len()));
            self.head.extend_from_slice(taken);
            chunk = rest;
            self.inspect_head(false, receiver);
        }
        if self.unpacked {
            return;
        }
        if let Some(unpacker) = self.unpacker.take() {
            return self.unpack(unpacker, chunk, false, receiver);
        }
        let room = MAX_HEAD_BYTES - self.head.len();
        self.head.extend_from_slice(&chunk[..chunk.len().min(room)]);
        self.feed(chunk, receiver);
    }

    /// Inspects the head, and starts to read once the shape of the body is known.
    fn inspect_head(&mut self, over: bool, receiver: &mut impl Receiver) {
        // Some gateways send blanks while they work.
        let start = self.start();
        self.head.drain(..start);
        if self.head.is_empty() {
            return;
        }
        match self.recognize(over) {
            ShapeGuess::Nothing => {}
            ShapeGuess::Packed(packing) => {
                let head = std::mem::take(&mut self.head);
                let header = if let Compression::Gzip(length) = packing { length } else { 0 };
                match Decompressor::new(packing) {
                    Some(unpacker) if !self.was_packed => {
                        self.was_packed = true;
                        self.unpack(unpacker, &head[header..], over, receiver);
                    }
                    _ => self.shape = BodyShape::Text,
                }
            }
            ShapeGuess::Shape(shape) => {
                self.shape = shape;
                self.gathered.events = shape == BodyShape::Events;
                let head = std::mem::take(&mut self.head);
                self.begin(&head, receiver);
                self.feed(&head, receiver);
                self.head = head;
            }
        }
    }

    /// Whether a limit was exceeded, so that nothing more is read. Earlier bytes may contain images.
    pub fn ignores_rest(&self) -> bool {
        self.shape == BodyShape::TooLarge || self.gathered.images.too_large
    }

    /// Ends the response.
    pub fn finish(mut self, receiver: &mut impl Receiver) -> ResponseOutcome {
        if self.shape == BodyShape::Undetermined && !self.head.is_empty() {
            self.inspect_head(true, receiver);
        }
        if let Some(unpacker) = self.unpacker.take() {
            self.unpack(unpacker, &[], true, receiver);
        }
        // A compressed body may be very short once it is decompressed.
        if self.shape == BodyShape::Undetermined && !self.head.is_empty() {
            self.inspect_head(true, receiver);
        }
        let mut gather = ResponseAssembler { gathered: &mut self.gathered, receiver: &mut *receiver };
        let within_json = self.json.is_within();
        if self.shape == BodyShape::Events && !within_json {
            // The last event may lack its empty line.
            let mut events = EventReader { json: &mut self.json, stream: &mut self.stream, gather };
            events.event_end();
            gather = events.gather;
        }
        let was_within_image = gather.gathered.is_within_image();
        if let Some(image) = self.image {
            gather.gathered.images.end(image, ImageEnd::Complete, gather.receiver);
        }
        if self.shape == BodyShape::Text {
            gather.words_end();
        }
        if within_json || self.shape != BodyShape::Events {
            gather.break_off();
        }
        gather.finish();
        self.gathered.answer.streamed = self.shape == BodyShape::Events;
        if let Some(mask) = &self.mask {
            self.gathered.hide(mask);
            let head = String::from_utf8_lossy(&self.head);
            let whole = (self.head.len() as u64) == self.length;
            self.head = if whole { mask.text(&head) } else { mask.cut_text(&head) }.into_bytes();
        }
        self.gathered.answer.signatures = std::mem::take(&mut self.gathered.signing).finish(self.mask.as_ref());
        let evidence = outcome::Evidence {
            shape: self.shape,
            head: &self.head,
            json_open: within_json,
            json_broken: self.json.is_broken(),
            was_within_image,
            stream: &self.stream,
            gathered: &mut self.gathered,
        };
        outcome::outcome(evidence, receiver)
    }

    /// The offset in the head at which the body starts, after a byte order mark and white space.
    fn start(&self) -> usize {
        let mut at = 0;
        loop {
            let rest = &self.head[at..];
            at += match rest.first() {
                _ if rest.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
                Some(byte) if byte.is_ascii_whitespace() => 1,
                _ => return at,
            };
        }
    }

    /// The shape of a body that starts with the head, as soon as it is certain; `last` if nothing more follows.
    fn recognize(&self, last: bool) -> ShapeGuess {
        let text = self.head.as_slice();
        let mut may_be_image = false;
        for format in BINARY_SIGNATURES {
            let needed = format.iter().map(|(at, bytes)| at + bytes.len()).max().unwrap_or(0);
            if format.iter().all(|(at, bytes)| matches_at(text, *at, bytes)) {
                if text.len() >= needed {
                    return ShapeGuess::Shape(BodyShape::Image);
                }
                may_be_image = true;
            }
        }
        if !last && (may_be_image || text.len() < SHAPE_DECIDING_BYTES) {
            return ShapeGuess::Nothing;
        }
        // A document may be an SVG, which its first element decides.
        if text.starts_with(b"<") {
            match sniff(text) {
                Some(Format::Svg) => return ShapeGuess::Shape(BodyShape::Image),
                _ if !last && text.len() < MAX_INSPECTED_BYTES && is_declaration(text) => return ShapeGuess::Nothing,
                _ => {}
            }
        }
        if !decompression::is_text(&text[..text.len().min(SHAPE_DECIDING_BYTES)]) {
            if !last && text.len() < MAX_INSPECTED_BYTES {
                return ShapeGuess::Nothing;
            }
            let packing = decompression::guess(&text[..text.len().min(MAX_INSPECTED_BYTES)]);
            return packing.map_or(ShapeGuess::Shape(BodyShape::Text), ShapeGuess::Packed);
        }
        let fields: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b":"];
        ShapeGuess::Shape(match text[0] {
            b'{' | b'[' | b'"' => BodyShape::Json,
            // A data URL alone.
            _ if signatures::starts(text, b"data:image/") => BodyShape::Text,
            _ if fields.iter().any(|field| signatures::starts(text, field)) => BodyShape::Events,
            first if self.declared == BodyKind::EventStream && first != b'<' => BodyShape::Events,
            _ => BodyShape::Text,
        })
    }

    /// Prepares to read a body whose shape was just recognized.
    fn begin(&mut self, head: &[u8], receiver: &mut impl Receiver) {
        match self.shape {
            BodyShape::Image => self.image = Some(self.gathered.images.start(None, receiver)),
            // Images of a web page are not images of the response.
            BodyShape::Text => self.gathered.begin_words(!head.starts_with(b"<") || signatures::starts(head, b"<img")),
            _ => {}
        }
    }

    fn feed(&mut self, bytes: &[u8], receiver: &mut impl Receiver) {
        let mut gather = ResponseAssembler { gathered: &mut self.gathered, receiver: &mut *receiver };
        match self.shape {
            BodyShape::Json => self.json.push(bytes, &mut gather),
            BodyShape::Text => gather.words(bytes),
            BodyShape::Image => {
                if let Some(image) = self.image {
                    gather.gathered.images.bytes(image, bytes, gather.receiver);
                }
            }
            BodyShape::Events => self.feed_events(bytes, receiver),
            BodyShape::Undetermined | BodyShape::TooLarge => {}
        }
    }

    fn feed_events(&mut self, mut bytes: &[u8], receiver: &mut impl Receiver) {
        while !bytes.is_empty() {
            let between = self.is_between_events();
            if between && self.gathered.is_within_image() {
                bytes = self.echo.collect(bytes);
                if let Some((count, event)) = self.echo.event() {
                    let mut events = EventReader {
                        json: &mut self.json,
                        stream: &mut self.stream,
                        gather: ResponseAssembler { gathered: &mut self.gathered, receiver },
                    };
                    for piece in event {
                        self.lines.push(piece, &mut events);
                    }
                    self.stream.events += count - 1;
                    self.echo.clear();
                    continue;
                }
            }
            let end = memchr::memmem::find(bytes, b"\n\n").map_or(bytes.len(), |end| end + 2);
            let (piece, rest) = bytes.split_at(end);
            let within = between && self.gathered.is_within_image();
            self.gathered.told = EventTemplate::default();
            let gather = ResponseAssembler { gathered: &mut self.gathered, receiver };
            let mut events = EventReader { json: &mut self.json, stream: &mut self.stream, gather };
            self.lines.push(piece, &mut events);
            if within && self.is_between_events() && self.gathered.is_within_image() {
                self.echo.learn(piece, &self.gathered.told);
            }
            bytes = rest;
        }
    }

    /// Whether an event has just ended, and nothing of the next has arrived.
    fn is_between_events(&self) -> bool {
        self.lines.is_fresh() && self.stream.start.is_empty() && self.stream.name.is_empty() && self.json.is_fresh()
    }
}

/// Reads the JSON in events.
pub(super) struct EventReader<'a, R> {
    json: &'a mut JsonTokenizer,
    stream: &'a mut EventStreamState,
    gather: ResponseAssembler<'a, R>,
}

impl<R: Receiver> SseHandler for EventReader<'_, R> {
    fn data(&mut self, data: &[u8]) {
        // Some gateways omit the empty line between events.
        if data == b"\n" && self.json.is_complete() {
            return self.event_end();
        }
        let room = STREAM_END_DATA.len().saturating_sub(self.stream.start.len());
        self.stream.start.extend_from_slice(&data[..data.len().min(room)]);
        self.json.push(data, &mut self.gather);
        if self.json.is_broken() && self.stream.start == STREAM_END_DATA {
            self.stream.done = true;
        }
    }

    fn name(&mut self, name: &[u8]) {
        // The same start is kept, however it is cut.
        let room = MAX_EVENT_NAME_BYTES - self.stream.name.len();
        self.stream.name.extend_from_slice(&name[..name.len().min(room)]);
    }

    fn event_end(&mut self) {
        let is_done = self.stream.done && self.stream.start == STREAM_END_DATA;
        if !self.stream.start.trim_ascii().is_empty() {
            self.stream.events += usize::from(!is_done);
            if (self.json.is_broken() && !is_done) || self.json.is_within() {
                self.stream.broken += 1;
                self.gather.break_off();
            }
        }
        if is_draft(&self.stream.name) {
            self.gather.role(ImageRole::Draft);
        }
        self.gather.event_end();
        if self.stream.name == b"error" && self.gather.gathered.error.is_none() {
            let message = self.gather.gathered.message.take();
            self.gather.gathered.error = message.filter(|message| !message.is_null());
        }
        self.stream.start.clear();
        self.stream.name.clear();
        self.json.reset();
    }
}

/// The byte order mark of UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether the text has these bytes at this offset, as far as it goes.
pub(super) fn matches_at(text: &[u8], at: usize, bytes: &[u8]) -> bool {
    text.iter().skip(at).zip(bytes).all(|(one, other)| one == other)
}
