//! What is said, by whom, with its pictures: the turns of a conversation, and then what is asked.

use super::{Encoded, ReferenceBytes, encode};
use crate::recipe::{Recipe, Reference, Spoken, short_names, spoken};

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// The person.
    User,
    /// The model.
    Model,
}

/// Something that is said.
pub(super) struct Said<'a> {
    pub(super) who: Who,
    pub(super) parts: Vec<Part<'a>>,
}

/// Words, or a picture.
pub(super) enum Part<'a> {
    Words(String),
    Picture(&'a Encoded<'a>),
}

/// A recipe's pictures in base64.
pub(super) struct Pictures<'a>(Vec<Encoded<'a>>);

impl<'a> Pictures<'a> {
    /// Of the bytes of [`Recipe::pictures`].
    pub(super) fn new(bytes: &[ReferenceBytes<'a>]) -> Self {
        Self(encode(bytes))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The conversation, with `prompt` at its end. Pictures stand where they are spoken of.
    pub(super) fn talk(&self, recipe: &Recipe, prompt: &str) -> Vec<Said<'_>> {
        let mut left = self.0.as_slice();
        let mut take = |count: usize| {
            let (taken, rest) = left.split_at(count.min(left.len()));
            left = rest;
            taken
        };
        let mut talk = Vec::new();
        for turn in &recipe.turns {
            let along = take(turn.references.len());
            talk.push(Said { who: Who::User, parts: parts(&turn.prompt, &turn.references, along) });
            let came = take(1).iter().map(Part::Picture).collect();
            talk.push(Said { who: Who::Model, parts: came });
        }
        let along = take(recipe.references.len());
        talk.push(Said { who: Who::User, parts: parts(prompt, &recipe.references, along) });
        talk
    }
}

fn parts<'a>(words: &str, references: &[Reference], pictures: &'a [Encoded<'a>]) -> Vec<Part<'a>> {
    let part = |part| match part {
        Spoken::Words(words) => Some(Part::Words(words)),
        Spoken::Picture(index) => pictures.get(index).map(Part::Picture),
    };
    spoken(words, &short_names(references)).into_iter().filter_map(part).collect()
}
