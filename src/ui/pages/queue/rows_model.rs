//! The rows of the page: batches below headings of their own, in the order in which they are expected to start. Rebuilt
//! only when something has changed, and measured so that only visible rows are drawn.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use crate::{
    recipe::{BatchId, Charge, Money, RequestId},
    studio::{CardState, QueueStatus, RequestCard, RunProgress},
    ui::state::requests::Requests,
};

/// Height of a request's row in points.
pub const JOB: f32 = 52.0;
/// Height of a heading.
pub const HEADING: f32 = 44.0;
/// Space above a group.
pub const GAP: f32 = 8.0;
/// Groups with more requests are collapsed at first.
const OPEN: usize = 12;

/// The key of a group: its batch, or a request by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// A batch.
    Batch(BatchId),
    /// A single request.
    Alone(RequestId),
}

impl RowKey {
    fn of(job: &RequestCard) -> Self {
        job.recipe.batch.map_or(Self::Alone(job.id), Self::Batch)
    }
}

/// A row of the page.
#[derive(Clone, Debug, PartialEq)]
pub enum QueueRow {
    /// The heading of a batch.
    Heading(Box<QueueGroup>),
    /// A request.
    Job {
        /// The requests.
        id: RequestId,
        /// Whether it is below a heading.
        below: bool,
    },
}

/// The requests of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueGroup {
    /// Its key.
    pub key: RowKey,
    /// Its first request, whose prompt is its name.
    pub first: RequestId,
    /// Whether all of them have the same prompt.
    pub same_prompt: bool,
    /// Whether its requests are shown.
    pub open: bool,
    /// Its totals.
    pub sums: GroupTotals,
    /// The queued requests in the expected order.
    pub waiting: Vec<RequestId>,
    /// The failed requests.
    pub failed: Vec<RequestId>,
    /// The requests that have ended without an image.
    pub ended: Vec<RequestId>,
}

/// The totals of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupTotals {
    /// All requests, including removed ones.
    pub total: usize,
    /// Finished requests.
    pub done: usize,
    /// Running requests.
    pub running: usize,
    /// Queued requests, including those on hold.
    pub waiting: usize,
    /// Requests on hold.
    pub held: usize,
    /// Failed requests.
    pub failed: usize,
    /// Failed requests that may have been charged.
    pub maybe_charged: usize,
    /// The actual cost so far.
    pub spent: Money,
    /// The estimated cost of the rest.
    pub to_come: Money,
    /// Requests with unknown cost.
    pub unknown: usize,
}

/// All rows and their positions.
#[derive(Clone, Debug, Default)]
pub struct QueueRows {
    all: Vec<QueueRow>,
    /// The top edge of each row, and the bottom of the last one.
    tops: Vec<f32>,
    places: HashMap<RequestId, usize>,
    /// The queue position of each queued request, from 1.
    turns: HashMap<RequestId, usize>,
}

/// What the person has arranged on the page. It outlives its rows.
#[derive(Clone, Debug, Default)]
pub struct QueueOrder {
    folds: HashMap<RowKey, bool>,
    /// The order of groups, which stays while their requests change.
    ranks: HashMap<RowKey, f64>,
}

impl QueueOrder {
    /// Expands or collapses a group.
    pub fn fold(&mut self, group: &QueueGroup) {
        self.folds.insert(group.key, !group.open);
    }

    fn lowest(&self) -> f64 {
        self.ranks.values().copied().fold(0.0, f64::min)
    }

    fn highest(&self) -> f64 {
        self.ranks.values().copied().fold(0.0, f64::max)
    }

    /// Moves the groups of these requests to the front.
    pub fn put_first(&mut self, jobs: impl IntoIterator<Item = RowKey>) {
        for key in jobs {
            let first = self.lowest() - 1.0;
            self.ranks.insert(key, first);
        }
    }

    /// Moves a group before or behind another one.
    pub fn put_beside(&mut self, key: RowKey, other: RowKey, behind: bool) {
        let Some(&there) = self.ranks.get(&other).filter(|_| key != other) else { return };
        let beyond = |rank: &f64| if behind { *rank > there } else { *rank < there };
        let others = self.ranks.iter().filter(|(known, _)| **known != key).map(|(_, rank)| *rank).filter(beyond);
        let next = if behind { others.fold(there + 2.0, f64::min) } else { others.fold(there - 2.0, f64::max) };
        self.ranks.insert(key, f64::midpoint(there, next));
    }

