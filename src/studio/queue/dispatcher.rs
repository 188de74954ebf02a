//! Requests set out, come further, and end; gateways that were not reached are tried again.

use std::{future::Future, sync::Arc, time::Duration};

use jiff::SignedDuration;

use crate::{
    error_chain::chain,
    gateway::LinkPolicy,
    library::{QueueEntry, RequestRecord, RequestStatus},
    recipe::{Charge, Failure, FailureKind, ProfileId, Recipe, RequestId},
    studio::{
        protocol::{CardState, Event, GalleryEvent, ImageDetails, Notice, QueueEvent, Secret},
        queue::{
            Queue,
            context::QueueContext,
            enqueue,
            scheduling::gateway_limits::ConfiguredLimits,
            scheduling::run_progress::RequestOutcome,
            scheduling::scheduler::{RequestEnd, SchedulingLimits},
        },
        requests::{
            recovery::{self, RecoveredRequests},
            request_task::{self, RequestTask},
            retry_policy,
        },
        responses::{kept_responses, response_reader::ReceivedResponse},
        runtime::{
            blocking::blocking,
            task::Task,
            task_message::{RequestProgress, TaskMessage},
        },
    },
};

/// How long a gateway may refuse everything, where nobody sits who could stop its requests.
const MAX_RATE_LIMITED_TIME: SignedDuration = SignedDuration::from_mins(30);

