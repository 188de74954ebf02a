//! The recipe: everything that a request is made from.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{batch_role::BatchRole, reference::Reference, turn::Turn, unsupported::Unsupported};
use crate::recipe::{
    parameters::Parameters,
    values::{BatchId, ProfileId},
};

/// Everything that a request is made from, complete enough to send it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The prompt after expanding the template, with the text of the styles.
    pub prompt: String,
    /// The negative prompt. No supported gateway has a field for it, so it is sent as part of the text, see
    /// [`Self::words`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// The template and styles that the prompt was made from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composed: Option<Composed>,
    /// The profile of the gateway.
    pub profile: ProfileId,
    /// The gateway's ID of the model.
    pub model: String,
    /// Parameters that are not on default.
    #[serde(default)]
    pub parameters: Parameters,
    /// Images that are sent with the prompt, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Earlier turns of the conversation that this request continues. The image of the last one is to be edited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// The mask of the first reference: a PNG of the same size, transparent where the image is to be generated again.
    /// Only image endpoints support one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Reference>,
    /// The parts of this recipe that were not sent, because the model is known not to support them.
    #[serde(rename = "not_sent", default, skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<Unsupported>,
    /// The batch of the request. The studio sets it if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// The role in the batch.
    #[serde(rename = "part", default, skip_serializing_if = "BatchRole::is_prompt")]
    pub role: BatchRole,
}

/// The template, styles and negative prompt that a prompt was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Composed {
    /// The template.
    pub template: String,
    /// Names of the styles, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// The negative prompt without those of the styles.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
}

impl Recipe {
    /// The text that is sent: the prompt, followed by the negative prompt as a sentence.
    pub fn words(&self) -> Cow<'_, str> {
        let negative = self.negative.trim();
        if negative.is_empty() {
            return Cow::Borrowed(&self.prompt);
        }
        Cow::Owned(format!("{}\n\nAvoid: {negative}", self.prompt.trim_end()))
    }

    /// Replaces the conversation by its last image as the first reference.
    fn keep_last_image(&mut self) {
        if let Some(last) = self.turns.pop() {
            self.references.retain(|reference| reference.sha256 != last.image.sha256);
            self.references.insert(0, last.image);
        }
        self.turns.clear();
    }

    /// The recipe that is sent: without its unsupported parts.
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
    use serde_json::json;

    use super::*;
    use crate::recipe::parameters::Parameter;

    #[test]
    fn the_negative_prompt_follows_the_prompt() {
        let of = |prompt: &str, negative: &str| {
            let recipe = Recipe { prompt: prompt.to_owned(), negative: negative.to_owned(), ..Recipe::default() };
            recipe.words().into_owned()
        };
        assert_eq!(of("a fox ", " \n"), "a fox ");
        assert_eq!(of("a fox\n", "fog, text "), "a fox\n\nAvoid: fog, text");
    }

    #[test]
    fn names_on_disk_stay_the_same() {
        let stored = json!({
            "prompt": "a fox", "profile": "dgrid", "model": "painter", "parameters": {},
            "turns": [{
                "prompt": "a cup",
                "picture": { "sha256": "00", "mime": "image/png", "name": "cup" },
                "signed": { "profile": "dgrid", "model": "painter", "signatures": { "parts": [
                    { "form": "gemini", "holds": { "words": "thinking" } },
                    { "form": "gemini", "holds": { "picture": 0 } },
                ] } },
            }],
            "not_sent": [{ "parameter": "size" }, "mask"],
            "part": { "picture": "01a23135-469d-751e-baea-2e955da4c9be" },
        });
        let recipe: Recipe = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(recipe.unsupported, [Unsupported::Parameter(Parameter::Size), Unsupported::Mask]);
        assert!(matches!(recipe.role, BatchRole::Image(_)), "{:?}", recipe.role);
        assert_eq!(recipe.turns[0].image.name, "cup");
        assert_eq!(recipe.turns[0].signed.as_ref().unwrap().signatures.parts.len(), 2);
        assert_eq!(serde_json::to_value(&recipe).unwrap(), stored);
    }
}
