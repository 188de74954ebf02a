//! Observations from earlier images of a model: which requested aspect ratios and sizes it delivers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::references_seen::references_seen;
use crate::recipe::{
    images::{AspectRatio, ImageSize},
    parameters::find_mismatch,
    request::Recipe,
    response::Answer,
};

/// Observations from earlier images of one model at one gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LearnedModel {
    /// Results by requested aspect ratio.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub aspects: BTreeMap<AspectRatio, Tally>,
    /// Results by requested size.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sizes: BTreeMap<ImageSize, Tally>,
    /// Whether the model used references, if the response tells.
    #[serde(skip_serializing_if = "Tally::is_empty")]
    pub references: Tally,
}

/// How often a request was fulfilled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Number of images as requested.
    pub kept: u32,
    /// Number of other images.
    pub missed: u32,
}

/// Maximum count of a tally; more adds no information.
const MAX_TALLY: u32 = 100;

impl Tally {
    fn note(&mut self, kept: bool) {
        let count = if kept { &mut self.kept } else { &mut self.missed };
        *count = (*count + 1).min(MAX_TALLY);
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it was requested and never delivered.
    pub fn never(self) -> bool {
        self.kept == 0 && self.missed > 0
    }
}

/// Maximum number of aspect ratios that are remembered for one model.
const MAX_RATIOS: usize = 64;

impl LearnedModel {
    /// Records an image of measured dimensions and the recipe as it was sent.
    pub fn note(&mut self, sent: &Recipe, answer: &Answer, width: u32, height: u32) {
        let found = find_mismatch(&sent.parameters, width, height);
        if let Some(aspect) = sent.parameters.aspect
            && (self.aspects.len() < MAX_RATIOS || self.aspects.contains_key(&aspect))
        {
            self.aspects.entry(aspect).or_default().note(!found.is_some_and(|found| found.in_aspect()));
        }
        if let Some(size) = sent.parameters.size {
            self.sizes.entry(size).or_default().note(!found.is_some_and(|found| found.in_size()));
        }
        if let Some(seen) = references_seen(sent, answer) {
            self.references.note(seen);
        }
    }

    /// Whether an aspect ratio was requested and never delivered.
    pub fn never_aspect(&self, aspect: AspectRatio) -> bool {
        self.aspects.get(&aspect).is_some_and(|tally| tally.never())
    }

    /// Whether a size was requested and never delivered.
    pub fn never_size(&self, size: ImageSize) -> bool {
        self.sizes.get(&size).is_some_and(|tally| tally.never())
    }

    /// Whether references were sent and never used.
    pub fn ignores_references(&self) -> bool {
        self.references.never()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::parameters::Parameters;

    #[test]
    fn a_size_that_was_delivered_once_is_not_marked_as_never_delivered() {
        let sent = Recipe {
            parameters: Parameters {
                aspect: "16:9".parse().ok(),
                size: Some(ImageSize::Four),
                ..Parameters::default()
            },
            ..Recipe::default()
        };
        let wide = "16:9".parse().unwrap();
        let mut learned = LearnedModel::default();
        learned.note(&sent, &Answer::default(), 1376, 768);
        assert!(learned.never_size(ImageSize::Four) && !learned.never_aspect(wide));
        assert!(!learned.never_size(ImageSize::Two), "it was never asked for");
        learned.note(&sent, &Answer::default(), 5504, 3072);
        assert!(!learned.never_size(ImageSize::Four));
        let written = serde_json::to_string(&learned).unwrap();
        assert_eq!(written, r#"{"aspects":{"16:9":{"kept":2,"missed":0}},"sizes":{"4K":{"kept":1,"missed":1}}}"#);
        assert_eq!(serde_json::from_str::<LearnedModel>(&written).unwrap(), learned);
    }

    #[test]
    fn nothing_is_learned_from_default_parameters() {
        let mut learned = LearnedModel::default();
        learned.note(&Recipe::default(), &Answer::default(), 10, 10);
        assert_eq!(learned, LearnedModel::default());
    }
}
