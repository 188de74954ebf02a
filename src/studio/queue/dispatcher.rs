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
            scheduling::gateway_limits::Limits,
            scheduling::run_progress::Ended,
            scheduling::scheduler::{End, Rules},
        },
        requests::{
            recovery::{self, Found},
            request_task::{self, RequestTask},
            retry_policy,
        },
        responses::{kept_responses, response_reader::Read},
        runtime::{
            blocking::blocking,
            task::Task,
            task_message::{RequestProgress, TaskMessage},
        },
    },
};

/// How long a gateway may refuse everything, where nobody sits who could stop its requests.
const PATIENCE: SignedDuration = SignedDuration::from_mins(30);

impl Queue {
    /// Does something with the scheduler and what a person has set.
    pub(super) fn with_rules<T>(
        &mut self,
        cx: &QueueContext<'_>,
        work: impl FnOnce(&mut crate::studio::queue::scheduling::scheduler::Scheduler, &Rules<'_>) -> T,
    ) -> T {
        let (settings, stand_ins) = (cx.settings, cx.providers.overrides());
        let limits = |id: &ProfileId| {
            let profile = stand_ins.get(id).or_else(|| settings.profile(id));
            profile.map_or_else(Limits::default, |profile| Limits {
                at_once: profile.concurrency,
                per_minute: profile.per_minute,
            })
        };
        work(&mut self.scheduler, &Rules { overall: settings.concurrency, of: &limits })
    }

    /// Starts as many requests as may run, and tries gateways that were not reached.
    pub(in crate::studio) fn start_waiting(&mut self, cx: &QueueContext<'_>) {
        let now = cx.context.now();
        self.looked_at = now;
        self.try_gateways(cx);
        if self.disk.short_of.is_some() {
            return;
        }
        while let Some(request) = self.with_rules(cx, |scheduler, rules| scheduler.start_next(now, rules)) {
            self.told.order_changed();
            let Some((job, reins)) = self.cards.set_out(request) else { continue };
            let recipe = Arc::clone(&job.recipe);
            let Some(profile) = cx.profile(&recipe.profile) else {
                let failure = Failure::new(FailureKind::WrongUrl).charged(Charge::No);
                cx.context.notify_core(TaskMessage::FailUnsent(request, failure));
                continue;
            };
            // Who has never answered is more likely to be misspelt than out of reach.
            let patient = cx.context.interactive && self.has_answered(cx, &profile.id);
            let limits = cx.providers.abilities(&profile, &recipe.model).references;
            let (created, estimate) = (job.created, job.estimate);
            let recipe_of = Arc::clone(&recipe);
            let task = RequestTask { request, recipe: recipe_of, created, estimate, profile, limits, reins, patient };
            let context = Arc::clone(cx.context);
            Self::follow(cx, request, &recipe, request_task::run(context, task));
        }
        self.give_up_on_caps(cx);
        self.told.news();
    }

    /// Runs a request's task. One that panics must not keep its place in the line for ever.
    pub(super) fn follow(
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
    fn give_up_on_caps(&mut self, cx: &QueueContext<'_>) {
        let scheduler = &self.scheduler;
        if cx.context.interactive || scheduler.capped().is_empty() || !scheduler.running().is_empty() {
            return;
        }
        for id in scheduler.too_dear() {
            self.scheduler.line.remove(id);
            let failure = Failure::new(FailureKind::OverCap);
            cx.context.notify_core(TaskMessage::FailUnsent(id, failure));
        }
    }

    fn has_answered(&self, cx: &QueueContext<'_>, profile: &ProfileId) -> bool {
        self.heard.contains(profile) || cx.providers.models().contains_key(profile)
    }

    /// A request has come further.
    pub(in crate::studio) fn advance(&mut self, cx: &mut QueueContext<'_>, id: RequestId, step: RequestProgress) {
        let now = cx.context.now();
        let state = match step {
            RequestProgress::Sent { since } => {
                self.scheduler.sent(id, since);
                CardState::Generating { since }
            }
            RequestProgress::RetryScheduled { failure, at, attempts } => {
                self.scheduler.turned_down(id);
                CardState::RetryScheduled { failure, at, attempts, max_attempts: retry_policy::TRIES }
            }
            RequestProgress::Receiving { since, bytes, total, preview } => {
                // Nothing but its card changes.
                let state = CardState::Receiving { since, bytes, total, preview };
                if let Some(job) = self.cards.advance(id, state) {
                    cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
                }
                return;
            }
            RequestProgress::ImageStored(details) => return Self::stored(cx, id, details),
            RequestProgress::CostRecorded(spending) => {
                self.scheduler.book(&spending, now);
                self.run.booked(spending.batch, spending.charged, spending.counted());
                self.cards.change(id, |job| job.cost = spending.amount);
                return self.told.news();
            }
            RequestProgress::Unreachable(failure) => return self.not_reached(cx, id, failure),
            RequestProgress::RateLimited(failure) => return self.refused(cx, id, &failure),
            RequestProgress::RateLimitReached(wait) => return self.exhausted(cx, id, wait),
            RequestProgress::NoDiskSpace(room) => return self.no_room(cx, id, room),
            RequestProgress::Requeued => return self.put_back(cx, id),
            RequestProgress::Done { images, took } => {
                cx.read_view();
                CardState::Done { images, took }
            }
            RequestProgress::Failed(failure) => CardState::Failed(failure),
            RequestProgress::Cancelled { sent } => CardState::Cancelled { sent },
        };
        cx.providers.test_ended(id, &state, cx.context, cx.settings);
        if state.has_ended() {
            self.ended(cx, id, &state);
        }
        if matches!(&state, CardState::Failed(failure) if failure.stored > 0) {
            cx.read_view();
        }
        let is_kept = matches!(&state, CardState::Failed(failure) if failure.kept.is_some());
        if let Some(job) = self.cards.advance(id, state) {
            cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
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
        self.start_waiting(cx);
    }

    fn stored(cx: &mut QueueContext<'_>, id: RequestId, details: Box<ImageDetails>) {
        cx.providers.image_stored(id, &details, cx.context);
        cx.send(Event::Gallery(GalleryEvent::ImageStored(details)));
    }

    /// Takes in how a request has ended, for the line, the gateways and the run.
    fn ended(&mut self, cx: &QueueContext<'_>, id: RequestId, state: &CardState) {
        let now = cx.context.now();
        let (end, how) = match state {
            CardState::Failed(failure) => (End::Failed(failure), Ended::Failed),
            CardState::Cancelled { .. } => (End::Cancelled, Ended::Cancelled),
            _ => (End::Well, Ended::Done),
        };
        self.with_rules(cx, |scheduler, rules| scheduler.ended(id, &end, now, rules));
        let Some(job) = self.cards.get(id) else { return };
        let recipe = Arc::clone(&job.recipe);
        self.run.ended(recipe.batch, how);
        match state {
            CardState::Done { took, .. } => {
                self.pace.note(&recipe.profile, &recipe.model, *took);
                self.heard.insert(recipe.profile.clone());
            }
            // Those that wait for the same gateway do not fail one after the other.
            CardState::Failed(failure) if failure.is_unreachable() && cx.context.interactive => {
                let random = (cx.context.random)();
                self.scheduler.gateways.not_reached(&recipe.profile, failure.clone(), now, random);
            }
            CardState::Failed(failure) if failure.http_status.is_some() => {
                self.heard.insert(recipe.profile.clone());
            }
            _ => {}
        }
    }

    /// A request did not reach its gateway, and goes back into the line until that is reached again.
    fn not_reached(&mut self, cx: &QueueContext<'_>, id: RequestId, failure: Failure) {
        // A person has stopped it while it was on its way back.
        if let Some(job) = self.cards.stopped(id) {
            let recipe = Arc::clone(&job.recipe);
            return Self::follow(
                cx,
                id,
                &recipe,
                request_task::cancel_unsent(Arc::clone(cx.context), id, Arc::clone(&recipe)),
            );
        }
        let now = cx.context.now();
        let random = (cx.context.random)();
        if let Some(job) = self.cards.get(id) {
            let news = self.scheduler.gateways.not_reached(&job.recipe.profile, failure, now, random);
            if news {
                tracing::info!(profile = %job.recipe.profile, "a gateway is not reached; its requests wait");
            }
        }
        self.put_back(cx, id);
    }

    /// A gateway has refused a request at no cost, because there are too many: the request goes back into the line, and the
    /// gateway rests.
    fn refused(&mut self, cx: &QueueContext<'_>, id: RequestId, failure: &Failure) {
        let now = cx.context.now();
        let Some(profile) = self.cards.get(id).map(|job| job.recipe.profile.clone()) else { return };
        let since = self.scheduler.gateways.refuses_since(&profile);
        // Where nobody sits who could stop it, that has an end, for all that wait for the gateway.
        if !cx.context.interactive && since.is_some_and(|since| now.duration_since(since) > PATIENCE) {
            let line = &mut self.scheduler.line;
            let is_for_it = |other: &RequestId| line.get(*other).is_some_and(|waiting| waiting.profile == profile);
            let waiting: Vec<RequestId> = line.ids().filter(is_for_it).collect();
            for other in waiting {
                line.remove(other);
                cx.context.notify_core(TaskMessage::FailUnsent(other, failure.clone()));
            }
            return cx.context.notify_core(TaskMessage::FailUnsent(id, failure.clone()));
        }
        self.heard.insert(profile);
        let random = (cx.context.random)();
        self.scheduler.refused(id, failure.wait, now, random);
        self.put_back(cx, id);
    }

    /// A gateway has taken a request and says that it takes no more for so long.
    fn exhausted(&mut self, cx: &QueueContext<'_>, id: RequestId, wait: Duration) {
        let Some(job) = self.cards.get(id) else { return };
        let profile = job.recipe.profile.clone();
        self.scheduler.gateways.rest(&profile, wait, cx.context.now());
        self.told.news();
    }

    /// A request that was not sent goes back into the line.
    fn put_back(&mut self, cx: &QueueContext<'_>, id: RequestId) {
        // A person has stopped it meanwhile.
        if let Some(job) = self.cards.stopped(id) {
            let recipe = Arc::clone(&job.recipe);
            return Self::follow(
                cx,
                id,
                &recipe,
                request_task::cancel_unsent(Arc::clone(cx.context), id, Arc::clone(&recipe)),
            );
        }
        if let Some(job) = self.cards.advance(id, CardState::Queued) {
            cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        self.scheduler.put_back(id, cx.context.now());
        self.told.order_changed();
        self.start_waiting(cx);
    }

    /// Tries gateways that were not reached, whose time has come and for which somebody waits. Asking for the list of
    /// models costs nothing.
    fn try_gateways(&mut self, cx: &QueueContext<'_>) {
        if self.scheduler.line.len() == 0 {
            return;
        }
        for id in self.scheduler.gateways.take_due(cx.context.now()) {
            let Some(profile) = cx.profile(&id) else {
                // It was removed, and what waits for it says so when its turn comes.
                self.scheduler.gateways.forget(&id);
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
    pub(in crate::studio) async fn unsent(&mut self, cx: &mut QueueContext<'_>, id: RequestId, failure: Failure) {
        let (library, state) = (Arc::clone(&cx.context.library), RequestStatus::Failed(failure.clone()));
        if let Ok(Err(error)) = blocking(move || library.requests().set_status(id, &state)).await {
            cx.report_library_error(&error);
        }
        self.advance(cx, id, RequestProgress::Failed(failure));
    }

    /// A gateway that was not reached was tried.
    pub(in crate::studio) fn tried(&mut self, cx: &QueueContext<'_>, profile: &ProfileId, failure: Option<Failure>) {
        let random = (cx.context.random)();
        let gateways = &mut self.scheduler.gateways;
        match failure {
            Some(failure) => {
                gateways.not_reached(profile, failure, cx.context.now(), random);
            }
            None => {
                gateways.reached(profile);
            }
        }
        self.start_waiting(cx);
    }

    /// Takes up what was left undone when the program last stopped.
    pub(in crate::studio) async fn take_up_all(&mut self, cx: &QueueContext<'_>) {
        let context = Arc::clone(cx.context);
        let month = self.scheduler.purse.month_began();
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
                    self.scheduler.purse.book(spending);
                    if let Some(took) = spending.took_ms {
                        self.pace.note(&spending.profile, &spending.model, Duration::from_millis(took));
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
            Ok(found) => self.show(cx, found),
            Err(error) => cx.report_library_error(&error),
        }
    }

    fn show(&mut self, cx: &QueueContext<'_>, found: Found) {
        for card in found.cards {
            let job = enqueue::job(card.intent, &card.turn, card.state);
            let job = self.cards.put(job);
            cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        for (intent, read) in found.linked {
            self.take_up(cx, intent, read);
        }
        // What nobody has allowed to go on waits for a person.
        let goes_on = cx.context.interactive && cx.settings.resume_on_start;
        let (now, mut held) = (cx.context.now(), 0);
        for (intent, mut turn) in found.waiting {
            turn.paused |= !goes_on;
            held += usize::from(turn.paused);
            self.run.asked(intent.recipe.batch, now);
            self.scheduler.line.add(intent.request, enqueue::waiting(&intent.recipe, &turn), now);
            let job = self.cards.put(enqueue::job(intent, &turn, CardState::Queued));
            cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
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
        self.told.order_changed();
        self.watch_disk(cx);
        self.start_waiting(cx);
    }

    /// A failed request has its card again, because its response is kept.
    pub(in crate::studio) fn show_failed(
        &mut self,
        cx: &QueueContext<'_>,
        (intent, turn, failure): (RequestRecord, QueueEntry, Failure),
    ) {
        let job = self.cards.put(enqueue::job(intent, &turn, CardState::Failed(failure)));
        cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
        self.told.news();
    }

    /// Goes on with an answer that came earlier and links to its pictures.
    pub(super) fn take_up(&mut self, cx: &QueueContext<'_>, intent: RequestRecord, read: Read) {
        let (id, recipe, now) = (intent.request, Arc::new(intent.recipe.clone()), cx.context.now());
        let profile = cx.profile(&recipe.profile);
        // Links may lead to the gateway that gave them, wherever its profile leads now.
        let policy = profile.as_ref().map(|profile| {
            let base_url = read.gateway.as_deref().unwrap_or_else(|| cx.context.base_url(profile));
            LinkPolicy::of(profile, base_url)
        });
        // Its key belongs to where it leads now, and is not sent to the gateway of before.
        let profile =
            profile.filter(|profile| policy.as_ref().is_some_and(|policy| policy.is_at(cx.context.base_url(profile))));
        let turn = QueueEntry::default();
        self.run.asked(recipe.batch, now);
        self.scheduler.take_up(id, enqueue::waiting(&recipe, &turn), now);
        self.cards.put(enqueue::job(intent, &turn, CardState::Generating { since: now }));
        let Some((job, reins)) = self.cards.set_out(id) else { return };
        cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
        let fetching = request_task::fetch_links(
            Arc::clone(cx.context),
            id,
            Arc::clone(&recipe),
            profile,
            policy.unwrap_or_default(),
            read,
            reins.cancel,
        );
        Self::follow(cx, id, &recipe, fetching);
    }
}
