//! Learns the limits of one gateway from its rejections: the interval between requests, and the number of concurrent
//! requests.
//!
//! Gateways seldom publish their limits, and many reject requests without saying how long to wait. After a rejection
//! that was not charged nothing is sent for a while; then a single request probes whether the gateway accepts requests
//! again. The time since the previous such pause, divided by the requests that were accepted in it, is an interval that
//! the gateway is known to allow, whether it counts requests within a window or refills a bucket. From then on requests
//! are sent at this interval, and after enough of them without a rejection at a slightly shorter one. Trials that fail
//! become rarer, so that the share of rejected requests stays small.

use std::time::Duration;

use jiff::Timestamp;

use crate::studio::protocol::PauseReason;

/// Pause after the first rejection without a given wait; it doubles with every further rejection.
const FIRST_BACKOFF: Duration = Duration::from_secs(2);

/// Longest pause after a rejection without a given wait.
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// A probe counts as accepted after this time even without a response, because gateways reject at once.
const PROBE_ACCEPT_TIME: Duration = Duration::from_millis(1500);

/// After this time without a request, earlier requests do not explain a rejection, as long as no interval is known.
const IDLE_TIME: Duration = Duration::from_mins(1);

/// Shorter intervals are not worth keeping.
const MIN_INTERVAL: Duration = Duration::from_millis(100);

/// Minimum number of accepted requests before a shorter interval is tried.
const MIN_ACCEPTED_BEFORE_TRIAL: u32 = 4;

/// After this many accepted requests at an interval, a rejection says nothing about the interval.
const ACCEPTED_TO_PROVE_INTERVAL: u32 = 8;

/// If the interval was lengthened this often without success, requests are rejected for another reason.
const MAX_STRIKES: u32 = 4;

/// Maximum number of accepted requests before a shorter interval is tried.
const MAX_ACCEPTED_BEFORE_TRIAL: u32 = 400;

/// Rounds of accepted requests before the concurrency is raised for the first time.
const MIN_ROUNDS_BEFORE_RAISE: u32 = 2;

/// Maximum number of rounds before the concurrency is raised.
const MAX_ROUNDS_BEFORE_RAISE: u32 = 64;

/// What a pause says about the interval of the requests before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PauseCause {
    /// A shorter interval was tried, and is too short.
    Trial,
    /// The interval is too short.
    Spacing,
    /// Nothing, because the interval had worked for a while. Some gateways distribute requests among several accounts,
    /// one of which may be at its limit.
    Chance,
}

/// A time in which nothing is sent, from the first rejection to the accepted probe.
#[derive(Clone, Debug)]
struct Pause {
    since: Timestamp,
    until: Timestamp,
    requested: bool,
    cause: PauseCause,
    /// Consecutive rejections; zero if the gateway only announced a wait.
    rejections: u32,
    /// Send time of the last rejected probe.
    last_rejected: Timestamp,
    /// Smallest number of other requests that were under way beside a rejected one.
    others: usize,
    /// The probe that is under way.
    probe: Option<Probe>,
}

/// A request that probes whether the gateway accepts requests again.
#[derive(Clone, Copy, Debug)]
struct Probe {
    sent: Timestamp,
    /// Number of other requests under way.
    others: usize,
}

/// The learned interval between requests.
#[derive(Clone, Debug)]
struct Spacing {
    interval: Duration,
    /// Shortest interval that has worked for a while.
    safe_interval: Duration,
    /// Longest interval that is known to be too short.
    too_short_interval: Duration,
    /// Accepted requests since the last change.
    accepted: u32,
    /// Accepted requests that are needed before a shorter interval is tried.
    needed_accepted: u32,
    /// Whether the interval is a trial that is shorter than the safe one.
    is_trial: bool,
    /// How often the interval was lengthened without fewer rejections.
    strikes: u32,
}

/// The learned number of concurrent requests.
#[derive(Clone, Debug)]
struct ConcurrencyLimit {
    limit: usize,
    /// Accepted requests since the last change.
    accepted: u32,
    /// Rounds of `limit` accepted requests before the limit is raised.
    rounds: u32,
    /// Whether the limit was raised beyond what was accepted before.
    is_raised: bool,
}

/// The requests that were sent since the last pause.
#[derive(Clone, Copy, Debug)]
struct Cycle {
    since: Timestamp,
    sent_count: u32,
}

