//! Requests that have a card, and whose turn it is.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::recipe::{ProfileId, Recipe, RequestId};

use super::{Job, JobState};

/// Every request that has a card.
#[derive(Default)]
pub(super) struct Jobs {
    all: BTreeMap<RequestId, Entry>,
    waiting: VecDeque<RequestId>,
}

/// Requests that wait while others are let before them.
#[must_use = "they have to be put back into the line"]
pub(super) struct Held(VecDeque<RequestId>);

struct Entry {
    recipe: Arc<Recipe>,
    state: JobState,
    /// Set while the request is on its road.
    reins: Option<Reins>,
}

/// What a request on its road heeds.
#[derive(Clone, Debug, Default)]
pub(super) struct Reins {
    /// Ends it.
    pub(super) cancel: CancellationToken,
    /// Ends its wait before the next try.
    pub(super) now: Arc<Notify>,
}

impl Jobs {
    /// Puts a request at the end of the line.
    pub(super) fn enqueue(&mut self, id: RequestId, recipe: Arc<Recipe>) -> Job {
        self.waiting.push_back(id);
        self.put(id, recipe, JobState::Waiting)
    }

    /// Takes out of the line who waits in it, so that others come first.
    pub(super) fn hold(&mut self) -> Held {
        Held(std::mem::take(&mut self.waiting))
    }

    /// Puts who was held behind those who have come since.
    pub(super) fn release(&mut self, held: Held) {
        // Whoever was cancelled in the meantime has left the line.
        let waits = |id: &RequestId| self.all.get(id).is_some_and(|entry| entry.state == JobState::Waiting);
        let held: Vec<RequestId> = held.0.into_iter().filter(waits).collect();
        self.waiting.extend(held);
    }

    /// Adds a request that has ended already.
    pub(super) fn put(&mut self, id: RequestId, recipe: Arc<Recipe>, state: JobState) -> Job {
        let job = Job { id, recipe: Arc::clone(&recipe), state: state.clone() };
        self.all.insert(id, Entry { recipe, state, reins: None });
        job
    }

    /// Adds a request that is on its road already.
    pub(super) fn take_up(&mut self, id: RequestId, recipe: Arc<Recipe>, state: JobState) -> (Job, Reins) {
        let job = self.put(id, recipe, state);
        let reins = Reins::default();
        if let Some(entry) = self.all.get_mut(&id) {
            entry.reins = Some(reins.clone());
        }
        (job, reins)
    }

    /// The next request that may start, if fewer than `limit` are on their road. One whose gateway has as many on
    /// their road as `limit_of` says lets others pass. A gateway that asks for a pause holds up its own requests only.
    pub(super) fn start_next(
        &mut self,
        limit: usize,
        limit_of: impl Fn(&ProfileId) -> Option<usize>,
    ) -> Option<(RequestId, Arc<Recipe>, Reins)> {
        let mut running: BTreeMap<&ProfileId, usize> = BTreeMap::new();
        let mut pausing: BTreeMap<&ProfileId, usize> = BTreeMap::new();
        for entry in self.all.values().filter(|entry| entry.reins.is_some()) {
            let pauses = matches!(entry.state, JobState::Again { .. });
            let count = if pauses { &mut pausing } else { &mut running };
            *count.entry(&entry.recipe.profile).or_default() += 1;
        }
        let at_work = running.values().sum::<usize>();
        if at_work >= limit {
            return None;
        }
        let room = |id: &RequestId| {
            self.all.get(id).is_some_and(|entry| {
                let profile = &entry.recipe.profile;
                let pausing = pausing.get(profile).copied().unwrap_or_default();
                let here = running.get(profile).copied().unwrap_or_default() + pausing;
                at_work + pausing < limit && limit_of(profile).is_none_or(|limit| here < limit.max(1))
            })
        };
        let next = self.waiting.iter().position(room)?;
        let id = self.waiting.remove(next)?;
        let entry = self.all.get_mut(&id)?;
        let reins = Reins::default();
        entry.reins = Some(reins.clone());
        Some((id, Arc::clone(&entry.recipe), reins))
    }

    /// A request has come further; `None` if it has no card any more.
    pub(super) fn advance(&mut self, id: RequestId, state: JobState) -> Option<Job> {
        let entry = self.all.get_mut(&id)?;
        if matches!(state, JobState::Done { .. } | JobState::Failed(_) | JobState::Cancelled { .. }) {
            entry.reins = None;
        }
        entry.state = state;
        Some(Job { id, recipe: Arc::clone(&entry.recipe), state: entry.state.clone() })
    }

    /// Stops a request. One that still waited has ended with that; one on its road ends soon.
    pub(super) fn cancel(&mut self, id: RequestId) -> Option<Job> {
        let entry = self.all.get_mut(&id)?;
        match &entry.reins {
            Some(reins) => {
                reins.cancel.cancel();
                None
            }
            None if entry.state == JobState::Waiting => {
                self.waiting.retain(|waiting| *waiting != id);
                self.advance(id, JobState::Cancelled { sent: false })
            }
            None => None,
        }
    }

