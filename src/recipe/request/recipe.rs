//! The recipe: everything that one request asks of a gateway.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{batch_role::BatchRole, reference::Reference, turn::Turn, unsupported::Unsupported};
use crate::recipe::{
    parameters::Parameters,
    values::{BatchId, ProfileId},
};

/// Everything that was asked of a gateway, complete enough to ask it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// What the person wrote, after template expansion and with the styles' words.
    pub prompt: String,
    /// What is not to be seen. No gateway that is asked here has a field for it; it is sent along in words, see
    /// [`Self::words`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// What the prompt was made of, where it was not written as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composed: Option<Composed>,
    /// Which gateway was asked.
    pub profile: ProfileId,
    /// The model id as the gateway spells it.
    pub model: String,
    /// The parameters that were set away from "default (not sent)".
    #[serde(default)]
    pub parameters: Parameters,
    /// Images that were sent along with the prompt, in the order in which they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// What was said before and what came of it, where this goes on from there. The last image of them is the one that
    /// is to be changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// Which part of the first reference is to be painted again: a PNG of its size, transparent there. Only image
    /// endpoints take one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Reference>,
    /// What of all this did not go to the model, because the model is known not to take it.
    #[serde(rename = "not_sent", default, skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<Unsupported>,
    /// The batch that it was submitted with. The studio sets it for a recipe that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// Its place among them.
    #[serde(rename = "part", default, skip_serializing_if = "BatchRole::is_prompt")]
    pub role: BatchRole,
}

/// What a prompt was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Composed {
    /// The template that the person wrote.
    pub template: String,
    /// Names of the styles that were put around it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// What the person wrote that is not to be seen, without what the styles add.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
}

impl Recipe {
    /// The words that go to the model: the prompt, and what is not to be seen in a sentence after it.
    pub fn words(&self) -> Cow<'_, str> {
        let negative = self.negative.trim();
        if negative.is_empty() {
            return Cow::Borrowed(&self.prompt);
        }
        Cow::Owned(format!("{}\n\nAvoid: {negative}", self.prompt.trim_end()))
    }

    /// Ends the conversation at its last image, which becomes the first reference.
    fn keep_last_image(&mut self) {
        if let Some(last) = self.turns.pop() {
            self.references.retain(|reference| reference.sha256 != last.image.sha256);
            self.references.insert(0, last.image);
        }
        self.turns.clear();
    }

    /// The recipe without what does not go to the model.
    #[must_use]
    pub fn effective(&self) -> Self {
        let mut sent = Self { unsupported: Vec::new(), ..self.clone() };
        for left_out in &self.unsupported {
            match left_out {
                Unsupported::Parameter(parameter) => parameter.clear(&mut sent.parameters),
                Unsupported::Turns => sent.keep_last_image(),
                Unsupported::TurnsBefore(kept) => {
                    let dropped = (*kept).min(sent.turns.len());
                    sent.turns.drain(..dropped);
                }
                Unsupported::ReferencesBeyond(most) => sent.references.truncate(*most),
                Unsupported::Mask => sent.mask = None,
            }
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_avoided_is_said_after_the_prompt() {
        let of = |prompt: &str, negative: &str| {
            let recipe = Recipe { prompt: prompt.to_owned(), negative: negative.to_owned(), ..Recipe::default() };
            recipe.words().into_owned()
        };
        assert_eq!(of("a fox ", " \n"), "a fox ");
        assert_eq!(of("a fox\n", "fog, text "), "a fox\n\nAvoid: fog, text");
    }
}
