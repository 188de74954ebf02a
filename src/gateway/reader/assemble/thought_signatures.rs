//! Collects the signatures of a model: fields of a message and of its parts, from any number of events.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::image_multiplexer::ImageCounts;
use crate::{
    gateway::{mask::SecretMask, reader::parse::SignaturePath},
    recipe::{PartContent, PartForm, Signatures, SignedPart},
};

/// The number of bytes that are kept of a response. Beyond it nothing is kept, because partial signatures are useless.
const MAX_SIGNATURE_BYTES: usize = 1 << 20;
/// The number of bytes of the text of a part that are kept.
const MAX_TEXT_BYTES: usize = 64 << 10;
/// The number of parts and choices that are kept. Responses with images have fewer.
const MAX_SIGNED_PARTS: usize = 256;

/// The signatures so far.
#[derive(Default)]
pub(crate) struct SignatureCollector {
    choices: Vec<(u32, Signatures)>,
    /// The signatures of the current choice, whose number may follow at its end.
    open: Signatures,
    /// The number of images when the current choice began.
    began: ImageCounts,
    part: Option<OpenPart>,
    /// Whether the current text belongs to the part.
    in_words: bool,
    bytes: usize,
    overflowed: bool,
}

/// The current part.
struct OpenPart {
    form: PartForm,
    began: ImageCounts,
    words: Vec<u8>,
    is_tool: bool,
    is_thought: bool,
    fields: Map<String, Value>,
}

impl SignatureCollector {
    /// Begins a part, after this number of images.
    pub fn begin_part(&mut self, form: PartForm, begun: ImageCounts) {
        self.end_part(begun);
        self.part = Some(OpenPart {
            form,
            began: begun,
            words: Vec::new(),
            is_tool: false,
            is_thought: false,
            fields: Map::new(),
        });
    }

    /// Begins a text, which is part of the reply or a thought.
    pub fn begin_words(&mut self, says: bool) {
        self.in_words = says;
    }

