//! Tracks the text that a response delivers in chunks, each in a field of its own, such as `"content":"…"`.

/// Fields that contain chunks of a text.
const TEXT_FIELDS: [&[u8]; 10] = [
    b"content",
    b"text",
    b"delta",
    b"reasoning",
    b"reasoning_content",
    b"thinking",
    b"message",
    b"output_text",
    b"partial_json",
    b"arguments",
];
/// Longer names are not compared.
const MAX_FIELD_NAME_BYTES: usize = 20;

/// The position within the JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum JsonPosition {
    #[default]
    Outside,
    /// In a string that may be a field name.
    Name(Vec<u8>),
    /// After such a string.
    AfterName,
    /// After the colon.
    BeforeValue,
    /// In a string: whether it is a chunk of the text.
    Value(bool),
}

/// Tracks fields byte by byte.
#[derive(Clone, Debug, Default)]
pub(super) struct TextFieldTracker {
    place: JsonPosition,
    escaped: bool,
}

impl TextFieldTracker {
    /// Whether this byte belongs to a text.
    pub(super) fn push(&mut self, byte: u8) -> bool {
        let escaped = std::mem::take(&mut self.escaped);
        let place = std::mem::take(&mut self.place);
        let mut is_text = false;
        self.place = match (place, byte) {
            (JsonPosition::Name(name), b'"') if TEXT_FIELDS.contains(&name.as_slice()) => JsonPosition::AfterName,
            (JsonPosition::Name(_), b'\\') => {
                self.escaped = true;
                JsonPosition::Value(false)
            }
            (JsonPosition::Name(mut name), _) if byte != b'"' && name.len() < MAX_FIELD_NAME_BYTES => {
                name.push(byte);
                JsonPosition::Name(name)
            }
            (JsonPosition::Name(_), _) if byte != b'"' => JsonPosition::Value(false),
            (JsonPosition::AfterName, b':') => JsonPosition::BeforeValue,
            (JsonPosition::BeforeValue, b'"') => JsonPosition::Value(true),
            (place @ (JsonPosition::AfterName | JsonPosition::BeforeValue), b' ' | b'\t' | b'\r' | b'\n') => place,
            (JsonPosition::Outside | JsonPosition::AfterName, b'"') => JsonPosition::Name(Vec::new()),
            (JsonPosition::Value(matters), _) if escaped || byte != b'"' => {
                is_text = matters;
                self.escaped = byte == b'\\' && !escaped;
                JsonPosition::Value(matters)
            }
            // A string has ended, or something other than a field follows.
            (_, _) => JsonPosition::Outside,
        };
        is_text
    }

    /// Whether the next byte belongs to a text, unless it ends the text.
    pub(super) fn is_text(&self) -> bool {
        self.place == JsonPosition::Value(true)
    }

    /// Whether only a quotation mark or an escape could change the state.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.place, JsonPosition::Outside | JsonPosition::Value(false)) && !self.escaped
    }
}
