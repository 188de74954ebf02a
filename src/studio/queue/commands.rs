//! What a person does to the queue: holding back, moving, putting off, stopping, asking again, changing.

use std::sync::Arc;

use crate::{
    library::{LibraryError, QueueEntry, RequestRecord, RequestStatus},
    recipe::{Caps, Charge, Failure, Profile, Recipe, RequestId},
    studio::{
        protocol::{CardState, Event, Notice, QueueCommand, QueueEvent, QueuePosition, RequestCard},
        queue::{
            Asking, Queue, context::QueueContext, enqueue::waiting, scheduling::pending_queue::Waiting,
            scheduling::run_progress::Ended,
        },
        responses::{
            cost_recorder::{self, Outcome},
            retention,
            spool_reader::{self, Left},
        },
        runtime::{blocking::blocking, task_message::TaskMessage},
    },
};

impl Queue {
    /// Handles a command about the queue.
    pub(in crate::studio) async fn handle(&mut self, cx: &mut QueueContext<'_>, command: QueueCommand) {
        match command {
            QueueCommand::Generate(recipes) => {
                self.generate(cx, recipes, Asking::default()).await;
            }
            QueueCommand::GenerateFirst(recipes) => {
                self.generate(cx, recipes, Asking { first: true, ..Asking::default() }).await;
            }
            QueueCommand::SetPaused(paused) => self.pause_queue(cx, paused).await,
            QueueCommand::SetDraining(finishing) => {
                self.scheduler.finishing = finishing;
                if finishing {
                    self.cards.hold();
                }
                self.start_waiting(cx);
            }
            QueueCommand::Hold { requests, on_hold } => {
                self.change_turns(cx, &requests, |waiting| waiting.paused = on_hold).await;
            }
            QueueCommand::Schedule { requests, at } => {
                self.change_turns(cx, &requests, |waiting| waiting.not_before = at).await;
            }
            QueueCommand::Move { requests, to } => self.move_requests(cx, requests, to).await,
            QueueCommand::Cancel(id) => self.cancel(cx, vec![id]).await,
            QueueCommand::CancelMany(requests) => self.cancel(cx, requests).await,
            QueueCommand::CancelQueued => {
                let waiting = self.scheduler.line.ids().collect();
                self.cancel(cx, waiting).await;
            }
            QueueCommand::SendNow(id) => {
                let pausing = self.cards.send_now(id).map(|job| job.recipe.profile.clone());
                // One that waits for its gateway has its place in the line, and keeps it.
                let waiting = || Some(self.scheduler.line.get(id)?.profile.clone());
                if let Some(profile) = pausing.or_else(waiting) {
                    self.scheduler.gateways.try_now(&profile, cx.context.now());
                    self.start_waiting(cx);
                }
            }
            QueueCommand::ProbeGateway(profile) => {
                self.scheduler.gateways.try_now(&profile, cx.context.now());
                self.start_waiting(cx);
            }
            QueueCommand::RereadResponse(id) => self.retry(cx, id, false).await,
            QueueCommand::Retry(id) => self.retry(cx, id, true).await,
            QueueCommand::RetryMany(requests) => Self::retry_each(cx, requests),
            QueueCommand::RetryUncharged => Self::retry_each(cx, self.cards.safe_to_retry()),
            QueueCommand::Duplicate(id) => self.duplicate(cx, id).await,
            QueueCommand::Edit { request, recipe } => self.edit(cx, request, *recipe).await,
            QueueCommand::Dismiss(id) => self.dismiss(cx, id).await,
        }
        self.told.order_changed();
    }

    /// Holds everything back that waits, or lets it go on, also what was held back one by one.
    async fn pause_queue(&mut self, cx: &QueueContext<'_>, paused: bool) {
        let library = Arc::clone(&cx.context.library);
        // Nothing sets out any more, whatever the disk says; what is to go on must have been written down.
        self.scheduler.paused |= paused;
        if let Ok(Err(error)) = blocking(move || library.requests().set_paused(paused)).await {
            return cx.report_library_error(&error);
        }
        self.scheduler.paused = paused;
        if !paused {
            let held: Vec<RequestId> = self.cards.waiting().filter(|job| job.on_hold).map(|job| job.id).collect();
            self.change_turns(cx, &held, |waiting| waiting.paused = false).await;
        }
        self.start_waiting(cx);
    }

    /// Changes how requests stand in the line that wait in it.
    async fn change_turns(&mut self, cx: &QueueContext<'_>, requests: &[RequestId], change: impl Fn(&mut Waiting)) {
        let now = cx.context.now();
        let changed: Vec<RequestId> =
            requests.iter().copied().filter(|id| self.scheduler.line.change(*id, now, &change).is_some()).collect();
        self.keep_turns(cx, &changed).await;
        self.start_waiting(cx);
    }

    /// Moves requests that wait.
    pub(super) async fn move_requests(&mut self, cx: &QueueContext<'_>, requests: Vec<RequestId>, to: QueuePosition) {
        let changed = self.scheduler.line.relocate(&requests, to, cx.context.now());
        self.keep_turns(cx, &changed).await;
        self.start_waiting(cx);
    }