    /// Adds to that text.
    pub fn words(&mut self, bytes: &[u8]) {
        let Some(part) = self.part.as_mut().filter(|_| self.in_words) else { return };
        // One extra byte shows that the text was longer.
        let room = (MAX_TEXT_BYTES + 1).saturating_sub(part.words.len());
        part.words.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Marks the current part as a thought.
    pub fn part_is_thought(&mut self) {
        if let Some(part) = &mut self.part {
            part.is_thought = true;
        }
    }

    /// Marks the current part as a tool call, which is never answered.
    pub fn part_is_tool(&mut self) {
        if let Some(part) = &mut self.part {
            part.is_tool = true;
        }
    }

    /// Adds a signed value; `None` for one that was too long. Returns whether it contained anything.
    pub fn take(&mut self, place: SignaturePath, raw: Option<&[u8]>) -> bool {
        let Some(raw) = raw else {
            self.overflow();
            return true;
        };
        let Ok(value) = serde_json::from_slice::<Value>(raw) else { return true };
        if self.overflowed || is_empty(&value) {
            return !is_empty(&value);
        }
        self.bytes += raw.len();
        if self.bytes > MAX_SIGNATURE_BYTES {
            self.overflow();
            return true;
        }
        match place {
            SignaturePath::Message(name) => join(&mut self.open.message, name, value),
            SignaturePath::Within(holder, name) => {
                let value = Value::Object(Map::from_iter([(name.to_owned(), value)]));
                join(&mut self.open.message, holder, value);
            }
            SignaturePath::Part(_, name) => {
                if let Some(part) = &mut self.part {
                    part.fields.insert(name.to_owned(), value);
                }
            }
        }
        true
    }

    /// Ends a choice, or the event or body that contains one.
    pub fn end_choice(&mut self, number: u32, begun: ImageCounts) {
        self.end_part(begun);
        let mut open = std::mem::take(&mut self.open);
        open.images = (self.began.images..begun.images).collect();
        self.began = begun;
        if self.overflowed || open == Signatures::default() {
            return;
        }
        let Some((_, known)) = self.choices.iter_mut().find(|(known, _)| *known == number) else {
            if self.choices.len() < MAX_SIGNED_PARTS {
                self.choices.push((number, open));
            }
            return;
        };
        known.images.append(&mut open.images);
        for (name, value) in open.message {
            join(&mut known.message, &name, value);
        }
        for part in open.parts {
            push_part(&mut known.parts, part);
        }
    }

    /// The signatures of each choice that has any. Signatures that contain a secret are left out, because they would be
    /// invalid without it and must not be stored with it.
    pub fn finish(self, mask: Option<&SecretMask>) -> Vec<Arc<Signatures>> {
        if self.overflowed {
            return Vec::new();
        }
        let is_clean = |signatures: &Signatures| {
            mask.is_none_or(|mask| {
                let mut masked = signatures.clone();
                mask.data(&mut masked);
                masked == *signatures
            })
        };
        let choices = self.choices.into_iter().map(|(_, signatures)| signatures);
        choices.filter(|signatures| !signatures.is_empty() && is_clean(signatures)).map(Arc::new).collect()
    }

    fn overflow(&mut self) {
        *self = Self { overflowed: true, began: self.began, ..Self::default() };
    }

    fn end_part(&mut self, begun: ImageCounts) {
        self.in_words = false;
        let Some(part) = self.part.take() else { return };
        let is_signed = !part.fields.is_empty();
        if self.overflowed || part.is_tool || (part.is_thought && !is_signed) {
            return;
        }
        let holds = if begun.images > part.began.images {
            PartContent::Image(Some(part.began.images))
        } else if begun.links > part.began.links {
            PartContent::Image(None)
        } else if let Ok(words) = String::from_utf8(part.words)
            && words.len() <= MAX_TEXT_BYTES
        {
            PartContent::Text(words)
        } else if is_signed {
            return self.overflow();
        } else {
            return;
        };
        let mut fields = part.fields;
        if part.is_thought {
            fields.insert("thought".to_owned(), Value::Bool(true));
        }
        self.bytes += if let PartContent::Text(words) = &holds { words.len() } else { 0 };
        if self.bytes > MAX_SIGNATURE_BYTES {
            return self.overflow();
        }
        push_part(&mut self.open.parts, SignedPart { form: part.form, holds, fields });
    }
}

/// Adds a part. Unsigned texts are joined to unsigned texts before them, but never to signed ones.
fn push_part(parts: &mut Vec<SignedPart>, part: SignedPart) {
    if let PartContent::Text(more) = &part.holds
        && part.fields.is_empty()
    {
        if more.is_empty() {
            return;
        }
        if let Some(SignedPart { form, holds: PartContent::Text(words), fields }) = parts.last_mut()
            && *form == part.form
            && fields.is_empty()
        {
            return words.push_str(more);
        }
    }
    if parts.len() < MAX_SIGNED_PARTS {
        parts.push(part);
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Merges the value of a field in a later event into the earlier one.
fn join(fields: &mut Map<String, Value>, name: &str, value: Value) {
    match (fields.get_mut(name), value) {
        (Some(Value::Array(known)), Value::Array(more)) => more.into_iter().for_each(|item| join_item(known, item)),
        (Some(Value::Object(known)), Value::Object(more)) => {
            more.into_iter().for_each(|(name, value)| join(known, &name, value));
        }
        (Some(_), value) if is_empty(&value) => {}
        (_, value) => {
            fields.insert(name.to_owned(), value);
        }
    }
}

/// Adds a thought step to a list, or merges it into the step that it continues.
fn join_item(known: &mut Vec<Value>, item: Value) {
    if known.contains(&item) && !is_thought_text(&item) {
        return;
    }
    let goes_on = |last: &Value| {
        let same = |name: &str| match (last.get(name), item.get(name)) {
            (Some(one), Some(other)) => one == other || one.is_null() || other.is_null(),
            _ => true,
        };
        let is_signed = last.get("signature").is_some_and(|signature| !is_empty(signature));
        is_thought_text(&item) && last.get("type") == item.get("type") && same("index") && same("id") && !is_signed
    };
    let Some(at) = known.iter().rposition(goes_on) else { return known.push(item) };
    let (Some(Value::Object(last)), Value::Object(more)) = (known.get_mut(at), item) else { return };
    for (name, value) in more {
        match (last.get_mut(&name), value) {
            (Some(Value::String(known)), Value::String(more)) if TEXT_FIELDS.contains(&name.as_str()) => {
                known.push_str(&more);
            }
            (Some(_), value) if is_empty(&value) => {}
            (_, value) => {
                last.insert(name, value);
            }
        }
    }
}

/// Fields of a step that arrive in chunks.
const TEXT_FIELDS: [&str; 3] = ["text", "summary", "thinking"];

/// Whether a step is text that arrives in chunks, without encrypted data.
fn is_thought_text(item: &Value) -> bool {
    let kind = item.get("type").and_then(Value::as_str);
    matches!(kind, Some("reasoning.text" | "reasoning.summary" | "thinking"))
}
