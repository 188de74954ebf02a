//! What was learned of models from their pictures, gateway by gateway. Kept in `learned.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    recipe::{Learned, ProfileId},
    studio::protocol::images::Details,
};

/// Gateways that are remembered, and models of each. A person who has more loses nothing but hints.
const PROFILES: usize = 64;
const MODELS: usize = 512;

/// What was learned of every model at every gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LearnedBook(BTreeMap<ProfileId, BTreeMap<String, Learned>>);

impl LearnedBook {
    /// Takes in a picture that was stored. Returns whether anything new was learned.
    pub fn note(&mut self, picture: &Details) -> bool {
        let sent = picture.recipe.as_sent();
        let mut learned = self.of(&sent.profile, &sent.model).cloned().unwrap_or_default();
        let before = learned.clone();
        learned.note(&sent, &picture.answer, picture.width, picture.height);
        if learned == before || !self.has_room(&sent.profile, &sent.model) {
            return false;
        }
        self.0.entry(sent.profile).or_default().insert(sent.model, learned);
        true
    }

    fn has_room(&self, profile: &ProfileId, model: &str) -> bool {
        match self.0.get(profile) {
            Some(models) => models.len() < MODELS || models.contains_key(model),
            None => self.0.len() < PROFILES,
        }
    }

    /// What was learned of one model.
    pub fn of(&self, profile: &ProfileId, model: &str) -> Option<&Learned> {
        self.0.get(profile)?.get(model)
    }

    /// What was learned of a gateway's models, by their ids.
    pub fn of_profile(&self, profile: &ProfileId) -> BTreeMap<String, Learned> {
        self.0.get(profile).cloned().unwrap_or_default()
    }

    /// The gateways of which anything was learned.
    pub fn profiles(&self) -> impl Iterator<Item = &ProfileId> {
        self.0.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Answer, Format, ImageId, ImageSize, Parameters, Recipe, RequestId};

    fn picture(profile: &str, model: &str, size: Option<ImageSize>) -> Details {
        Details {
            facts: crate::recipe::ImageFacts {
                id: ImageId::from_uuid(uuid::Uuid::from_u128(1)),
                request: RequestId::from_uuid(uuid::Uuid::from_u128(2)),
                recipe: Recipe {
                    profile: ProfileId::new(profile),
                    model: model.to_owned(),
                    parameters: Parameters { size, ..Parameters::default() },
                    ..Recipe::default()
                },
                answer: Answer::default(),
                format: Format::Png,
                width: 1024,
                height: 1024,
                created: jiff::Timestamp::UNIX_EPOCH,
                took: std::time::Duration::ZERO,
                cost: None,
                source: None,
            },
            bytes: 1,
            sha256: String::new(),
            path: "a.png".into(),
            marks: crate::recipe::Marks::default(),
            palette: Vec::new(),
            lineage: crate::library::Lineage::default(),
        }
    }

    #[test]
    fn what_was_learned_at_one_gateway_says_nothing_of_another() {
        let mut book = LearnedBook::default();
        assert!(book.note(&picture("a", "painter", Some(ImageSize::Four))));
        assert!(!book.note(&picture("a", "painter", None)), "nothing was asked for");
        assert!(book.of(&ProfileId::new("a"), "painter").unwrap().never_size(ImageSize::Four));
        assert_eq!(book.of(&ProfileId::new("b"), "painter"), None);
        let written = serde_json::to_string(&book).unwrap();
        assert_eq!(serde_json::from_str::<LearnedBook>(&written).unwrap(), book);
    }

    #[test]
    fn the_book_has_an_end() {
        let mut book = LearnedBook::default();
        for number in 0..MODELS + 10 {
            book.note(&picture("a", &number.to_string(), Some(ImageSize::One)));
        }
        for number in 0..PROFILES + 10 {
            book.note(&picture(&number.to_string(), "painter", Some(ImageSize::One)));
        }
        assert_eq!((book.of_profile(&ProfileId::new("a")).len(), book.profiles().count()), (MODELS, PROFILES));
        let times = (0..1_000).filter(|_| book.note(&picture("a", "1", Some(ImageSize::One)))).count();
        assert!(times < 200, "what is known well is not written again and again: {times}");
    }
}