    /// Inserts new groups and removes those that are gone.
    fn follow(&mut self, groups: &BTreeMap<usize, GroupParts<'_>>) {
        let mut new: Vec<(bool, usize, usize, RowKey)> = Vec::new();
        let mut here = HashMap::new();
        for (number, group) in groups {
            match self.ranks.get(&group.key) {
                Some(rank) => {
                    here.insert(group.key, *rank);
                }
                None => new.push((!group.runs, group.first_turn, *number, group.key)),
            }
        }
        self.ranks = here;
        self.folds.retain(|key, _| groups.values().any(|group| group.key == *key));
        new.sort_unstable();
        // A group that was put before all queued ones is shown before them.
        let others_wait =
            groups.values().any(|group| group.first_turn != usize::MAX && self.ranks.contains_key(&group.key));
        for (_, turn, _, key) in new {
            let rank = if others_wait && turn == 1 { self.lowest() - 1.0 } else { self.highest() + 1.0 };
            self.ranks.insert(key, rank);
        }
    }
}

/// The requests of a group while rows are built.
struct GroupParts<'a> {
    key: RowKey,
    jobs: Vec<&'a RequestCard>,
    /// The first position of its queued requests; behind all others if none is queued.
    first_turn: usize,
    /// Whether one of them runs.
    runs: bool,
    active: bool,
}

impl QueueRows {
    /// Builds the rows.
    pub fn make(jobs: &Requests, queue: &QueueStatus, arrangement: &mut QueueOrder) -> Self {
        let turns: HashMap<RequestId, usize> = queue.order.iter().zip(1..).map(|(id, turn)| (*id, turn)).collect();
        let mut numbers: HashMap<RowKey, usize> = HashMap::new();
        let mut groups: BTreeMap<usize, GroupParts<'_>> = BTreeMap::new();
        for job in jobs.iter().rev() {
            let key = RowKey::of(job);
            let next = numbers.len();
            let number = *numbers.entry(key).or_insert(next);
            let group = groups.entry(number).or_insert_with(|| GroupParts {
                key,
                jobs: Vec::new(),
                first_turn: usize::MAX,
                runs: false,
                active: false,
            });
            if job.state == CardState::Queued {
                group.first_turn = group.first_turn.min(turns.get(&job.id).copied().unwrap_or(usize::MAX));
            }
            group.runs |= stage(&job.state) == 0;
            group.active |= !job.state.has_ended();
            group.jobs.push(job);
        }
        arrangement.follow(&groups);
        let progress: HashMap<BatchId, RunProgress> = queue.batches.iter().copied().collect();
        let mut sorted: Vec<GroupParts<'_>> = groups.into_values().collect();
        sorted.sort_by(|one, other| {
            let rank = |group: &GroupParts<'_>| arrangement.ranks.get(&group.key).copied().unwrap_or_default();
            other.active.cmp(&one.active).then(rank(one).total_cmp(&rank(other)))
        });
        let mut lines = Self { turns, ..Self::default() };
        let mut top = GAP;
        for mut group in sorted {
            group.jobs.sort_by_key(|job| (stage(&job.state), lines.turns.get(&job.id).copied().unwrap_or(usize::MAX)));
            let known = match group.key {
                RowKey::Batch(batch) => progress.get(&batch).copied().unwrap_or_default(),
                RowKey::Alone(_) => RunProgress::default(),
            };
            let sums = sums(&group.jobs, known);
            let below = sums.total > 1;
            let mut open = true;
            if below {
                open = arrangement.folds.get(&group.key).copied().unwrap_or(group.jobs.len() <= OPEN);
                lines.push(QueueRow::Heading(Box::new(heading(&group, sums, open))), &mut top, HEADING);
            }
            if open {
                for job in &group.jobs {
                    lines.places.insert(job.id, lines.all.len());
                    lines.push(QueueRow::Job { id: job.id, below }, &mut top, JOB);
                }
            }
            top += GAP;
        }
        lines.tops.push(top);
        lines
    }

