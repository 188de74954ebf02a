//! The commands that change the queue: hold, move, schedule, cancel, retry, edit.

use std::sync::Arc;

use crate::{
    library::{LibraryError, QueueEntry, RequestRecord, RequestStatus},
    recipe::{Caps, Charge, Failure, Profile, Recipe, RequestId},
    studio::{
        protocol::{CardState, Event, Notice, QueueCommand, QueueEvent, QueuePosition, RequestCard},
        queue::{
            EnqueueOptions, Queue, context::QueueContext, enqueue::pending_request,
            scheduling::pending_queue::PendingRequest, scheduling::run_progress::RequestOutcome,
        },
        responses::{
            cost_recorder::{self, RequestCost},
            retention,
            spool_reader::{self, SpoolOutcome},
        },
        runtime::{blocking::blocking, task_message::TaskMessage},
    },
};

impl Queue {
    /// Handles a command about the queue.
    pub(in crate::studio) async fn handle(&mut self, cx: &mut QueueContext<'_>, command: QueueCommand) {
        match command {
            QueueCommand::Generate(recipes) => {
                self.enqueue(cx, recipes, EnqueueOptions::default()).await;
            }
            QueueCommand::GenerateFirst(recipes) => {
                self.enqueue(cx, recipes, EnqueueOptions { first: true, ..EnqueueOptions::default() }).await;
            }
            QueueCommand::SetPaused(paused) => self.set_paused(cx, paused).await,
            QueueCommand::SetDraining(draining) => {
                self.scheduler.draining = draining;
                if draining {
                    self.registry.requeue_unsent();
                }
                self.dispatch_ready(cx);
            }
            QueueCommand::Hold { requests, on_hold } => {
                self.update_pending(cx, &requests, |request| request.on_hold = on_hold).await;
            }
            QueueCommand::Schedule { requests, at } => {
                self.update_pending(cx, &requests, |request| request.not_before = at).await;
            }
            QueueCommand::Move { requests, to } => self.move_requests(cx, requests, to).await,
            QueueCommand::Cancel(id) => self.cancel(cx, vec![id]).await,
            QueueCommand::CancelMany(requests) => self.cancel(cx, requests).await,
            QueueCommand::CancelQueued => {
                let queued = self.scheduler.pending.ids().collect();
                self.cancel(cx, queued).await;
            }
            QueueCommand::SendNow(id) => {
                let awaiting_retry = self.registry.send_now(id).map(|card| card.recipe.profile.clone());
                // A request that waits for its gateway keeps its position in the queue.
                let queued = || Some(self.scheduler.pending.get(id)?.profile.clone());
                if let Some(profile) = awaiting_retry.or_else(queued) {
                    self.scheduler.gateways.probe_now(&profile, cx.context.now());
                    self.dispatch_ready(cx);
                }
            }
            QueueCommand::ProbeGateway(profile) => {
                self.scheduler.gateways.probe_now(&profile, cx.context.now());
                self.dispatch_ready(cx);
            }
            QueueCommand::RereadResponse(id) => self.retry(cx, id, false).await,
            QueueCommand::Retry(id) => self.retry(cx, id, true).await,
            QueueCommand::RetryMany(requests) => Self::retry_each(cx, requests),
            QueueCommand::RetryUncharged => Self::retry_each(cx, self.registry.uncharged_failures()),
            QueueCommand::Duplicate(id) => self.duplicate(cx, id).await,
            QueueCommand::Edit { request, recipe } => self.edit(cx, request, *recipe).await,
            QueueCommand::Dismiss(id) => self.dismiss(cx, id).await,
        }
        self.published.mark_order_dirty();
    }

    /// Pauses or resumes the queue. Resuming also resumes requests that were put on hold one by one.
    async fn set_paused(&mut self, cx: &QueueContext<'_>, paused: bool) {
        let library = Arc::clone(&cx.context.library);
        // Pausing takes effect even if it cannot be saved; resuming must be on disk first.
        self.scheduler.paused |= paused;
        if let Ok(Err(error)) = blocking(move || library.requests().set_paused(paused)).await {
            return cx.report_library_error(&error);
        }
        self.scheduler.paused = paused;
        if !paused {
            let on_hold: Vec<RequestId> =
                self.registry.queued().filter(|card| card.on_hold).map(|card| card.id).collect();
            self.update_pending(cx, &on_hold, |request| request.on_hold = false).await;
        }
        self.dispatch_ready(cx);
    }

    /// Changes requests that are queued, and saves and reports that.
    async fn update_pending(
        &mut self,
        cx: &QueueContext<'_>,
        requests: &[RequestId],
        change: impl Fn(&mut PendingRequest),
    ) {
        let now = cx.context.now();
        let changed: Vec<RequestId> =
            requests.iter().copied().filter(|id| self.scheduler.pending.update(*id, now, &change).is_some()).collect();
        self.save_entries(cx, &changed).await;
        self.dispatch_ready(cx);
    }

