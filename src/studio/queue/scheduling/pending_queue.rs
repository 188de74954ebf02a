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
const STEP: i64 = 1 << 20;

/// A request that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::studio) struct Waiting {
    /// The gateway that it is for.
    pub profile: ProfileId,
    /// The model that is asked.
    pub model: String,
    /// The requests that it was asked for together with.
    pub batch: Option<BatchId>,
    /// The lower the sooner; below zero before all that are not.
    pub place: i64,
    /// A person holds it back.
    pub paused: bool,
    /// It is not sent before this time.
    pub not_before: Option<Timestamp>,
    /// What it is thought to cost, where that is known.
    pub estimate: Option<Money>,
}

/// Requests that take turns as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Group {
    /// Those that a person has put first. They do not take turns.
    First,
    /// Those that were asked for together.
    Batch(Option<BatchId>),
}

type Stand = (i64, RequestId);

/// The members of a group that could start.
#[derive(Clone, Debug, Default)]
struct Members {
    /// How many turns the group has had. The one with the fewest comes next.
    turns: u64,
    ready: BTreeMap<ProfileId, BTreeSet<Stand>>,
}

impl Members {
    fn first(&self) -> Option<Stand> {
        self.ready.values().filter_map(|stands| stands.first().copied()).min()
    }
}

/// Requests that wait for their turn.
#[derive(Clone, Debug, Default)]
pub(in crate::studio::queue) struct Line {
    all: HashMap<RequestId, Waiting>,
    groups: BTreeMap<Group, Members>,
    later: BTreeSet<(Timestamp, RequestId)>,
    /// How many turns the group has had that came last.
    clock: u64,
    /// Requests that could start, by gateway and model.
    counts: BTreeMap<(ProfileId, String), usize>,
}

fn group(waiting: &Waiting) -> Group {
    if waiting.place < 0 { Group::First } else { Group::Batch(waiting.batch) }
}

impl Line {
    /// The place behind all others.
    pub fn last_place(&self) -> i64 {
        self.all.values().map(|waiting| waiting.place).max().unwrap_or(0).max(0) + STEP
    }

    /// The places of so many requests before all others, in order.
    pub fn first_places(&self, count: usize) -> Vec<i64> {
        let first = self.all.values().map(|waiting| waiting.place).min().unwrap_or(0).min(0);
        (0..count as i64).map(|index| first - (count as i64 - index) * STEP).collect()
    }

    /// The places of so many requests behind all others, in order.
    pub fn last_places(&self, count: usize) -> Vec<i64> {
        let last = self.last_place();
        (0..count as i64).map(|index| last + index * STEP).collect()
    }

    /// Puts a request into the line.
    pub fn add(&mut self, id: RequestId, waiting: Waiting, now: Timestamp) {
        self.remove(id);
        self.admit(id, &waiting, now);
        self.all.insert(id, waiting);
    }

    fn admit(&mut self, id: RequestId, waiting: &Waiting, now: Timestamp) {
        if waiting.paused {
            return;
        }
        if let Some(at) = waiting.not_before.filter(|at| *at > now) {
            self.later.insert((at, id));
            return;
        }
        let clock = self.clock;
        let members =
            self.groups.entry(group(waiting)).or_insert_with(|| Members { turns: clock, ..Members::default() });
        members.ready.entry(waiting.profile.clone()).or_default().insert((waiting.place, id));
        *self.counts.entry((waiting.profile.clone(), waiting.model.clone())).or_default() += 1;
    }

