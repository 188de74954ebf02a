//! Server-sent events (HTML standard, section 9.2), of which nothing is ever held: a line's data goes on while it
//! is still arriving.

use memchr::memchr2;

/// Who is told of events.
pub(crate) trait Events {
    /// More of an event's data.
    fn data(&mut self, data: &[u8]);
    /// More of an event's name.
    fn name(&mut self, name: &[u8]);
    /// An empty line: the event is over.
    fn event_end(&mut self);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the start of a line or within a field's name, of which so many bytes have come.
    Field(usize),
    /// After the colon of `data` or `event`.
    Colon(Value),
    /// At the start of data, after so many bytes of a field's name that came again.
    Again(usize),
    Value(Value),
}

/// What some gateways write before data twice.
const DATA_PREFIX: &[u8] = b"data:";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Data,
    Name,
    Ignored,
}

/// The place in the stream.
#[derive(Debug)]
pub(crate) struct Lines {
    state: State,
    field: [u8; 5],
    /// The last byte was a carriage return, so a line feed belongs to it.
    returned: bool,
}

impl Lines {
    pub fn new() -> Self {
        Self { state: State::Field(0), field: [0; 5], returned: false }
    }

    /// Whether nothing of a line has come.
    pub fn is_fresh(&self) -> bool {
        self.state == State::Field(0) && !self.returned
    }

    /// Reads on.
    pub fn push(&mut self, mut chunk: &[u8], events: &mut impl Events) {
        while let Some(&byte) = chunk.first() {
            if std::mem::take(&mut self.returned) && byte == b'\n' {
                chunk = &chunk[1..];
                continue;
            }
            chunk = match self.state {
                State::Field(length) => self.field(chunk, byte, length, events),
                State::Colon(value) => {
                    self.state = if value == Value::Data { State::Again(0) } else { State::Value(value) };
                    if byte == b' ' { &chunk[1..] } else { chunk }
                }
                State::Again(length) if byte == DATA_PREFIX[length] => {
                    let whole = length + 1 == DATA_PREFIX.len();
                    self.state = if whole { State::Colon(Value::Data) } else { State::Again(length + 1) };
                    &chunk[1..]
                }
                State::Again(length) => {
                    self.state = State::Value(Value::Data);
                    if length > 0 {
                        events.data(&DATA_PREFIX[..length]);
                    }
                    chunk
                }
                State::Value(value) => {
                    let end = memchr2(b'\n', b'\r', chunk);
                    let run = &chunk[..end.unwrap_or(chunk.len())];
                    match value {
                        Value::Data if !run.is_empty() => events.data(run),
                        Value::Name => events.name(run),
                        _ => {}
                    }
                    match end {
                        Some(end) => {
                            self.returned = chunk[end] == b'\r';
                            self.state = State::Field(0);
                            if value == Value::Data {
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

    fn field<'a>(&mut self, chunk: &'a [u8], byte: u8, length: usize, events: &mut impl Events) -> &'a [u8] {
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
                    _ if is("data") => Value::Data,
                    _ if is("event") => Value::Name,
                    _ => Value::Ignored,
                });
            }
            // Some gateways write an error as bare JSON into the stream.
            b'{' if length == 0 => {
                self.state = State::Value(Value::Data);
                return chunk;
            }
            _ if length < self.field.len() => {
                self.field[length] = byte;
                self.state = State::Field(length + 1);
            }
            _ => self.state = State::Value(Value::Ignored),
        }
        &chunk[1..]
    }
}
