//! The signatures of a model on its response, which let a conversation continue its thoughts.
//!
//! Gemini 3 puts an encrypted signature on parts of its answers, and gateways that speak another dialect carry it in
//! fields of their own. It is of no use to a person, but it has to come back exactly as it came.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::recipe::values::ProfileId;

/// Everything that was signed of one answer, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signatures {
    /// The numbers of the images in the answer that belong to the same message.
    #[serde(skip)]
    pub images: Vec<usize>,
    /// Fields of a chat message, such as `reasoning_details`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub message: Map<String, Value>,
    /// The parts of the answer, in order. Those that are not signed are the words between the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<SignedPart>,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedPart {
    /// The dialect that spelled it.
    pub form: PartForm,
    /// What it holds.
    pub holds: PartContent,
    /// The fields beside that, such as `thoughtSignature`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
}

/// Who spells a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartForm {
    /// A part of the content of a chat message.
    Chat,
    /// A part of a candidate of Gemini.
    Gemini,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartContent {
    /// Words; none where only a signature came.
    #[serde(rename = "words")]
    Text(String),
    /// The image of this number in the answer; none for one behind a link.
    #[serde(rename = "picture")]
    Image(Option<usize>),
}

impl Signatures {
    /// Whether nothing is signed.
    pub fn is_empty(&self) -> bool {
        self.message.is_empty() && self.parts.iter().all(|part| part.fields.is_empty())
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(0, |written| written.len())
    }

    /// What is sent back with the image of this number alone. Of several linked images, the right one is not known.
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

    /// Reads what an earlier or a later version has written; what this one does not understand counts for nothing.
    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Arc<Self>>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let Value::Array(values) = value else { return Ok(Vec::new()) };
        let known = values.into_iter().filter_map(|value| serde_json::from_value(value).ok());
        Ok(known.filter(|signatures: &Self| !signatures.is_empty()).map(Arc::new).collect())
    }
}

/// The signatures of a turn, and whom they are for: another model or another gateway cannot read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnSignatures {
    /// The gateway that sent them.
    pub profile: ProfileId,
    /// The model that made them.
    pub model: String,
    /// What was signed.
    pub signatures: Arc<Signatures>,
}

impl TurnSignatures {
    /// As [`Signatures::read`].
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
    fn a_later_version_may_write_what_is_not_understood() {
        let parts = json!({ "parts": [{ "form": "smoke" }] });
        for strange in [json!(7), json!([]), json!([parts]), parts, json!([{ "message": 1 }]), json!(null)] {
            let answer: Answer = serde_json::from_value(json!({ "text": "a", "signatures": strange })).unwrap();
            assert_eq!((answer.text.as_str(), answer.signatures), ("a", Vec::new()));
            let picture = json!({ "sha256": "", "mime": "", "name": "" });
            let turn: Turn =
                serde_json::from_value(json!({ "prompt": "b", "picture": picture, "signed": strange })).unwrap();
            assert_eq!((turn.prompt.as_str(), turn.signed), ("b", None));
        }
        let known = json!([{ "message": { "reasoning_details": [1] } }]);
        let answer: Answer = serde_json::from_value(json!({ "signatures": known })).unwrap();
        assert_eq!(serde_json::to_value(&answer).unwrap()["signatures"], known);
    }

    proptest! {
        #[test]
        fn any_text_in_their_place_leaves_the_answer_readable(strange in "\\PC{0,40}") {
            let answer: Answer = serde_json::from_value(json!({ "signatures": [{ "parts": [strange] }, strange] })).unwrap();
            prop_assert_eq!(answer.signatures, Vec::new());
        }
    }
}
