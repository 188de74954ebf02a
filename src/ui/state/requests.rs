//! The requests that have a card, in the order in which they came. The studio may report ten thousand of them one by
//! one, so looking one up must not scan the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    recipe::{Charge, RequestId},
    studio::{CardState, RequestCard},
};

/// Requests that have a card.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// The requests by their number in the order of arrival.
    all: BTreeMap<u64, RequestCard>,
    places: HashMap<RequestId, u64>,
    next: u64,
    /// Increases with every change except for the progress of a response.
    revision: u64,
    in_flight: usize,
    images_in_flight: usize,
    running: usize,
    waiting: usize,
    /// The requests that have ended without an image.
    ended: BTreeSet<RequestId>,
    safe_to_retry: usize,
}

impl Requests {
    /// Adds a request or replaces it.
    pub fn put(&mut self, job: RequestCard) {
        let place = *self.places.entry(job.id).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        let receiving = |job: &RequestCard| matches!(job.state, CardState::Receiving { .. });
        let arrives = receiving(&job);
        let before = self.all.remove(&place);
        if let Some(before) = &before {
            self.count(before, false);
        }
        self.count(&job, true);
        self.all.insert(place, job);
        if !(arrives && before.as_ref().is_some_and(receiving)) {
            self.revision += 1;
        }
    }

    /// Removes a request that has no card any more.
    pub fn remove(&mut self, id: RequestId) {
        let Some(job) = self.places.remove(&id).and_then(|place| self.all.remove(&place)) else { return };
        self.revision += 1;
        self.count(&job, false);
    }

    fn count(&mut self, job: &RequestCard, more: bool) {
        self.count_ended(job, more);
        let images = job.recipe.parameters.n.map_or(1, |n| n.max(1) as usize);
        let (running, waiting, in_flight) = match job.state {
            CardState::Queued => (0, 1, 0),
            CardState::RetryScheduled { .. } => (1, 0, 0),
            CardState::Generating { .. } | CardState::Receiving { .. } => (1, 0, 1),
            CardState::Done { .. } | CardState::Failed(_) | CardState::Cancelled { .. } => return,
        };
        let change = |count: &mut usize, by: usize| {
            *count = if more { *count + by } else { count.saturating_sub(by) };
        };
        change(&mut self.running, running);
        change(&mut self.waiting, waiting);
        change(&mut self.in_flight, in_flight);
        change(&mut self.images_in_flight, in_flight * images);
    }

    fn count_ended(&mut self, job: &RequestCard, more: bool) {
        let safe = match &job.state {
            CardState::Failed(failure) => failure.charged == Charge::No,
            CardState::Cancelled { .. } => false,
            _ => return,
        };
        if more {
            self.ended.insert(job.id);
            self.safe_to_retry += usize::from(safe);
        } else {
            self.ended.remove(&job.id);
            self.safe_to_retry = self.safe_to_retry.saturating_sub(usize::from(safe));
        }
    }

    /// A request by its id.
    pub fn get(&self, id: RequestId) -> Option<&RequestCard> {
        self.all.get(self.places.get(&id)?)
    }

    /// All of them, newest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &RequestCard> + ExactSizeIterator {
        self.all.values().rev()
    }

    /// Increases with every change except for the progress of a response.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The number of requests that have started, including those that wait for a retry.
    pub fn running(&self) -> usize {
        self.running
    }

    /// The requests that have ended without an image.
    pub fn ended(&self) -> impl Iterator<Item = RequestId> {
        self.ended.iter().copied()
    }

    /// The number of failed requests that certainly cost nothing.
    pub fn safe_to_retry(&self) -> usize {
        self.safe_to_retry
    }

    /// The number of queued requests.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// The number of images that gateways are generating or sending; cancelling may waste what they cost.
    pub fn images_in_flight(&self) -> usize {
        self.images_in_flight
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::recipe::{Parameters, Recipe};

    fn job(number: u128, state: CardState) -> RequestCard {
        let parameters = Parameters { n: Some(2), ..Parameters::default() };
        let recipe = Arc::new(Recipe { parameters, ..Recipe::default() });
        RequestCard::new(RequestId::from_uuid(Uuid::from_u128(number)), recipe, state)
    }

    #[test]
    fn request_counts_follow_added_and_removed_requests() {
        let generating = || CardState::Generating { since: Timestamp::UNIX_EPOCH };
        let mut jobs = Requests::default();
        for number in [3, 1, 2] {
            jobs.put(job(number, CardState::Queued));
        }
        jobs.put(job(1, generating()));
        jobs.put(job(1, generating()));
        assert_eq!((jobs.running(), jobs.waiting(), jobs.images_in_flight()), (1, 2, 2));
        let order: Vec<_> = jobs.iter().map(|job| job.id.uuid().as_u128()).collect();
        assert_eq!(order, [2, 1, 3], "newest first, and each keeps its place");
        jobs.remove(job(1, generating()).id);
        jobs.remove(job(1, generating()).id);
        jobs.put(job(3, CardState::Cancelled { sent: false }));
        assert_eq!((jobs.running(), jobs.waiting(), jobs.images_in_flight()), (0, 1, 0));
        assert_eq!(jobs.iter().len(), 2);
        assert!(jobs.get(job(1, generating()).id).is_none());
    }
}
