//! The abilities of a model, as far as known. `None` always means "not known", which is not "cannot". `None` always
//! means "not known", which is not "cannot".

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

/// What one model can do through one gateway.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Abilities {
    /// Its name for people.
    pub name: Option<String>,
    /// The shapes that can be requested; an empty list says that none can.
    pub aspects: Option<Vec<AspectRatio>>,
    /// The sizes that can be requested; an empty list says that none can.
    pub sizes: Option<Vec<ImageSize>>,
    /// The sizes in pixels that can be requested, where any within limits can.
    pub pixels: Option<PixelLimits>,
    /// The one size that its images have, where there is nothing to choose.
    pub fixed_size: Option<ImageSize>,
    /// What it takes of references.
    pub references: ReferenceLimits,
    /// Whether it can be told what was said before and what came of it.
    pub turns: Option<bool>,
    /// Whether it takes a mask. Where it is not known, none is sent.
    pub mask: Option<bool>,
    /// Parameters that it is known to take, or to ignore or refuse. Of [`Parameter::N`] this says whether one request
    /// can make several images.
    pub takes: BTreeMap<Parameter, bool>,
    /// What an image costs. The first that fits a request holds.
    pub prices: Vec<Price>,
    /// What each image that is sent with a request costs beside that.
    pub reference_price: Option<Money>,
    /// The endpoints at which it usually answers.
    pub endpoint: Option<Dialect>,
    /// Whether it is on its way out.
    pub deprecated: Option<Deprecated>,
    /// What was seen of its images so far.
    pub learned: LearnedModel,
}

/// What an image costs under some conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// For this size alone.
    pub size: Option<ImageSize>,
    /// For this shape alone.
    pub aspect: Option<AspectRatio>,
    /// For one image.
    pub each: Money,
}

/// That a model is on its way out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deprecated {
    /// The day from which it does not answer any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Date>,
    /// The model to use in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

impl Deprecated {
    /// Whether the model has ended by a day.
    pub fn is_over(&self, today: Date) -> bool {
        self.ends.is_some_and(|ends| ends <= today)
    }
}

impl Abilities {
    /// Whether a parameter is known to be taken, or known to be ignored or refused.
    pub fn takes(&self, parameter: Parameter) -> Option<bool> {
        match parameter {
            Parameter::Aspect => self.aspects.as_ref().map(|aspects| !aspects.is_empty()),
            Parameter::Size => self.sizes.as_ref().map(|sizes| !sizes.is_empty()),
            parameter => self.takes.get(&parameter).copied(),
        }
    }

    /// Whether nothing is known of the shapes and sizes that it takes.
    pub fn shapes_unknown(&self) -> bool {
        self.aspects.is_none() && self.sizes.is_none()
    }

    /// What of a recipe this model does not take, in the order of the composer.
    pub fn unsupported(&self, recipe: &Recipe) -> Vec<Unsupported> {
        let set = &recipe.parameters;
        // Of a size in pixels, shape and class are only what it comes to.
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
            // Where one request makes one image, several requests are sent.
            Parameter::N => false,
            parameter => parameter.is_set(set) && self.takes(*parameter) == Some(false),
        };
        let mut unsupported = self.unsupported_images(recipe);
        unsupported.extend(Parameter::ALL.into_iter().filter(refused).map(Unsupported::Parameter));
        unsupported
    }

    /// What of a recipe's images it does not take. The oldest turns of a conversation are left out first.
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

    /// The recipe as this model takes it, and what had to be left out for that.
    pub fn fit(&self, recipe: &Recipe) -> (Recipe, Vec<Unsupported>) {
        let unsupported = self.unsupported(recipe);
        (Recipe { unsupported: unsupported.clone(), ..recipe.clone() }.effective(), unsupported)
    }

    /// How many requests these parameters come to: one, unless one request makes only one image.
    pub fn requests(&self, parameters: &Parameters) -> u32 {
        if self.takes(Parameter::N) == Some(false) { parameters.n.unwrap_or(1).max(1) } else { 1 }
    }

    /// What one image with these parameters costs, if that is known.
    pub fn price(&self, parameters: &Parameters) -> Option<Money> {
        let size = parameters.size.or(self.fixed_size).unwrap_or(ImageSize::One);
        let aspect = parameters.aspect.unwrap_or(AspectRatio::SQUARE);
        let fits = |price: &&Price| {
            price.size.is_none_or(|wanted| wanted == size) && price.aspect.is_none_or(|wanted| wanted == aspect)
        };
        self.prices.iter().find(fits).map(|price| price.each)
    }

    /// What a recipe is thought to cost, if the price of an image is known: as many images as it asks for, and those
    /// that are sent with each of its requests, where something is known of them. What the model does not take must
    /// have been named in it already.
    pub fn estimate(&self, recipe: &Recipe) -> Option<Money> {
        let sent = recipe.effective();
        let times = |each: Money, count: u64| {
            Money::from_micros(each.micros().saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)))
        };
        let images = times(self.price(&sent.parameters)?, sent.parameters.n.unwrap_or(1).max(1).into());
        let along = sent.images().count() as u64 * u64::from(self.requests(&sent.parameters));
        Some(images + self.reference_price.map(|each| times(each, along)).unwrap_or_default())
    }

    /// The least and the greatest price of an image, if any is known.
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
    fn what_is_not_known_is_sent() {
        let recipe = Recipe {
            parameters: Parameters { seed: Some(1), aspect: "1:8".parse().ok(), ..Parameters::default() },
            references: (0..40).map(reference).collect(),
            ..Recipe::default()
        };
        assert_eq!(Abilities::default().fit(&recipe), (recipe, Vec::new()));
    }

    #[test]
    fn what_is_not_taken_is_left_out_and_named() {
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
        // Fitting what fits changes nothing.
        assert_eq!(abilities.fit(&sent), (sent, Vec::new()));
    }

    #[test]
    fn of_a_conversation_goes_along_what_is_taken() {
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
    fn a_price_is_that_of_the_first_row_that_fits() {
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
