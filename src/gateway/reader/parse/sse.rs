//! Parses server-sent events (HTML standard, section 9.2) without holding them: the data of a line is passed on while
//! it is still arriving.

use memchr::memchr2;

/// Receives parsed SSE events.
pub(crate) trait SseHandler {
    /// A fragment of the data of an event.
    fn data(&mut self, data: &[u8]);
    /// A fragment of the name of an event.
    fn name(&mut self, name: &[u8]);
    /// An empty line, which ends the event.
    fn event_end(&mut self);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the start of a line or in a field name, after this number of bytes.
    Field(usize),
    /// After the colon of `data` or `event`.
    Colon(FieldName),
    /// At the start of data, after this number of bytes of a repeated field name.
    Again(usize),
    Value(FieldName),
}

/// The field name that some gateways write twice before the data.
const DATA_PREFIX: &[u8] = b"data:";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FieldName {
    Data,
    Name,
    Ignored,
}

/// The state of the parser.
#[derive(Debug)]
pub(crate) struct SseParser {
    state: State,
    field: [u8; 5],
    /// Whether the last byte was a carriage return, to which a line feed belongs.
    returned: bool,
}

impl SseParser {
    pub fn new() -> Self {
        Self { state: State::Field(0), field: [0; 5], returned: false }
    }

    /// Whether nothing of a line was read.
    pub fn is_fresh(&self) -> bool {
        self.state == State::Field(0) && !self.returned
    }

    /// Reads the next chunk.
    pub fn push(&mut self, mut chunk: &[u8], events: &mut impl SseHandler) {
        while let Some(&byte) = chunk.first() {
            if std::mem::take(&mut self.returned) && byte == b'\n' {
                chunk = &chunk[1..];
                continue;
            }
            chunk = match self.state {
                State::Field(length) => self.field(chunk, byte, length, events),
                State::Colon(value) => {
                    self.state = if value == FieldName::Data { State::Again(0) } else { State::Value(value) };
                    if byte == b' ' { &chunk[1..] } else { chunk }
                }
                State::Again(length) if byte == DATA_PREFIX[length] => {
                    let whole = length + 1 == DATA_PREFIX.len();
                    self.state = if whole { State::Colon(FieldName::Data) } else { State::Again(length + 1) };
                    &chunk[1..]
                }
                State::Again(length) => {
                    self.state = State::Value(FieldName::Data);
                    if length > 0 {
                        events.data(&DATA_PREFIX[..length]);
                    }
                    chunk
                }
                State::Value(value) => {
                    let end = memchr2(b'\n', b'\r', chunk);
                    let run = &chunk[..end.unwrap_or(chunk.len())];
                    match value {
                        FieldName::Data if !run.is_empty() => events.data(run),
                        FieldName::Name => events.name(run),
                        _ => {}
                    }
                    match end {
                        Some(end) => {
                            self.returned = chunk[end] == b'\r';
                            self.state = State::Field(0);
                            if value == FieldName::Data {
                                events.data(b"\n");
                            }
                            &chunk[end + 1..]
                        }
                        None => &[],
                    }
                }
            };
        }
    }

    fn field<'a>(&mut self, chunk: &'a [u8], byte: u8, length: usize, events: &mut impl SseHandler) -> &'a [u8] {
        match byte {
            b'\n' | b'\r' => {
                self.returned = byte == b'\r';
                self.state = State::Field(0);
                if length == 0 {
                    events.event_end();
                }
            }
            b':' => {
                let is = |name: &str| self.field[..length].eq_ignore_ascii_case(name.as_bytes());
                self.state = State::Colon(match length {
                    _ if is("data") => FieldName::Data,
                    _ if is("event") => FieldName::Name,
                    _ => FieldName::Ignored,
                });
            }
            // Some gateways write an error as bare JSON into the stream.
            b'{' if length == 0 => {
                self.state = State::Value(FieldName::Data);
                return chunk;
            }
            _ if length < self.field.len() => {
                self.field[length] = byte;
                self.state = State::Field(length + 1);
            }
            _ => self.state = State::Value(FieldName::Ignored),
        }
        &chunk[1..]
    }
}