/// The learned limits of one gateway.
#[derive(Clone, Debug, Default)]
pub(in crate::studio) struct RateLimiter {
    /// Send time of the last request.
    last_sent: Option<Timestamp>,
    cycle: Option<Cycle>,
    pause: Option<Pause>,
    spacing: Option<Spacing>,
    concurrency: Option<ConcurrencyLimit>,
    /// The largest number of concurrent requests that was accepted.
    max_accepted_concurrency: usize,
}

impl RateLimiter {
    /// Whether another request may be sent while `under_way` others are under way.
    pub fn can_send(&self, under_way: usize, now: Timestamp) -> bool {
        let probes = self.pause.as_ref().is_some_and(|pause| pause.probe.is_none());
        (probes || self.concurrency.as_ref().is_none_or(|concurrency| under_way < concurrency.limit))
            && self.next_slot().is_none_or(|at| at <= now)
    }

    /// The learned number of concurrent requests, if there is one.
    pub fn concurrency(&self) -> Option<usize> {
        self.concurrency.as_ref().map(|concurrency| concurrency.limit)
    }

    /// When the next request may be sent.
    pub fn next_slot(&self) -> Option<Timestamp> {
        let spaced =
            self.spacing.as_ref().zip(self.last_sent).map(|(spacing, last_sent)| later(last_sent, spacing.interval));
        match &self.pause {
            Some(Pause { probe: Some(probe), .. }) => spaced.max(Some(later(probe.sent, PROBE_ACCEPT_TIME))),
            // The interval does not apply to the probe that ends a pause.
            Some(pause) => Some(pause.until),
            None => spaced,
        }
    }

    /// Until when nothing is sent, and why.
    pub fn pause_reason(&self, now: Timestamp) -> Option<(Timestamp, PauseReason)> {
        let until = self.next_slot().filter(|until| *until > now)?;
        let reason = match (&self.pause, &self.spacing) {
            (Some(pause), _) if pause.requested => PauseReason::Requested,
            (None, Some(spacing)) => PauseReason::Spaced { interval: spacing.interval },
            _ => PauseReason::RateLimited,
        };
        Some((until, reason))
    }

    /// Since when the gateway has rejected all requests.
    pub fn rejecting_since(&self) -> Option<Timestamp> {
        self.pause.as_ref().filter(|pause| pause.rejections > 0).map(|pause| pause.since)
    }

    /// Records that a request is sent while `others` are under way.
    pub fn on_sent(&mut self, others: usize, now: Timestamp) {
        self.accept_overdue_probe(now);
        let idle = self.spacing.as_ref().map_or(IDLE_TIME, |spacing| IDLE_TIME.max(spacing.interval * 3));
        if self.pause.is_none() && self.last_sent.is_none_or(|last_sent| later(last_sent, idle) < now) {
            self.cycle = None;
        }
        if let Some(pause) = &mut self.pause {
            pause.probe = Some(Probe { sent: now, others });
        }
        self.cycle.get_or_insert(Cycle { since: now, sent_count: 0 }).sent_count += 1;
        self.last_sent = Some(now);
    }

    /// Records that a request was sent `now` instead of `before`.
    pub fn correct_send_time(&mut self, before: Timestamp, now: Timestamp) {
        if self.last_sent == Some(before) {
            self.last_sent = Some(now);
        }
        if let Some(probe) = self.pause.as_mut().and_then(|pause| pause.probe.as_mut())
            && probe.sent == before
        {
            probe.sent = now;
        }
        if let Some(cycle) = self.cycle.as_mut().filter(|cycle| cycle.since == before) {
            cycle.since = now;
        }
    }

    /// Records that a request was not sent after all.
    pub fn on_not_sent(&mut self, sent: Timestamp) {
        self.uncount();
        if let Some(pause) = &mut self.pause {
            pause.probe.take_if(|probe| probe.sent == sent);
        }
    }

