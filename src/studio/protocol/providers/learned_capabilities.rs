//! Capabilities of models that were learned from their images, stored in `learned.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    recipe::{LearnedModel, ProfileId},
    studio::protocol::images::ImageDetails,
};

/// Limits of the file. Beyond them only hints are lost.
const MAX_PROFILES: usize = 64;
const MAX_MODELS_PER_PROFILE: usize = 512;

/// The learned capabilities of every model, by gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LearnedCapabilities(BTreeMap<ProfileId, BTreeMap<String, LearnedModel>>);

impl LearnedCapabilities {
    /// Learns from a stored image. Returns whether anything new was learned.
    pub fn learn_from(&mut self, image: &ImageDetails) -> bool {
        let sent = image.facts.recipe.effective();
        let mut learned = self.get(&sent.profile, &sent.model).cloned().unwrap_or_default();
        let before = learned.clone();
        learned.note(&sent, &image.facts.answer, image.facts.width, image.facts.height);
        if learned == before || !self.has_room(&sent.profile, &sent.model) {
            return false;
        }
        self.0.entry(sent.profile).or_default().insert(sent.model, learned);
        true
    }

    fn has_room(&self, profile: &ProfileId, model: &str) -> bool {
        match self.0.get(profile) {
            Some(models) => models.len() < MAX_MODELS_PER_PROFILE || models.contains_key(model),
            None => self.0.len() < MAX_PROFILES,
        }
    }

    /// The learned capabilities of a model.
    pub fn get(&self, profile: &ProfileId, model: &str) -> Option<&LearnedModel> {
        self.0.get(profile)?.get(model)
    }

    /// The learned capabilities of a gateway's models, by model ID.
    pub fn for_profile(&self, profile: &ProfileId) -> BTreeMap<String, LearnedModel> {
        self.0.get(profile).cloned().unwrap_or_default()
    }

    /// The gateways with learned capabilities.
    pub fn profiles(&self) -> impl Iterator<Item = &ProfileId> {
        self.0.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Answer, Format, ImageId, ImageSize, Parameters, Recipe, RequestId};

    fn image(profile: &str, model: &str, size: Option<ImageSize>) -> ImageDetails {
        ImageDetails {
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
    fn what_is_learned_at_one_gateway_does_not_apply_to_another() {
        let mut learned = LearnedCapabilities::default();
        assert!(learned.learn_from(&image("a", "painter", Some(ImageSize::Four))));
        assert!(!learned.learn_from(&image("a", "painter", None)), "the request had no size");
        assert!(learned.get(&ProfileId::new("a"), "painter").unwrap().never_size(ImageSize::Four));
        assert_eq!(learned.get(&ProfileId::new("b"), "painter"), None);
        let written = serde_json::to_string(&learned).unwrap();
        assert_eq!(serde_json::from_str::<LearnedCapabilities>(&written).unwrap(), learned);
    }

    #[test]
    fn the_number_of_entries_is_limited() {
        let mut learned = LearnedCapabilities::default();
        for number in 0..MAX_MODELS_PER_PROFILE + 10 {
            learned.learn_from(&image("a", &number.to_string(), Some(ImageSize::One)));
        }
        for number in 0..MAX_PROFILES + 10 {
            learned.learn_from(&image(&number.to_string(), "painter", Some(ImageSize::One)));
        }
        assert_eq!(
            (learned.for_profile(&ProfileId::new("a")).len(), learned.profiles().count()),
            (MAX_MODELS_PER_PROFILE, MAX_PROFILES)
        );
        let times = (0..1_000).filter(|_| learned.learn_from(&image("a", "1", Some(ImageSize::One)))).count();
        assert!(times < 200, "a known capability is not written repeatedly: {times}");
    }
}
