//! The abilities of a model, as far as known. `None` always means "unknown", not "unsupported".

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{learned::LearnedModel, reference_limits::ReferenceLimits};
use crate::recipe::{
    images::{AspectRatio, ImageSize, PixelLimits},
    parameters::{Parameter, Parameters},
    profile::Dialect,
    request::{Recipe, Unsupported},
    values::Money,
};

/// The abilities of one model at one gateway.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Abilities {
    /// Display name.
    pub name: Option<String>,
    /// Supported aspect ratios; an empty list means that none can be requested.
    pub aspects: Option<Vec<AspectRatio>>,
    /// Supported resolution classes; an empty list means that none can be requested.
    pub sizes: Option<Vec<ImageSize>>,
    /// Limits of sizes in pixels, if any size within them can be requested.
    pub pixels: Option<PixelLimits>,
    /// The resolution class of all images, if it cannot be chosen.
    pub fixed_size: Option<ImageSize>,
    /// Limits of reference images.
    pub references: ReferenceLimits,
    /// Whether the model supports conversations.
    pub turns: Option<bool>,
    /// Whether the model supports a mask. If unknown, none is sent.
    pub mask: Option<bool>,
    /// Whether each parameter is known to be supported, or known to be ignored or rejected. [`Parameter::N`] tells
    /// whether one request can make several images.
    pub takes: BTreeMap<Parameter, bool>,
    /// Prices of an image. The first one that matches a request applies.
    pub prices: Vec<Price>,
    /// Additional price of each image that is sent with a request.
    pub reference_price: Option<Money>,
    /// The dialect in which the model is usually requested.
    pub endpoint: Option<Dialect>,
    /// Whether the model is deprecated.
    pub deprecated: Option<Deprecated>,
    /// Observations from earlier images of the model.
    pub learned: LearnedModel,
}

/// The price of an image under some conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Applies to this resolution class only.
    pub size: Option<ImageSize>,
    /// Applies to this aspect ratio only.
    pub aspect: Option<AspectRatio>,
    /// Price of one image.
    pub each: Money,
}

/// The deprecation of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deprecated {
    /// The day from which the model is unavailable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Date>,
    /// The model to use instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

impl Deprecated {
    /// Whether the model is unavailable on a day.
    pub fn is_over(&self, today: Date) -> bool {
        self.ends.is_some_and(|ends| ends <= today)
    }
}

impl Abilities {
    /// Whether a parameter is supported; `None` if unknown.
    pub fn takes(&self, parameter: Parameter) -> Option<bool> {
        match parameter {
            Parameter::Aspect => self.aspects.as_ref().map(|aspects| !aspects.is_empty()),
            Parameter::Size => self.sizes.as_ref().map(|sizes| !sizes.is_empty()),
            parameter => self.takes.get(&parameter).copied(),
        }
    }

    /// Whether the supported aspect ratios and sizes are unknown.
    pub fn shapes_unknown(&self) -> bool {
        self.aspects.is_none() && self.sizes.is_none()
    }

    /// The parts of a recipe that this model does not support, in the order of the composer.
    pub fn unsupported(&self, recipe: &Recipe) -> Vec<Unsupported> {
        let set = &recipe.parameters;
        // A size in pixels replaces its aspect ratio and class.
        let is_free = set.pixels.is_some() && self.pixels.is_some();
        let refused = |parameter: &Parameter| match parameter {
            Parameter::Aspect | Parameter::Size if is_free => false,
            Parameter::Aspect => {
                let lacks = |aspect| self.aspects.as_ref().is_some_and(|aspects| !aspects.contains(&aspect));
                set.aspect.is_some_and(lacks)
            }
            Parameter::Size => {
                let lacks = |size| self.sizes.as_ref().is_some_and(|sizes| !sizes.contains(&size));
                set.size.is_some_and(lacks)
            }
            // If one request makes one image, several requests are sent.
            Parameter::N => false,
            parameter => parameter.is_set(set) && self.takes(*parameter) == Some(false),
        };
        let mut unsupported = self.unsupported_images(recipe);
        unsupported.extend(Parameter::ALL.into_iter().filter(refused).map(Unsupported::Parameter));
        unsupported
    }

