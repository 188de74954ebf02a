//! The messages of a conversation with their images, the present prompt last.

use serde_json::{Map, Value};

use super::{
    call::ReferenceBytes,
    fields::{Encoded, encode},
};
use crate::recipe::{
    PartContent, PartForm, PromptSegment, Recipe, Reference, Signatures, SignedPart, short_names, spoken,
};

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The person.
    User,
    /// The model.
    Model,
}

/// Something that is said.
pub(super) struct Message<'a> {
    pub(super) who: Role,
    pub(super) parts: Vec<MessagePart<'a>>,
    /// Fields of a chat message that the model has signed.
    pub(super) fields: Option<&'a Map<String, Value>>,
}

/// Words, or an image.
pub(super) enum MessagePart<'a> {
    Words(String),
    Picture(&'a Encoded<'a>),
    /// One of these with the fields that the model has signed it with.
    Signed(Box<Self>, &'a Map<String, Value>),
}

/// A recipe's images in base64.
pub(super) struct EncodedImages<'a>(Vec<Encoded<'a>>);

impl<'a> EncodedImages<'a> {
    /// Of the bytes of [`Recipe::pictures`].
    pub(super) fn new(bytes: &[ReferenceBytes<'a>]) -> Self {
        Self(encode(bytes))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The conversation as a form spells it, with `prompt` at its end. Images stand where they are spoken of.
    pub(super) fn talk<'b>(&'b self, recipe: &'b Recipe, prompt: &str, form: PartForm) -> Vec<Message<'b>> {
        let mut left = self.0.as_slice();
        let mut take = |count: usize| {
            let (taken, rest) = left.split_at(count.min(left.len()));
            left = rest;
            taken
        };
        let mut talk = Vec::new();
        for turn in &recipe.turns {
            let along = take(turn.references.len());
            talk.push(Message { who: Role::User, parts: parts(&turn.prompt, &turn.references, along), fields: None });
            let signed = recipe.signatures_of(turn);
            let came = answered(take(1).first(), signed, form);
            talk.push(Message { who: Role::Model, parts: came, fields: signed.map(|signed| &signed.message) });
        }
        let along = take(recipe.references.len());
        talk.push(Message { who: Role::User, parts: parts(prompt, &recipe.references, along), fields: None });
        talk
    }
}

/// What the model said: the image that came, and what it has signed, in the order in which they came.
fn answered<'a>(
    picture: Option<&'a Encoded<'a>>,
    signed: Option<&'a Signatures>,
    form: PartForm,
) -> Vec<MessagePart<'a>> {
    let mut picture = picture;
    let known = signed.map(|signed| signed.parts.as_slice()).unwrap_or_default();
    let of_form = || known.iter().filter(|part| part.form == form);
    let mut parts = Vec::new();
    // Words are of use only for what they are signed with.
    if of_form().any(|part| !part.fields.is_empty()) {
        for SignedPart { holds, fields, .. } in of_form() {
            let part = match holds {
                PartContent::Words(words) => MessagePart::Words(words.clone()),
                PartContent::Picture(_) => match picture.take() {
                    Some(picture) => MessagePart::Picture(picture),
                    None => continue,
                },
            };
            parts.push(if fields.is_empty() { part } else { MessagePart::Signed(Box::new(part), fields) });
        }
    }
    parts.extend(picture.map(MessagePart::Picture));
    parts
}

fn parts<'a>(words: &str, references: &[Reference], pictures: &'a [Encoded<'a>]) -> Vec<MessagePart<'a>> {
    let part = |part| match part {
        PromptSegment::Words(words) => Some(MessagePart::Words(words)),
        PromptSegment::Picture(index) => pictures.get(index).map(MessagePart::Picture),
    };
    spoken(words, &short_names(references)).into_iter().filter_map(part).collect()
}
