//! Queued requests and the order in which they start.
//!
//! Batches take turns, so that a single new prompt is not stuck behind five hundred rows; within a batch, requests
//! start in the order of their positions. Requests with a position below zero were put first by a person and start
//! before all others.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap},
};

use jiff::Timestamp;

use crate::{
    recipe::{BatchId, Money, ProfileId, RequestId},
    studio::protocol::QueuePosition,
};

/// Distance between neighboring positions, so that requests can be inserted between them later.
const POSITION_STEP: i64 = 1 << 20;

/// A queued request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::studio) struct PendingRequest {
    /// The profile of its gateway.
    pub profile: ProfileId,
    /// Its model.
    pub model: String,
    /// Its batch.
    pub batch: Option<BatchId>,
    /// Its position; the lowest starts first. Below zero, it starts before all requests that are not.
    pub position: i64,
    /// A person has put it on hold.
    pub on_hold: bool,
    /// It is not sent before this time.
    pub not_before: Option<Timestamp>,
    /// Its estimated cost; `None` if it is unknown.
    pub estimate: Option<Money>,
}

/// A group of requests that takes turns with the other groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum TurnGroup {
    /// Requests that a person has put first. They do not take turns.
    First,
    /// The requests of a batch.
    Batch(Option<BatchId>),
}

type SortKey = (i64, RequestId);

/// The requests of a group that could start.
#[derive(Clone, Debug, Default)]
struct GroupQueue {
    /// How many turns the group has had. The group with the fewest is next.
    turns: u64,
    ready: BTreeMap<ProfileId, BTreeSet<SortKey>>,
}

impl GroupQueue {
    fn first(&self) -> Option<SortKey> {
        self.ready.values().filter_map(|keys| keys.first().copied()).min()
    }
}

/// All queued requests.
#[derive(Clone, Debug, Default)]
pub(in crate::studio::queue) struct PendingQueue {
    all: HashMap<RequestId, PendingRequest>,
    groups: BTreeMap<TurnGroup, GroupQueue>,
    scheduled: BTreeSet<(Timestamp, RequestId)>,
    /// Number of turns of the group that had the last turn. A new group starts with this number.
    turn_clock: u64,
    /// Number of requests that could start, by gateway and model.
    ready_counts: BTreeMap<(ProfileId, String), usize>,
}

fn group(request: &PendingRequest) -> TurnGroup {
    if request.position < 0 { TurnGroup::First } else { TurnGroup::Batch(request.batch) }
}

impl PendingQueue {
    /// The position after all others.
    pub fn last_position(&self) -> i64 {
        self.all.values().map(|request| request.position).max().unwrap_or(0).max(0) + POSITION_STEP
    }

    /// Positions for `count` requests before all others, in order.
    pub fn first_positions(&self, count: usize) -> Vec<i64> {
        let first = self.all.values().map(|request| request.position).min().unwrap_or(0).min(0);
        (0..count as i64).map(|index| first - (count as i64 - index) * POSITION_STEP).collect()
    }

    /// Positions for `count` requests after all others, in order.
    pub fn last_positions(&self, count: usize) -> Vec<i64> {
        let last = self.last_position();
        (0..count as i64).map(|index| last + index * POSITION_STEP).collect()
    }

    /// Adds or replaces a request.
    pub fn add(&mut self, id: RequestId, request: PendingRequest, now: Timestamp) {
        self.remove(id);
        self.make_ready(id, &request, now);
        self.all.insert(id, request);
    }

    fn make_ready(&mut self, id: RequestId, request: &PendingRequest, now: Timestamp) {
        if request.on_hold {
            return;
        }
        if let Some(at) = request.not_before.filter(|at| *at > now) {
            self.scheduled.insert((at, id));
            return;
        }
        let turn_clock = self.turn_clock;
        let group_queue = self
            .groups
            .entry(group(request))
            .or_insert_with(|| GroupQueue { turns: turn_clock, ..GroupQueue::default() });
        group_queue.ready.entry(request.profile.clone()).or_default().insert((request.position, id));
        *self.ready_counts.entry((request.profile.clone(), request.model.clone())).or_default() += 1;
    }

