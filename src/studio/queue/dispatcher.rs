//! Starts requests, follows their progress to their end, and probes unreachable gateways.

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
            scheduling::scheduler::{RequestEnd, Scheduler, SchedulingLimits},
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

/// How long a gateway may reject all requests before they fail, if no person can cancel them (headless commands).
const MAX_RATE_LIMITED_TIME: SignedDuration = SignedDuration::from_mins(30);

impl Queue {
    /// Calls `work` with the scheduler and the configured limits.
    pub(super) fn with_limits<T>(
        &mut self,
        cx: &QueueContext<'_>,
        work: impl FnOnce(&mut Scheduler, &SchedulingLimits<'_>) -> T,
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

    /// Starts as many requests as may run, and probes unreachable gateways.
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
            // The address of a gateway that has never answered is more likely wrong than temporarily unreachable.
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

    /// Spawns the task of a request. If it panics, the request fails, so that it does not occupy its slot for ever.
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
                tracing::error!(%request, error = %chain(&error), "the task of a request panicked");
                request_task::fail_after_panic(&context, request, &recipe).await;
            }
        });
    }

    /// Fails requests that exceed a cap without charge as soon as nothing else can run, if no person can raise the cap
    /// (headless commands).
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

    /// Handles the progress of a request.
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
                // Only the card changes.
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
            RequestProgress::NoDiskSpace(space) => return self.on_no_disk_space(cx, id, space),
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
        // Without an open view, cards need not stay until the view shows their images.
        if !cx.gallery.is_open() {
            for id in self.take_done() {
                cx.send(Event::Queue(QueueEvent::RequestRemoved(id)));
            }
        }
        // A request that waits for its retry makes room for requests to other gateways.
        self.dispatch_ready(cx);
    }

    fn on_image_stored(cx: &mut QueueContext<'_>, id: RequestId, details: Box<ImageDetails>) {
        cx.providers.image_stored(id, &details, cx.context);
        cx.send(Event::Gallery(GalleryEvent::ImageStored(details)));
    }

    /// Updates scheduler, run and statistics after a request has ended.
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
            // Other requests to this gateway wait instead of failing one after the other.
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

    /// Puts a request back into the queue that could not reach its gateway, until the gateway is reachable again.
    fn on_unreachable(&mut self, cx: &QueueContext<'_>, id: RequestId, failure: Failure) {
        // A person may have cancelled it in the meantime.
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
            let is_new = self.scheduler.gateways.mark_unreachable(&card.recipe.profile, failure, now, random);
            if is_new {
                tracing::info!(profile = %card.recipe.profile, "a gateway is unreachable; its requests wait");
            }
        }
        self.requeue(cx, id);
    }

    /// Puts a request back into the queue that its gateway rejected without charge because of its rate limit, and
    /// pauses the gateway.
    fn on_rate_limited(&mut self, cx: &QueueContext<'_>, id: RequestId, failure: &Failure) {
        let now = cx.context.now();
        let Some(profile) = self.registry.get(id).map(|card| card.recipe.profile.clone()) else { return };
        let since = self.scheduler.gateways.rejecting_since(&profile);
        // If no person can cancel the requests, all that wait for the gateway fail after a time.
        if !cx.context.interactive && since.is_some_and(|since| now.duration_since(since) > MAX_RATE_LIMITED_TIME) {
            let pending = &mut self.scheduler.pending;
            let is_same_gateway =
                |other: &RequestId| pending.get(*other).is_some_and(|request| request.profile == profile);
            let affected: Vec<RequestId> = pending.ids().filter(is_same_gateway).collect();
            for other in affected {
                pending.remove(other);
                cx.context.notify_core(TaskMessage::FailUnsent(other, failure.clone()));
            }
            return cx.context.notify_core(TaskMessage::FailUnsent(id, failure.clone()));
        }
        self.answered.insert(profile);
        let random = (cx.context.random)();
        self.scheduler.on_rate_limited(id, failure.wait, now, random);
        self.requeue(cx, id);
    }

    /// Pauses a gateway that accepted a request and announced that it accepts no more for a while.
    fn on_rate_limit_reached(&mut self, cx: &QueueContext<'_>, id: RequestId, wait: Duration) {
        let Some(card) = self.registry.get(id) else { return };
        let profile = card.recipe.profile.clone();
        self.scheduler.gateways.pause_for(&profile, wait, cx.context.now());
        self.published.mark_dirty();
    }

    /// Puts a request that was not sent back into the queue.
    fn requeue(&mut self, cx: &QueueContext<'_>, id: RequestId) {
        // A person may have cancelled it in the meantime.
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

    /// Probes unreachable gateways that are due, while requests are queued. A probe requests the model list, which
    /// costs nothing.
    fn probe_gateways(&mut self, cx: &QueueContext<'_>) {
        if self.scheduler.pending.len() == 0 {
            return;
        }
        for id in self.scheduler.gateways.take_due_probes(cx.context.now()) {
            let Some(profile) = cx.profile(&id) else {
                // The profile was removed; its requests fail when it is their turn.
                self.scheduler.gateways.reset(&id);
                continue;
            };
            let (context, of) = (Arc::clone(cx.context), id.clone());
            let probe = async move {
                let models = async {
                    let key = context.keys.key(&profile).await?;
                    let base_url = context.base_url(&profile);
                    context.client.models(&profile, base_url, key.as_ref().map(Secret::reveal)).await
                };
                let failure = models.await.err().filter(Failure::is_unreachable);
                context.notify_core(TaskMessage::GatewayProbed(id, failure));
            };
            cx.context.spawn(Task::Connection, probe, move |context| {
                let failure = Failure::new(FailureKind::NoConnection).charged(Charge::No);
                context.notify_core(TaskMessage::GatewayProbed(of, Some(failure)));
            });
        }
    }

    /// Ends a request that was never sent, with this failure.
    pub(in crate::studio) async fn fail_unsent(&mut self, cx: &mut QueueContext<'_>, id: RequestId, failure: Failure) {
        let (library, state) = (Arc::clone(&cx.context.library), RequestStatus::Failed(failure.clone()));
        if let Ok(Err(error)) = blocking(move || library.requests().set_status(id, &state)).await {
            cx.report_library_error(&error);
        }
        self.on_progress(cx, id, RequestProgress::Failed(failure));
    }

    /// Handles the result of a probe; `failure` says that the gateway is still unreachable.
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

    /// Recovers the requests that were unfinished when the program last stopped.
    pub(in crate::studio) async fn resume_pending(&mut self, cx: &QueueContext<'_>) {
        let context = Arc::clone(cx.context);
        let month = self.scheduler.budget.month_start();
        let found = blocking(move || {
            let spending = recovery::read_spending(&context, month);
            (spending, recovery::recover(&context), context.library.requests().is_paused())
        });
        let (spending, found, paused) = match found.await {
            Ok(found) => found,
            Err(failure) => return tracing::error!(?failure, "the recovery of requests failed"),
        };
        match spending {
            Ok(all) => {
                for spending in &all {
                    self.scheduler.budget.record(spending);
                    if let Some(took) = spending.took_ms {
                        self.durations.record(&spending.profile, &spending.model, Duration::from_millis(took));
                    }
                }
            }
            Err(error) => cx.report_library_error(&error),
        }
        match paused {
            // A headless command starts its requests even if the queue is paused in the window.
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
        // Queued requests are put on hold unless the settings let them continue.
        let may_continue = cx.context.interactive && cx.settings.resume_on_start;
        let (now, mut on_hold) = (cx.context.now(), 0);
        for (record, mut entry) in found.queued {
            entry.paused |= !may_continue;
            on_hold += usize::from(entry.paused);
            self.run.add(record.recipe.batch, now);
            self.scheduler.pending.add(record.request, enqueue::pending_request(&record.recipe, &entry), now);
            let card = self.registry.insert(enqueue::new_card(record, &entry, CardState::Queued));
            cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        }
        for (count, notice) in [
            (found.interrupted, Notice::RequestsInterrupted { count: found.interrupted }),
            (found.recovered, Notice::ImagesRecovered { count: found.recovered }),
            (on_hold, Notice::RequestsOnHold { count: on_hold }),
        ] {
            if count > 0 {
                cx.send(Event::Notice(notice));
            }
        }
        self.published.mark_order_dirty();
        self.watch_disk(cx);
        self.dispatch_ready(cx);
    }

    /// Shows the card of a failed request again whose response is kept.
    pub(in crate::studio) fn show_failed_request(
        &mut self,
        cx: &QueueContext<'_>,
        (record, entry, failure): (RequestRecord, QueueEntry, Failure),
    ) {
        let card = self.registry.insert(enqueue::new_card(record, &entry, CardState::Failed(failure)));
        cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        self.published.mark_dirty();
    }

    /// Downloads the images that an earlier response links to.
    pub(super) fn resume_links(&mut self, cx: &QueueContext<'_>, record: RequestRecord, read: ReceivedResponse) {
        let (id, recipe, now) = (record.request, Arc::new(record.recipe.clone()), cx.context.now());
        let profile = cx.profile(&recipe.profile);
        // The links may lead to the gateway that sent them, even if its profile leads elsewhere now.
        let policy = profile.as_ref().map(|profile| {
            let base_url = read.gateway.as_deref().unwrap_or_else(|| cx.context.base_url(profile));
            LinkPolicy::of(profile, base_url)
        });
        // The profile's key belongs to its current address, and is not sent to the earlier gateway.
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
