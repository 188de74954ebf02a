//! What one gateway takes, learned from what it refuses: how far apart requests must be sent, and how many at once.
//!
//! Gateways seldom publish their limits, and many refuse without saying how long to wait. After a refusal that cost
//! nothing nothing more is sent for a while; then a single request probes whether the gateway takes one again. The time
//! since the previous such pause, divided by the requests that were taken in it, is a distance that the gateway is known
//! to allow, whether it counts requests within a window or refills a bucket. Requests are sent that far apart from then
//! on, and after enough of them without a refusal a little closer. Trials that fail become rarer, so that the share of
//! refused requests stays small.

use std::time::Duration;

use jiff::Timestamp;

use crate::studio::protocol::PauseReason;

/// First wait after a refusal that names none; it doubles with every further one.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// Longest wait after a refusal that names none.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// How long a probe must have been on its way to count as taken, although no answer has come: gateways refuse at once.
const GRACE: Duration = Duration::from_millis(1500);

/// After so long without a request, what was sent before says nothing about a refusal, as long as no distance is known.
const IDLE: Duration = Duration::from_mins(1);

/// A shorter distance limits nothing that matters.
const SHORTEST_GAP: Duration = Duration::from_millis(100);

/// Fewest requests that are taken before a shorter distance is tried.
const CLEAN_BEFORE_TRIAL: u32 = 4;

/// A refusal after so many requests at the same distance says nothing about it.
const BY_CHANCE: u32 = 8;

/// Distances that are made longer so often without any success do not help: requests are refused for another reason.
const MOST_STRIKES: u32 = 4;

/// Most requests that are taken before such a trial.
const MOST_CLEAN: u32 = 400;

/// Rounds of requests that are taken before more are sent at once for the first time.
const ROUNDS_BEFORE_RAISE: u32 = 2;

/// Most rounds before more are sent at once.
const MOST_ROUNDS: u32 = 64;

/// What a pause says about the distance at which requests were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// It was tried, and is too short.
    Trial,
    /// It is too short.
    Pace,
    /// Nothing: it had worked for a while. Some gateways pass requests on to several accounts, of which one is at its
    /// limit.
    Chance,
}

/// A time in which nothing is sent, from the first refusal to the probe that is taken.
#[derive(Clone, Debug)]
struct Pause {
    since: Timestamp,
    until: Timestamp,
    asked: bool,
    cause: Cause,
    /// Refusals in a row; zero if the gateway only named a wait.
    refusals: u32,
    /// Sending time of the last probe that was refused.
    refused: Timestamp,
    /// Fewest requests that were under way beside one that was refused.
    others: usize,
    /// The request that probes.
    probe: Option<Probe>,
}

/// A request that probes whether the gateway takes one again.
#[derive(Clone, Copy, Debug)]
struct Probe {
    sent: Timestamp,
    /// How many were under way beside it.
    others: usize,
}

/// How far apart requests are sent.
#[derive(Clone, Debug)]
struct Pace {
    gap: Duration,
    /// Shortest distance that has worked for a while.
    safe: Duration,
    /// Longest distance that is known to be too short.
    too_short: Duration,
    /// Requests taken since it was changed last.
    clean: u32,
    /// Requests to be taken before a shorter one is tried.
    needed: u32,
    /// It is shorter than one that was seen to work.
    is_trial: bool,
    /// How often it was made longer without a request being refused less.
    strikes: u32,
}

/// So many requests are sent at once.
#[derive(Clone, Debug)]
struct AtOnce {
    most: usize,
    /// Requests taken since it was changed last.
    clean: u32,
    /// Rounds of `most` requests before it is raised.
    rounds: u32,
    /// It was raised, and no more than this was taken at once before.
    raised: bool,
}

/// Requests that were taken since the last pause.
#[derive(Clone, Copy, Debug)]
struct Cycle {
    since: Timestamp,
    taken: u32,
}

/// What one gateway takes.
#[derive(Clone, Debug, Default)]
pub(in crate::studio) struct Limiter {
    /// Sending time of the last request.
    last: Option<Timestamp>,
    cycle: Option<Cycle>,
    pause: Option<Pause>,
    pace: Option<Pace>,
    at_once: Option<AtOnce>,
    /// So many were under way at once, and taken.
    taken_at_once: usize,
}

impl Limiter {
    /// Whether another request may be sent, where so many are under way.
    pub fn is_open(&self, under_way: usize, now: Timestamp) -> bool {
        let probes = self.pause.as_ref().is_some_and(|pause| pause.probe.is_none());
        (probes || self.at_once.as_ref().is_none_or(|at_once| under_way < at_once.most))
            && self.free_at().is_none_or(|at| at <= now)
    }

    /// How many requests may be under way at once, if that was learned.
    pub fn at_once(&self) -> Option<usize> {
        self.at_once.as_ref().map(|at_once| at_once.most)
    }

    /// When the next request may be sent.
    pub fn free_at(&self) -> Option<Timestamp> {
        let paced = self.pace.as_ref().zip(self.last).map(|(pace, last)| later(last, pace.gap));
        match &self.pause {
            Some(Pause { probe: Some(probe), .. }) => paced.max(Some(later(probe.sent, GRACE))),
            // The probe of a pause comes at its own time.
            Some(pause) => Some(pause.until),
            None => paced,
        }
    }

