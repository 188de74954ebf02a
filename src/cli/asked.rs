//! The requests of one command: which of them go on, and what a signal leaves of them.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{
    cli::{report::Report, session::StudioSession},
    recipe::{Failure, FailureKind, RequestId},
    studio::{Event, Job, JobState, QueueState, RestReason, Resting},
};

/// How long images that are stored already may take to be written elsewhere after a signal.
const WRITING: Duration = Duration::from_secs(5);

/// How long nothing more must be told after a signal for everything to be told.
const SETTLING: Duration = Duration::from_millis(300);

/// Shorter waits for a gateway are not told.
const MIN_REPORTED_REST: SignedDuration = SignedDuration::from_secs(1);

/// How far a request is, as the end of a command needs to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequestStage {
    NotSent,
    UnderWay,
    Ended,
}

/// The requests that a command has asked for.
#[derive(Debug, Default)]
pub(super) struct RequestTracker {
    requests: BTreeMap<RequestId, RequestStage>,
    /// How many have not ended.
    going_on: usize,
    /// Nothing is under way, and nothing else begins.
    queue_is_over: bool,
    /// Gateways that limit requests, as they were told last.
    resting: Vec<Resting>,
}

impl RequestTracker {
    /// A request is new or has come further.
    pub(super) fn note(&mut self, job: &Job) {
        let stage = match job.state {
            JobState::Waiting | JobState::Again { .. } => RequestStage::NotSent,
            JobState::Generating { .. } | JobState::Receiving { .. } => RequestStage::UnderWay,
            JobState::Done { .. } | JobState::Failed(_) | JobState::Cancelled { .. } => RequestStage::Ended,
        };
        let before = self.requests.insert(job.id, stage).unwrap_or(RequestStage::Ended);
        self.going_on =
            self.going_on + usize::from(stage != RequestStage::Ended) - usize::from(before != RequestStage::Ended);
    }

    /// How the queue stands. Tells why requests wait, once for each reason.
    pub(super) fn note_queue(&mut self, queue: &QueueState, report: &Report) {
        self.queue_is_over = queue.finishing && queue.running == 0;
        let now = Timestamp::now();
        let is_known = |resting: &Resting| {
            let known = self.resting.iter().filter(|known| known.profile == resting.profile);
            known.into_iter().any(|known| match resting.reason {
                RestReason::Paced { .. } => known.reason == resting.reason,
                _ => known == resting,
            })
        };
        for resting in queue.resting.iter().filter(|resting| !is_known(resting)) {
            if resting.until.duration_since(now) >= MIN_REPORTED_REST {
                report.resting(resting, now);
            }
        }
        for resting in &queue.resting {
            self.resting.retain(|known| known.profile != resting.profile);
            self.resting.push(resting.clone());
        }
    }

    pub(super) fn has(&self, request: RequestId) -> bool {
        self.requests.contains_key(&request)
    }

    /// How many there are, and how many of them have ended.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.requests.len(), self.requests.len() - self.going_on)
    }

    /// Whether all have ended.
    pub(super) fn have_ended(&self) -> bool {
        !self.requests.is_empty() && self.going_on == 0
    }

    /// The next event, as long as something more may come of them: until all have ended, or after a signal until those
    /// that were sent have.
    pub(super) fn next(&self, session: &StudioSession) -> Option<Event> {
        if self.have_ended() {
            return None;
        }
        if session.is_ending() && self.queue_is_over && !self.requests.is_empty() {
            // Others that were asked for at the same moment are still being told of.
            return session.next_within(SETTLING);
        }
        Some(session.next())
    }

    /// After a signal, tells what is left: each request that is cut off, for it may be charged, and how many were not
    /// sent.
    pub(super) fn tell_left(&self, session: &StudioSession, stored: usize, report: &Report) {
        if !session.is_ending() {
            return;
        }
        let at =
            |stage: RequestStage| self.requests.iter().filter(move |(_, known)| **known == stage).map(|(id, _)| *id);
        for request in at(RequestStage::UnderWay) {
            report.failure(Some(request), &Failure::new(FailureKind::Interrupted), None);
        }
        report.requests_left(stored, at(RequestStage::NotSent).count(), at(RequestStage::UnderWay).count());
        session.extend(WRITING);
    }
}