    /// Records that the gateway rejected a request without charge that was sent at `sent` beside `others`. `requested`
    /// is the wait that it gave; `random` from 0 up to 1 spreads the pause if it gave none.
    pub fn on_rejected(
        &mut self,
        sent: Timestamp,
        others: usize,
        requested: Option<Duration>,
        now: Timestamp,
        random: f64,
    ) {
        self.uncount();
        let requested = requested.filter(|requested| !requested.is_zero());
        // A gateway that gives a wait limits requests over time, not concurrent ones.
        if requested.is_none() && self.lower_concurrency(others) && self.pause.is_none() {
            return;
        }
        let (mut first_wait, mut cause) = (FIRST_BACKOFF, PauseCause::Spacing);
        if self.pause.is_none()
            && let Some(spacing) = &mut self.spacing
        {
            // The time that the requests were ahead of the safe interval.
            first_wait = first_wait
                .max(spacing.safe_interval)
                .max(spacing.safe_interval.saturating_sub(spacing.interval) * spacing.accepted);
            cause = match std::mem::take(&mut spacing.is_trial) {
                true => PauseCause::Trial,
                false if spacing.accepted < ACCEPTED_TO_PROVE_INTERVAL => PauseCause::Spacing,
                false => PauseCause::Chance,
            };
            if cause != PauseCause::Chance {
                spacing.too_short_interval = spacing.too_short_interval.max(spacing.interval);
            }
            if cause == PauseCause::Trial {
                spacing.needed_accepted = (spacing.needed_accepted * 2).min(MAX_ACCEPTED_BEFORE_TRIAL);
            }
            spacing.accepted = 0;
        }
        let is_probe = self.probe().is_some_and(|probe| probe.sent == sent);
        let pause = self.pause.get_or_insert(Pause {
            since: now,
            until: now,
            requested: false,
            cause,
            rejections: 0,
            last_rejected: sent,
            others,
            probe: None,
        });
        pause.others = pause.others.min(others);
        // Of several requests that were sent together only the first rejection counts.
        if is_probe || pause.rejections == 0 {
            pause.last_rejected = pause.last_rejected.max(sent);
            pause.probe = None;
            pause.rejections += 1;
            let doubled = first_wait.saturating_mul(1 << (pause.rejections - 1).min(8)).min(MAX_BACKOFF);
            let wait = doubled.mul_f64(1.0 + random.clamp(0.0, 1.0) / 4.0);
            pause.until = pause.until.max(later(now, requested.unwrap_or(wait)));
        } else if let Some(requested) = requested {
            pause.until = pause.until.max(later(now, requested));
        }
        pause.requested = requested.is_some() || (pause.requested && !is_probe);
    }

    /// Records that the gateway accepted a request that was sent at `sent` beside `others`. At most `limit` requests
    /// are ever sent to it concurrently.
    pub fn on_accepted(&mut self, sent: Timestamp, others: usize, limit: usize, now: Timestamp) {
        self.max_accepted_concurrency = self.max_accepted_concurrency.max(others + 1);
        if let Some(probe) = self.probe().filter(|probe| probe.sent == sent) {
            self.end_pause(probe);
        }
        self.accept_overdue_probe(now);
        if self.pause.is_some() {
            return;
        }
        if let Some(spacing) = &mut self.spacing {
            spacing.accepted += 1;
            if spacing.accepted >= ACCEPTED_TO_PROVE_INTERVAL {
                spacing.strikes = 0;
            }
            let shorter = (spacing.interval + spacing.too_short_interval) / 2;
            let is_known_too_short = spacing.interval <= spacing.too_short_interval.mul_f64(1.08);
            // After many more requests an interval that was too short is tried again, because providers raise limits.
            let needed_accepted =
                if is_known_too_short { spacing.needed_accepted * 8 } else { spacing.needed_accepted };
            if spacing.accepted >= needed_accepted {
                spacing.safe_interval = spacing.interval;
                spacing.interval = if is_known_too_short { spacing.interval.mul_f64(0.85) } else { shorter };
                spacing.too_short_interval = spacing.too_short_interval.min(spacing.interval);
                (spacing.accepted, spacing.is_trial) = (0, true);
            }
            if spacing.interval < MIN_INTERVAL {
                self.spacing = None;
            }
        }
        if let Some(concurrency) = &mut self.concurrency {
            concurrency.limit = concurrency.limit.max(self.max_accepted_concurrency);
            concurrency.accepted += 1;
            if concurrency.accepted as usize >= concurrency.rounds as usize * concurrency.limit {
                concurrency.limit += 1;
                (concurrency.accepted, concurrency.is_raised) = (0, true);
            }
            if concurrency.limit >= limit {
                self.concurrency = None;
            }
        }
    }

    /// Pauses requests, because the gateway announced that it accepts nothing for this long.
    pub fn pause_for(&mut self, wait: Duration, now: Timestamp) {
        let until = later(now, wait);
        let pause = self.pause.get_or_insert(Pause {
            since: now,
            until,
            requested: true,
            cause: PauseCause::Chance,
            rejections: 0,
            last_rejected: now,
            others: 0,
            probe: None,
        });
        pause.until = pause.until.max(until);
    }

