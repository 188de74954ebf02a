//! What a person does to the queue: holding back, moving, putting off, stopping, asking again, changing.

use std::sync::Arc;

use crate::{
    library::{Intent, IntentState, LibraryError, Turn},
    recipe::{Charge, Failure, Profile, Recipe, RequestId},
    studio::{
        Event, Job, JobState, Notice, QueueCommand, QueueEvent, Spot,
        blocking::blocking,
        core::Core,
        inbox::Note,
        retention,
        spool_reader::{self, Left},
    },
};

use super::{
    Asking,
    asking::waiting,
    booking::{self, Outcome},
    line::Waiting,
    run::Ended,
};

impl Core {
    /// Handles a command about the queue.
    pub(in crate::studio) async fn handle_queue(&mut self, command: QueueCommand) {
        match command {
            QueueCommand::Generate(recipes) => {
                self.generate(recipes, Asking::default()).await;
            }
            QueueCommand::GenerateFirst(recipes) => {
                self.generate(recipes, Asking { first: true, ..Asking::default() }).await;
            }
            QueueCommand::SetPaused(paused) => self.pause_queue(paused).await,
            QueueCommand::SetDraining(finishing) => {
                self.queue.scheduler.finishing = finishing;
                if finishing {
                    self.queue.cards.hold();
                }
                self.start_waiting();
            }
            QueueCommand::Hold { requests, paused } => {
                self.change_turns(&requests, |waiting| waiting.paused = paused).await;
            }
            QueueCommand::Schedule { requests, at } => {
                self.change_turns(&requests, |waiting| waiting.not_before = at).await;
            }
            QueueCommand::Move { requests, to } => self.move_requests(requests, to).await,
            QueueCommand::Cancel(id) => self.cancel(vec![id]).await,
            QueueCommand::CancelMany(requests) => self.cancel(requests).await,
            QueueCommand::CancelQueued => {
                let waiting = self.queue.scheduler.line.ids().collect();
                self.cancel(waiting).await;
            }
            QueueCommand::SendNow(id) => {
                let pausing = self.queue.cards.send_now(id).map(|job| job.recipe.profile.clone());
                // One that waits for its gateway has its place in the line, and keeps it.
                let waiting = || Some(self.queue.scheduler.line.get(id)?.profile.clone());
                if let Some(profile) = pausing.or_else(waiting) {
                    self.queue.scheduler.gateways.try_now(&profile, self.world.now());
                    self.start_waiting();
                }
            }
            QueueCommand::ProbeGateway(profile) => {
                self.queue.scheduler.gateways.try_now(&profile, self.world.now());
                self.start_waiting();
            }
            QueueCommand::RereadResponse(id) => self.retry(id, false).await,
            QueueCommand::Retry(id) => self.retry(id, true).await,
            QueueCommand::RetryMany(requests) => self.retry_each(requests),
            QueueCommand::RetryUncharged => self.retry_each(self.queue.cards.safe_to_retry()),
            QueueCommand::Duplicate(id) => self.duplicate(id).await,
            QueueCommand::Edit { request, recipe } => self.edit(request, *recipe).await,
            QueueCommand::Dismiss(id) => self.dismiss(id).await,
        }
        self.queue.told.order_changed();
    }

    /// Holds everything back that waits, or lets it go on, also what was held back one by one.
    async fn pause_queue(&mut self, paused: bool) {
        let library = Arc::clone(&self.world.library);
        // Nothing sets out any more, whatever the disk says; what is to go on must have been written down.
        self.queue.scheduler.paused |= paused;
        if let Ok(Err(error)) = blocking(move || library.pause_queue(paused)).await {
            return self.library_trouble(&error);
        }
        self.queue.scheduler.paused = paused;
        if !paused {
            let held: Vec<RequestId> = self.queue.cards.waiting().filter(|job| job.paused).map(|job| job.id).collect();
            self.change_turns(&held, |waiting| waiting.paused = false).await;
        }
        self.start_waiting();
    }

    /// Changes how requests stand in the line that wait in it.
    async fn change_turns(&mut self, requests: &[RequestId], change: impl Fn(&mut Waiting)) {
        let now = self.world.now();
        let changed: Vec<RequestId> = requests
            .iter()
            .copied()
            .filter(|id| self.queue.scheduler.line.change(*id, now, &change).is_some())
            .collect();
        self.keep_turns(&changed).await;
        self.start_waiting();
    }

    /// Moves requests that wait.
    pub(super) async fn move_requests(&mut self, requests: Vec<RequestId>, to: Spot) {
        let changed = self.queue.scheduler.line.relocate(&requests, to, self.world.now());
        self.keep_turns(&changed).await;
        self.start_waiting();
    }

