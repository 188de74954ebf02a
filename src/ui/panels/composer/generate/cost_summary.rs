//! The number of requests of a prompt, their cost and their duration.

use std::time::Duration;

use crate::{
    recipe::{Abilities, Money},
    ui::{
        components::request_cost::{MAX_REQUESTS_PER_BATCH, max_concurrent, price_and_time},
        panels::composer::state::composer::Composer,
        state::view_context::ViewContext,
        text::Text,
    },
};

/// The estimate of a click on the button.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestEstimate {
    /// The number of prompts.
    pub variants: u128,
    /// Images per prompt.
    pub images: u32,
    /// The number of requests.
    pub requests: u128,
    /// The cost, if the price of an image is known.
    pub price: Option<Money>,
    max_concurrent: usize,
    time: Option<Duration>,
}

impl RequestEstimate {
    /// The estimate for the composer's settings.
    pub fn of(composer: &Composer, abilities: &Abilities, cx: &ViewContext<'_>) -> Self {
        let recipe = &composer.meant();
        let variants = composer.expansion.count();
        let images = recipe.parameters.n.unwrap_or(1).max(1);
        let requests = variants.saturating_mul(u128::from(abilities.requests(&recipe.parameters)));
        let max_concurrent = max_concurrent(&recipe.profile, cx.known);
        let turns = requests.div_ceil(max_concurrent.max(1) as u128);
        let time = cx.known.took(&recipe.profile, &recipe.model).filter(|_| requests <= MAX_REQUESTS_PER_BATCH);
        let time = time.map(|each| each.saturating_mul(u32::try_from(turns).unwrap_or(u32::MAX)));
        let price = abilities.estimate(&abilities.fit(recipe).0).map(|each| times(each, variants));
        Self { variants, images, requests, price, max_concurrent, time }
    }

    /// The number of images.
    pub fn images(&self) -> u128 {
        self.variants.saturating_mul(self.images.into())
    }

    /// "6 variants × 2 images = 12 requests ≈ $0.47 · 3 at a time ≈ 1 min"
    pub fn words(&self, text: &Text) -> String {
        let count = |key: &str, count: u128| match u64::try_from(count) {
            Ok(count) if count <= 1_000_000_000_000 => text.with(key, [("count", count.into())]),
            _ => text
                .with("composer-beyond", [("what", text.with(key, [("count", 1_000_000_000_000_u64.into())]).into())]),
        };
        let variants = count("composer-variants", self.variants);
        let requests = count("batch-requests", self.requests);
        let made = match (self.variants, self.images) {
            (1, 1) => requests,
            (_, 1) if self.variants == self.requests => {
                text.with("composer-set-of-variants", [("variants", variants.into()), ("requests", requests.into())])
            }
            (_, images) => {
                let images = count("composer-images", images.into());
                text.with(
                    "composer-set",
                    [("variants", variants.into()), ("images", images.into()), ("requests", requests.into())],
                )
            }
        };
        [made, price_and_time(self.price, self.max_concurrent, self.time, text)].join(&text.get("fact-separator"))
    }
}

fn times(each: Money, count: u128) -> Money {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Money::from_micros(each.micros().saturating_mul(count))
}
