//! Requests that have a card, from the moment they are asked for until a person puts them away or their pictures are in
//! the view.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    recipe::{Charge, Failure, RequestId},
    studio::{
        protocol::{CardState, RequestCard},
        requests::request_control::Reins,
    },
};

/// Every request that has a card.
#[derive(Default)]
pub(in crate::studio) struct Cards(BTreeMap<RequestId, Card>);

struct Card {
    job: RequestCard,
    /// Set while the request is under way.
    reins: Option<Reins>,
}

impl Cards {
    /// Adds a request that is not under way.
    pub fn put(&mut self, job: RequestCard) -> RequestCard {
        self.0.insert(job.id, Card { job: job.clone(), reins: None });
        job
    }

    /// Starts a request.
    pub fn set_out(&mut self, id: RequestId) -> Option<(RequestCard, Reins)> {
        let card = self.0.get_mut(&id)?;
        let reins = Reins::default();
        card.reins = Some(reins.clone());
        Some((card.job.clone(), reins))
    }

    /// A request's card.
    pub fn get(&self, id: RequestId) -> Option<&RequestCard> {
        self.0.get(&id).map(|card| &card.job)
    }

    /// Changes a card.
    pub fn change(&mut self, id: RequestId, change: impl FnOnce(&mut RequestCard)) -> Option<RequestCard> {
        let card = self.0.get_mut(&id)?;
        change(&mut card.job);
        Some(card.job.clone())
    }

    /// A request has come further; `None` if it has no card any more.
    pub fn advance(&mut self, id: RequestId, state: CardState) -> Option<RequestCard> {
        let card = self.0.get_mut(&id)?;
        if state.has_ended() || state == CardState::Queued {
            card.reins = None;
        }
        card.job.state = state;
        Some(card.job.clone())
    }

    /// Stops a running request; it ends soon. Returns whether it is on one.
    pub fn cancel(&self, id: RequestId) -> bool {
        let reins = self.0.get(&id).and_then(|card| card.reins.as_ref());
        if let Some(reins) = reins {
            reins.cancel.cancel();
        }
        reins.is_some()
    }

    /// Sends requests back into the line that are not sent yet, or wait to be sent again.
    pub fn hold(&self) {
        for reins in self.0.values().filter_map(|card| card.reins.as_ref()) {
            reins.hold.cancel();
        }
    }

    /// A request that is under way and was told to stop.
    pub fn stopped(&self, id: RequestId) -> Option<&RequestCard> {
        let card = self.0.get(&id)?;
        card.reins.as_ref().is_some_and(|reins| reins.cancel.is_cancelled()).then_some(&card.job)
    }

    /// Ends the wait of a request that is to be sent again, and says which gateway it is for.
    pub fn send_now(&self, id: RequestId) -> Option<&RequestCard> {
        let card = self.0.get(&id).filter(|card| matches!(card.job.state, CardState::RetryScheduled { .. }))?;
        card.reins.as_ref()?.now.notify_one();
        Some(&card.job)
    }

    /// Ends the waits of requests whose time to be sent again has come by the clock on the wall.
    pub fn wake(&self, now: Timestamp) {
        for card in self.0.values() {
            if let (CardState::RetryScheduled { at, .. }, Some(reins)) = (&card.job.state, &card.reins)
                && *at <= now
            {
                reins.now.notify_one();
            }
        }
    }

    /// Takes the card of a request that has ended.
    pub fn take_ended(&mut self, id: RequestId) -> Option<RequestCard> {
        let card = self.0.get(&id)?;
        let ended = card.reins.is_none() && card.job.state != CardState::Queued;
        ended.then(|| self.0.remove(&id)).flatten().map(|card| card.job)
    }

    /// Takes the cards of requests that became pictures.
    pub fn take_done(&mut self) -> Vec<RequestId> {
        let done = |card: &Card| matches!(card.job.state, CardState::Done { .. });
        let ids: Vec<_> = self.0.iter().filter(|(_, card)| done(card)).map(|(id, _)| *id).collect();
        self.0.retain(|_, card| !done(card));
        ids
    }

    /// The requests that failed at no cost.
    pub fn safe_to_retry(&self) -> Vec<RequestId> {
        let safe = |card: &Card| match &card.job.state {
            CardState::Failed(failure) => failure.charged == Charge::No,
            _ => false,
        };
        self.0.iter().filter(|(_, card)| safe(card)).map(|(id, _)| *id).collect()
    }

    /// The requests that failed in a certain way.
    pub fn failed_with(&self, is: impl Fn(&Failure) -> bool) -> Vec<RequestId> {
        let failed = |card: &Card| matches!(&card.job.state, CardState::Failed(failure) if is(failure));
        self.0.iter().filter(|(_, card)| failed(card)).map(|(id, _)| *id).collect()
    }

    /// How many have failed.
    pub fn failed(&self) -> usize {
        self.0.values().filter(|card| matches!(card.job.state, CardState::Failed(_))).count()
    }

    /// The requests that wait.
    pub fn waiting(&self) -> impl Iterator<Item = &RequestCard> {
        self.0.values().map(|card| &card.job).filter(|job| job.state == CardState::Queued)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_running_request_is_told_to_stop_and_keeps_its_card_until_it_has() {
        let id = RequestId::from_uuid(Uuid::from_u128(1));
        let mut cards = Cards::default();
        cards.put(RequestCard::new(id, Arc::default(), CardState::Queued));
        assert!(!cards.cancel(id), "it is on no road yet");
        assert!(cards.take_ended(id).is_none());
        let (_, reins) = cards.set_out(id).unwrap();
        assert!(cards.stopped(id).is_none());
        assert!(cards.cancel(id));
        assert!(reins.cancel.is_cancelled());
        assert_eq!(cards.stopped(id).map(|job| job.id), Some(id));
        assert!(cards.take_ended(id).is_none());
        cards.advance(id, CardState::Cancelled { sent: true });
        assert!(cards.take_ended(id).is_some());
        assert!(cards.take_ended(id).is_none());
    }
}
