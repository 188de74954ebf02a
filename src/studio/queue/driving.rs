//! Requests set out, come further, and end; gateways that were not reached are tried again.

use std::{future::Future, sync::Arc, time::Duration};

use jiff::SignedDuration;

use crate::{
    gateway::LinkPolicy,
    library::{Intent, IntentState, Turn},
    recipe::{Charge, Failure, FailureKind, ProfileId, Recipe, RequestId},
    studio::{
        Details, Event, GalleryEvent, JobState, Notice, QueueEvent, Secret,
        blocking::blocking,
        core::Core,
        inbox::{Note, Step},
        kept,
        recovery::{self, Found},
        request_task::{self, RequestTask},
        response::Read,
        task::Task,
    },
};

use super::{
    again, asking,
    gateways::Limits,
    run::Ended,
    scheduler::{End, Rules},
};

/// How long a gateway may refuse everything, where nobody sits who could stop its requests.
const PATIENCE: SignedDuration = SignedDuration::from_mins(30);

impl Core {
    /// Does something with the scheduler and what a person has set.
    pub(super) fn with_rules<T>(&mut self, work: impl FnOnce(&mut super::scheduler::Scheduler, &Rules<'_>) -> T) -> T {
        let (settings, stand_ins) = (&self.settings, self.providers.overrides());
        let limits = |id: &ProfileId| {
            let profile = stand_ins.get(id).or_else(|| settings.profile(id));
            profile.map_or_else(Limits::default, |profile| Limits {
                at_once: profile.concurrency,
                per_minute: profile.per_minute,
            })
        };
        work(&mut self.queue.scheduler, &Rules { overall: settings.concurrency, of: &limits })
    }

    /// Starts as many requests as may run, and tries gateways that were not reached.
    pub(in crate::studio) fn start_waiting(&mut self) {
        let now = self.world.now();
        self.queue.looked_at = now;
        self.try_gateways();
        if self.queue.disk.short_of.is_some() {
            return;
        }
        while let Some(request) = self.with_rules(|scheduler, rules| scheduler.start_next(now, rules)) {
            self.queue.told.order_changed();
            let Some((job, reins)) = self.queue.cards.set_out(request) else { continue };
            let recipe = Arc::clone(&job.recipe);
            let Some(profile) = self.profile(&recipe.profile) else {
                let failure = Failure::new(FailureKind::WrongUrl).charged(Charge::No);
                self.world.note(Note::Unsent(request, failure));
                continue;
            };
            // Who has never answered is more likely to be misspelt than out of reach.
            let patient = self.world.attended && self.has_answered(&profile.id);
            let limits = self.providers.abilities(&profile, &recipe.model).references;
            let (created, estimate) = (job.asked, job.estimate);
            let recipe_of = Arc::clone(&recipe);
            let task = RequestTask { request, recipe: recipe_of, created, estimate, profile, limits, reins, patient };
            let world = Arc::clone(&self.world);
            self.follow(request, &recipe, request_task::run(world, task));
        }
        self.give_up_on_caps();
        self.queue.told.news();
    }

    /// Runs a request's task. One that panics must not keep its place in the line for ever.
    pub(super) fn follow(
        &self,
        request: RequestId,
        recipe: &Arc<Recipe>,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let (world, recipe) = (Arc::clone(&self.world), Arc::clone(recipe));
        let running = tokio::spawn(task);
        tokio::spawn(async move {
            if let Err(error) = running.await {
                tracing::error!(%request, %error, "a request broke down");
                request_task::fail_after_panic(&world, request, &recipe).await;
            }
        });
    }

    /// Where no person sits who could raise a cap, what goes beyond it fails at no cost as soon as nothing else can be
    /// done.
    fn give_up_on_caps(&mut self) {
        let scheduler = &self.queue.scheduler;
        if self.world.attended || scheduler.capped().is_empty() || !scheduler.running().is_empty() {
            return;
        }
        for id in scheduler.too_dear() {
            self.queue.scheduler.line.remove(id);
            let failure = Failure::new(FailureKind::OverCap);
            self.world.note(Note::Unsent(id, failure));
        }
    }

    fn has_answered(&self, profile: &ProfileId) -> bool {
        self.queue.heard.contains(profile) || self.providers.models().contains_key(profile)
    }

    /// A request has come further.
    pub(in crate::studio) fn advance(&mut self, id: RequestId, step: Step) {
        let now = self.world.now();
        let state = match step {
            Step::Sent { since } => {
                self.queue.scheduler.sent(id, since);
                JobState::Generating { since }
            }
            Step::Again { failure, at, tries } => {
                self.queue.scheduler.turned_down(id);
                JobState::Again { failure, at, tries, most: again::TRIES }
            }
            Step::Receiving { since, bytes, total, preview } => {
                // Nothing but its card changes.
                let state = JobState::Receiving { since, bytes, total, preview };
                if let Some(job) = self.queue.cards.advance(id, state) {
                    self.send(Event::Queue(QueueEvent::RequestChanged(job)));
                }
                return;
            }
            Step::Stored(details) => return self.stored(id, details),
            Step::Booked(spending) => {
                self.queue.scheduler.book(&spending, now);
                self.queue.run.booked(spending.batch, spending.charged, spending.counted());
                self.queue.cards.change(id, |job| job.cost = spending.amount);
                return self.queue.told.news();
            }
            Step::NotReached(failure) => return self.not_reached(id, failure),
            Step::Refused(failure) => return self.refused(id, &failure),
            Step::Exhausted(wait) => return self.exhausted(id, wait),
            Step::NoRoom(room) => return self.no_room(id, room),
            Step::PutBack => return self.put_back(id),
            Step::Done { images, took } => {
                self.read_view();
                JobState::Done { images, took }
            }
            Step::Failed(failure) => JobState::Failed(failure),
            Step::Cancelled { sent } => JobState::Cancelled { sent },
        };
        self.providers.test_ended(id, &state, &self.world, &self.settings);
        if state.has_ended() {
            self.ended(id, &state);
        }
        if matches!(&state, JobState::Failed(failure) if failure.stored > 0) {
            self.read_view();
        }
        let is_kept = matches!(&state, JobState::Failed(failure) if failure.kept.is_some());
        if let Some(job) = self.queue.cards.advance(id, state) {
            self.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        if is_kept {
            self.watch_disk();
            kept::prune(&self.world, &self.settings);
        }
        // A card whose images no view shows has nobody to wait for.
        if !self.gallery.is_open() {
            for id in self.take_done() {
                self.send(Event::Queue(QueueEvent::RequestRemoved(id)));
            }
        }
        // A request that waits to be sent again makes room for those to other gateways.
        self.start_waiting();
    }

    fn stored(&mut self, id: RequestId, details: Box<Details>) {
        self.providers.image_stored(id, &details, &self.world);
        self.send(Event::Gallery(GalleryEvent::ImageStored(details)));
    }

    /// Takes in how a request has ended, for the line, the gateways and the run.
    fn ended(&mut self, id: RequestId, state: &JobState) {
        let now = self.world.now();
        let (end, how) = match state {
            JobState::Failed(failure) => (End::Failed(failure), Ended::Failed),
            JobState::Cancelled { .. } => (End::Cancelled, Ended::Cancelled),
            _ => (End::Well, Ended::Done),
        };
        self.with_rules(|scheduler, rules| scheduler.ended(id, &end, now, rules));
        let Some(job) = self.queue.cards.get(id) else { return };
        let recipe = Arc::clone(&job.recipe);
        self.queue.run.ended(recipe.batch, how);
        match state {
            JobState::Done { took, .. } => {
                self.queue.pace.note(&recipe.profile, &recipe.model, *took);
                self.queue.heard.insert(recipe.profile.clone());
            }
            // Those that wait for the same gateway do not fail one after the other.
            JobState::Failed(failure) if failure.is_unreachable() && self.world.attended => {
                let random = (self.world.random)();
                self.queue.scheduler.gateways.not_reached(&recipe.profile, failure.clone(), now, random);
            }
            JobState::Failed(failure) if failure.http_status.is_some() => {
                self.queue.heard.insert(recipe.profile.clone());
            }
            _ => {}
        }
    }

    /// A request did not reach its gateway, and goes back into the line until that is reached again.
    fn not_reached(&mut self, id: RequestId, failure: Failure) {
        // A person has stopped it while it was on its way back.
        if let Some(job) = self.queue.cards.stopped(id) {
            let recipe = Arc::clone(&job.recipe);
            return self.follow(
                id,
                &recipe,
                request_task::cancel_unsent(Arc::clone(&self.world), id, Arc::clone(&recipe)),
            );
        }
        let now = self.world.now();
        let random = (self.world.random)();
        if let Some(job) = self.queue.cards.get(id) {
            let news = self.queue.scheduler.gateways.not_reached(&job.recipe.profile, failure, now, random);
            if news {
                tracing::info!(profile = %job.recipe.profile, "a gateway is not reached; its requests wait");
            }
        }
        self.put_back(id);
    }

    /// A gateway has refused a request at no cost, because there are too many: the request goes back into the line, and the
    /// gateway rests.
    fn refused(&mut self, id: RequestId, failure: &Failure) {
        let now = self.world.now();
        let Some(profile) = self.queue.cards.get(id).map(|job| job.recipe.profile.clone()) else { return };
        let since = self.queue.scheduler.gateways.refuses_since(&profile);
        // Where nobody sits who could stop it, that has an end, for all that wait for the gateway.
        if !self.world.attended && since.is_some_and(|since| now.duration_since(since) > PATIENCE) {
            let line = &mut self.queue.scheduler.line;
            let is_for_it = |other: &RequestId| line.get(*other).is_some_and(|waiting| waiting.profile == profile);
            let waiting: Vec<RequestId> = line.ids().filter(is_for_it).collect();
            for other in waiting {
                line.remove(other);
                self.world.note(Note::Unsent(other, failure.clone()));
            }
            return self.world.note(Note::Unsent(id, failure.clone()));
        }
        self.queue.heard.insert(profile);
        let random = (self.world.random)();
        self.queue.scheduler.refused(id, failure.wait, now, random);
        self.put_back(id);
    }

    /// A gateway has taken a request and says that it takes no more for so long.
    fn exhausted(&mut self, id: RequestId, wait: Duration) {
        let Some(job) = self.queue.cards.get(id) else { return };
        let profile = job.recipe.profile.clone();
        self.queue.scheduler.gateways.rest(&profile, wait, self.world.now());
        self.queue.told.news();
    }

    /// A request that was not sent goes back into the line.
    fn put_back(&mut self, id: RequestId) {
        // A person has stopped it meanwhile.
        if let Some(job) = self.queue.cards.stopped(id) {
            let recipe = Arc::clone(&job.recipe);
            return self.follow(
                id,
                &recipe,
                request_task::cancel_unsent(Arc::clone(&self.world), id, Arc::clone(&recipe)),
            );
        }
        if let Some(job) = self.queue.cards.advance(id, JobState::Waiting) {
            self.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        self.queue.scheduler.put_back(id, self.world.now());
        self.queue.told.order_changed();
        self.start_waiting();
    }

    /// Tries gateways that were not reached, whose time has come and for which somebody waits. Asking for the list of
    /// models costs nothing.
    fn try_gateways(&mut self) {
        if self.queue.scheduler.line.len() == 0 {
            return;
        }
        for id in self.queue.scheduler.gateways.take_due(self.world.now()) {
            let Some(profile) = self.profile(&id) else {
                // It was removed, and what waits for it says so when its turn comes.
                self.queue.scheduler.gateways.forget(&id);
                continue;
            };
            let (world, of) = (Arc::clone(&self.world), id.clone());
            let trying = async move {
                let tried = async {
                    let key = world.keys.key(&profile).await?;
                    let base_url = world.base_url(&profile);
                    world.client.models(&profile, base_url, key.as_ref().map(Secret::reveal)).await
                };
                let failure = tried.await.err().filter(Failure::is_unreachable);
                world.note(Note::Tried(id, failure));
            };
            self.world.spawn(Task::Connection, trying, move |world| {
                let failure = Failure::new(FailureKind::NoConnection).charged(Charge::No);
                world.note(Note::Tried(of, Some(failure)));
            });
        }
    }

    /// A request ends that was never sent.
    pub(in crate::studio) async fn unsent(&mut self, id: RequestId, failure: Failure) {
        let (library, state) = (Arc::clone(&self.world.library), IntentState::Failed(failure.clone()));
        if let Ok(Err(error)) = blocking(move || library.set_intent_state(id, &state)).await {
            self.library_trouble(&error);
        }
        self.advance(id, Step::Failed(failure));
    }

    /// A gateway that was not reached was tried.
    pub(in crate::studio) fn tried(&mut self, profile: &ProfileId, failure: Option<Failure>) {
        let random = (self.world.random)();
        let gateways = &mut self.queue.scheduler.gateways;
        match failure {
            Some(failure) => {
                gateways.not_reached(profile, failure, self.world.now(), random);
            }
            None => {
                gateways.reached(profile);
            }
        }
        self.start_waiting();
    }

    /// Takes up what was left undone when the program last stopped.
    pub(in crate::studio) async fn take_up_all(&mut self) {
        let world = Arc::clone(&self.world);
        let month = self.queue.scheduler.purse.month_began();
        let found = blocking(move || {
            let spent = recovery::spent(&world, month);
            (spent, recovery::recover(&world), world.library.queue_paused())
        });
        let (spent, found, paused) = match found.await {
            Ok(found) => found,
            Err(failure) => return tracing::error!(?failure, "recovery broke down"),
        };
        match spent {
            Ok(spent) => {
                for spending in &spent {
                    self.queue.scheduler.purse.book(spending);
                    if let Some(took) = spending.took_ms {
                        self.queue.pace.note(&spending.profile, &spending.model, Duration::from_millis(took));
                    }
                }
            }
            Err(error) => self.library_trouble(&error),
        }
        match paused {
            // Who asks without a window means it.
            Ok(paused) => self.queue.scheduler.paused = paused && self.world.attended,
            Err(error) => self.library_trouble(&error),
        }
        match found {
            Ok(found) => self.show(found),
            Err(error) => self.library_trouble(&error),
        }
    }

    fn show(&mut self, found: Found) {
        for card in found.cards {
            let job = asking::job(card.intent, &card.turn, card.state);
            let job = self.queue.cards.put(job);
            self.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        for (intent, read) in found.linked {
            self.take_up(intent, read);
        }
        // What nobody has allowed to go on waits for a person.
        let goes_on = self.world.attended && self.settings.resume_on_start;
        let (now, mut held) = (self.world.now(), 0);
        for (intent, mut turn) in found.waiting {
            turn.paused |= !goes_on;
            held += usize::from(turn.paused);
            self.queue.run.asked(intent.recipe.batch, now);
            self.queue.scheduler.line.add(intent.request, asking::waiting(&intent.recipe, &turn), now);
            let job = self.queue.cards.put(asking::job(intent, &turn, JobState::Waiting));
            self.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        for (count, notice) in [
            (found.interrupted, Notice::Interrupted { count: found.interrupted }),
            (found.recovered, Notice::Recovered { count: found.recovered }),
            (held, Notice::Held { count: held }),
        ] {
            if count > 0 {
                self.send(Event::Notice(notice));
            }
        }
        self.queue.told.order_changed();
        self.watch_disk();
        self.start_waiting();
    }

    /// A failed request has its card again, because its response is kept.
    pub(in crate::studio) fn show_failed(&mut self, (intent, turn, failure): (Intent, Turn, Failure)) {
        let job = self.queue.cards.put(asking::job(intent, &turn, JobState::Failed(failure)));
        self.send(Event::Queue(QueueEvent::RequestChanged(job)));
        self.queue.told.news();
    }

    /// Goes on with an answer that came earlier and links to its pictures.
    pub(super) fn take_up(&mut self, intent: Intent, read: Read) {
        let (id, recipe, now) = (intent.request, Arc::new(intent.recipe.clone()), self.world.now());
        let profile = self.profile(&recipe.profile);
        // Links may lead to the gateway that gave them, wherever its profile leads now.
        let policy = profile.as_ref().map(|profile| {
            let base_url = read.gateway.as_deref().unwrap_or_else(|| self.world.base_url(profile));
            LinkPolicy::of(profile, base_url)
        });
        // Its key belongs to where it leads now, and is not sent to the gateway of before.
        let profile =
            profile.filter(|profile| policy.as_ref().is_some_and(|policy| policy.is_at(self.world.base_url(profile))));
        let turn = Turn::default();
        self.queue.run.asked(recipe.batch, now);
        self.queue.scheduler.take_up(id, asking::waiting(&recipe, &turn), now);
        self.queue.cards.put(asking::job(intent, &turn, JobState::Generating { since: now }));
        let Some((job, reins)) = self.queue.cards.set_out(id) else { return };
        self.send(Event::Queue(QueueEvent::RequestChanged(job)));
        let fetching = request_task::fetch_links(
            Arc::clone(&self.world),
            id,
            Arc::clone(&recipe),
            profile,
            policy.unwrap_or_default(),
            read,
            reins.cancel,
        );
        self.follow(id, &recipe, fetching);
    }
}