    /// Writes down how requests stand in the line, and tells.
    async fn keep_turns(&mut self, cx: &QueueContext<'_>, requests: &[RequestId]) {
        let line = &self.scheduler.line;
        let turns: Vec<(RequestId, QueueEntry)> = requests
            .iter()
            .filter_map(|id| {
                let Waiting { place, paused, not_before, .. } = *line.get(*id)?;
                Some((*id, QueueEntry { place, paused, not_before, ..QueueEntry::default() }))
            })
            .collect();
        for (id, turn) in &turns {
            let before = self.cards.get(*id).map(|job| (job.on_hold, job.not_before));
            let job = self.cards.change(*id, |job| {
                (job.on_hold, job.not_before) = (turn.paused, turn.not_before);
            });
            if let Some(job) = job.filter(|job| before != Some((job.on_hold, job.not_before))) {
                cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
            }
        }
        let library = Arc::clone(&cx.context.library);
        if let Ok(Err(error)) = blocking(move || library.requests().update_entries(&turns)).await {
            cx.report_library_error(&error);
        }
    }

    /// Stops requests. Those that still wait have ended with that; those under way end soon.
    async fn cancel(&mut self, cx: &mut QueueContext<'_>, requests: Vec<RequestId>) {
        let waits = |id: &RequestId| !self.cards.cancel(*id) && self.scheduler.line.get(*id).is_some();
        let stopped: Vec<RequestId> = requests.into_iter().filter(waits).collect();
        let (library, ids) = (Arc::clone(&cx.context.library), stopped.clone());
        if let Ok(Err(error)) = blocking(move || library.requests().cancel_queued(&ids)).await {
            cx.report_library_error(&error);
            // On disk they still wait, and would be sent after the next start: they are shown as what they are.
            return self.change_turns(cx, &stopped, |waiting| waiting.paused = true).await;
        }
        for id in stopped {
            self.scheduler.line.remove(id);
            let state = CardState::Cancelled { sent: false };
            cx.providers.test_ended(id, &state, cx.context, cx.settings);
            let job = self.cards.advance(id, state);
            if let Some(job) = job {
                self.run.ended(job.recipe.batch, Ended::Cancelled);
                cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
            }
        }
        self.told.news();
    }

    /// Goes on with many, one after the other, and hears everything else in between: each of them waits for the disk.
    fn retry_each(cx: &QueueContext<'_>, requests: Vec<RequestId>) {
        for id in requests {
            cx.context.notify_core(TaskMessage::Retry(id));
        }
    }

    /// Retries an ended request: reads its kept response again if there is one, else sends it again if `may_send`.
    async fn retry(&mut self, cx: &mut QueueContext<'_>, id: RequestId, may_send: bool) {
        let Some(mut job) = self.cards.take_ended(id) else { return };
        // A response that only found no room is read again first, and not paid for twice. Any other that is kept stays
        // kept beside the new request, until a person drops it.
        let kept = matches!(&job.state, CardState::Failed(failure) if failure.kept.is_some() && !retention::is_about_disk(failure));
        if may_send && kept {
            return self.send_again(cx, id, &job).await;
        }
        let intent = RequestRecord { request: id, recipe: Recipe::clone(&job.recipe), created: job.created };
        let (context, of) = (Arc::clone(cx.context), intent.clone());
        match blocking(move || spool_reader::from_spool(&context, &of)).await {
            Ok(Ok(Some(Left::Images { .. }))) => {
                cx.send(Event::Queue(QueueEvent::RequestRemoved(id)));
                cx.read_view();
            }
            Ok(Ok(Some(Left::Links(read)))) => self.take_up(cx, intent, *read),
            Ok(Ok(Some(Left::Nothing(failure)))) if !may_send || retention::is_about_disk(&failure) => {
                job.state = CardState::Failed(self.still_kept(cx, id, failure).await);
                let job = self.cards.put(job);
                cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
                self.watch_disk(cx);
                cx.read_view();
            }
            _ if may_send => self.send_again(cx, id, &job).await,
            _ => {
                let job = self.cards.put(job);
                cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
            }
        }
    }

    /// The failure of a response that was read again, with what is kept of it.
    async fn still_kept(&self, cx: &QueueContext<'_>, id: RequestId, failure: Failure) -> Failure {
        let (context, of) = (Arc::clone(cx.context), failure.clone());
        let kept = blocking(move || retention::keep_response(&context, id, &of)).await.ok().flatten();
        Failure { kept, ..failure }
    }

    /// Sends the recipe of an ended request again, as a new request that may be charged.
    async fn send_again(&mut self, cx: &mut QueueContext<'_>, id: RequestId, job: &RequestCard) {
        cx.send(Event::Queue(QueueEvent::RequestRemoved(id)));
        let is_kept = self.put_card_away(cx, id, job).await;
        let recipe = Recipe::clone(&job.recipe);
        let asked = self.generate(cx, vec![recipe], Asking { repeats: Some(id), ..Asking::default() }).await;
        // What was not written down must not cost the answer that is there.
        let is_asked = asked.iter().any(|request| self.cards.get(*request).is_some_and(|job| !job.state.has_ended()));
        if is_asked && !is_kept {
            self.forget_intent(cx, id, &job.recipe).await;
        }
    }

