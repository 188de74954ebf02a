//! Asking for pictures: every request is written down before anybody hears of it.

use std::sync::Arc;

use crate::{
    library::{QueueEntry, RequestRecord},
    recipe::{Charge, Money, Parameter, Recipe, RequestId},
    studio::{
        protocol::{CardState, Event, QueueEvent, QueuePosition, RequestCard},
        queue::{context::QueueContext, queue::Queue, scheduling::pending_queue::Waiting, scheduling::split::split},
        responses::ingest::library_failure,
        runtime::{blocking::blocking, task_message::RequestProgress},
    },
};

/// How requests are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::studio) struct Asking {
    /// Before all that wait.
    pub first: bool,
    /// In place of this one, which has ended, because a person said so.
    pub repeats: Option<RequestId>,
    /// Right behind this one.
    pub after: Option<RequestId>,
}

/// How a request stands in the line.
pub(super) fn waiting(recipe: &Recipe, turn: &QueueEntry) -> Waiting {
    Waiting {
        profile: recipe.profile.clone(),
        model: recipe.model.clone(),
        batch: recipe.batch,
        place: turn.place,
        paused: turn.paused,
        not_before: turn.not_before,
        estimate: turn.estimate,
    }
}

/// A request's card.
pub(super) fn job(intent: RequestRecord, turn: &QueueEntry, state: CardState) -> RequestCard {
    let RequestRecord { request, recipe, created } = intent;
    RequestCard {
        created,
        on_hold: turn.paused,
        not_before: turn.not_before,
        estimate: turn.estimate,
        retry_of: turn.repeats,
        ..RequestCard::new(request, Arc::new(recipe), state)
    }
}

impl Queue {
    /// Asks for pictures: one request, or as many as the gateway needs, for each recipe.
    pub(in crate::studio) async fn generate(
        &mut self,
        cx: &mut QueueContext<'_>,
        recipes: Vec<Recipe>,
        asking: Asking,
    ) -> Vec<RequestId> {
        let created = cx.context.now();
        let batch = cx.context.new_batch();
        let recipes = recipes.into_iter().flat_map(|mut recipe| {
            recipe.batch.get_or_insert(batch);
            Self::requests_of(cx, recipe)
        });
        let recipes: Vec<Recipe> = recipes.collect();
        let line = &self.scheduler.line;
        let places = if asking.first { line.first_places(recipes.len()) } else { line.last_places(recipes.len()) };
        let mut repeats = asking.repeats;
        let asked = recipes.into_iter().zip(places).map(|(recipe, place)| {
            let turn = QueueEntry {
                place,
                repeats: repeats.take(),
                estimate: Self::estimate(cx, &recipe),
                ..QueueEntry::default()
            };
            (RequestRecord { request: cx.context.new_request(), recipe, created }, turn)
        });
        let asked: Vec<(RequestRecord, QueueEntry)> = asked.collect();
        let library = Arc::clone(&cx.context.library);
        let record = move || {
            let recorded = library.requests().enqueue(asked.iter().map(|(intent, turn)| (intent, turn.clone())));
            (recorded, asked)
        };
        let (recorded, asked) = match blocking(record).await {
            Ok(recorded) => recorded,
            Err(failure) => {
                tracing::error!(?failure, "intents were not written down");
                return Vec::new();
            }
        };
        let requests: Vec<RequestId> = asked.iter().map(|(intent, _)| intent.request).collect();
        for (intent, turn) in asked {
            let (request, waiting) = (intent.request, waiting(&intent.recipe, &turn));
            self.run.asked(waiting.batch, created);
            self.scheduler.line.add(request, waiting, created);
            let job = self.cards.put(job(intent, &turn, CardState::Queued));
            cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
            // What is not on disk is not sent.
            if let Err(error) = &recorded {
                self.scheduler.line.remove(request);
                self.advance(cx, request, RequestProgress::Failed(library_failure(error, Charge::No)));
            }
        }
        if let Some(other) = asking.after {
            self.move_requests(cx, requests.clone(), QueuePosition::After(other)).await;
        }
        self.told.order_changed();
        self.start_waiting(cx);
        requests
    }

    /// The requests that a recipe comes to, each with what its model does not take.
    pub(super) fn requests_of(cx: &QueueContext<'_>, mut recipe: Recipe) -> Vec<Recipe> {
        recipe.order_references();
        let Some(profile) = cx.profile(&recipe.profile) else { return vec![recipe] };
        let abilities = cx.providers.abilities(&profile, &recipe.model);
        recipe.not_sent = abilities.not_sent(&recipe);
        let takes_n = abilities.takes(Parameter::N) != Some(false);
        split(recipe, takes_n)
    }

    /// What a request is thought to cost, if that is known.
    pub(super) fn estimate(cx: &QueueContext<'_>, recipe: &Recipe) -> Option<Money> {
        // Who paints on this machine asks for nothing.
        if recipe.profile.is_demo() {
            return Some(Money::default());
        }
        cx.providers.abilities(&cx.profile(&recipe.profile)?, &recipe.model).estimate(recipe)
    }
}
