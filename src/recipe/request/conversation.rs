//! Conversations: earlier prompts and images that a request continues.

use super::{recipe::Recipe, reference::Reference, turn::Turn};
use crate::recipe::response::{Answer, Signatures, TurnSignatures};

/// Maximum size of all signatures of one conversation, in bytes. Beyond that the oldest turns lose theirs.
pub(super) const MAX_SIGNATURE_BYTES: usize = 8 << 20;

impl Recipe {
    /// The signatures of a turn, if they come from the recipe's model and profile.
    pub fn signatures_of<'turn>(&self, turn: &'turn Turn) -> Option<&'turn Signatures> {
        let signed = turn.signed.as_ref()?;
        (signed.profile == self.profile && signed.model == self.model).then_some(&*signed.signatures)
    }

    /// The conversation up to an image that resulted from this recipe. It does not begin with an image without a
    /// prompt.
    pub fn turns_up_to(&self, image: Reference, answer: &Answer) -> Vec<Turn> {
        let mut turns = self.turns.clone();
        if !turns.is_empty() || !self.prompt.trim().is_empty() {
            let signed = answer.signatures.first().map(|signatures| TurnSignatures {
                profile: self.profile.clone(),
                model: self.model.clone(),
                signatures: signatures.clone(),
            });
            let prompt = self.words().into_owned();
            turns.push(Turn { prompt, references: self.references.clone(), image, signed });
        }
        let mut signed = 0;
        for turn in turns.iter_mut().rev() {
            signed += turn.signed.as_ref().map_or(0, |signed| signed.signatures.bytes());
            if signed > MAX_SIGNATURE_BYTES {
                turn.signed = None;
            }
        }
        turns
    }

    /// Every image that is sent, in the order of the conversation: the references and the result of each turn, then the
    /// references of the recipe, without the mask.
    pub fn images(&self) -> impl Iterator<Item = &Reference> {
        let turns = self.turns.iter().flat_map(|turn| turn.references.iter().chain([&turn.image]));
        turns.chain(&self.references)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str) -> Reference {
        Reference { sha256: name.to_owned(), mime: "image/png".to_owned(), name: name.to_owned(), image: None }
    }

    #[test]
    fn a_conversation_grows_by_prompt_and_image() {
        let first = Recipe {
            prompt: "a cup".to_owned(),
            negative: "text".to_owned(),
            references: vec![image("shape")],
            ..Recipe::default()
        };
        let second = Recipe {
            prompt: "blue".to_owned(),
            turns: first.turns_up_to(image("one"), &Answer::default()),
            ..Recipe::default()
        };
        let turns = second.turns_up_to(image("two"), &Answer::default());
        let said: Vec<&str> = turns.iter().map(|turn| turn.prompt.as_str()).collect();
        assert_eq!(said, ["a cup\n\nAvoid: text", "blue"]);
        let third = Recipe { turns, references: vec![image("logo")], ..Recipe::default() };
        let names: Vec<&str> = third.images().map(|image| image.name.as_str()).collect();
        assert_eq!(names, ["shape", "one", "two", "logo"]);
        // An image without a prompt does not begin a conversation.
        assert_eq!(Recipe::default().turns_up_to(image("photo"), &Answer::default()), []);
    }

    #[test]
    fn a_long_conversation_keeps_the_newest_signatures() {
        let signatures = Signatures {
            message: [("reasoning_opaque".to_owned(), "A".repeat(1_000_000).into())].into_iter().collect(),
            ..Signatures::default()
        };
        let answer = Answer { signatures: vec![signatures.into()], ..Answer::default() };
        let mut recipe = Recipe { prompt: "bluer".to_owned(), ..Recipe::default() };
        for _ in 0..12 {
            recipe.turns = recipe.turns_up_to(image("cup"), &answer);
        }
        let signed: Vec<bool> = recipe.turns.iter().map(|turn| turn.signed.is_some()).collect();
        assert_eq!(signed, [[false; 4].as_slice(), &[true; 8]].concat());
    }

    #[test]
    fn a_recipe_of_an_earlier_version_has_no_turns() {
        let old: Recipe = serde_json::from_str(r#"{"prompt":"sea","profile":"demo","model":"m"}"#).unwrap();
        assert!(old.turns.is_empty());
        let talk = Recipe {
            turns: Recipe { prompt: "a".into(), ..old.clone() }.turns_up_to(image("x"), &Answer::default()),
            ..old
        };
        let written = serde_json::to_string(&talk).unwrap();
        assert_eq!(serde_json::from_str::<Recipe>(&written).unwrap(), talk);
    }
}
