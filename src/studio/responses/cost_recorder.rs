//! Writing down what requests have come to.

use std::time::Duration;

use crate::{
    error_chain::chain,
    recipe::{Charge, Money, Recipe, RequestId, Spending},
    studio::runtime::{
        context::World,
        task_message::{Note, Step},
    },
};

/// What a request that was sent has come to.
pub(in crate::studio) struct Outcome {
    pub charged: Charge,
    /// What the gateway says that it cost.
    pub amount: Option<Money>,
    /// Pictures that came of it.
    pub pictures: usize,
    /// How long it took, where pictures came and that was measured.
    pub took: Option<Duration>,
}

/// Writes down what a request that was sent has come to, before it is marked as ended. That it cannot be written down is
/// no reason to lose pictures; it counts until the program ends. Blocks.
pub(in crate::studio) fn book(world: &World, request: RequestId, recipe: &Recipe, outcome: &Outcome) {
    let estimate = world.library.requests().queue_entry(request).ok().flatten().and_then(|turn| turn.estimate);
    let amount = if outcome.charged == Charge::No { Some(Money::default()) } else { outcome.amount };
    let spending = Spending {
        at: world.now(),
        request,
        profile: recipe.profile.clone(),
        model: recipe.model.clone(),
        batch: recipe.batch,
        charged: outcome.charged,
        amount,
        estimate,
        pictures: outcome.pictures,
        took_ms: outcome.took.and_then(|took| u64::try_from(took.as_millis()).ok()),
    };
    match world.library.spending().record(&spending) {
        // It was counted already if it could not be written down before.
        Ok(true) if world.unbooked().remove(&request) => return,
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::error!(%request, error = %chain(&error), "what a request has cost was not written down");
            if !world.unbooked().insert(request) {
                return;
            }
        }
    }
    world.note(Note::Step(request, Step::Booked(Box::new(spending))));
}
