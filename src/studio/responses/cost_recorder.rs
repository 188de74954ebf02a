//! Writing down what requests have come to.

use std::time::Duration;

use crate::{
    error_chain::chain,
    recipe::{Charge, Money, Recipe, RequestId, Spending},
    studio::runtime::{
        context::Context,
        task_message::{RequestProgress, TaskMessage},
    },
};

/// What a request that was sent has come to.
pub(in crate::studio) struct RequestCost {
    pub charged: Charge,
    /// What the gateway says that it cost.
    pub amount: Option<Money>,
    /// Pictures that came of it.
    pub images: usize,
    /// How long it took, where pictures came and that was measured.
    pub took: Option<Duration>,
}

/// Writes down what a request that was sent has come to, before it is marked as ended. That it cannot be written down is
/// no reason to lose pictures; it counts until the program ends. Blocks.
pub(in crate::studio) fn record_cost(context: &Context, request: RequestId, recipe: &Recipe, cost: &RequestCost) {
    let estimate = context.library.requests().queue_entry(request).ok().flatten().and_then(|entry| entry.estimate);
    let amount = if cost.charged == Charge::No { Some(Money::default()) } else { cost.amount };
    let spending = Spending {
        at: context.now(),
        request,
        profile: recipe.profile.clone(),
        model: recipe.model.clone(),
        batch: recipe.batch,
        charged: cost.charged,
        amount,
        estimate,
        pictures: cost.images,
        took_ms: cost.took.and_then(|took| u64::try_from(took.as_millis()).ok()),
    };
    match context.library.spending().record(&spending) {
        // It was counted already if it could not be written down before.
        Ok(true) if context.unrecorded_costs().remove(&request) => return,
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::error!(%request, error = %chain(&error), "what a request has cost was not written down");
            if !context.unrecorded_costs().insert(request) {
                return;
            }
        }
    }
    context.notify_core(TaskMessage::Progress(request, RequestProgress::CostRecorded(Box::new(spending))));
}