    /// Removes a request.
    pub fn remove(&mut self, id: RequestId) -> Option<PendingRequest> {
        let request = self.all.remove(&id)?;
        if let Some(at) = request.not_before {
            self.scheduled.remove(&(at, id));
        }
        let group = group(&request);
        if let Some(group_queue) = self.groups.get_mut(&group)
            && let Some(keys) = group_queue.ready.get_mut(&request.profile)
            && keys.remove(&(request.position, id))
        {
            if keys.is_empty() {
                group_queue.ready.remove(&request.profile);
            }
            if group_queue.ready.is_empty() {
                self.groups.remove(&group);
            }
            let key = (request.profile.clone(), request.model.clone());
            if let Some(count) = self.ready_counts.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    self.ready_counts.remove(&key);
                }
            }
        }
        Some(request)
    }

    /// Makes scheduled requests ready whose time has come.
    pub fn release_due(&mut self, now: Timestamp) {
        while let Some(&(at, id)) = self.scheduled.first().filter(|(at, _)| *at <= now) {
            self.scheduled.remove(&(at, id));
            if let Some(request) = self.all.get(&id).cloned() {
                self.make_ready(id, &request, now);
            }
        }
    }

    /// The earliest time of a scheduled request.
    pub fn next_release(&self) -> Option<Timestamp> {
        self.scheduled.first().map(|(at, _)| *at)
    }

    /// The request whose turn it is among those that may start. Of the requests of one group to one gateway only the
    /// first is considered.
    pub fn next(
        &mut self,
        open: impl Fn(&ProfileId) -> bool,
        mut can_start: impl FnMut(&PendingRequest) -> bool,
    ) -> Option<RequestId> {
        let turn_clock = self.turn_clock;
        let mut best: Option<(bool, u64, SortKey)> = None;
        for (group, group_queue) in &mut self.groups {
            let candidates = group_queue.ready.iter().filter(|(profile, _)| open(profile));
            let candidates = candidates.filter_map(|(_, keys)| keys.first().copied());
            let candidate = candidates.filter(|(_, id)| self.all.get(id).is_some_and(&mut can_start)).min();
            match candidate {
                Some(candidate) => {
                    let key = (*group != TurnGroup::First, group_queue.turns, candidate);
                    best = Some(best.map_or(key, |best| best.min(key)));
                }
                // A group that is blocked does not accumulate turns; otherwise it would monopolize the queue once
                // unblocked.
                None => group_queue.turns = group_queue.turns.max(turn_clock),
            }
        }
        best.map(|(.., (_, id))| id)
    }

    /// Removes the request that starts now and counts a turn of its group.
    pub fn take_turn(&mut self, id: RequestId) -> Option<PendingRequest> {
        let group = group(self.all.get(&id)?);
        if let Some(group_queue) = self.groups.get_mut(&group)
            && group != TurnGroup::First
        {
            self.turn_clock = self.turn_clock.max(group_queue.turns);
            group_queue.turns += 1;
        }
        self.remove(id)
    }

    /// A queued request.
    pub fn get(&self, id: RequestId) -> Option<&PendingRequest> {
        self.all.get(&id)
    }

    /// All queued requests.
    pub fn ids(&self) -> impl Iterator<Item = RequestId> {
        self.all.keys().copied()
    }

    /// Number of queued requests.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Number of requests on hold, and number of scheduled requests.
    pub fn on_hold_and_scheduled(&self) -> (usize, usize) {
        let ready: usize = self.ready_counts.values().sum();
        (self.all.len() - self.scheduled.len() - ready, self.scheduled.len())
    }

    /// Number of requests that could start, by gateway and model.
    pub fn ready_counts(&self) -> impl Iterator<Item = (&ProfileId, &str, usize)> {
        self.ready_counts.iter().map(|((profile, model), count)| (profile, model.as_str(), *count))
    }

    /// Changes a queued request.
    pub fn update(
        &mut self,
        id: RequestId,
        now: Timestamp,
        change: impl FnOnce(&mut PendingRequest),
    ) -> Option<PendingRequest> {
        let mut request = self.remove(id)?;
        change(&mut request);
        self.add(id, request.clone(), now);
        Some(request)
    }

    /// Moves requests to a position, in the given order. Returns the requests whose positions have changed.
    pub fn move_to(&mut self, moved: &[RequestId], target: QueuePosition, now: Timestamp) -> Vec<RequestId> {
        let mut moving: Vec<RequestId> = Vec::new();
        for id in moved {
            if self.all.contains_key(id) && !moving.contains(id) {
                moving.push(*id);
            }
        }
        let positions = match target {
            QueuePosition::First => self.first_positions(moving.len()),
            QueuePosition::Last => self.last_positions(moving.len()),
            QueuePosition::Before(other) | QueuePosition::After(other) => {
                if moving.contains(&other) {
                    return Vec::new();
                }
                let Some(first) = self.all.get(&other).map(|request| request.position < 0) else { return Vec::new() };
                return self.insert_beside(&moving, other, matches!(target, QueuePosition::After(_)), first, now);
            }
        };
        for (id, position) in moving.iter().zip(positions) {
            self.update(*id, now, |request| request.position = position);
        }
        moving
    }

    /// Inserts requests beside another one, which is among those that were put first or among the others.
    fn insert_beside(
        &mut self,
        moving: &[RequestId],
        other: RequestId,
        after: bool,
        first: bool,
        now: Timestamp,
    ) -> Vec<RequestId> {
        let stays = |(id, request): (&RequestId, &PendingRequest)| {
            ((request.position < 0) == first && !moving.contains(id)).then_some((request.position, *id))
        };
        let mut neighbors: Vec<SortKey> = self.all.iter().filter_map(stays).collect();
        neighbors.sort_unstable();
        let at =
            neighbors.iter().position(|(_, id)| *id == other).map_or(neighbors.len(), |at| at + usize::from(after));
        let count = moving.len() as i64;
        let before = if at > 0 { Some(neighbors[at - 1].0) } else { None };
        let behind = neighbors.get(at).map(|(position, _)| *position);
        let (low, high) = match (before, behind) {
            (Some(low), Some(high)) => (low, high),
            (None, Some(high)) if first => (high - (count + 1) * POSITION_STEP, high),
            (None, Some(high)) => (-1, high),
            (Some(low), None) if first => (low, 0),
            (Some(low), None) => (low, low + (count + 1) * POSITION_STEP),
            (None, None) => (-1, (count + 1) * POSITION_STEP),
        };
        let gap = (high - low) / (count + 1);
        if gap > 0 {
            for (index, id) in (1..).zip(moving) {
                self.update(*id, now, |request| request.position = low + gap * index);
            }
            return moving.to_vec();
        }
        // There is no free position between the neighbors, so that all requests get new ones.
        let ids = neighbors.iter().map(|(_, id)| *id);
        let order: Vec<RequestId> = ids.clone().take(at).chain(moving.iter().copied()).chain(ids.skip(at)).collect();
        let start = if first { -(order.len() as i64) - 1 } else { 0 };
        for (index, id) in (1..).zip(&order) {
            self.update(*id, now, |request| request.position = (start + index) * POSITION_STEP);
        }
        order
    }

    /// The order in which requests start if nothing blocks them: those that could start, then scheduled ones, then
    /// those on hold.
    pub fn order(&self) -> Vec<RequestId> {
        let mut order = Vec::with_capacity(self.all.len());
        let mut heap = BinaryHeap::new();
        let mut queues: HashMap<TurnGroup, std::vec::IntoIter<SortKey>> = HashMap::new();
        for (group, group_queue) in &self.groups {
            let mut keys: Vec<SortKey> = group_queue.ready.values().flatten().copied().collect();
            keys.sort_unstable();
            if let Some(first) = group_queue.first() {
                heap.push(Reverse((*group != TurnGroup::First, group_queue.turns, first, *group)));
            }
            let mut rest = keys.into_iter();
            rest.next();
            queues.insert(*group, rest);
        }
        while let Some(Reverse((turns_matter, turns, (_, id), group))) = heap.pop() {
            order.push(id);
            if let Some(next) = queues.get_mut(&group).and_then(Iterator::next) {
                heap.push(Reverse((turns_matter, turns + u64::from(turns_matter), next, group)));
            }
        }
        order.extend(self.scheduled.iter().map(|(_, id)| *id));
        let mut on_hold: Vec<SortKey> = self
            .all
            .iter()
            .filter(|(_, request)| request.on_hold)
            .map(|(id, request)| (request.position, *id))
            .collect();
        on_hold.sort_unstable();
        order.extend(on_hold.into_iter().map(|(_, id)| id));
        order
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn id(number: u128) -> RequestId {
        RequestId::from_uuid(Uuid::from_u128(number))
    }

    fn batch(number: u128) -> BatchId {
        BatchId::from_uuid(Uuid::from_u128(number))
    }

    fn queue(requests: impl IntoIterator<Item = (u128, u128)>) -> PendingQueue {
        let mut queue = PendingQueue::default();
        for (number, of) in requests {
            let position = queue.last_position();
            queue.add(
                id(number),
                PendingRequest { batch: Some(batch(of)), position, ..PendingRequest::default() },
                NOW,
            );
        }
        queue
    }

    fn drain(queue: &mut PendingQueue) -> Vec<RequestId> {
        std::iter::from_fn(|| {
            let next = queue.next(|_| true, |_| true)?;
            queue.take_turn(next);
            Some(next)
        })
        .collect()
    }

    fn ids(numbers: &[u128]) -> Vec<RequestId> {
        numbers.iter().copied().map(id).collect()
    }

    #[test]
    fn a_single_prompt_is_not_stuck_behind_five_hundred_rows() {
        let mut queue = queue((0..500).map(|number| (number, 1)));
        for _ in 0..20 {
            let next = queue.next(|_| true, |_| true).unwrap();
            queue.take_turn(next);
        }
        let position = queue.last_position();
        queue.add(id(900), PendingRequest { batch: Some(batch(2)), position, ..PendingRequest::default() }, NOW);
        let position = drain(&mut queue).iter().position(|next| *next == id(900)).unwrap();
        assert!(position <= 1, "{position}");
    }

    #[test]
    fn batches_take_turns_and_keep_their_own_order() {
        let mut queue = queue([(1, 1), (2, 1), (3, 1), (4, 2), (5, 2)]);
        let expected = ids(&[1, 4, 2, 5, 3]);
        assert_eq!(queue.order(), expected);
        assert_eq!(drain(&mut queue), expected);
    }

    #[test]
    fn a_blocked_batch_does_not_accumulate_turns() {
        let mut queue = queue((0..40).map(|number| (number, 1)));
        let elsewhere = ProfileId::dgrid();
        for number in 100..120 {
            let position = queue.last_position();
            let request = PendingRequest {
                profile: elsewhere.clone(),
                batch: Some(batch(2)),
                position,
                ..PendingRequest::default()
            };
            queue.add(id(number), request, NOW);
        }
        for _ in 0..20 {
            let next = queue.next(|profile| *profile != elsewhere, |_| true).unwrap();
            queue.take_turn(next);
        }
        let first: Vec<RequestId> = drain(&mut queue).into_iter().take(10).collect();
        let of_the_other = first.iter().filter(|next| **next >= id(100)).count();
        assert!((4..=6).contains(&of_the_other), "{first:?}");
    }

    #[test]
    fn requests_that_are_put_first_start_first_in_the_given_order() {
        let mut queue = queue([(1, 1), (2, 1), (3, 2), (4, 2)]);
        queue.move_to(&ids(&[4, 2]), QueuePosition::First, NOW);
        queue.move_to(&ids(&[3]), QueuePosition::First, NOW);
        queue.move_to(&ids(&[1]), QueuePosition::After(id(3)), NOW);
        assert_eq!(drain(&mut queue), ids(&[3, 1, 4, 2]));
    }

    #[test]
    fn requests_can_be_inserted_between_neighbors_any_number_of_times() {
        let mut queue = queue((0..50).map(|number| (number, 1)));
        for number in (1..49).rev() {
            queue.move_to(&[id(number)], QueuePosition::After(id(0)), NOW);
        }
        let order: Vec<u128> = (0..50).collect();
        assert_eq!(drain(&mut queue), ids(&order));
    }

    #[test]
    fn scheduled_and_held_requests_let_others_pass() {
        let mut queue = queue([(1, 1), (2, 1), (3, 1)]);
        let at = Timestamp::from_second(60).unwrap();
        queue.update(id(1), NOW, |request| request.not_before = Some(at));
        queue.update(id(2), NOW, |request| request.on_hold = true);
        assert_eq!(queue.order(), ids(&[3, 1, 2]));
        assert_eq!((queue.on_hold_and_scheduled(), queue.next_release()), ((1, 1), Some(at)));
        assert_eq!(drain(&mut queue), ids(&[3]));
        queue.release_due(at);
        assert_eq!(drain(&mut queue), ids(&[1]));
        queue.update(id(2), NOW, |request| request.on_hold = false);
        assert_eq!(drain(&mut queue), ids(&[2]));
        assert_eq!((queue.len(), queue.on_hold_and_scheduled()), (0, (0, 0)));
    }

    proptest! {
        #[test]
        fn requests_are_moved_to_the_given_position_and_none_is_lost(
            moves in prop::collection::vec((prop::collection::vec(0_u128..12, 1..4), 0_usize..4, 0_u128..12), 1..40)
        ) {
            let mut queue = queue((0..12).map(|number| (number, 1)));
            let mut order = queue.order();
            for (moved, target, other) in moves {
                let mut moving = ids(&moved);
                let mut seen = BTreeSet::new();
                moving.retain(|id| seen.insert(*id));
                let other = id(other);
                let target = [QueuePosition::First, QueuePosition::Before(other), QueuePosition::After(other), QueuePosition::Last][target];
                let beside = matches!(target, QueuePosition::Before(_) | QueuePosition::After(_));
                queue.move_to(&moving, target, NOW);
                if !(beside && moving.contains(&other)) {
                    order.retain(|id| !moving.contains(id));
                    let at = match target {
                        QueuePosition::First => 0,
                        QueuePosition::Before(other) => order.iter().position(|id| *id == other).unwrap(),
                        QueuePosition::After(other) => order.iter().position(|id| *id == other).unwrap() + 1,
                        QueuePosition::Last => order.len(),
                    };
                    order.splice(at..at, moving);
                }
                prop_assert_eq!(&queue.order(), &order);
            }
            prop_assert_eq!(drain(&mut queue), order);
        }
    }
}
