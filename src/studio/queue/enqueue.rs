//! Adds requests to the queue. Every request is recorded on disk before any front end shows it.

use std::sync::Arc;

use crate::{
    library::{QueueEntry, RequestRecord},
    recipe::{Charge, Money, Parameter, Recipe, RequestId},
    studio::{
        protocol::{CardState, Event, QueueEvent, QueuePosition, RequestCard},
        queue::{
            context::QueueContext, queue::Queue, scheduling::pending_queue::PendingRequest, scheduling::split::split,
        },
        responses::ingest::library_failure,
        runtime::{blocking::blocking, task_message::RequestProgress},
    },
};

/// Where requests are added to the queue.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::studio) struct EnqueueOptions {
    /// Before all queued requests.
    pub first: bool,
    /// As a retry of this ended request.
    pub retry_of: Option<RequestId>,
    /// Directly behind this request.
    pub after: Option<RequestId>,
}

/// A request as the scheduler sees it.
pub(super) fn pending_request(recipe: &Recipe, entry: &QueueEntry) -> PendingRequest {
    PendingRequest {
        profile: recipe.profile.clone(),
        model: recipe.model.clone(),
        batch: recipe.batch,
        position: entry.position,
        on_hold: entry.paused,
        not_before: entry.not_before,
        estimate: entry.estimate,
    }
}

/// The card of a request.
pub(super) fn new_card(record: RequestRecord, entry: &QueueEntry, state: CardState) -> RequestCard {
    let RequestRecord { request, recipe, created } = record;
    RequestCard {
        created,
        on_hold: entry.paused,
        not_before: entry.not_before,
        estimate: entry.estimate,
        retry_of: entry.repeats,
        ..RequestCard::new(request, Arc::new(recipe), state)
    }
}

impl Queue {
    /// Queues one request for each recipe, or several if the model returns one image per request.
    pub(in crate::studio) async fn enqueue(
        &mut self,
        cx: &mut QueueContext<'_>,
        recipes: Vec<Recipe>,
        options: EnqueueOptions,
    ) -> Vec<RequestId> {
        let created = cx.context.now();
        let batch = cx.context.new_batch();
        let recipes = recipes.into_iter().flat_map(|mut recipe| {
            recipe.batch.get_or_insert(batch);
            Self::expand_recipe(cx, recipe)
        });
        let recipes: Vec<Recipe> = recipes.collect();
        let pending = &self.scheduler.pending;
        let positions =
            if options.first { pending.first_positions(recipes.len()) } else { pending.last_positions(recipes.len()) };
        let mut retry_of = options.retry_of;
        let added = recipes.into_iter().zip(positions).map(|(recipe, position)| {
            let entry = QueueEntry {
                position,
                repeats: retry_of.take(),
                estimate: Self::estimate(cx, &recipe),
                ..QueueEntry::default()
            };
            (RequestRecord { request: cx.context.new_request(), recipe, created }, entry)
        });
        let added: Vec<(RequestRecord, QueueEntry)> = added.collect();
        let library = Arc::clone(&cx.context.library);
        let record = move || {
            let recorded = library.requests().enqueue(added.iter().map(|(record, entry)| (record, entry.clone())));
            (recorded, added)
        };
        let (recorded, added) = match blocking(record).await {
            Ok(recorded) => recorded,
            Err(failure) => {
                tracing::error!(?failure, "requests could not be recorded");
                return Vec::new();
            }
        };
        let requests: Vec<RequestId> = added.iter().map(|(record, _)| record.request).collect();
        for (record, entry) in added {
            let (request, pending) = (record.request, pending_request(&record.recipe, &entry));
            self.run.add(pending.batch, created);
            self.scheduler.pending.add(request, pending, created);
            let card = self.registry.insert(new_card(record, &entry, CardState::Queued));
            cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
            // A request that is not on disk is not sent.
            if let Err(error) = &recorded {
                self.scheduler.pending.remove(request);
                self.on_progress(cx, request, RequestProgress::Failed(library_failure(error, Charge::No)));
            }
        }
        if let Some(other) = options.after {
            self.move_requests(cx, requests.clone(), QueuePosition::After(other)).await;
        }
        self.published.mark_order_dirty();
        self.dispatch_ready(cx);
        requests
    }

    /// Expands a recipe to requests, each with the parameters that its model does not accept.
    pub(super) fn expand_recipe(cx: &QueueContext<'_>, mut recipe: Recipe) -> Vec<Recipe> {
        recipe.order_references();
        let Some(profile) = cx.profile(&recipe.profile) else { return vec![recipe] };
        let abilities = cx.providers.abilities(&profile, &recipe.model);
        recipe.unsupported = abilities.unsupported(&recipe);
        let takes_n = abilities.takes(Parameter::N) != Some(false);
        split(recipe, takes_n)
    }

    /// The estimated cost of a request, if prices are known.
    pub(super) fn estimate(cx: &QueueContext<'_>, recipe: &Recipe) -> Option<Money> {
        // The demo gateway is free.
        if recipe.profile.is_demo() {
            return Some(Money::default());
        }
        cx.providers.abilities(&cx.profile(&recipe.profile)?, &recipe.model).estimate(recipe)
    }
}
