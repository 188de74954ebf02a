//! Decides which request starts when. It knows neither tasks nor a clock: the time is passed in, so that tests can try
//! every sequence of events.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    recipe::{Caps, Charge, Failure, FailureKind, ProfileId, RequestId, Spending},
    studio::{
        protocol::BudgetBlock,
        queue::{
            scheduling::budget::SpendingBudget,
            scheduling::gateway_limits::{ConfiguredLimits, GatewayLimits},
            scheduling::pending_queue::{PendingQueue, PendingRequest},
        },
    },
};

/// A request that was started and has not ended.
#[derive(Clone, Debug)]
pub(in crate::studio::queue) struct RunningRequest {
    /// The request as it was queued, to put it back if it is not sent.
    pub request: PendingRequest,
    /// When it was sent last.
    pub sent: Timestamp,
    /// It failed without charge and waits for its retry.
    pub awaiting_retry: bool,
    /// The limiter of its gateway counts it as sent.
    counted: bool,
}

/// The configured limits.
pub(in crate::studio::queue) struct SchedulingLimits<'a> {
    /// Concurrent requests to all gateways together.
    pub max_total: usize,
    /// The limits of a gateway.
    pub for_gateway: &'a dyn Fn(&ProfileId) -> ConfiguredLimits,
}

/// How a request has ended.
pub(in crate::studio::queue) enum RequestEnd<'a> {
    /// Its images are stored.
    Succeeded,
    /// It failed.
    Failed(&'a Failure),
    /// A person cancelled it.
    Cancelled,
}

/// Queued and running requests, the limits of gateways, and the budget.
pub(in crate::studio::queue) struct Scheduler {
    pub pending: PendingQueue,
    pub gateways: GatewayLimits,
    pub budget: SpendingBudget,
    /// A person has paused the queue.
    pub paused: bool,
    /// Nothing else starts, because the program is about to end.
    pub draining: bool,
    running: HashMap<RequestId, RunningRequest>,
    /// The caps that blocked requests in the last call of [`Self::start_next`].
    budget_blocks: Vec<BudgetBlock>,
}

impl Scheduler {
    pub fn new(caps: Caps, zone: TimeZone, now: Timestamp) -> Self {
        Self {
            pending: PendingQueue::default(),
            gateways: GatewayLimits::default(),
            budget: SpendingBudget::new(caps, zone, now),
            paused: false,
            draining: false,
            running: HashMap::new(),
            budget_blocks: Vec::new(),
        }
    }

    /// Starts the next request, if one may start.
    pub fn start_next(&mut self, now: Timestamp, limits: &SchedulingLimits<'_>) -> Option<RequestId> {
        self.budget.start_new_period(now);
        self.gateways.drop_expired(now);
        self.pending.release_due(now);
        self.budget_blocks.clear();
        if self.paused || self.draining {
            return None;
        }
        let Self { pending, gateways, budget, budget_blocks, .. } = self;
        let can_start =
            |profile: &ProfileId| gateways.can_start(profile, (limits.for_gateway)(profile), limits.max_total, now);
        let next = pending.next(can_start, |request| match budget.check(request.batch, request.estimate) {
            Ok(()) => true,
            Err(block) => {
                if budget_blocks.iter().all(|known| known.cap != block.cap) {
                    budget_blocks.push(block);
                }
                false
            }
        })?;
        let request = self.pending.take_turn(next)?;
        self.gateways.start(&request.profile, now);
        self.budget.reserve(next, request.batch, request.estimate);
        self.running.insert(next, RunningRequest { request, sent: now, awaiting_retry: false, counted: true });
        Some(next)
    }

    /// Counts a request as running that is under way already.
    pub fn adopt_running(&mut self, id: RequestId, request: PendingRequest, now: Timestamp) {
        self.gateways.start(&request.profile, now);
        self.running.insert(id, RunningRequest { request, sent: now, awaiting_retry: false, counted: true });
    }

    /// Records that a request failed without charge and waits for its retry.
    pub fn await_retry(&mut self, id: RequestId) {
        let Some(running) = self.running.get_mut(&id) else { return };
        if !std::mem::replace(&mut running.awaiting_retry, true) {
            self.gateways.await_retry(&running.request.profile);
        }
        self.gateways.mark_reachable(&running.request.profile);
    }

