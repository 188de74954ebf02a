//! Records the costs of requests.

use std::time::Duration;

use crate::{
    error_chain::chain,
    recipe::{Charge, Money, Recipe, RequestId, Spending},
    studio::runtime::{
        context::Context,
        task_message::{RequestProgress, TaskMessage},
    },
};

/// The cost of a request that was sent.
pub(in crate::studio) struct RequestCost {
    pub charged: Charge,
    /// The cost that the gateway reports.
    pub amount: Option<Money>,
    /// Number of its images.
    pub images: usize,
    /// Its duration, if it returned images and was measured.
    pub took: Option<Duration>,
}

/// Records the cost of a request that was sent, before the request is marked as ended. If recording fails, images must
/// not be lost because of it: the cost counts until the program ends. Blocks.
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
        image_count: cost.images,
        took_ms: cost.took.and_then(|took| u64::try_from(took.as_millis()).ok()),
    };
    match context.library.spending().record(&spending) {
        // It was counted already when recording failed before.
        Ok(true) if context.unrecorded_costs().remove(&request) => return,
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::error!(%request, error = %chain(&error), "the cost of a request could not be recorded");
            if !context.unrecorded_costs().insert(request) {
                return;
            }
        }
    }
    context.notify_core(TaskMessage::Progress(request, RequestProgress::CostRecorded(Box::new(spending))));
}
