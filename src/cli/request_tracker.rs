//! Tracks the requests of one command: which of them run, and which are left after a signal.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{
    cli::{report::Report, session::StudioSession},
    recipe::{Failure, FailureKind, RequestId},
    studio::{CardState, Event, GatewayPause, PauseReason, QueueStatus, RequestCard},
};

/// How long stored images may take to be exported after a signal.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long no event must arrive after a signal until all events are assumed to have arrived.
const QUIET_PERIOD: Duration = Duration::from_millis(300);

/// Shorter waits for a rate-limited gateway are not reported.
const MIN_REPORTED_REST: SignedDuration = SignedDuration::from_secs(1);

/// The stage of a request, as far as the end of a command depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequestStage {
    NotSent,
    UnderWay,
    Ended,
}

/// The requests of a command.
#[derive(Debug, Default)]
pub(super) struct RequestTracker {
    requests: BTreeMap<RequestId, RequestStage>,
    /// The number of requests that have not ended.
    going_on: usize,
    /// Whether no request runs and none will start.
    queue_is_over: bool,
    /// The rate-limited gateways that were reported last.
    pauses: Vec<GatewayPause>,
}

impl RequestTracker {
    /// Adds or updates a request.
    pub(super) fn note(&mut self, job: &RequestCard) {
        let stage = match job.state {
            CardState::Queued | CardState::RetryScheduled { .. } => RequestStage::NotSent,
            CardState::Generating { .. } | CardState::Receiving { .. } => RequestStage::UnderWay,
            CardState::Done { .. } | CardState::Failed(_) | CardState::Cancelled { .. } => RequestStage::Ended,
        };
        let before = self.requests.insert(job.id, stage).unwrap_or(RequestStage::Ended);
        self.going_on =
            self.going_on + usize::from(stage != RequestStage::Ended) - usize::from(before != RequestStage::Ended);
    }

    /// Handles the state of the queue. Reports why requests wait, once for each reason.
    pub(super) fn note_queue(&mut self, queue: &QueueStatus, report: &Report) {
        self.queue_is_over = queue.draining && queue.running == 0;
        let now = Timestamp::now();
        let is_known = |pause: &GatewayPause| {
            let known = self.pauses.iter().filter(|known| known.profile == pause.profile);
            known.into_iter().any(|known| match pause.reason {
                PauseReason::Spaced { .. } => known.reason == pause.reason,
                _ => known == pause,
            })
        };
        for pause in queue.pauses.iter().filter(|pause| !is_known(pause)) {
            if pause.until.duration_since(now) >= MIN_REPORTED_REST {
                report.gateway_pause(pause, now);
            }
        }
        for pause in &queue.pauses {
            self.pauses.retain(|known| known.profile != pause.profile);
            self.pauses.push(pause.clone());
        }
    }

    pub(super) fn has(&self, request: RequestId) -> bool {
        self.requests.contains_key(&request)
    }

    /// The numbers of all requests and of ended ones.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.requests.len(), self.requests.len() - self.going_on)
    }

    /// Whether all have ended.
    pub(super) fn have_ended(&self) -> bool {
        !self.requests.is_empty() && self.going_on == 0
    }

    /// The next event, as long as requests can still produce one: until all have ended, or after a signal until the
    /// sent ones have.
    pub(super) fn next(&self, session: &StudioSession) -> Option<Event> {
        if self.have_ended() {
            return None;
        }
        if session.is_ending() && self.queue_is_over && !self.requests.is_empty() {
            // Events of other requests of the same moment are still arriving.
            return session.next_within(QUIET_PERIOD);
        }
        Some(session.next())
    }

    /// Reports what is left after a signal: each interrupted request, because it may be charged, and the number of
    /// unsent ones.
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
        session.extend(EXPORT_TIMEOUT);
    }
}