    /// The images of a recipe that the model does not support. The oldest turns of a conversation are dropped first.
    fn unsupported_images(&self, recipe: &Recipe) -> Vec<Unsupported> {
        let most = self.references.most.unwrap_or(usize::MAX);
        let mut unsupported = Vec::new();
        let mut count = recipe.references.len();
        if !recipe.turns.is_empty() {
            let all = recipe.images().count();
            let mut fewer = recipe.turns.iter().scan(all, |left, turn| {
                let before = *left;
                *left -= turn.image_count();
                Some(before)
            });
            let kept_from = fewer.position(|left| left <= most);
            count = match kept_from.filter(|_| self.turns != Some(false)) {
                Some(0) => 0,
                Some(from) => {
                    unsupported.push(Unsupported::TurnsBefore(from));
                    0
                }
                None => {
                    unsupported.push(Unsupported::Turns);
                    Recipe { unsupported: vec![Unsupported::Turns], ..recipe.clone() }.effective().references.len()
                }
            };
        }
        if count > most {
            unsupported.push(Unsupported::ReferencesBeyond(most));
        }
        if recipe.mask.is_some() && (self.mask != Some(true) || most == 0) {
            unsupported.push(Unsupported::Mask);
        }
        unsupported
    }

    /// The recipe without its unsupported parts, and these parts.
    pub fn fit(&self, recipe: &Recipe) -> (Recipe, Vec<Unsupported>) {
        let unsupported = self.unsupported(recipe);
        (Recipe { unsupported: unsupported.clone(), ..recipe.clone() }.effective(), unsupported)
    }

    /// Number of requests for these parameters: one, unless one request makes only one image.
    pub fn requests(&self, parameters: &Parameters) -> u32 {
        if self.takes(Parameter::N) == Some(false) { parameters.n.unwrap_or(1).max(1) } else { 1 }
    }

    /// Price of one image with these parameters, if known.
    pub fn price(&self, parameters: &Parameters) -> Option<Money> {
        let size = parameters.size.or(self.fixed_size).unwrap_or(ImageSize::One);
        let aspect = parameters.aspect.unwrap_or(AspectRatio::SQUARE);
        let fits = |price: &&Price| {
            price.size.is_none_or(|wanted| wanted == size) && price.aspect.is_none_or(|wanted| wanted == aspect)
        };
        self.prices.iter().find(fits).map(|price| price.each)
    }