    /// Writes down how requests stand in the line, and tells.
    async fn keep_turns(&mut self, requests: &[RequestId]) {
        let line = &self.queue.scheduler.line;
        let turns: Vec<(RequestId, Turn)> = requests
            .iter()
            .filter_map(|id| {
                let Waiting { place, paused, not_before, .. } = *line.get(*id)?;
                Some((*id, Turn { place, paused, not_before, ..Turn::default() }))
            })
            .collect();
        for (id, turn) in &turns {
            let before = self.queue.cards.get(*id).map(|job| (job.paused, job.not_before));
            let job = self.queue.cards.change(*id, |job| {
                (job.paused, job.not_before) = (turn.paused, turn.not_before);
            });
            if let Some(job) = job.filter(|job| before != Some((job.paused, job.not_before))) {
                self.send(Event::Queue(QueueEvent::RequestChanged(job)));
            }
        }
        let library = Arc::clone(&self.world.library);
        if let Ok(Err(error)) = blocking(move || library.set_turns(&turns)).await {
            self.library_trouble(&error);
        }
    }

    /// Stops requests. Those that still wait have ended with that; those under way end soon.
    async fn cancel(&mut self, requests: Vec<RequestId>) {
        let waits = |id: &RequestId| !self.queue.cards.cancel(*id) && self.queue.scheduler.line.get(*id).is_some();
        let stopped: Vec<RequestId> = requests.into_iter().filter(waits).collect();
        let (library, ids) = (Arc::clone(&self.world.library), stopped.clone());
        if let Ok(Err(error)) = blocking(move || library.cancel_queued(&ids)).await {
            self.library_trouble(&error);
            // On disk they still wait, and would be sent after the next start: they are shown as what they are.
            return self.change_turns(&stopped, |waiting| waiting.paused = true).await;
        }
        for id in stopped {
            self.queue.scheduler.line.remove(id);
            let state = JobState::Cancelled { sent: false };
            self.providers.test_ended(id, &state, &self.world, &self.settings);
            let job = self.queue.cards.advance(id, state);
            if let Some(job) = job {
                self.queue.run.ended(job.recipe.batch, Ended::Cancelled);
                self.send(Event::Queue(QueueEvent::RequestChanged(job)));
            }
        }
        self.queue.told.news();
    }

    /// Goes on with many, one after the other, and hears everything else in between: each of them waits for the disk.
    fn retry_each(&self, requests: Vec<RequestId>) {
        for id in requests {
            self.world.note(Note::Retry(id));
        }
    }

    /// Retries an ended request: reads its kept response again if there is one, else sends it again if `may_send`.
    async fn retry(&mut self, id: RequestId, may_send: bool) {
        let Some(mut job) = self.queue.cards.take_ended(id) else { return };
        // A response that only found no room is read again first, and not paid for twice. Any other that is kept stays
        // kept beside the new request, until a person drops it.
        let kept = matches!(&job.state, JobState::Failed(failure) if failure.kept.is_some() && !retention::is_about_disk(failure));
        if may_send && kept {
            return self.send_again(id, &job).await;
        }
        let intent = Intent { request: id, recipe: Recipe::clone(&job.recipe), created: job.asked };
        let (world, of) = (Arc::clone(&self.world), intent.clone());
        match blocking(move || spool_reader::from_spool(&world, &of)).await {
            Ok(Ok(Some(Left::Images { .. }))) => {
                self.send(Event::Queue(QueueEvent::RequestRemoved(id)));
                self.read_view();
            }
            Ok(Ok(Some(Left::Links(read)))) => self.take_up(intent, *read),
            Ok(Ok(Some(Left::Nothing(failure)))) if !may_send || retention::is_about_disk(&failure) => {
                job.state = JobState::Failed(self.still_kept(id, failure).await);
                let job = self.queue.cards.put(job);
                self.send(Event::Queue(QueueEvent::RequestChanged(job)));
                self.watch_disk();
                self.read_view();
            }
            _ if may_send => self.send_again(id, &job).await,
            _ => {
                let job = self.queue.cards.put(job);
                self.send(Event::Queue(QueueEvent::RequestChanged(job)));
            }
        }
    }

    /// The failure of a response that was read again, with what is kept of it.
    async fn still_kept(&self, id: RequestId, failure: Failure) -> Failure {
        let (world, of) = (Arc::clone(&self.world), failure.clone());
        let kept = blocking(move || retention::keep_response(&world, id, &of)).await.ok().flatten();
        Failure { kept, ..failure }
    }

    /// Sends the recipe of an ended request again, as a new request that may be charged.
    async fn send_again(&mut self, id: RequestId, job: &Job) {
        self.send(Event::Queue(QueueEvent::RequestRemoved(id)));
        let is_kept = self.put_card_away(id, job).await;
        let recipe = Recipe::clone(&job.recipe);
        let asked = self.generate(vec![recipe], Asking { repeats: Some(id), ..Asking::default() }).await;
        // What was not written down must not cost the answer that is there.
        let is_asked =
            asked.iter().any(|request| self.queue.cards.get(*request).is_some_and(|job| !job.state.has_ended()));
        if is_asked && !is_kept {
            self.forget_intent(id, &job.recipe).await;
        }
    }