    /// Takes a request out of the line.
    pub fn remove(&mut self, id: RequestId) -> Option<Waiting> {
        let waiting = self.all.remove(&id)?;
        if let Some(at) = waiting.not_before {
            self.later.remove(&(at, id));
        }
        let group = group(&waiting);
        if let Some(members) = self.groups.get_mut(&group)
            && let Some(stands) = members.ready.get_mut(&waiting.profile)
            && stands.remove(&(waiting.place, id))
        {
            if stands.is_empty() {
                members.ready.remove(&waiting.profile);
            }
            if members.ready.is_empty() {
                self.groups.remove(&group);
            }
            let key = (waiting.profile.clone(), waiting.model.clone());
            if let Some(count) = self.counts.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&key);
                }
            }
        }
        Some(waiting)
    }

    /// Lets those come whose time has come.
    pub fn wake(&mut self, now: Timestamp) {
        while let Some(&(at, id)) = self.later.first().filter(|(at, _)| *at <= now) {
            self.later.remove(&(at, id));
            if let Some(waiting) = self.all.get(&id).cloned() {
                self.admit(id, &waiting, now);
            }
        }
    }

    /// The first time at which a request comes that waits for one.
    pub fn next_time(&self) -> Option<Timestamp> {
        self.later.first().map(|(at, _)| *at)
    }

    /// The request whose turn it is among those that may start. Of those of one group for one gateway only the first
    /// is asked about.
    pub fn next(
        &mut self,
        open: impl Fn(&ProfileId) -> bool,
        mut may: impl FnMut(&Waiting) -> bool,
    ) -> Option<RequestId> {
        let clock = self.clock;
        let mut best: Option<(bool, u64, Stand)> = None;
        for (group, members) in &mut self.groups {
            let heads = members.ready.iter().filter(|(profile, _)| open(profile));
            let heads = heads.filter_map(|(_, stands)| stands.first().copied());
            let head = heads.filter(|(_, id)| self.all.get(id).is_some_and(&mut may)).min();
            match head {
                Some(head) => {
                    let key = (*group != Group::First, members.turns, head);
                    best = Some(best.map_or(key, |best| best.min(key)));
                }
                // Who cannot come now does not save up turns.
                None => members.turns = members.turns.max(clock),
            }
        }
        best.map(|(.., (_, id))| id)
    }

    /// Takes out the request that starts now; its group has had a turn.
    pub fn start(&mut self, id: RequestId) -> Option<Waiting> {
        let group = group(self.all.get(&id)?);
        if let Some(members) = self.groups.get_mut(&group)
            && group != Group::First
        {
            self.clock = self.clock.max(members.turns);
            members.turns += 1;
        }
        self.remove(id)
    }

    /// A request that waits.
    pub fn get(&self, id: RequestId) -> Option<&Waiting> {
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
    pub fn held_and_later(&self) -> (usize, usize) {
        let ready: usize = self.counts.values().sum();
        (self.all.len() - self.later.len() - ready, self.later.len())
    }

    /// How many could start, by gateway and model.
    pub fn ready(&self) -> impl Iterator<Item = (&ProfileId, &str, usize)> {
        self.counts.iter().map(|((profile, model), count)| (profile, model.as_str(), *count))
    }

    /// Changes a request that waits.
    pub fn change(&mut self, id: RequestId, now: Timestamp, change: impl FnOnce(&mut Waiting)) -> Option<Waiting> {
        let mut waiting = self.remove(id)?;
        change(&mut waiting);
        self.add(id, waiting.clone(), now);
        Some(waiting)
    }

    /// Moves requests to another spot, in the order given. Returns those whose places have changed.
    pub fn relocate(&mut self, moved: &[RequestId], spot: QueuePosition, now: Timestamp) -> Vec<RequestId> {
        let mut moving: Vec<RequestId> = Vec::new();
        for id in moved {
            if self.all.contains_key(id) && !moving.contains(id) {
                moving.push(*id);
            }
        }
        let places = match spot {
            QueuePosition::First => self.first_places(moving.len()),
            QueuePosition::Last => self.last_places(moving.len()),
            QueuePosition::Before(other) | QueuePosition::After(other) => {
                if moving.contains(&other) {
                    return Vec::new();
                }
                let Some(first) = self.all.get(&other).map(|waiting| waiting.place < 0) else { return Vec::new() };
                return self.squeeze(&moving, other, matches!(spot, QueuePosition::After(_)), first, now);
            }
        };
        for (id, place) in moving.iter().zip(places) {
            self.change(*id, now, |waiting| waiting.place = place);
        }
        moving
    }

    /// Puts requests beside another one, among those that were put first or among the others.
    fn squeeze(
        &mut self,
        moving: &[RequestId],
        other: RequestId,
        after: bool,
        first: bool,
        now: Timestamp,
    ) -> Vec<RequestId> {
        let stays = |(id, waiting): (&RequestId, &Waiting)| {
            ((waiting.place < 0) == first && !moving.contains(id)).then_some((waiting.place, *id))
        };
        let mut lane: Vec<Stand> = self.all.iter().filter_map(stays).collect();
        lane.sort_unstable();
        let at = lane.iter().position(|(_, id)| *id == other).map_or(lane.len(), |at| at + usize::from(after));
        let count = moving.len() as i64;
        let before = if at > 0 { Some(lane[at - 1].0) } else { None };
        let behind = lane.get(at).map(|(place, _)| *place);
        let (low, high) = match (before, behind) {
            (Some(low), Some(high)) => (low, high),
            (None, Some(high)) if first => (high - (count + 1) * STEP, high),
            (None, Some(high)) => (-1, high),
            (Some(low), None) if first => (low, 0),
            (Some(low), None) => (low, low + (count + 1) * STEP),
            (None, None) => (-1, (count + 1) * STEP),
        };
        let gap = (high - low) / (count + 1);
        if gap > 0 {
            for (index, id) in (1..).zip(moving) {
                self.change(*id, now, |waiting| waiting.place = low + gap * index);
            }
            return moving.to_vec();
        }
        // There is no room: all of them get new places.
        let ids = lane.iter().map(|(_, id)| *id);
        let order: Vec<RequestId> = ids.clone().take(at).chain(moving.iter().copied()).chain(ids.skip(at)).collect();
        let start = if first { -(order.len() as i64) - 1 } else { 0 };
        for (index, id) in (1..).zip(&order) {
            self.change(*id, now, |waiting| waiting.place = (start + index) * STEP);
        }
        order
    }

    /// The order in which requests come if nothing holds any of them up: those that could start, then those that wait
    /// for a time, then those that a person holds back.
    pub fn order(&self) -> Vec<RequestId> {
        let mut order = Vec::with_capacity(self.all.len());
        let mut heap = BinaryHeap::new();
        let mut queues: HashMap<Group, std::vec::IntoIter<Stand>> = HashMap::new();
        for (group, members) in &self.groups {
            let mut stands: Vec<Stand> = members.ready.values().flatten().copied().collect();
            stands.sort_unstable();
            if let Some(first) = members.first() {
                heap.push(Reverse((*group != Group::First, members.turns, first, *group)));
            }
            let mut rest = stands.into_iter();
            rest.next();
            queues.insert(*group, rest);
        }
        while let Some(Reverse((turns_matter, turns, (_, id), group))) = heap.pop() {
            order.push(id);
            if let Some(next) = queues.get_mut(&group).and_then(Iterator::next) {
                heap.push(Reverse((turns_matter, turns + u64::from(turns_matter), next, group)));
            }
        }
        order.extend(self.later.iter().map(|(_, id)| *id));
        let mut held: Vec<Stand> =
            self.all.iter().filter(|(_, waiting)| waiting.paused).map(|(id, waiting)| (waiting.place, *id)).collect();
        held.sort_unstable();
        order.extend(held.into_iter().map(|(_, id)| id));
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

    fn line(requests: impl IntoIterator<Item = (u128, u128)>) -> Line {
        let mut line = Line::default();
        for (number, of) in requests {
            let place = line.last_place();
            line.add(id(number), Waiting { batch: Some(batch(of)), place, ..Waiting::default() }, NOW);
        }
        line
    }

    fn drain(line: &mut Line) -> Vec<RequestId> {
        std::iter::from_fn(|| {
            let next = line.next(|_| true, |_| true)?;
            line.start(next);
            Some(next)
        })
        .collect()
    }

    fn ids(numbers: &[u128]) -> Vec<RequestId> {
        numbers.iter().copied().map(id).collect()
    }

    #[test]
    fn a_single_prompt_is_not_stuck_behind_five_hundred_rows() {
        let mut line = line((0..500).map(|number| (number, 1)));
        for _ in 0..20 {
            let next = line.next(|_| true, |_| true).unwrap();
            line.start(next);
        }
        let place = line.last_place();
        line.add(id(900), Waiting { batch: Some(batch(2)), place, ..Waiting::default() }, NOW);
        let position = drain(&mut line).iter().position(|next| *next == id(900)).unwrap();
        assert!(position <= 1, "{position}");
    }

    #[test]
    fn batches_take_turns_and_keep_their_own_order() {
        let mut line = line([(1, 1), (2, 1), (3, 1), (4, 2), (5, 2)]);
        let expected = ids(&[1, 4, 2, 5, 3]);
        assert_eq!(line.order(), expected);
        assert_eq!(drain(&mut line), expected);
    }

    #[test]
    fn who_could_not_come_does_not_save_up_turns() {
        let mut line = line((0..40).map(|number| (number, 1)));
        let elsewhere = ProfileId::dgrid();
        for number in 100..120 {
            let place = line.last_place();
            let waiting = Waiting { profile: elsewhere.clone(), batch: Some(batch(2)), place, ..Waiting::default() };
            line.add(id(number), waiting, NOW);
        }
        for _ in 0..20 {
            let next = line.next(|profile| *profile != elsewhere, |_| true).unwrap();
            line.start(next);
        }
        let first: Vec<RequestId> = drain(&mut line).into_iter().take(10).collect();
        let of_the_other = first.iter().filter(|next| **next >= id(100)).count();
        assert!((4..=6).contains(&of_the_other), "{first:?}");
    }

    #[test]
    fn who_is_put_first_comes_first_in_the_order_given() {
        let mut line = line([(1, 1), (2, 1), (3, 2), (4, 2)]);
        line.relocate(&ids(&[4, 2]), QueuePosition::First, NOW);
        line.relocate(&ids(&[3]), QueuePosition::First, NOW);
        line.relocate(&ids(&[1]), QueuePosition::After(id(3)), NOW);
        assert_eq!(drain(&mut line), ids(&[3, 1, 4, 2]));
    }

    #[test]
    fn neighbours_make_room_however_often_something_is_put_between_them() {
        let mut line = line((0..50).map(|number| (number, 1)));
        for number in (1..49).rev() {
            line.relocate(&[id(number)], QueuePosition::After(id(0)), NOW);
        }
        let order: Vec<u128> = (0..50).collect();
        assert_eq!(drain(&mut line), ids(&order));
    }

    #[test]
    fn who_waits_for_a_time_or_is_held_back_lets_the_others_pass() {
        let mut line = line([(1, 1), (2, 1), (3, 1)]);
        let at = Timestamp::from_second(60).unwrap();
        line.change(id(1), NOW, |waiting| waiting.not_before = Some(at));
        line.change(id(2), NOW, |waiting| waiting.paused = true);
        assert_eq!(line.order(), ids(&[3, 1, 2]));
        assert_eq!((line.held_and_later(), line.next_time()), ((1, 1), Some(at)));
        assert_eq!(drain(&mut line), ids(&[3]));
        line.wake(at);
        assert_eq!(drain(&mut line), ids(&[1]));
        line.change(id(2), NOW, |waiting| waiting.paused = false);
        assert_eq!(drain(&mut line), ids(&[2]));
        assert_eq!((line.len(), line.held_and_later()), (0, (0, 0)));
    }

    proptest! {
        #[test]
        fn moving_puts_requests_where_it_says_and_nobody_is_lost(
            moves in prop::collection::vec((prop::collection::vec(0_u128..12, 1..4), 0_usize..4, 0_u128..12), 1..40)
        ) {
            let mut line = line((0..12).map(|number| (number, 1)));
            let mut order = line.order();
            for (moved, spot, other) in moves {
                let mut moving = ids(&moved);
                let mut seen = BTreeSet::new();
                moving.retain(|id| seen.insert(*id));
                let other = id(other);
                let spot = [QueuePosition::First, QueuePosition::Before(other), QueuePosition::After(other), QueuePosition::Last][spot];
                let beside = matches!(spot, QueuePosition::Before(_) | QueuePosition::After(_));
                line.relocate(&moving, spot, NOW);
                if !(beside && moving.contains(&other)) {
                    order.retain(|id| !moving.contains(id));
                    let at = match spot {
                        QueuePosition::First => 0,
                        QueuePosition::Before(other) => order.iter().position(|id| *id == other).unwrap(),
                        QueuePosition::After(other) => order.iter().position(|id| *id == other).unwrap() + 1,
                        QueuePosition::Last => order.len(),
                    };
                    order.splice(at..at, moving);
                }
                prop_assert_eq!(&line.order(), &order);
            }
            prop_assert_eq!(drain(&mut line), order);
        }
    }
}
