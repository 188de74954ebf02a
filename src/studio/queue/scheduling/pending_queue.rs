//! Requests that wait for their turn, and the order in which they come.
//!
//! Requests that were asked for together take turns with those that were asked for otherwise, so that a single new
//! prompt is not stuck behind five hundred rows; among themselves they come by their places. Those with a place below
//! zero were put first by a person and come before all others.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap},
};

use jiff::Timestamp;

use crate::{
    recipe::{BatchId, Money, ProfileId, RequestId},
    studio::protocol::QueuePosition,
};

/// Room between neighbours for those that are put between them later.
const POSITION_STEP: i64 = 1 << 20;

/// A request that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::studio) struct PendingRequest {
    /// The gateway that it is for.
    pub profile: ProfileId,
    /// The model that is asked.
    pub model: String,
    /// The requests that it was asked for together with.
    pub batch: Option<BatchId>,
    /// The lower the sooner; below zero before all that are not.
    pub position: i64,
    /// A person holds it back.
    pub on_hold: bool,
    /// It is not sent before this time.
    pub not_before: Option<Timestamp>,
    /// What it is thought to cost, where that is known.
    pub estimate: Option<Money>,
}

/// Requests that take turns as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum TurnGroup {
    /// Those that a person has put first. They do not take turns.
    First,
    /// Those that were asked for together.
    Batch(Option<BatchId>),
}

type SortKey = (i64, RequestId);

/// The members of a group that could start.
#[derive(Clone, Debug, Default)]
struct GroupQueue {
    /// How many turns the group has had. The one with the fewest comes next.
    turns: u64,
    ready: BTreeMap<ProfileId, BTreeSet<SortKey>>,
}

impl GroupQueue {
    fn first(&self) -> Option<SortKey> {
        self.ready.values().filter_map(|keys| keys.first().copied()).min()
    }
}

/// Requests that wait for their turn.
#[derive(Clone, Debug, Default)]
pub(in crate::studio::queue) struct PendingQueue {
    all: HashMap<RequestId, PendingRequest>,
    groups: BTreeMap<TurnGroup, GroupQueue>,
    scheduled: BTreeSet<(Timestamp, RequestId)>,
    /// How many turns the group has had that came last.
    turn_clock: u64,
    /// Requests that could start, by gateway and model.
    ready_counts: BTreeMap<(ProfileId, String), usize>,
}

fn group(request: &PendingRequest) -> TurnGroup {
    if request.position < 0 { TurnGroup::First } else { TurnGroup::Batch(request.batch) }
}

impl PendingQueue {
    /// The place behind all others.
    pub fn last_position(&self) -> i64 {
        self.all.values().map(|request| request.position).max().unwrap_or(0).max(0) + POSITION_STEP
    }

    /// The places of so many requests before all others, in order.
    pub fn first_positions(&self, count: usize) -> Vec<i64> {
        let first = self.all.values().map(|request| request.position).min().unwrap_or(0).min(0);
        (0..count as i64).map(|index| first - (count as i64 - index) * POSITION_STEP).collect()
    }

    /// The places of so many requests behind all others, in order.
    pub fn last_positions(&self, count: usize) -> Vec<i64> {
        let last = self.last_position();
        (0..count as i64).map(|index| last + index * POSITION_STEP).collect()
    }

    /// Puts a request into the line.
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

    /// Takes a request out of the line.
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

    /// Lets those come whose time has come.
    pub fn release_due(&mut self, now: Timestamp) {
        while let Some(&(at, id)) = self.scheduled.first().filter(|(at, _)| *at <= now) {
            self.scheduled.remove(&(at, id));
            if let Some(request) = self.all.get(&id).cloned() {
                self.make_ready(id, &request, now);
            }
        }
    }

    /// The first time at which a request comes that waits for one.
    pub fn next_release(&self) -> Option<Timestamp> {
        self.scheduled.first().map(|(at, _)| *at)
    }

    /// The request whose turn it is among those that may start. Of those of one group for one gateway only the first
    /// is asked about.
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
                // Who cannot come now does not save up turns.
                None => group_queue.turns = group_queue.turns.max(turn_clock),
            }
        }
        best.map(|(.., (_, id))| id)
    }

    /// Takes out the request that starts now; its group has had a turn.
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

    /// A request that waits.
    pub fn get(&self, id: RequestId) -> Option<&PendingRequest> {
        self.all.get(&id)
    }

    /// Every request that waits.
    pub fn ids(&self) -> impl Iterator<Item = RequestId> {
        self.all.keys().copied()
    }

    /// How many wait in all.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// How many a person holds back, and how many wait for a time.
    pub fn on_hold_and_scheduled(&self) -> (usize, usize) {
        let ready: usize = self.ready_counts.values().sum();
        (self.all.len() - self.scheduled.len() - ready, self.scheduled.len())
    }

    /// How many could start, by gateway and model.
    pub fn ready_counts(&self) -> impl Iterator<Item = (&ProfileId, &str, usize)> {
        self.ready_counts.iter().map(|((profile, model), count)| (profile, model.as_str(), *count))
    }

    /// Changes a request that waits.
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

    /// Moves requests to another spot, in the order given. Returns those whose places have changed.
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

    /// Puts requests beside another one, among those that were put first or among the others.
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
        // There is no room: all of them get new places.
        let ids = neighbors.iter().map(|(_, id)| *id);
        let order: Vec<RequestId> = ids.clone().take(at).chain(moving.iter().copied()).chain(ids.skip(at)).collect();
        let start = if first { -(order.len() as i64) - 1 } else { 0 };
        for (index, id) in (1..).zip(&order) {
            self.update(*id, now, |request| request.position = (start + index) * POSITION_STEP);
        }
        order
    }

    /// The order in which requests come if nothing holds any of them up: those that could start, then those that wait
    /// for a time, then those that a person holds back.
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
    fn who_could_not_come_does_not_save_up_turns() {
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
    fn who_is_put_first_comes_first_in_the_order_given() {
        let mut queue = queue([(1, 1), (2, 1), (3, 2), (4, 2)]);
        queue.move_to(&ids(&[4, 2]), QueuePosition::First, NOW);
        queue.move_to(&ids(&[3]), QueuePosition::First, NOW);
        queue.move_to(&ids(&[1]), QueuePosition::After(id(3)), NOW);
        assert_eq!(drain(&mut queue), ids(&[3, 1, 4, 2]));
    }

    #[test]
    fn neighbours_make_room_however_often_something_is_put_between_them() {
        let mut queue = queue((0..50).map(|number| (number, 1)));
        for number in (1..49).rev() {
            queue.move_to(&[id(number)], QueuePosition::After(id(0)), NOW);
        }
        let order: Vec<u128> = (0..50).collect();
        assert_eq!(drain(&mut queue), ids(&order));
    }

    #[test]
    fn who_waits_for_a_time_or_is_held_back_lets_the_others_pass() {
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
        fn moving_puts_requests_where_it_says_and_nobody_is_lost(
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
