//! How many requests may be sent together, what they cost, and how long they take.

use std::time::Duration;

use crate::{
    recipe::{Charge, Money, ProfileId},
    studio::{CardState, RequestCard},
    ui::{state::studio_state::StudioState, text::Text},
};

/// So many requests can be sent at once.
pub const MAX_REQUESTS_PER_BATCH: u128 = 10_000;

/// A set of more requests is asked about first.
pub const CONFIRM_REQUESTS_ABOVE: u128 = 50;

/// "≈ $0.47 · 3 at a time ≈ 1 min"
pub fn price_and_time(price: Option<Money>, max_concurrent: usize, time: Option<Duration>, text: &Text) -> String {
    let price = match price {
        None => text.get("model-price-unknown"),
        Some(price) if price == Money::default() => text.get("model-free"),
        Some(price) => text.with("composer-price", [("price", text.price(price).into())]),
    };
    let max_concurrent = text.with("composer-at-once", [("count", max_concurrent.into())]);
    let max_concurrent = match time {
        Some(time) => text
            .with("composer-time", [("at_once", max_concurrent.into()), ("time", text.duration(rounded(time)).into())]),
        None => max_concurrent,
    };
    [price, max_concurrent].join(&text.get("fact-separator"))
}

/// How many requests to a provider run at once.
pub fn max_concurrent(profile: &ProfileId, known: &StudioState) -> usize {
    let limit = known.profile(profile).and_then(|profile| profile.concurrency);
    limit.map_or(known.settings.concurrency, |limit| limit.min(known.settings.concurrency))
}

/// A guess is not given to the second.
pub fn rounded(time: Duration) -> Duration {
    let step = if time < Duration::from_mins(1) { 1 } else { 30 };
    Duration::from_secs(time.as_secs_f64().ceil() as u64)
        .max(Duration::from_secs(1))
        .as_secs()
        .div_ceil(step)
        .checked_mul(step)
        .map_or(time, Duration::from_secs)
}

/// What a request costs: what it has cost, or else what it is thought to cost.
pub fn price(job: &RequestCard, text: &Text) -> String {
    match (&job.state, job.cost, job.estimate) {
        (CardState::Failed(failure), None, _) if failure.charged == Charge::No => text.money(Money::default()),
        (CardState::Cancelled { sent: false }, ..) => text.money(Money::default()),
        (_, Some(cost), _) => text.money(cost),
        (_, None, Some(estimate)) if estimate == Money::default() => text.get("model-free"),
        (_, None, Some(estimate)) => text.with("composer-price", [("price", text.money(estimate).into())]),
        (_, None, None) => text.get("model-price-unknown"),
    }
}