    /// Moves queued requests.
    pub(super) async fn move_requests(&mut self, cx: &QueueContext<'_>, requests: Vec<RequestId>, to: QueuePosition) {
        let changed = self.scheduler.pending.move_to(&requests, to, cx.context.now());
        self.save_entries(cx, &changed).await;
        self.dispatch_ready(cx);
    }

    /// Saves the queue entries of requests and reports them.
    async fn save_entries(&mut self, cx: &QueueContext<'_>, requests: &[RequestId]) {
        let pending = &self.scheduler.pending;
        let entries: Vec<(RequestId, QueueEntry)> = requests
            .iter()
            .filter_map(|id| {
                let PendingRequest { position, on_hold, not_before, .. } = *pending.get(*id)?;
                Some((*id, QueueEntry { position, paused: on_hold, not_before, ..QueueEntry::default() }))
            })
            .collect();
        for (id, entry) in &entries {
            let before = self.registry.get(*id).map(|card| (card.on_hold, card.not_before));
            let card = self.registry.change(*id, |card| {
                (card.on_hold, card.not_before) = (entry.paused, entry.not_before);
            });
            if let Some(card) = card.filter(|card| before != Some((card.on_hold, card.not_before))) {
                cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
            }
        }
        let library = Arc::clone(&cx.context.library);
        if let Ok(Err(error)) = blocking(move || library.requests().update_entries(&entries)).await {
            cx.report_library_error(&error);
        }
    }

    /// Cancels requests. Queued ones end at once; those under way end soon.
    async fn cancel(&mut self, cx: &mut QueueContext<'_>, requests: Vec<RequestId>) {
        let is_queued = |id: &RequestId| !self.registry.cancel(*id) && self.scheduler.pending.get(*id).is_some();
        let stopped: Vec<RequestId> = requests.into_iter().filter(is_queued).collect();
        let (library, ids) = (Arc::clone(&cx.context.library), stopped.clone());
        if let Ok(Err(error)) = blocking(move || library.requests().cancel_queued(&ids)).await {
            cx.report_library_error(&error);
            // On disk they are still queued, and would be sent after the next start: they are shown as queued and on
            // hold.
            return self.update_pending(cx, &stopped, |request| request.on_hold = true).await;
        }
        for id in stopped {
            self.scheduler.pending.remove(id);
            let state = CardState::Cancelled { sent: false };
            cx.providers.test_ended(id, &state, cx.context, cx.settings);
            let card = self.registry.set_state(id, state);
            if let Some(card) = card {
                self.run.record_end(card.recipe.batch, RequestOutcome::Cancelled);
                cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
            }
        }
        self.published.mark_dirty();
    }

    /// Retries requests one after the other by messages to the core, because each retry waits for the disk and other
    /// commands must be handled in between.
    fn retry_each(cx: &QueueContext<'_>, requests: Vec<RequestId>) {
        for id in requests {
            cx.context.notify_core(TaskMessage::Retry(id));
        }
    }

    /// Retries an ended request: reads its kept response again if there is one, else sends it again if `may_send`.
    async fn retry(&mut self, cx: &mut QueueContext<'_>, id: RequestId, may_send: bool) {
        let Some(mut card) = self.registry.take_ended(id) else { return };
        // A response that could not be stored for lack of space is read again first, so that it is not paid for twice.
        // Any other kept response stays kept beside the new request, until a person deletes it.
        let kept = matches!(&card.state, CardState::Failed(failure) if failure.kept.is_some() && !retention::is_disk_failure(failure));
        if may_send && kept {
            return self.send_again(cx, id, &card).await;
        }
        let record = RequestRecord { request: id, recipe: Recipe::clone(&card.recipe), created: card.created };
        let (context, of) = (Arc::clone(cx.context), record.clone());
        match blocking(move || spool_reader::read_spool(&context, &of)).await {
            Ok(Ok(Some(SpoolOutcome::Stored { .. }))) => {
                cx.send(Event::Queue(QueueEvent::RequestRemoved(id)));
                cx.read_view();
            }
            Ok(Ok(Some(SpoolOutcome::Pending(read)))) => self.resume_links(cx, record, *read),
            Ok(Ok(Some(SpoolOutcome::Failed(failure)))) if !may_send || retention::is_disk_failure(&failure) => {
                card.state = CardState::Failed(self.with_kept_response(cx, id, failure).await);
                let card = self.registry.insert(card);
                cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
                self.watch_disk(cx);
                cx.read_view();
            }
            _ if may_send => self.send_again(cx, id, &card).await,
            _ => {
                let card = self.registry.insert(card);
                cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
            }
        }
    }

    /// Adds the kept response to a failure, if there is one.
    async fn with_kept_response(&self, cx: &QueueContext<'_>, id: RequestId, failure: Failure) -> Failure {
        let (context, of) = (Arc::clone(cx.context), failure.clone());
        let kept = blocking(move || retention::keep_response(&context, id, &of)).await.ok().flatten();
        Failure { kept, ..failure }
    }

