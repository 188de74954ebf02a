//! The signatures of a model on its response, which let it continue its reasoning in the next turn.
//!
//! Gemini 3 adds an encrypted signature to parts of its responses, and gateways of other dialects return it in fields
//! of their own. Signatures are opaque and must be sent back unchanged.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::recipe::values::ProfileId;

/// All signed content of one response, as received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signatures {
    /// Numbers of the images in the same message.
    #[serde(skip)]
    pub images: Vec<usize>,
    /// Fields of a chat message, such as `reasoning_details`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub message: Map<String, Value>,
    /// The parts of the message, in order. Unsigned ones are the text between the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<SignedPart>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedPart {
    /// The dialect of the part.
    pub form: PartForm,
    /// Content.
    pub holds: PartContent,
    /// Fields beside the content, such as `thoughtSignature`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
}

/// The dialect of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartForm {
    /// A part of the content of a chat message.
    Chat,
    /// A part of a candidate of Gemini.
    Gemini,
}

/// The content of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartContent {
    /// Text; empty if the part has only a signature.
    #[serde(rename = "words")]
    Text(String),
    /// The image of this number in the response; `None` for a linked one.
    #[serde(rename = "picture")]
    Image(Option<usize>),
}

impl Signatures {
    /// Whether there are no signatures.
    pub fn is_empty(&self) -> bool {
        self.message.is_empty() && self.parts.iter().all(|part| part.fields.is_empty())
    }

    /// Approximate size in bytes.
    pub fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(0, |written| written.len())
    }

    /// The signatures to send back with the image of this number. `None` for one of several linked images, because they
    /// cannot be told apart.
    pub(super) fn for_image(&self, number: usize) -> Option<Self> {
        let is_link = |part: &&SignedPart| part.holds == PartContent::Image(None);
        let links = self.parts.iter().filter(is_link).count();
        let is_linked = !self.images.contains(&number);
        if is_linked && links > 1 {
            return None;
        }
        let belongs = |part: &&SignedPart| match part.holds {
            PartContent::Text(_) => true,
            PartContent::Image(None) => is_linked,
            PartContent::Image(Some(other)) => other == number,
        };
        let parts = self.parts.iter().filter(belongs).cloned().collect();
        Some(Self { images: vec![number], message: self.message.clone(), parts }).filter(|found| !found.is_empty())
    }

    /// Deserializes signatures of any version; unknown ones are ignored.
    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Arc<Self>>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let Value::Array(values) = value else { return Ok(Vec::new()) };
        let known = values.into_iter().filter_map(|value| serde_json::from_value(value).ok());
        Ok(known.filter(|signatures: &Self| !signatures.is_empty()).map(Arc::new).collect())
    }
}

/// The signatures of a turn, with their gateway and model, because others cannot read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnSignatures {
    /// The profile of the gateway.
    pub profile: ProfileId,
    /// The model.
    pub model: String,
    /// The signatures.
    pub signatures: Arc<Signatures>,
}

impl TurnSignatures {
    /// Deserializes as [`Signatures::read`] does.
    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(serde_json::from_value(value).ok())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use crate::recipe::{request::Turn, response::answer::Answer};

    #[test]
    fn unknown_signatures_of_later_versions_are_ignored() {
        let parts = json!({ "parts": [{ "form": "smoke" }] });
        for strange in [json!(7), json!([]), json!([parts]), parts, json!([{ "message": 1 }]), json!(null)] {
            let answer: Answer = serde_json::from_value(json!({ "text": "a", "signatures": strange })).unwrap();
            assert_eq!((answer.text.as_str(), answer.signatures), ("a", Vec::new()));
            let image = json!({ "sha256": "", "mime": "", "name": "" });
            let turn: Turn =
                serde_json::from_value(json!({ "prompt": "b", "picture": image, "signed": strange })).unwrap();
            assert_eq!((turn.prompt.as_str(), turn.signed), ("b", None));
        }
        let known = json!([{ "message": { "reasoning_details": [1] } }]);
        let answer: Answer = serde_json::from_value(json!({ "signatures": known })).unwrap();
        assert_eq!(serde_json::to_value(&answer).unwrap()["signatures"], known);
    }

    proptest! {
        #[test]
        fn invalid_signatures_leave_the_answer_readable(strange in "\\PC{0,40}") {
            let answer: Answer = serde_json::from_value(json!({ "signatures": [{ "parts": [strange] }, strange] })).unwrap();
            prop_assert_eq!(answer.signatures, Vec::new());
        }
    }
}
