//! The requests that have a card: from the moment they are created until a person dismisses them or their images are in
//! the view.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    recipe::{Charge, Failure, RequestId},
    studio::{
        protocol::{CardState, RequestCard},
        requests::request_control::RequestControl,
    },
};

/// All requests that have a card, by request.
#[derive(Default)]
pub(in crate::studio) struct RequestRegistry(BTreeMap<RequestId, RegistryEntry>);

struct RegistryEntry {
    card: RequestCard,
    /// Set while the request is under way.
    control: Option<RequestControl>,
}

impl RequestRegistry {
    /// Adds or replaces a request that is not under way.
    pub fn insert(&mut self, card: RequestCard) -> RequestCard {
        self.0.insert(card.id, RegistryEntry { card: card.clone(), control: None });
        card
    }

    /// Marks a request as started and returns the control of its task.
    pub fn start(&mut self, id: RequestId) -> Option<(RequestCard, RequestControl)> {
        let entry = self.0.get_mut(&id)?;
        let control = RequestControl::default();
        entry.control = Some(control.clone());
        Some((entry.card.clone(), control))
    }

    /// The card of a request.
    pub fn get(&self, id: RequestId) -> Option<&RequestCard> {
        self.0.get(&id).map(|entry| &entry.card)
    }

    /// Changes the card of a request, if it has one.
    pub fn change(&mut self, id: RequestId, change: impl FnOnce(&mut RequestCard)) -> Option<RequestCard> {
        let entry = self.0.get_mut(&id)?;
        change(&mut entry.card);
        Some(entry.card.clone())
    }

    /// Sets the state of a request. Returns `None` if it has no card any more.
    pub fn set_state(&mut self, id: RequestId, state: CardState) -> Option<RequestCard> {
        let entry = self.0.get_mut(&id)?;
        if state.has_ended() || state == CardState::Queued {
            entry.control = None;
        }
        entry.card.state = state;
        Some(entry.card.clone())
    }

    /// Cancels a request that is under way; its task ends soon. Returns whether it is under way.
    pub fn cancel(&self, id: RequestId) -> bool {
        let control = self.0.get(&id).and_then(|entry| entry.control.as_ref());
        if let Some(control) = control {
            control.cancel.cancel();
        }
        control.is_some()
    }

    /// Tells the tasks of requests that are not sent yet, or wait for a retry, to put them back into the queue.
    pub fn requeue_unsent(&self) {
        for control in self.0.values().filter_map(|entry| entry.control.as_ref()) {
            control.requeue.cancel();
        }
    }

    /// The card of a request that is under way and is being cancelled.
    pub fn being_cancelled(&self, id: RequestId) -> Option<&RequestCard> {
        let entry = self.0.get(&id)?;
        entry.control.as_ref().is_some_and(|control| control.cancel.is_cancelled()).then_some(&entry.card)
    }

    /// Ends the wait of a request for its retry. Returns its card if it was waiting.
    pub fn send_now(&self, id: RequestId) -> Option<&RequestCard> {
        let entry = self.0.get(&id).filter(|entry| matches!(entry.card.state, CardState::RetryScheduled { .. }))?;
        entry.control.as_ref()?.retry_now.notify_one();
        Some(&entry.card)
    }

    /// Ends the waits of requests whose retries are due by the wall clock.
    pub fn wake_due_retries(&self, now: Timestamp) {
        for entry in self.0.values() {
            if let (CardState::RetryScheduled { at, .. }, Some(control)) = (&entry.card.state, &entry.control)
                && *at <= now
            {
                control.retry_now.notify_one();
            }
        }
    }

    /// Removes and returns the card of a request that has ended.
    pub fn take_ended(&mut self, id: RequestId) -> Option<RequestCard> {
        let entry = self.0.get(&id)?;
        let ended = entry.control.is_none() && entry.card.state != CardState::Queued;
        ended.then(|| self.0.remove(&id)).flatten().map(|entry| entry.card)
    }

    /// Removes the cards of requests whose images are stored.
    pub fn take_done(&mut self) -> Vec<RequestId> {
        let done = |entry: &RegistryEntry| matches!(entry.card.state, CardState::Done { .. });
        let ids: Vec<_> = self.0.iter().filter(|(_, entry)| done(entry)).map(|(id, _)| *id).collect();
        self.0.retain(|_, entry| !done(entry));
        ids
    }

    /// The failed requests that were not charged.
    pub fn uncharged_failures(&self) -> Vec<RequestId> {
        let safe = |entry: &RegistryEntry| match &entry.card.state {
            CardState::Failed(failure) => failure.charged == Charge::No,
            _ => false,
        };
        self.0.iter().filter(|(_, entry)| safe(entry)).map(|(id, _)| *id).collect()
    }

    /// The failed requests whose failure matches.
    pub fn failed_with(&self, is: impl Fn(&Failure) -> bool) -> Vec<RequestId> {
        let failed = |entry: &RegistryEntry| matches!(&entry.card.state, CardState::Failed(failure) if is(failure));
        self.0.iter().filter(|(_, entry)| failed(entry)).map(|(id, _)| *id).collect()
    }

    /// Number of failed requests.
    pub fn failed(&self) -> usize {
        self.0.values().filter(|entry| matches!(entry.card.state, CardState::Failed(_))).count()
    }

    /// The cards of queued requests.
    pub fn queued(&self) -> impl Iterator<Item = &RequestCard> {
        self.0.values().map(|entry| &entry.card).filter(|card| card.state == CardState::Queued)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_request_that_is_being_cancelled_keeps_its_card_until_its_task_ends() {
        let id = RequestId::from_uuid(Uuid::from_u128(1));
        let mut registry = RequestRegistry::default();
        registry.insert(RequestCard::new(id, Arc::default(), CardState::Queued));
        assert!(!registry.cancel(id), "it has not started yet");
        assert!(registry.take_ended(id).is_none());
        let (_, control) = registry.start(id).unwrap();
        assert!(registry.being_cancelled(id).is_none());
        assert!(registry.cancel(id));
        assert!(control.cancel.is_cancelled());
        assert_eq!(registry.being_cancelled(id).map(|card| card.id), Some(id));
        assert!(registry.take_ended(id).is_none());
        registry.set_state(id, CardState::Cancelled { sent: true });
        assert!(registry.take_ended(id).is_some());
        assert!(registry.take_ended(id).is_none());
    }
}