    /// Sends the recipe of an ended request again, as a new request that may be charged.
    async fn send_again(&mut self, cx: &mut QueueContext<'_>, id: RequestId, card: &RequestCard) {
        cx.send(Event::Queue(QueueEvent::RequestRemoved(id)));
        let is_kept = self.dismiss_card(cx, id, card).await;
        let recipe = Recipe::clone(&card.recipe);
        let new_requests =
            self.enqueue(cx, vec![recipe], EnqueueOptions { retry_of: Some(id), ..EnqueueOptions::default() }).await;
        // If the new request could not be recorded, the old one with its response must not be deleted.
        let is_queued =
            new_requests.iter().any(|request| self.registry.get(*request).is_some_and(|card| !card.state.has_ended()));
        if is_queued && !is_kept {
            self.delete_request(cx, id, &card.recipe).await;
        }
    }

    /// Records that the card of a failed request was dismissed although its response is kept. Returns whether it is
    /// kept.
    async fn dismiss_card(&self, cx: &QueueContext<'_>, id: RequestId, card: &RequestCard) -> bool {
        let CardState::Failed(failure) = &card.state else { return false };
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
        let Some(recipe) = self.registry.get(id).map(|card| Recipe::clone(&card.recipe)) else { return };
        let after = self.scheduler.pending.get(id).map(|_| id);
        self.enqueue(cx, vec![recipe], EnqueueOptions { after, ..EnqueueOptions::default() }).await;
    }

    /// Changes the recipe of a queued request. If it expands to several requests now, the others are queued behind it.
    async fn edit(&mut self, cx: &mut QueueContext<'_>, id: RequestId, mut recipe: Recipe) {
        let Some(before) = self.scheduler.pending.get(id).cloned() else {
            return cx.send(Event::Notice(Notice::TooLateToChange));
        };
        recipe.batch = recipe.batch.or(before.batch);
        let mut recipes = Self::expand_recipe(cx, recipe).into_iter();
        let Some(recipe) = recipes.next() else { return };
        let estimate = Self::estimate(cx, &recipe);
        let (library, changed) = (Arc::clone(&cx.context.library), recipe.clone());
        match blocking(move || library.requests().change_recipe(id, &changed, estimate)).await {
            Ok(Ok(())) => {}
            Ok(Err(LibraryError::Backward(_))) => return cx.send(Event::Notice(Notice::TooLateToChange)),
            Ok(Err(error)) => return cx.report_library_error(&error),
            Err(_) => return,
        }
        let PendingRequest { position, on_hold, not_before, .. } = before;
        let entry = QueueEntry { position, paused: on_hold, not_before, repeats: None, estimate };
        self.scheduler.pending.add(id, pending_request(&recipe, &entry), cx.context.now());
        let card = self.registry.change(id, |card| {
            card.recipe = Arc::new(recipe);
            card.estimate = estimate;
        });
        if let Some(card) = card {
            cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        }
        let rest: Vec<Recipe> = recipes.collect();
        if !rest.is_empty() {
            self.enqueue(cx, rest, EnqueueOptions { after: Some(id), ..EnqueueOptions::default() }).await;
        }
        self.dispatch_ready(cx);
    }

    /// Removes the cards of requests whose images are stored, because the view shows the images.
    pub(in crate::studio) fn take_done(&mut self) -> Vec<RequestId> {
        self.registry.take_done()
    }

    /// Forgets what is known of a gateway if its profile leads to another address now.
    pub(in crate::studio) fn gateway_changed(&mut self, before: Option<&Profile>, profile: &Profile) {
        let same = before.is_some_and(|before| before.base_url == profile.base_url && before.proxy == profile.proxy);
        if !same {
            self.scheduler.gateways.reset(&profile.id);
            self.answered.remove(&profile.id);
        }
    }

    /// Sets the spending caps.
    pub(in crate::studio) fn set_caps(&mut self, caps: Caps) {
        self.scheduler.budget.caps = caps;
    }

    async fn dismiss(&mut self, cx: &QueueContext<'_>, id: RequestId) {
        if let Some(card) = self.registry.take_ended(id) {
            if !self.dismiss_card(cx, id, &card).await {
                self.delete_request(cx, id, &card.recipe).await;
            }
            cx.send(Event::Queue(QueueEvent::RequestRemoved(id)));
        }
    }

    async fn delete_request(&self, cx: &QueueContext<'_>, id: RequestId, recipe: &Recipe) {
        let (context, recipe) = (Arc::clone(cx.context), recipe.clone());
        let forget = move || {
            let library = &context.library;
            // The cost of a paid response that is given up is recorded now.
            if matches!(library.requests().status(id)?, Some(RequestStatus::Sending | RequestStatus::Receiving)) {
                let cost = RequestCost { charged: Charge::Yes, amount: None, images: 0, took: None };
                cost_recorder::record_cost(&context, id, &recipe, &cost);
            }
            // A request that the next start would have resumed ends now; the status of an ended one does not change.
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
