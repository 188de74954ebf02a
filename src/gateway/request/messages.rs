//! The messages of a conversation with their images, the current prompt last.

use serde_json::{Map, Value};

use super::{
    call::ReferenceBytes,
    fields::{EncodedImage, encode},
};
use crate::recipe::{
    PartContent, PartForm, PromptSegment, Recipe, Reference, Signatures, SignedPart, short_names, split_at_mentions,
};

/// The author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    /// The user.
    User,
    /// The model.
    Model,
}

/// A message.
pub(super) struct Message<'a> {
    pub(super) who: Author,
    pub(super) parts: Vec<ContentPart<'a>>,
    /// Fields of a chat message by which the model has signed it.
    pub(super) fields: Option<&'a Map<String, Value>>,
}

/// A text or an image.
pub(super) enum ContentPart<'a> {
    Text(String),
    Image(&'a EncodedImage<'a>),
    /// A part with the fields by which the model has signed it.
    Signed(Box<Self>, &'a Map<String, Value>),
}

/// The images of a recipe in base64.
pub(super) struct EncodedImages<'a>(Vec<EncodedImage<'a>>);

impl<'a> EncodedImages<'a> {
    /// From the bytes of [`Recipe::images`].
    pub(super) fn new(bytes: &[ReferenceBytes<'a>]) -> Self {
        Self(encode(bytes))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The messages of a conversation in the form of a dialect, with `prompt` at the end. Images are placed where the
    /// prompt mentions them.
    pub(super) fn messages<'b>(&'b self, recipe: &'b Recipe, prompt: &str, form: PartForm) -> Vec<Message<'b>> {
        let mut left = self.0.as_slice();
        let mut take = |count: usize| {
            let (taken, rest) = left.split_at(count.min(left.len()));
            left = rest;
            taken
        };
        let mut messages = Vec::new();
        for turn in &recipe.turns {
            let along = take(turn.references.len());
            messages.push(Message {
                who: Author::User,
                parts: parts(&turn.prompt, &turn.references, along),
                fields: None,
            });
            let signed = recipe.signatures_of(turn);
            let came = answered(take(1).first(), signed, form);
            messages.push(Message { who: Author::Model, parts: came, fields: signed.map(|signed| &signed.message) });
        }
        let along = take(recipe.references.len());
        messages.push(Message { who: Author::User, parts: parts(prompt, &recipe.references, along), fields: None });
        messages
    }
}

/// The reply of the model: its image and its signatures, in their original order.
fn answered<'a>(
    image: Option<&'a EncodedImage<'a>>,
    signed: Option<&'a Signatures>,
    form: PartForm,
) -> Vec<ContentPart<'a>> {
    let mut image = image;
    let known = signed.map(|signed| signed.parts.as_slice()).unwrap_or_default();
    let of_form = || known.iter().filter(|part| part.form == form);
    let mut parts = Vec::new();
    // Texts are needed only for their signatures.
    if of_form().any(|part| !part.fields.is_empty()) {
        for SignedPart { holds, fields, .. } in of_form() {
            let part = match holds {
                PartContent::Text(words) => ContentPart::Text(words.clone()),
                PartContent::Image(_) => match image.take() {
                    Some(image) => ContentPart::Image(image),
                    None => continue,
                },
            };
            parts.push(if fields.is_empty() { part } else { ContentPart::Signed(Box::new(part), fields) });
        }
    }
    parts.extend(image.map(ContentPart::Image));
    parts
}

fn parts<'a>(words: &str, references: &[Reference], images: &'a [EncodedImage<'a>]) -> Vec<ContentPart<'a>> {
    let part = |part| match part {
        PromptSegment::Text(words) => Some(ContentPart::Text(words)),
        PromptSegment::Image(index) => images.get(index).map(ContentPart::Image),
    };
    split_at_mentions(words, &short_names(references)).into_iter().filter_map(part).collect()
}