    /// Until when nothing is sent, and why.
    pub fn rests(&self, now: Timestamp) -> Option<(Timestamp, PauseReason)> {
        let until = self.free_at().filter(|until| *until > now)?;
        let reason = match (&self.pause, &self.pace) {
            (Some(pause), _) if pause.asked => PauseReason::Requested,
            (None, Some(pace)) => PauseReason::Spaced { interval: pace.gap },
            _ => PauseReason::RateLimited,
        };
        Some((until, reason))
    }

    /// Since when it has refused everything.
    pub fn refuses_since(&self) -> Option<Timestamp> {
        self.pause.as_ref().filter(|pause| pause.refusals > 0).map(|pause| pause.since)
    }

    /// A request is sent, where so many others are under way.
    pub fn send(&mut self, others: usize, now: Timestamp) {
        self.settle(now);
        let idle = self.pace.as_ref().map_or(IDLE, |pace| IDLE.max(pace.gap * 3));
        if self.pause.is_none() && self.last.is_none_or(|last| later(last, idle) < now) {
            self.cycle = None;
        }
        if let Some(pause) = &mut self.pause {
            pause.probe = Some(Probe { sent: now, others });
        }
        self.cycle.get_or_insert(Cycle { since: now, taken: 0 }).taken += 1;
        self.last = Some(now);
    }