    fn push(&mut self, line: QueueRow, top: &mut f32, height: f32) {
        self.all.push(line);
        self.tops.push(*top);
        *top += height;
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The height of all rows in points.
    pub fn height(&self) -> f32 {
        self.tops.last().copied().unwrap_or_default()
    }

    /// A row.
    pub fn get(&self, index: usize) -> Option<&QueueRow> {
        self.all.get(index)
    }

    /// The top and bottom of a row.
    pub fn span(&self, index: usize) -> (f32, f32) {
        let top = self.tops.get(index).copied().unwrap_or_default();
        let height = if matches!(self.all.get(index), Some(QueueRow::Heading(_))) { HEADING } else { JOB };
        (top, top + height)
    }

    /// The rows that are visible between two heights.
    pub fn between(&self, top: f32, bottom: f32) -> Range<usize> {
        let ends = &self.tops[..self.all.len()];
        let first = ends.partition_point(|start| *start + JOB < top);
        let last = ends.partition_point(|start| *start < bottom);
        first..last.max(first)
    }

    /// The index of a request's row.
    pub fn place(&self, id: RequestId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// The queue position of a request, from 1.
    pub fn turn(&self, id: RequestId) -> Option<usize> {
        self.turns.get(&id).copied()
    }

    /// The requests that are shown, from top to bottom.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = RequestId> + '_ {
        self.all.iter().filter_map(|line| match line {
            QueueRow::Job { id, .. } => Some(*id),
            QueueRow::Heading(_) => None,
        })
    }

    /// The key of the group that a request belongs to.
    pub fn key(job: &RequestCard) -> RowKey {
        RowKey::of(job)
    }
}

fn heading(group: &GroupParts<'_>, sums: GroupTotals, open: bool) -> QueueGroup {
    let of =
        |wanted: fn(&CardState) -> bool| group.jobs.iter().filter(|job| wanted(&job.state)).map(|job| job.id).collect();
    let first = group.jobs.iter().min_by_key(|job| job.id).map_or(group.jobs[0], |first| first);
    QueueGroup {
        key: group.key,
        first: first.id,
        same_prompt: group.jobs.iter().all(|job| job.recipe.prompt == first.recipe.prompt),
        open,
        sums,
        waiting: of(|state| *state == CardState::Queued),
        failed: of(|state| matches!(state, CardState::Failed(_))),
        ended: of(|state| matches!(state, CardState::Failed(_) | CardState::Cancelled { .. })),
    }
}

/// Active requests come before ended ones.
fn stage(state: &CardState) -> u8 {
    match state {
        CardState::Receiving { .. } | CardState::Generating { .. } | CardState::RetryScheduled { .. } => 0,
        CardState::Queued => 1,
        CardState::Failed(_) => 2,
        CardState::Cancelled { .. } => 3,
        CardState::Done { .. } => 4,
    }
}

/// The totals of requests. The studio reports the number of those that are gone.
fn sums(jobs: &[&RequestCard], known: RunProgress) -> GroupTotals {
    let mut sums =
        GroupTotals { spent: known.spent, unknown: known.unknown, done: known.done, ..GroupTotals::default() };
    let mut here = 0;
    for job in jobs {
        match &job.state {
            CardState::Queued => {
                sums.waiting += 1;
                sums.held += usize::from(job.on_hold);
            }
            CardState::Generating { .. } | CardState::RetryScheduled { .. } | CardState::Receiving { .. } => {
                sums.running += 1;
            }
            CardState::Failed(failure) => {
                sums.failed += 1;
                sums.maybe_charged += usize::from(failure.charged != Charge::No);
            }
            CardState::Cancelled { .. } => {}
            // The studio has counted this request.
            CardState::Done { .. } => continue,
        }
        here += 1;
        if !job.state.has_ended() {
            match job.estimate {
                Some(estimate) => sums.to_come = sums.to_come + estimate,
                None => sums.unknown += 1,
            }
        }
    }
    let done = jobs.len() - here;
    sums.done = sums.done.max(done);
    sums.total = here + sums.done;
    sums
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::recipe::Recipe;

    fn id(number: u128) -> RequestId {
        RequestId::from_uuid(Uuid::from_u128(number))
    }

    fn job(number: u128, batch: u128, state: CardState) -> RequestCard {
        let batch = Some(BatchId::from_uuid(Uuid::from_u128(batch)));
        let recipe = Recipe { prompt: format!("prompt {number}"), batch, ..Recipe::default() };
        RequestCard { estimate: Some(Money::from_micros(10)), ..RequestCard::new(id(number), Arc::new(recipe), state) }
    }

    fn words(lines: &QueueRows) -> Vec<String> {
        let word = |line: &QueueRow| match line {
            QueueRow::Heading(group) => format!("{} of {}", group.sums.done, group.sums.total),
            QueueRow::Job { id, below } => format!("{}{}", if *below { " " } else { "" }, id.uuid().as_u128()),
        };
        lines.all.iter().map(word).collect()
    }

    fn queue(order: &[u128]) -> QueueStatus {
        QueueStatus { order: order.iter().map(|number| id(*number)).collect(), ..QueueStatus::default() }
    }

    #[test]
    fn rows_are_grouped_and_in_start_order() {
        let mut jobs = Requests::default();
        for number in 1..=3 {
            jobs.put(job(number, 1, CardState::Queued));
        }
        jobs.put(job(4, 2, CardState::Queued));
        jobs.put(job(2, 1, CardState::Generating { since: Timestamp::UNIX_EPOCH }));
        let mut arrangement = QueueOrder::default();
        let lines = QueueRows::make(&jobs, &queue(&[3, 4, 1]), &mut arrangement);
        assert_eq!(words(&lines), ["0 of 3", " 2", " 3", " 1", "4"]);
        assert_eq!(lines.turn(id(1)), Some(3));
        let Some(QueueRow::Heading(group)) = lines.get(0) else { panic!("a heading") };
        assert_eq!((group.sums.running, group.sums.waiting, group.sums.to_come), (1, 2, Money::from_micros(30)));
        assert_eq!(group.waiting, [id(3), id(1)]);
        assert!(!group.same_prompt);
        // Ended requests go below active ones, and those that were put first go above all.
        jobs.put(job(4, 2, CardState::Cancelled { sent: false }));
        jobs.put(job(5, 3, CardState::Queued));
        let lines = QueueRows::make(&jobs, &queue(&[5, 3, 1]), &mut arrangement);
        assert_eq!(words(&lines), ["5", "0 of 3", " 2", " 3", " 1", "4"]);
        // A request that is next because no other one waits was not put before any.
        let mut jobs = Requests::default();
        jobs.put(job(1, 1, CardState::Generating { since: Timestamp::UNIX_EPOCH }));
        let mut arrangement = QueueOrder::default();
        QueueRows::make(&jobs, &queue(&[]), &mut arrangement);
        jobs.put(job(2, 2, CardState::Queued));
        assert_eq!(words(&QueueRows::make(&jobs, &queue(&[2]), &mut arrangement)), ["1", "2"]);
        jobs.put(job(3, 3, CardState::Queued));
        assert_eq!(words(&QueueRows::make(&jobs, &queue(&[3, 2]), &mut QueueOrder::default())), ["1", "3", "2"]);
    }

    #[test]
    fn large_group_is_collapsed_unless_the_person_changed_it() {
        let mut jobs = Requests::default();
        for number in 0..20 {
            jobs.put(job(number, 1, CardState::Queued));
        }
        let mut arrangement = QueueOrder::default();
        let lines = QueueRows::make(&jobs, &QueueStatus::default(), &mut arrangement);
        assert_eq!(words(&lines), ["0 of 20"]);
        let Some(QueueRow::Heading(group)) = lines.get(0) else { panic!("a heading") };
        arrangement.fold(group);
        for _ in 0..2 {
            assert_eq!(QueueRows::make(&jobs, &QueueStatus::default(), &mut arrangement).len(), 21);
        }
    }

    #[test]
    fn groups_are_moved_next_to_each_other() {
        let mut jobs = Requests::default();
        for number in 1..=4 {
            jobs.put(job(number, number, CardState::Queued));
        }
        let mut arrangement = QueueOrder::default();
        let order = |arrangement: &mut QueueOrder| words(&QueueRows::make(&jobs, &QueueStatus::default(), arrangement));
        assert_eq!(order(&mut arrangement), ["1", "2", "3", "4"]);
        let key = |number| RowKey::Batch(BatchId::from_uuid(Uuid::from_u128(number)));
        arrangement.put_beside(key(4), key(2), false);
        assert_eq!(order(&mut arrangement), ["1", "4", "2", "3"]);
        arrangement.put_beside(key(1), key(3), true);
        assert_eq!(order(&mut arrangement), ["4", "2", "3", "1"]);
        arrangement.put_first([key(3)]);
        assert_eq!(order(&mut arrangement), ["3", "4", "2", "1"]);
    }

    #[test]
    fn only_visible_rows_are_found() {
        let mut jobs = Requests::default();
        for number in 0..10_000 {
            jobs.put(job(number, number, CardState::Queued));
        }
        let lines = QueueRows::make(&jobs, &QueueStatus::default(), &mut QueueOrder::default());
        let middle = lines.height() / 2.0;
        let range = lines.between(middle, middle + 600.0);
        assert!((10..=13).contains(&range.len()), "{range:?}");
        for index in 0..lines.len() {
            let (top, bottom) = lines.span(index);
            let seen = bottom > middle && top < middle + 600.0;
            assert!(!seen || range.contains(&index));
        }
    }
}