    /// Ends the pause, because a person requested a probe.
    pub fn probe_now(&mut self, now: Timestamp) {
        self.last_sent = None;
        if let Some(pause) = &mut self.pause {
            (pause.until, pause.probe) = (now, None);
        }
    }

    /// Handles that the clock was set or the machine has slept.
    pub fn on_clock_change(&mut self, now: Timestamp) {
        self.last_sent = self.last_sent.filter(|last_sent| *last_sent <= now);
        self.cycle = None;
        if let Some(pause) = &mut self.pause {
            pause.until = pause.until.min(later(now, MAX_BACKOFF));
        }
    }

    /// Learns the number of concurrent requests from a rejection beside `others`. Returns whether that number was being
    /// tried and explains the rejection.
    fn lower_concurrency(&mut self, others: usize) -> bool {
        if others < self.max_accepted_concurrency {
            // As many were accepted before, so that their number is not the reason.
            self.concurrency = None;
            return false;
        }
        match &mut self.concurrency {
            Some(concurrency) => {
                let explains = concurrency.is_raised;
                concurrency.rounds =
                    if explains { (concurrency.rounds * 2).min(MAX_ROUNDS_BEFORE_RAISE) } else { concurrency.rounds };
                concurrency.limit = concurrency.limit.min(others).max(1);
                (concurrency.accepted, concurrency.is_raised) = (0, false);
                explains
            }
            None if others > 0 => {
                self.concurrency = Some(ConcurrencyLimit {
                    limit: others,
                    accepted: 0,
                    rounds: MIN_ROUNDS_BEFORE_RAISE,
                    is_raised: false,
                });
                false
            }
            None => false,
        }
    }

    /// Counts a probe without a response as accepted once a rejection would have arrived.
    pub fn accept_overdue_probe(&mut self, now: Timestamp) {
        if let Some(probe) = self.probe().filter(|probe| later(probe.sent, PROBE_ACCEPT_TIME) <= now) {
            self.end_pause(probe);
        }
    }

    fn probe(&self) -> Option<Probe> {
        self.pause.as_ref()?.probe
    }

    /// Ends a pause whose probe was accepted, and learns the interval from it.
    fn end_pause(&mut self, Probe { sent: probe, others }: Probe) {
        let Some(pause) = self.pause.take() else { return };
        if pause.rejections > 0 && others >= pause.others {
            // The probe was accepted beside as many requests as the rejected one, so that their number is not the
            // reason.
            self.concurrency = None;
        }
        let Some(cycle) = self.cycle.replace(Cycle { since: probe, sent_count: 1 }) else { return };
        // The probe itself belongs to the next cycle.
        let sent_count = cycle.sent_count.saturating_sub(1);
        if pause.rejections == 0 || sent_count == 0 {
            return;
        }
        let mut interval = between(cycle.since, probe) / sent_count;
        // A wait that the gateway gave is exact.
        let mut too_short_interval =
            if pause.requested { interval } else { between(cycle.since, pause.last_rejected) / sent_count };
        // A window must have been full once before it shows whether the interval works.
        let (mut needed_accepted, mut strikes) =
            (sent_count.clamp(MIN_ACCEPTED_BEFORE_TRIAL, MAX_ACCEPTED_BEFORE_TRIAL), 0);
        if let Some(spacing) = &self.spacing {
            strikes = spacing.strikes + u32::from(pause.cause == PauseCause::Spacing);
            if strikes >= MAX_STRIKES {
                self.spacing = None;
                return;
            }
            interval = match pause.cause {
                // The previous interval is known to work, except by chance.
                PauseCause::Trial => {
                    interval.min(spacing.safe_interval.mul_f64(1.05)).max(spacing.interval.mul_f64(1.1))
                }
                PauseCause::Spacing => interval.max(spacing.interval.mul_f64(1.1)),
                PauseCause::Chance => spacing.interval,
            };
            (too_short_interval, needed_accepted) =
                (too_short_interval.max(spacing.too_short_interval), spacing.needed_accepted);
        }
        if interval >= MIN_INTERVAL {
            self.spacing = Some(Spacing {
                interval,
                safe_interval: interval,
                too_short_interval: too_short_interval.min(interval),
                accepted: 0,
                needed_accepted,
                is_trial: false,
                strikes,
            });
        }
    }

    /// Uncounts a request that was not accepted.
    fn uncount(&mut self) {
        if let Some(cycle) = &mut self.cycle {
            cycle.sent_count = cycle.sent_count.saturating_sub(1);
        }
    }
}

fn later(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