    /// Takes the card of a failed request away whose response is kept. Returns whether it is.
    async fn put_card_away(&self, cx: &QueueContext<'_>, id: RequestId, job: &RequestCard) -> bool {
        let CardState::Failed(failure) = &job.state else { return false };
        if failure.kept.is_none() {
            return false;
        }
        let (library, failure) = (Arc::clone(&cx.context.library), failure.clone());
        if let Ok(Err(error)) = blocking(move || library.requests().set_failed(id, &failure, false)).await {
            cx.report_library_error(&error);
        }
        true
    }

    async fn duplicate(&mut self, cx: &mut QueueContext<'_>, id: RequestId) {
        let Some(recipe) = self.cards.get(id).map(|job| Recipe::clone(&job.recipe)) else { return };
        let after = self.scheduler.line.get(id).map(|_| id);
        self.generate(cx, vec![recipe], Asking { after, ..Asking::default() }).await;
    }

    /// Changes what a request asks that still waits. Where it comes to several requests now, the others follow it.
    async fn edit(&mut self, cx: &mut QueueContext<'_>, id: RequestId, mut recipe: Recipe) {
        let Some(before) = self.scheduler.line.get(id).cloned() else {
            return cx.send(Event::Notice(Notice::TooLateToChange));
        };
        recipe.batch = recipe.batch.or(before.batch);
        let mut recipes = Self::requests_of(cx, recipe).into_iter();
        let Some(recipe) = recipes.next() else { return };
        let estimate = Self::estimate(cx, &recipe);
        let (library, changed) = (Arc::clone(&cx.context.library), recipe.clone());
        match blocking(move || library.requests().change_recipe(id, &changed, estimate)).await {
            Ok(Ok(())) => {}
            Ok(Err(LibraryError::Backward(_))) => return cx.send(Event::Notice(Notice::TooLateToChange)),
            Ok(Err(error)) => return cx.report_library_error(&error),
            Err(_) => return,
        }
        let Waiting { place, paused, not_before, .. } = before;
        let turn = QueueEntry { place, paused, not_before, repeats: None, estimate };
        self.scheduler.line.add(id, waiting(&recipe, &turn), cx.context.now());
        let job = self.cards.change(id, |job| {
            job.recipe = Arc::new(recipe);
            job.estimate = estimate;
        });
        if let Some(job) = job {
            cx.send(Event::Queue(QueueEvent::RequestChanged(job)));
        }
        let rest: Vec<Recipe> = recipes.collect();
        if !rest.is_empty() {
            self.generate(cx, rest, Asking { after: Some(id), ..Asking::default() }).await;
        }
        self.start_waiting(cx);
    }

    /// The cards of requests that became pictures are not needed any more.
    pub(in crate::studio) fn take_done(&mut self) -> Vec<RequestId> {
        self.cards.take_done()
    }

    /// A gateway's profile has changed. At another address it is another gateway.
    pub(in crate::studio) fn gateway_changed(&mut self, before: Option<&Profile>, profile: &Profile) {
        let same = before.is_some_and(|before| before.base_url == profile.base_url && before.proxy == profile.proxy);
        if !same {
            self.scheduler.gateways.forget(&profile.id);
            self.heard.remove(&profile.id);
        }
    }

    /// The settings say how much may be spent.
    pub(in crate::studio) fn set_caps(&mut self, caps: Caps) {
        self.scheduler.purse.caps = caps;
    }

    async fn dismiss(&mut self, cx: &QueueContext<'_>, id: RequestId) {
        if let Some(job) = self.cards.take_ended(id) {
            if !self.put_card_away(cx, id, &job).await {
                self.forget_intent(cx, id, &job.recipe).await;
            }
            cx.send(Event::Queue(QueueEvent::RequestRemoved(id)));
        }
    }

    async fn forget_intent(&self, cx: &QueueContext<'_>, id: RequestId, recipe: &Recipe) {
        let (context, recipe) = (Arc::clone(cx.context), recipe.clone());
        let forget = move || {
            let library = &context.library;
            // An answer that was paid for and is given up has come to its end.
            if matches!(library.requests().status(id)?, Some(RequestStatus::Sending | RequestStatus::Receiving)) {
                let spent = Outcome { charged: Charge::Yes, amount: None, pictures: 0, took: None };
                cost_recorder::book(&context, id, &recipe, &spent);
            }
            // One that was left to be taken up at the next start is over now; one that is over stays as it is.
            match library.requests().set_status(id, &RequestStatus::Cancelled { sent: true }) {
                Ok(()) | Err(LibraryError::Backward(_)) => {}
                Err(error) => return Err(error),
            }
            library.requests().remove(&[id])?;
            library.exchanges().remove(id)?;
            library.spool().remove(id)
        };
        if let Ok(Err(error)) = blocking(forget).await {
            cx.report_library_error(&error);
        }
    }
}