    /// Estimated cost of a recipe, if the price of an image is known: the requested images, and the images that are
    /// sent with each request if their price is known. Unsupported parts must already be listed in the recipe.
    pub fn estimate(&self, recipe: &Recipe) -> Option<Money> {
        let sent = recipe.effective();
        let times = |each: Money, count: u64| {
            Money::from_micros(each.micros().saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)))
        };
        let images = times(self.price(&sent.parameters)?, sent.parameters.n.unwrap_or(1).max(1).into());
        let along = sent.images().count() as u64 * u64::from(self.requests(&sent.parameters));
        Some(images + self.reference_price.map(|each| times(each, along)).unwrap_or_default())
    }

    /// Lowest and highest price of an image, if any is known.
    pub fn price_range(&self) -> Option<(Money, Money)> {
        let each = || self.prices.iter().map(|price| price.each);
        each().min().zip(each().max())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::request::{Reference, Turn};

    fn reference(number: usize) -> Reference {
        Reference { sha256: format!("{number:064}"), mime: "image/png".to_owned(), name: String::new(), image: None }
    }

    fn ratio(text: &str) -> AspectRatio {
        text.parse().unwrap()
    }

    #[test]
    fn parameters_of_unknown_support_are_sent() {
        let recipe = Recipe {
            parameters: Parameters { seed: Some(1), aspect: "1:8".parse().ok(), ..Parameters::default() },
            references: (0..40).map(reference).collect(),
            ..Recipe::default()
        };
        assert_eq!(Abilities::default().fit(&recipe), (recipe, Vec::new()));
    }

    #[test]
    fn unsupported_parts_are_dropped_and_listed() {
        let abilities = Abilities {
            aspects: Some(vec![ratio("1:1"), ratio("16:9")]),
            sizes: Some(vec![]),
            references: ReferenceLimits { most: Some(2), ..ReferenceLimits::default() },
            takes: [(Parameter::Seed, false), (Parameter::TopP, true), (Parameter::N, false)].into(),
            ..Abilities::default()
        };
        let asked = Recipe {
            prompt: "sea".to_owned(),
            parameters: Parameters {
                aspect: Some(ratio("21:9")),
                size: Some(ImageSize::Four),
                seed: Some(7),
                top_p: Some(0.5),
                n: Some(3),
                ..Parameters::default()
            },
            references: (0..3).map(reference).collect(),
            ..Recipe::default()
        };
        let (sent, unsupported) = abilities.fit(&asked);
        let parameters = Parameters { top_p: Some(0.5), n: Some(3), ..Parameters::default() };
        assert_eq!(sent, Recipe { parameters, references: (0..2).map(reference).collect(), ..asked.clone() });
        let named = [Parameter::Aspect, Parameter::Size, Parameter::Seed].map(Unsupported::Parameter);
        assert_eq!(unsupported, [&[Unsupported::ReferencesBeyond(2)][..], &named].concat());
        // A supported recipe is unchanged.
        assert_eq!(abilities.fit(&sent), (sent, Vec::new()));
    }

    #[test]
    fn the_newest_turns_within_the_limits_are_sent() {
        let turn = |number, references: std::ops::Range<usize>| crate::recipe::request::Turn {
            prompt: format!("step {number}"),
            references: references.map(reference).collect(),
            image: reference(number),
            signed: None,
        };
        let recipe = Recipe {
            turns: vec![turn(10, 0..2), turn(11, 0..0), turn(12, 0..0)],
            references: vec![reference(3)],
            mask: Some(reference(99)),
            ..Recipe::default()
        };
        let sent = |most, turns| {
            let references = ReferenceLimits { most, ..ReferenceLimits::default() };
            let abilities = Abilities { references, turns, mask: Some(turns == Some(false)), ..Abilities::default() };
            let (sent, unsupported) = abilities.fit(&recipe);
            assert!(most.is_none_or(|most| sent.images().count() <= most));
            (sent.turns.len(), sent.references.len(), unsupported)
        };
        assert_eq!(sent(None, None), (3, 1, vec![Unsupported::Mask]));
        assert_eq!(sent(Some(6), Some(true)), (3, 1, vec![Unsupported::Mask]));
        assert_eq!(sent(Some(5), Some(true)), (2, 1, vec![Unsupported::TurnsBefore(1), Unsupported::Mask]));
        assert_eq!(sent(Some(2), Some(true)), (1, 1, vec![Unsupported::TurnsBefore(2), Unsupported::Mask]));
        let alone = vec![Unsupported::Turns, Unsupported::ReferencesBeyond(1), Unsupported::Mask];
        assert_eq!(sent(Some(1), Some(true)), (0, 1, alone));
        assert_eq!(sent(Some(16), Some(false)), (0, 2, vec![Unsupported::Turns]));
        let nothing = vec![Unsupported::Turns, Unsupported::ReferencesBeyond(0), Unsupported::Mask];
        assert_eq!(sent(Some(0), Some(false)), (0, 0, nothing));
        let abilities = Abilities { turns: Some(false), ..Abilities::default() };
        let first = abilities.fit(&recipe).0.references[0].clone();
        assert_eq!(first, reference(12), "the image that is to be changed comes first");
    }

    #[test]
    fn the_first_matching_price_applies() {
        let dollars = Money::from_dollars;
        let by_size = |size, each| Price { size: Some(size), aspect: None, each: dollars(each) };
        let abilities = Abilities {
            prices: vec![by_size(ImageSize::One, 0.134), by_size(ImageSize::Four, 0.24)],
            ..Abilities::default()
        };
        let price = |size| abilities.price(&Parameters { size, ..Parameters::default() });
        assert_eq!(price(None), Some(dollars(0.134)));
        assert_eq!(price(Some(ImageSize::Four)), Some(dollars(0.24)));
        assert_eq!(price(Some(ImageSize::Two)), None, "a guess would be worse than nothing");
        assert_eq!(abilities.price_range(), Some((dollars(0.134), dollars(0.24))));
        let mut recipe = Recipe { references: (0..2).map(reference).collect(), ..Recipe::default() };
        assert_eq!(abilities.estimate(&recipe), Some(dollars(0.134)), "nobody knows what references cost");
        let priced = Abilities {
            reference_price: Some(dollars(0.0011)),
            takes: [(Parameter::N, false)].into(),
            ..abilities.clone()
        };
        assert_eq!(priced.estimate(&recipe), Some(dollars(0.1362)));
        let turn =
            Turn { prompt: "rain".to_owned(), references: vec![reference(2)], image: reference(3), signed: None };
        let conversation = Recipe { turns: vec![turn], ..recipe.clone() };
        assert_eq!(priced.estimate(&conversation), Some(dollars(0.1384)), "those of a conversation go along too");
        recipe.parameters.n = Some(3);
        assert_eq!(priced.estimate(&recipe), Some(dollars(3.0 * 0.1362)), "they go along with each request");
        assert_eq!(Abilities::default().estimate(&recipe), None);
        assert_eq!(Abilities::default().price_range(), None);
    }
}