    /// Takes the card of a failed request away whose response is kept. Returns whether it is.
    async fn put_card_away(&self, id: RequestId, job: &Job) -> bool {
        let JobState::Failed(failure) = &job.state else { return false };
        if failure.kept.is_none() {
            return false;
        }
        let (library, failure) = (Arc::clone(&self.world.library), failure.clone());
        if let Ok(Err(error)) = blocking(move || library.show_failed(id, &failure, false)).await {
            self.library_trouble(&error);
        }
        true
    }

    async fn duplicate(&mut self, id: RequestId) {
        let Some(recipe) = self.queue.cards.get(id).map(|job| Recipe::clone(&job.recipe)) else { return };
        let after = self.queue.scheduler.line.get(id).map(|_| id);
        self.generate(vec![recipe], Asking { after, ..Asking::default() }).await;
    }

    /// Changes what a request asks that still waits. Where it comes to several requests now, the others follow it.
    async fn edit(&mut self, id: RequestId, mut recipe: Recipe) {
        let Some(before) = self.queue.scheduler.line.get(id).cloned() else {
            return self.send(Event::Notice(Notice::TooLateToChange));
        };
        recipe.batch = recipe.batch.or(before.batch);
        let mut recipes = self.requests_of(recipe).into_iter();
        let Some(recipe) = recipes.next() else { return };
        let estimate = self.estimate(&recipe);
        let (library, changed) = (Arc::clone(&self.world.library), recipe.clone());
        match blocking(move || library.change_intent(id, &changed, estimate)).await {
            Ok(Ok(())) => {}
            Ok(Err(LibraryError::Backward(_))) => return self.send(Event::Notice(Notice::TooLateToChange)),
            Ok(Err(error)) => return self.library_trouble(&error),
            Err(_) => return,
        }
        let Waiting { place, paused, not_before, .. } = before;
        let turn = Turn { place, paused, not_before, repeats: None, estimate };
        self.queue.scheduler.line.add(id, waiting(&recipe, &turn), self.world.now());
        let job = self.queue.cards.change(id, |job| {
            job.recipe = Arc::new(recipe);
            job.estimate = estimate;
        });
        if let Some(job) = job {
            self.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        let rest: Vec<Recipe> = recipes.collect();
        if !rest.is_empty() {
            self.generate(rest, Asking { after: Some(id), ..Asking::default() }).await;
        }
        self.start_waiting();
    }

    /// The cards of requests that became pictures are not needed any more.
    pub(in crate::studio) fn take_done(&mut self) -> Vec<RequestId> {
        self.queue.cards.take_done()
    }

    /// A gateway's profile has changed. At another address it is another gateway.
    pub(in crate::studio) fn gateway_changed(&mut self, before: Option<&Profile>, profile: &Profile) {
        let same = before.is_some_and(|before| before.base_url == profile.base_url && before.proxy == profile.proxy);
        if !same {
            self.queue.scheduler.gateways.forget(&profile.id);
            self.queue.heard.remove(&profile.id);
        }
    }

    /// The settings say how much may be spent.
    pub(in crate::studio) fn set_caps(&mut self) {
        self.queue.scheduler.purse.caps = self.settings.caps;
    }

    async fn dismiss(&mut self, id: RequestId) {
        if let Some(job) = self.queue.cards.take_ended(id) {
            if !self.put_card_away(id, &job).await {
                self.forget_intent(id, &job.recipe).await;
            }
            self.send(Event::Queue(QueueEvent::RequestRemoved(id)));
        }
    }

    async fn forget_intent(&self, id: RequestId, recipe: &Recipe) {
        let (world, recipe) = (Arc::clone(&self.world), recipe.clone());
        let forget = move || {
            let library = &world.library;
            // An answer that was paid for and is given up has come to its end.
            if matches!(library.intent_state(id)?, Some(IntentState::Sending | IntentState::Receiving)) {
                let spent = Outcome { charged: Charge::Yes, amount: None, pictures: 0, took: None };
                booking::book(&world, id, &recipe, &spent);
            }
            // One that was left to be taken up at the next start is over now; one that is over stays as it is.
            match library.set_intent_state(id, &IntentState::Cancelled { sent: true }) {
                Ok(()) | Err(LibraryError::Backward(_)) => {}
                Err(error) => return Err(error),
            }
            library.remove_intents(&[id])?;
            library.drop_exchange(id)?;
            library.drop_spool(id)
        };
        if let Ok(Err(error)) = blocking(forget).await {
            self.library_trouble(&error);
        }
    }
}