impl Queue {
    /// Does something with the scheduler and what a person has set.
    pub(super) fn with_limits<T>(
        &mut self,
        cx: &QueueContext<'_>,
        work: impl FnOnce(&mut crate::studio::queue::scheduling::scheduler::Scheduler, &SchedulingLimits<'_>) -> T,
    ) -> T {
        let (settings, overrides) = (cx.settings, cx.providers.overrides());
        let limits = |id: &ProfileId| {
            let profile = overrides.get(id).or_else(|| settings.profile(id));
            profile.map_or_else(ConfiguredLimits::default, |profile| ConfiguredLimits {
                max_concurrent: profile.concurrency,
                max_per_minute: profile.per_minute,
            })
        };
        work(&mut self.scheduler, &SchedulingLimits { max_total: settings.concurrency, for_gateway: &limits })
    }

    /// Starts as many requests as may run, and tries gateways that were not reached.
    pub(in crate::studio) fn dispatch_ready(&mut self, cx: &QueueContext<'_>) {
        let now = cx.context.now();
        self.dispatched_at = now;
        self.probe_gateways(cx);
        if self.disk_watch.shortage.is_some() {
            return;
        }
        while let Some(request) = self.with_limits(cx, |scheduler, limits| scheduler.start_next(now, limits)) {
            self.published.mark_order_dirty();
            let Some((card, control)) = self.registry.start(request) else { continue };
            let recipe = Arc::clone(&card.recipe);
            let Some(profile) = cx.profile(&recipe.profile) else {
                let failure = Failure::new(FailureKind::WrongUrl).charged(Charge::No);
                cx.context.notify_core(TaskMessage::FailUnsent(request, failure));
                continue;
            };
            // Who has never answered is more likely to be misspelt than out of reach.
            let requeue_if_unreachable = cx.context.interactive && self.has_answered(cx, &profile.id);
            let limits = cx.providers.abilities(&profile, &recipe.model).references;
            let (created, estimate) = (card.created, card.estimate);
            let recipe_of = Arc::clone(&recipe);
            let task = RequestTask {
                request,
                recipe: recipe_of,
                created,
                estimate,
                profile,
                limits,
                control,
                requeue_if_unreachable,
            };
            let context = Arc::clone(cx.context);
            Self::spawn_request(cx, request, &recipe, request_task::run(context, task));
        }
        self.fail_over_budget(cx);
        self.published.mark_dirty();
    }

    /// Runs a request's task. One that panics must not keep its place in the line for ever.
    pub(super) fn spawn_request(
        cx: &QueueContext<'_>,
        request: RequestId,
        recipe: &Arc<Recipe>,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let (context, recipe) = (Arc::clone(cx.context), Arc::clone(recipe));
        let running = tokio::spawn(task);
        tokio::spawn(async move {
            if let Err(error) = running.await {
                tracing::error!(%request, error = %chain(&error), "a request broke down");
                request_task::fail_after_panic(&context, request, &recipe).await;
            }
        });
    }

    /// Where no person sits who could raise a cap, what goes beyond it fails at no cost as soon as nothing else can be
    /// done.
    fn fail_over_budget(&mut self, cx: &QueueContext<'_>) {
        let scheduler = &self.scheduler;
        if cx.context.interactive || scheduler.budget_blocks().is_empty() || !scheduler.running().is_empty() {
            return;
        }
        for id in scheduler.over_budget() {
            self.scheduler.pending.remove(id);
            let failure = Failure::new(FailureKind::OverCap);
            cx.context.notify_core(TaskMessage::FailUnsent(id, failure));
        }
    }

    fn has_answered(&self, cx: &QueueContext<'_>, profile: &ProfileId) -> bool {
        self.answered.contains(profile) || cx.providers.models().contains_key(profile)
    }

    /// A request has come further.
    pub(in crate::studio) fn on_progress(
        &mut self,
        cx: &mut QueueContext<'_>,
        id: RequestId,
        progress: RequestProgress,
    ) {
        let now = cx.context.now();
        let state = match progress {
            RequestProgress::Sent { since } => {
                self.scheduler.on_sent(id, since);
                CardState::Generating { since }
            }
            RequestProgress::RetryScheduled { failure, at, attempts } => {
                self.scheduler.await_retry(id);
                CardState::RetryScheduled { failure, at, attempts, max_attempts: retry_policy::MAX_ATTEMPTS }
            }
            RequestProgress::Receiving { since, bytes, total, preview } => {
                // Nothing but its card changes.
                let state = CardState::Receiving { since, bytes, total, preview };
                if let Some(card) = self.registry.set_state(id, state) {
                    cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
                }
                return;
            }
            RequestProgress::ImageStored(details) => return Self::on_image_stored(cx, id, details),
            RequestProgress::CostRecorded(spending) => {
                self.scheduler.record_cost(&spending, now);
                self.run.record_cost(spending.batch, spending.charged, spending.counted());
                self.registry.change(id, |card| card.cost = spending.amount);
                return self.published.mark_dirty();
            }
            RequestProgress::Unreachable(failure) => return self.on_unreachable(cx, id, failure),
            RequestProgress::RateLimited(failure) => return self.on_rate_limited(cx, id, &failure),
            RequestProgress::RateLimitReached(wait) => return self.on_rate_limit_reached(cx, id, wait),
            RequestProgress::NoDiskSpace(room) => return self.on_no_disk_space(cx, id, room),
            RequestProgress::Requeued => return self.requeue(cx, id),
            RequestProgress::Done { images, took } => {
                cx.read_view();
                CardState::Done { images, took }
            }
            RequestProgress::Failed(failure) => CardState::Failed(failure),
            RequestProgress::Cancelled { sent } => CardState::Cancelled { sent },
        };
        cx.providers.test_ended(id, &state, cx.context, cx.settings);
        if state.has_ended() {
            self.on_ended(cx, id, &state);
        }
        if matches!(&state, CardState::Failed(failure) if failure.stored > 0) {
            cx.read_view();
        }
        let is_kept = matches!(&state, CardState::Failed(failure) if failure.kept.is_some());
        if let Some(card) = self.registry.set_state(id, state) {
            cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        }
        if is_kept {
            self.watch_disk(cx);
            kept_responses::prune(cx.context, cx.settings);
        }
        // A card whose images no view shows has nobody to wait for.
        if !cx.gallery.is_open() {
            for id in self.take_done() {
                cx.send(Event::Queue(QueueEvent::RequestRemoved(id)));
            }
        }
        // A request that waits to be sent again makes room for those to other gateways.
        self.dispatch_ready(cx);
    }

    fn on_image_stored(cx: &mut QueueContext<'_>, id: RequestId, details: Box<ImageDetails>) {
        cx.providers.image_stored(id, &details, cx.context);
        cx.send(Event::Gallery(GalleryEvent::ImageStored(details)));
    }

    /// Takes in how a request has ended, for the line, the gateways and the run.
    fn on_ended(&mut self, cx: &QueueContext<'_>, id: RequestId, state: &CardState) {
        let now = cx.context.now();
        let (end, how) = match state {
            CardState::Failed(failure) => (RequestEnd::Failed(failure), RequestOutcome::Failed),
            CardState::Cancelled { .. } => (RequestEnd::Cancelled, RequestOutcome::Cancelled),
            _ => (RequestEnd::Succeeded, RequestOutcome::Succeeded),
        };
        self.with_limits(cx, |scheduler, limits| scheduler.finish(id, &end, now, limits));
        let Some(card) = self.registry.get(id) else { return };
        let recipe = Arc::clone(&card.recipe);
        self.run.record_end(recipe.batch, how);
        match state {
            CardState::Done { took, .. } => {
                self.durations.record(&recipe.profile, &recipe.model, *took);
                self.answered.insert(recipe.profile.clone());
            }
            // Those that wait for the same gateway do not fail one after the other.
            CardState::Failed(failure) if failure.is_unreachable() && cx.context.interactive => {
                let random = (cx.context.random)();
                self.scheduler.gateways.mark_unreachable(&recipe.profile, failure.clone(), now, random);
            }
            CardState::Failed(failure) if failure.http_status.is_some() => {
                self.answered.insert(recipe.profile.clone());
            }
            _ => {}
        }
    }

    /// A request did not reach its gateway, and goes back into the line until that is reached again.
    fn on_unreachable(&mut self, cx: &QueueContext<'_>, id: RequestId, failure: Failure) {
        // A person has stopped it while it was on its way back.
        if let Some(card) = self.registry.being_cancelled(id) {
            let recipe = Arc::clone(&card.recipe);
            return Self::spawn_request(
                cx,
                id,
                &recipe,
                request_task::cancel_unsent(Arc::clone(cx.context), id, Arc::clone(&recipe)),
            );
        }
        let now = cx.context.now();
        let random = (cx.context.random)();
        if let Some(card) = self.registry.get(id) {
            let news = self.scheduler.gateways.mark_unreachable(&card.recipe.profile, failure, now, random);
            if news {
                tracing::info!(profile = %card.recipe.profile, "a gateway is not reached; its requests wait");
            }
        }
        self.requeue(cx, id);
    }

    /// A gateway has refused a request at no cost, because there are too many: the request goes back into the line, and the
    /// gateway rests.
    fn on_rate_limited(&mut self, cx: &QueueContext<'_>, id: RequestId, failure: &Failure) {
        let now = cx.context.now();
        let Some(profile) = self.registry.get(id).map(|card| card.recipe.profile.clone()) else { return };
        let since = self.scheduler.gateways.rejecting_since(&profile);
        // Where nobody sits who could stop it, that has an end, for all that wait for the gateway.
        if !cx.context.interactive && since.is_some_and(|since| now.duration_since(since) > MAX_RATE_LIMITED_TIME) {
            let line = &mut self.scheduler.pending;
            let is_for_it = |other: &RequestId| line.get(*other).is_some_and(|request| request.profile == profile);
            let waiting: Vec<RequestId> = line.ids().filter(is_for_it).collect();
            for other in waiting {
                line.remove(other);
                cx.context.notify_core(TaskMessage::FailUnsent(other, failure.clone()));
            }
            return cx.context.notify_core(TaskMessage::FailUnsent(id, failure.clone()));
        }
        self.answered.insert(profile);
        let random = (cx.context.random)();
        self.scheduler.on_rate_limited(id, failure.wait, now, random);
        self.requeue(cx, id);
    }

    /// A gateway has taken a request and says that it takes no more for so long.
    fn on_rate_limit_reached(&mut self, cx: &QueueContext<'_>, id: RequestId, wait: Duration) {
        let Some(card) = self.registry.get(id) else { return };
        let profile = card.recipe.profile.clone();
        self.scheduler.gateways.pause_for(&profile, wait, cx.context.now());
        self.published.mark_dirty();
    }

    /// A request that was not sent goes back into the line.
    fn requeue(&mut self, cx: &QueueContext<'_>, id: RequestId) {
        // A person has stopped it meanwhile.
        if let Some(card) = self.registry.being_cancelled(id) {
            let recipe = Arc::clone(&card.recipe);
            return Self::spawn_request(
                cx,
                id,
                &recipe,
                request_task::cancel_unsent(Arc::clone(cx.context), id, Arc::clone(&recipe)),
            );
        }
        if let Some(card) = self.registry.set_state(id, CardState::Queued) {
            cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        }
        self.scheduler.requeue(id, cx.context.now());
        self.published.mark_order_dirty();
        self.dispatch_ready(cx);
    }

    /// Tries gateways that were not reached, whose time has come and for which somebody waits. Asking for the list of
    /// models costs nothing.
    fn probe_gateways(&mut self, cx: &QueueContext<'_>) {
        if self.scheduler.pending.len() == 0 {
            return;
        }
        for id in self.scheduler.gateways.take_due_probes(cx.context.now()) {
            let Some(profile) = cx.profile(&id) else {
                // It was removed, and what waits for it says so when its turn comes.
                self.scheduler.gateways.reset(&id);
                continue;
            };
            let (context, of) = (Arc::clone(cx.context), id.clone());
            let trying = async move {
                let tried = async {
                    let key = context.keys.key(&profile).await?;
                    let base_url = context.base_url(&profile);
                    context.client.models(&profile, base_url, key.as_ref().map(Secret::reveal)).await
                };
                let failure = tried.await.err().filter(Failure::is_unreachable);
                context.notify_core(TaskMessage::GatewayProbed(id, failure));
            };
            cx.context.spawn(Task::Connection, trying, move |context| {
                let failure = Failure::new(FailureKind::NoConnection).charged(Charge::No);
                context.notify_core(TaskMessage::GatewayProbed(of, Some(failure)));
            });
        }
    }

    /// A request ends that was never sent.
    pub(in crate::studio) async fn fail_unsent(&mut self, cx: &mut QueueContext<'_>, id: RequestId, failure: Failure) {
        let (library, state) = (Arc::clone(&cx.context.library), RequestStatus::Failed(failure.clone()));
        if let Ok(Err(error)) = blocking(move || library.requests().set_status(id, &state)).await {
            cx.report_library_error(&error);
        }
        self.on_progress(cx, id, RequestProgress::Failed(failure));
    }

    /// A gateway that was not reached was tried.
    pub(in crate::studio) fn on_probe_result(
        &mut self,
        cx: &QueueContext<'_>,
        profile: &ProfileId,
        failure: Option<Failure>,
    ) {
        let random = (cx.context.random)();
        let gateways = &mut self.scheduler.gateways;
        match failure {
            Some(failure) => {
                gateways.mark_unreachable(profile, failure, cx.context.now(), random);
            }
            None => {
                gateways.mark_reachable(profile);
            }
        }
        self.dispatch_ready(cx);
    }

    /// Takes up what was left undone when the program last stopped.
    pub(in crate::studio) async fn resume_pending(&mut self, cx: &QueueContext<'_>) {
        let context = Arc::clone(cx.context);
        let month = self.scheduler.budget.month_start();
        let found = blocking(move || {
            let spent = recovery::spent(&context, month);
            (spent, recovery::recover(&context), context.library.requests().is_paused())
        });
        let (spent, found, paused) = match found.await {
            Ok(found) => found,
            Err(failure) => return tracing::error!(?failure, "recovery broke down"),
        };
        match spent {
            Ok(spent) => {
                for spending in &spent {
                    self.scheduler.budget.record(spending);
                    if let Some(took) = spending.took_ms {
                        self.durations.record(&spending.profile, &spending.model, Duration::from_millis(took));
                    }
                }
            }
            Err(error) => cx.report_library_error(&error),
        }
        match paused {
            // Who asks without a window means it.
            Ok(paused) => self.scheduler.paused = paused && cx.context.interactive,
            Err(error) => cx.report_library_error(&error),
        }
        match found {
            Ok(found) => self.adopt_recovered(cx, found),
            Err(error) => cx.report_library_error(&error),
        }
    }

    fn adopt_recovered(&mut self, cx: &QueueContext<'_>, found: RecoveredRequests) {
        for recovered in found.cards {
            let card = enqueue::new_card(recovered.record, &recovered.entry, recovered.state);
            let card = self.registry.insert(card);
            cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        }
        for (record, read) in found.linked {
            self.resume_links(cx, record, read);
        }
        // What nobody has allowed to go on waits for a person.
        let goes_on = cx.context.interactive && cx.settings.resume_on_start;
        let (now, mut held) = (cx.context.now(), 0);
        for (record, mut entry) in found.waiting {
            entry.paused |= !goes_on;
            held += usize::from(entry.paused);
            self.run.add(record.recipe.batch, now);
            self.scheduler.pending.add(record.request, enqueue::pending_request(&record.recipe, &entry), now);
            let card = self.registry.insert(enqueue::new_card(record, &entry, CardState::Queued));
            cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        }
        for (count, notice) in [
            (found.interrupted, Notice::RequestsInterrupted { count: found.interrupted }),
            (found.recovered, Notice::ImagesRecovered { count: found.recovered }),
            (held, Notice::RequestsOnHold { count: held }),
        ] {
            if count > 0 {
                cx.send(Event::Notice(notice));
            }
        }
        self.published.mark_order_dirty();
        self.watch_disk(cx);
        self.dispatch_ready(cx);
    }

    /// A failed request has its card again, because its response is kept.
    pub(in crate::studio) fn show_failed_request(
        &mut self,
        cx: &QueueContext<'_>,
        (record, entry, failure): (RequestRecord, QueueEntry, Failure),
    ) {
        let card = self.registry.insert(enqueue::new_card(record, &entry, CardState::Failed(failure)));
        cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        self.published.mark_dirty();
    }

    /// Goes on with an answer that came earlier and links to its pictures.
    pub(super) fn resume_links(&mut self, cx: &QueueContext<'_>, record: RequestRecord, read: ReceivedResponse) {
        let (id, recipe, now) = (record.request, Arc::new(record.recipe.clone()), cx.context.now());
        let profile = cx.profile(&recipe.profile);
        // Links may lead to the gateway that gave them, wherever its profile leads now.
        let policy = profile.as_ref().map(|profile| {
            let base_url = read.gateway.as_deref().unwrap_or_else(|| cx.context.base_url(profile));
            LinkPolicy::of(profile, base_url)
        });
        // Its key belongs to where it leads now, and is not sent to the gateway of before.
        let profile =
            profile.filter(|profile| policy.as_ref().is_some_and(|policy| policy.is_at(cx.context.base_url(profile))));
        let entry = QueueEntry::default();
        self.run.add(recipe.batch, now);
        self.scheduler.adopt_running(id, enqueue::pending_request(&recipe, &entry), now);
        self.registry.insert(enqueue::new_card(record, &entry, CardState::Generating { since: now }));
        let Some((card, control)) = self.registry.start(id) else { return };
        cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        let fetching = request_task::resume_links(
            Arc::clone(cx.context),
            id,
            Arc::clone(&recipe),
            profile,
            policy.unwrap_or_default(),
            read,
            control.cancel,
        );
        Self::spawn_request(cx, id, &recipe, fetching);
    }
}