    /// A request that was about to be sent `before` was sent `now`.
    pub fn resend(&mut self, before: Timestamp, now: Timestamp) {
        if self.last == Some(before) {
            self.last = Some(now);
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

    /// A request was not sent after all.
    pub fn unsend(&mut self, sent: Timestamp) {
        self.untake();
        if let Some(pause) = &mut self.pause {
            pause.probe.take_if(|probe| probe.sent == sent);
        }
    }

    /// The gateway has refused a request, sent at `sent` beside so many others, at no cost. `asked` is the wait that it
    /// names; `random` from 0 up to 1 spreads waits that it does not name.
    pub fn refuse(&mut self, sent: Timestamp, others: usize, asked: Option<Duration>, now: Timestamp, random: f64) {
        self.untake();
        let asked = asked.filter(|asked| !asked.is_zero());
        // Who names a wait counts requests over time.
        if asked.is_none() && self.lower_at_once(others) && self.pause.is_none() {
            return;
        }
        let (mut first_wait, mut cause) = (FIRST_WAIT, Cause::Pace);
        if self.pause.is_none()
            && let Some(pace) = &mut self.pace
        {
            // So far ahead of the distance that works.
            first_wait = first_wait.max(pace.safe).max(pace.safe.saturating_sub(pace.gap) * pace.clean);
            cause = match std::mem::take(&mut pace.is_trial) {
                true => Cause::Trial,
                false if pace.clean < BY_CHANCE => Cause::Pace,
                false => Cause::Chance,
            };
            if cause != Cause::Chance {
                pace.too_short = pace.too_short.max(pace.gap);
            }
            if cause == Cause::Trial {
                pace.needed = (pace.needed * 2).min(MOST_CLEAN);
            }
            pace.clean = 0;
        }
        let is_probe = self.probe().is_some_and(|probe| probe.sent == sent);
        let pause = self.pause.get_or_insert(Pause {
            since: now,
            until: now,
            asked: false,
            cause,
            refusals: 0,
            refused: sent,
            others,
            probe: None,
        });
        pause.others = pause.others.min(others);
        // Of those that were sent together only the first counts.
        if is_probe || pause.refusals == 0 {
            pause.refused = pause.refused.max(sent);
            pause.probe = None;
            pause.refusals += 1;
            let doubled = first_wait.saturating_mul(1 << (pause.refusals - 1).min(8)).min(LONGEST_WAIT);
            let wait = doubled.mul_f64(1.0 + random.clamp(0.0, 1.0) / 4.0);
            pause.until = pause.until.max(later(now, asked.unwrap_or(wait)));
        } else if let Some(asked) = asked {
            pause.until = pause.until.max(later(now, asked));
        }
        pause.asked = asked.is_some() || (pause.asked && !is_probe);
    }

    /// The gateway has taken a request that was sent at `sent`, beside so many others. At most `most` are ever sent to it
    /// at once.
    pub fn accept(&mut self, sent: Timestamp, others: usize, most: usize, now: Timestamp) {
        self.taken_at_once = self.taken_at_once.max(others + 1);
        if let Some(probe) = self.probe().filter(|probe| probe.sent == sent) {
            self.end_pause(probe);
        }
        self.settle(now);
        if self.pause.is_some() {
            return;
        }
        if let Some(pace) = &mut self.pace {
            pace.clean += 1;
            if pace.clean >= BY_CHANCE {
                pace.strikes = 0;
            }
            let shorter = (pace.gap + pace.too_short) / 2;
            let is_known_too_short = pace.gap <= pace.too_short.mul_f64(1.08);
            // Limits are raised too.
            let needed = if is_known_too_short { pace.needed * 8 } else { pace.needed };
            if pace.clean >= needed {
                pace.safe = pace.gap;
                pace.gap = if is_known_too_short { pace.gap.mul_f64(0.85) } else { shorter };
                pace.too_short = pace.too_short.min(pace.gap);
                (pace.clean, pace.is_trial) = (0, true);
            }
            if pace.gap < SHORTEST_GAP {
                self.pace = None;
            }
        }
        if let Some(at_once) = &mut self.at_once {
            at_once.most = at_once.most.max(self.taken_at_once);
            at_once.clean += 1;
            if at_once.clean as usize >= at_once.rounds as usize * at_once.most {
                at_once.most += 1;
                (at_once.clean, at_once.raised) = (0, true);
            }
            if at_once.most >= most {
                self.at_once = None;
            }
        }
    }

    /// The gateway says that it takes nothing for so long.
    pub fn rest(&mut self, wait: Duration, now: Timestamp) {
        let until = later(now, wait);
        let pause = self.pause.get_or_insert(Pause {
            since: now,
            until,
            asked: true,
            cause: Cause::Chance,
            refusals: 0,
            refused: now,
            others: 0,
            probe: None,
        });
        pause.until = pause.until.max(until);
    }

    /// A person wants the next request to be sent at once.
    pub fn try_now(&mut self, now: Timestamp) {
        self.last = None;
        if let Some(pause) = &mut self.pause {
            (pause.until, pause.probe) = (now, None);
        }
    }

    /// The clock was set, or the machine has slept.
    pub fn woke(&mut self, now: Timestamp) {
        self.last = self.last.filter(|last| *last <= now);
        self.cycle = None;
        if let Some(pause) = &mut self.pause {
            pause.until = pause.until.min(later(now, LONGEST_WAIT));
        }
    }

    /// Learns from a refusal beside so many other requests how many may be sent at once. Returns whether that was tried
    /// just now and explains the refusal.
    fn lower_at_once(&mut self, others: usize) -> bool {
        if others < self.taken_at_once {
            // As many were taken before: it is not their number.
            self.at_once = None;
            return false;
        }
        match &mut self.at_once {
            Some(at_once) => {
                let explains = at_once.raised;
                at_once.rounds = if explains { (at_once.rounds * 2).min(MOST_ROUNDS) } else { at_once.rounds };
                at_once.most = at_once.most.min(others).max(1);
                (at_once.clean, at_once.raised) = (0, false);
                explains
            }
            None if others > 0 => {
                self.at_once = Some(AtOnce { most: others, clean: 0, rounds: ROUNDS_BEFORE_RAISE, raised: false });
                false
            }
            None => false,
        }
    }

    /// Counts a probe without an answer as taken where a refusal would have come by now.
    pub fn settle(&mut self, now: Timestamp) {
        if let Some(probe) = self.probe().filter(|probe| later(probe.sent, GRACE) <= now) {
            self.end_pause(probe);
        }
    }

    fn probe(&self) -> Option<Probe> {
        self.pause.as_ref()?.probe
    }

    /// Ends a pause because its probe was taken, and learns from it how far apart requests may be.
    fn end_pause(&mut self, Probe { sent: probe, others }: Probe) {
        let Some(pause) = self.pause.take() else { return };
        if pause.refusals > 0 && others >= pause.others {
            // It was taken beside as many as another one was refused beside: it is not their number.
            self.at_once = None;
        }
        let Some(cycle) = self.cycle.replace(Cycle { since: probe, taken: 1 }) else { return };
        // The probe itself is of the next cycle.
        let taken = cycle.taken.saturating_sub(1);
        if pause.refusals == 0 || taken == 0 {
            return;
        }
        let mut gap = between(cycle.since, probe) / taken;
        // A wait that the gateway has named is no guess.
        let mut too_short = if pause.asked { gap } else { between(cycle.since, pause.refused) / taken };
        // A window must have been full once before it says whether the distance works.
        let (mut needed, mut strikes) = (taken.clamp(CLEAN_BEFORE_TRIAL, MOST_CLEAN), 0);
        if let Some(pace) = &self.pace {
            strikes = pace.strikes + u32::from(pause.cause == Cause::Pace);
            if strikes >= MOST_STRIKES {
                self.pace = None;
                return;
            }
            gap = match pause.cause {
                // The distance before it is known to work, but for chance.
                Cause::Trial => gap.min(pace.safe.mul_f64(1.05)).max(pace.gap.mul_f64(1.1)),
                Cause::Pace => gap.max(pace.gap.mul_f64(1.1)),
                Cause::Chance => pace.gap,
            };
            (too_short, needed) = (too_short.max(pace.too_short), pace.needed);
        }
        if gap >= SHORTEST_GAP {
            self.pace = Some(Pace {
                gap,
                safe: gap,
                too_short: too_short.min(gap),
                clean: 0,
                needed,
                is_trial: false,
                strikes,
            });
        }
    }

    /// One request less was taken.
    fn untake(&mut self) {
        if let Some(cycle) = &mut self.cycle {
            cycle.taken = cycle.taken.saturating_sub(1);
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