    /// Ends the wait of a request that is to be sent again.
    pub(super) fn send_now(&self, id: RequestId) {
        let waits = |entry: &&Entry| matches!(entry.state, JobState::Again { .. });
        if let Some(reins) = self.all.get(&id).filter(waits).and_then(|entry| entry.reins.as_ref()) {
            reins.now.notify_one();
        }
    }

    /// Takes the card of a request that has ended, and says what it asked and how it ended.
    pub(super) fn take_ended(&mut self, id: RequestId) -> Option<(Arc<Recipe>, JobState)> {
        let entry = self.all.get(&id)?;
        let ended = entry.reins.is_none() && entry.state != JobState::Waiting;
        ended.then(|| self.all.remove(&id)).flatten().map(|entry| (entry.recipe, entry.state))
    }

    /// Takes the cards of requests that became pictures.
    pub(super) fn take_done(&mut self) -> Vec<RequestId> {
        let done = |entry: &Entry| matches!(entry.state, JobState::Done { .. });
        let ids: Vec<_> = self.all.iter().filter(|(_, entry)| done(entry)).map(|(id, _)| *id).collect();
        self.all.retain(|_, entry| !done(entry));
        ids
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> RequestId {
        RequestId::from_uuid(Uuid::from_u128(number))
    }

    fn jobs(count: u128) -> Jobs {
        let mut jobs = Jobs::default();
        for number in 0..count {
            jobs.enqueue(id(number), Arc::default());
        }
        jobs
    }

    #[test]
    fn requests_start_in_order_and_never_more_at_once_than_asked() {
        let mut jobs = jobs(3);
        assert_eq!(jobs.start_next(2, |_| None).unwrap().0, id(0));
        assert_eq!(jobs.start_next(2, |_| None).unwrap().0, id(1));
        assert!(jobs.start_next(2, |_| None).is_none());
        jobs.advance(id(0), JobState::Cancelled { sent: true });
        assert_eq!(jobs.start_next(2, |_| None).unwrap().0, id(2));
        assert!(jobs.start_next(2, |_| None).is_none());
    }

    #[test]
    fn who_comes_first_passes_those_who_wait_and_nobody_else() {
        let mut jobs = jobs(3);
        assert_eq!(jobs.start_next(1, |_| None).unwrap().0, id(0));
        let held = jobs.hold();
        jobs.enqueue(id(7), Arc::default());
        jobs.enqueue(id(8), Arc::default());
        jobs.cancel(id(1));
        jobs.release(held);
        jobs.advance(id(0), JobState::Cancelled { sent: true });
        let order: Vec<RequestId> = std::iter::from_fn(|| Some(jobs.start_next(9, |_| None)?.0)).collect();
        assert_eq!(order, [id(7), id(8), id(2)]);
    }

    #[test]
    fn a_gateway_without_room_does_not_hold_up_the_others() {
        let mut jobs = jobs(2);
        let elsewhere = Recipe { profile: ProfileId::dgrid(), ..Recipe::default() };
        jobs.enqueue(id(2), Arc::new(elsewhere));
        let one_at_demo = |profile: &ProfileId| profile.is_demo().then_some(1);
        assert_eq!(jobs.start_next(3, one_at_demo).unwrap().0, id(0));
        assert_eq!(jobs.start_next(3, one_at_demo).unwrap().0, id(2));
        assert!(jobs.start_next(3, one_at_demo).is_none());
        jobs.advance(id(0), JobState::Cancelled { sent: true });
        assert_eq!(jobs.start_next(3, one_at_demo).unwrap().0, id(1));
    }

    #[test]
    fn a_gateway_that_asks_for_a_pause_holds_up_only_its_own_requests() {
        let mut jobs = jobs(2);
        let other = Recipe { profile: ProfileId::dgrid(), ..Recipe::default() };
        jobs.enqueue(id(7), Arc::new(other));
        assert_eq!(jobs.start_next(1, |_| None).unwrap().0, id(0));
        assert!(jobs.start_next(1, |_| None).is_none());
        let failure = crate::recipe::Failure::new(crate::recipe::FailureKind::RateLimited);
        jobs.advance(id(0), JobState::Again { failure, at: jiff::Timestamp::UNIX_EPOCH, tries: 1, most: 4 });
        assert_eq!(jobs.start_next(1, |_| None).unwrap().0, id(7));
        assert!(jobs.start_next(1, |_| None).is_none());
    }

    #[test]
    fn a_waiting_request_is_cancelled_at_once_and_never_starts() {
        let mut jobs = jobs(2);
        assert_eq!(jobs.cancel(id(0)).unwrap().state, JobState::Cancelled { sent: false });
        assert_eq!(jobs.start_next(9, |_| None).unwrap().0, id(1));
        assert!(jobs.start_next(9, |_| None).is_none());
    }

    #[test]
    fn a_running_request_is_told_to_stop_and_keeps_its_card_until_it_has() {
        let mut jobs = jobs(1);
        let (_, _, reins) = jobs.start_next(1, |_| None).unwrap();
        assert!(jobs.cancel(id(0)).is_none());
        assert!(reins.cancel.is_cancelled());
        assert!(jobs.take_ended(id(0)).is_none());
        jobs.advance(id(0), JobState::Cancelled { sent: true });
        assert!(jobs.take_ended(id(0)).is_some());
        assert!(jobs.take_ended(id(0)).is_none());
    }
}