    /// Records that a gateway rejected a request because of its rate limit, which pauses the gateway. The caller puts
    /// the request back next.
    pub fn on_rate_limited(&mut self, id: RequestId, wait: Option<Duration>, now: Timestamp, random: f64) {
        let Some(running) = self.running.get_mut(&id) else { return };
        running.counted = false;
        let profile = &running.request.profile;
        self.gateways.mark_reachable(profile);
        self.gateways.on_rejected(profile, running.sent, wait, now, random);
    }

    /// Records that a request was sent, for the first time or again.
    pub fn on_sent(&mut self, id: RequestId, now: Timestamp) {
        let Some(running) = self.running.get_mut(&id) else { return };
        let before = std::mem::replace(&mut running.sent, now);
        if std::mem::take(&mut running.awaiting_retry) {
            self.gateways.resume_retry(&running.request.profile, now);
        } else {
            self.gateways.correct_send_time(&running.request.profile, before, now);
        }
    }

    /// Records the cost of a request before it ends.
    pub fn record_cost(&mut self, spending: &Spending, now: Timestamp) {
        self.budget.start_new_period(now);
        self.budget.record(spending);
        self.budget.release(spending.request);
    }

    /// Records the end of a request.
    pub fn finish(&mut self, id: RequestId, end: &RequestEnd<'_>, now: Timestamp, limits: &SchedulingLimits<'_>) {
        self.budget.release(id);
        let Some(running) = self.running.remove(&id) else { return };
        let profile = &running.request.profile;
        match end {
            RequestEnd::Succeeded => {
                self.gateways.mark_reachable(profile);
                self.gateways.on_accepted(profile, running.sent, (limits.for_gateway)(profile), limits.max_total, now);
            }
            RequestEnd::Failed(failure) => {
                if failure.http_status.is_some() {
                    self.gateways.mark_reachable(profile);
                }
                if failure.kind == FailureKind::RateLimited && failure.charged == Charge::No {
                    self.gateways.on_rejected(profile, running.sent, failure.wait, now, 0.0);
                } else if failure.http_status.is_some() {
                    self.gateways.on_accepted(
                        profile,
                        running.sent,
                        (limits.for_gateway)(profile),
                        limits.max_total,
                        now,
                    );
                }
            }
            RequestEnd::Cancelled => {}
        }
        self.gateways.finish(profile, running.awaiting_retry);
    }

    /// Puts a request that was certainly not charged back to its position in the queue.
    pub fn requeue(&mut self, id: RequestId, now: Timestamp) {
        self.budget.release(id);
        let Some(running) = self.running.remove(&id) else { return };
        self.gateways.finish(&running.request.profile, running.awaiting_retry);
        if running.counted {
            self.gateways.on_not_sent(&running.request.profile, running.sent);
        }
        self.pending.add(id, running.request, now);
    }

    /// The queued requests that exceed a cap.
    pub fn over_budget(&self) -> Vec<RequestId> {
        let is_over_budget = |id: &RequestId| {
            let request = self.pending.get(*id);
            request
                .is_some_and(|request| !request.on_hold && self.budget.check(request.batch, request.estimate).is_err())
        };
        self.pending.ids().filter(is_over_budget).collect()
    }

    /// The requests under way.
    pub fn running(&self) -> &HashMap<RequestId, RunningRequest> {
        &self.running
    }

    /// The caps that block requests.
    pub fn budget_blocks(&self) -> &[BudgetBlock] {
        &self.budget_blocks
    }

    /// When a request may start that could not start at `now`, if nothing else happens before.
    pub fn next_change(&self, now: Timestamp, limits: &SchedulingLimits<'_>) -> Option<Timestamp> {
        let day = (!self.budget_blocks.is_empty()).then(|| self.budget.next_midnight()).flatten();
        let gateways = self.gateways.next_change(limits.for_gateway, now).filter(|_| self.pending.len() > 0);
        [self.pending.next_release(), day, gateways].into_iter().flatten().filter(|at| *at > now).min()
    }

    /// Number of queued requests that could start, by gateway and model.
    pub fn ready_counts(&self) -> BTreeMap<(ProfileId, String), usize> {
        let mut counts = BTreeMap::new();
        for (profile, model, count) in self.pending.ready_counts() {
            *counts.entry((profile.clone(), model.to_owned())).or_default() += count;
        }
        counts
    }
}
