//! Simulates gateways that limit requests, in virtual time, to see what pacing makes of them.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;

use crate::studio::queue::Limiter;

/// How a gateway limits requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LimitRule {
    /// So many within any window.
    Sliding {
        /// Requests.
        count: usize,
        /// The window.
        window: Duration,
    },
    /// So many between two ticks of a clock.
    Fixed {
        /// Requests.
        count: usize,
        /// Time between two ticks.
        window: Duration,
    },
    /// A bucket with so many tokens, one of which comes back after each period.
    Bucket {
        /// Tokens of a full bucket.
        count: usize,
        /// After how long one comes back.
        refill: Duration,
    },
    /// So many at once.
    AtOnce {
        /// Requests.
        count: usize,
    },
    /// One of so many, whichever.
    Chance {
        /// Requests for each one that is refused.
        count: usize,
    },
}

/// What is sent to a simulated gateway, and how it answers.
#[derive(Clone, Copy, Debug)]
pub struct LimitedRun {
    /// How it limits requests.
    pub rule: LimitRule,
    /// Requests that are to be carried out.
    pub requests: usize,
    /// Requests at once at most.
    pub at_once: usize,
    /// How long a request takes that is carried out.
    pub takes: Duration,
    /// Whether refusals name the wait.
    pub names_wait: bool,
    /// Seed of the spread of waits.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct LimitedFigures {
    /// Requests that were carried out.
    pub done: usize,
    /// Requests that were refused.
    pub refused: usize,
    /// Time to the last answer.
    pub took: Duration,
    /// Time to the last answer for a sender that knows the rule.
    pub ideal: Duration,
}

/// Longest time that is simulated.
const LONGEST: Duration = Duration::from_hours(6);

/// How long a refusal is on its way.
const REFUSAL_TAKES: Duration = Duration::from_millis(120);

/// The gateway's side.
struct Gateway {
    rule: LimitRule,
    taken: VecDeque<Duration>,
    tokens: f64,
    filled: Duration,
    running: usize,
    seed: u64,
}

impl Gateway {
    fn new(rule: LimitRule) -> Self {
        let tokens = if let LimitRule::Bucket { count, .. } = rule { count as f64 } else { 0.0 };
        Self { rule, taken: VecDeque::new(), tokens, filled: Duration::ZERO, running: 0, seed: 7 }
    }

    /// Takes a request at a time, or says how long to wait.
    fn take(&mut self, now: Duration) -> Result<(), Duration> {
        let refused = match self.rule {
            LimitRule::Sliding { count, window } => {
                while self.taken.front().is_some_and(|at| *at + window <= now) {
                    self.taken.pop_front();
                }
                (self.taken.len() >= count).then(|| (self.taken[0] + window).saturating_sub(now))
            }
            LimitRule::Fixed { count, window } => {
                let tick = |at: Duration| (at.as_nanos() / window.as_nanos().max(1)) as u32;
                self.taken.retain(|at| tick(*at) == tick(now));
                (self.taken.len() >= count).then(|| (window * (tick(now) + 1)).saturating_sub(now))
            }
            LimitRule::Bucket { count, refill } => {
                let gained = now.saturating_sub(self.filled).as_secs_f64() / refill.as_secs_f64();
                self.tokens = (self.tokens + gained).min(count as f64);
                self.filled = now;
                (self.tokens < 1.0).then(|| refill.mul_f64(1.0 - self.tokens))
            }
            LimitRule::AtOnce { count } => (self.running >= count).then_some(Duration::ZERO),
            LimitRule::Chance { count } => {
                self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((self.seed >> 33) as usize).is_multiple_of(count).then_some(Duration::ZERO)
            }
        };
        if let Some(wait) = refused {
            return Err(wait);
        }
        self.tokens -= 1.0;
        self.taken.push_back(now);
        self.running += 1;
        Ok(())
    }
}

fn ideal(run: &LimitedRun) -> Duration {
    let mut gateway = Gateway::new(run.rule);
    let (mut now, mut last) = (Duration::ZERO, Duration::ZERO);
    let mut ends: BinaryHeap<Reverse<Duration>> = BinaryHeap::new();
    for _ in 0..run.requests {
        loop {
            while ends.peek().is_some_and(|end| end.0 <= now) {
                ends.pop();
                gateway.running -= 1;
            }
            let wait = if ends.len() >= run.at_once { Err(Duration::ZERO) } else { gateway.take(now) };
            let Err(wait) = wait else { break };
            now = match ends.peek() {
                Some(end) if wait.is_zero() => end.0,
                _ => now + wait.max(Duration::from_millis(1)),
            };
        }
        last = now + run.takes;
        ends.push(Reverse(last));
    }
    last
}

/// Lets requests be carried out by a simulated gateway.
pub fn limited(run: &LimitedRun) -> LimitedFigures {
    let wall = |at: Duration| Timestamp::UNIX_EPOCH.checked_add(at).unwrap_or(Timestamp::MAX);
    let (mut gateway, mut limiter) = (Gateway::new(run.rule), Limiter::default());
    // When each answer comes: whether it was refused, with which wait, and when its request was sent.
    let mut answers: BinaryHeap<Reverse<(Duration, Option<Duration>, Duration)>> = BinaryHeap::new();
    let (mut now, mut last, mut seed) = (Duration::ZERO, Duration::ZERO, run.seed | 1);
    let (mut left, mut done, mut refused) = (run.requests, 0, 0);
    while done < run.requests && now < LONGEST {
        limiter.accept_overdue_probe(wall(now));
        while left > 0 && answers.len() < run.at_once && limiter.can_send(answers.len(), wall(now)) {
            limiter.on_sent(answers.len(), wall(now));
            left -= 1;
            let answer = match gateway.take(now) {
                Ok(()) => (now + run.takes, None, now),
                Err(wait) => (now + REFUSAL_TAKES, Some(wait), now),
            };
            answers.push(Reverse(answer));
            // Two requests are never sent at the very same moment.
            now += Duration::from_millis(3);
        }
        let free = limiter.next_slot().filter(|at| *at > wall(now) && left > 0);
        let free = free.and_then(|at| Duration::try_from(at.duration_since(Timestamp::UNIX_EPOCH)).ok());
        let next = answers.peek().map(|answer| answer.0.0);
        let Some(next) = [free, next].into_iter().flatten().min() else { break };
        now = now.max(next);
        while let Some(Reverse((at, wait, sent))) = answers.peek().copied()
            && at <= now
        {
            answers.pop();
            let Some(wait) = wait else {
                gateway.running -= 1;
                (done, last) = (done + 1, at);
                limiter.on_accepted(wall(sent), answers.len(), run.at_once, wall(now));
                continue;
            };
            (refused, left) = (refused + 1, left + 1);
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let random = (seed % 1000) as f64 / 1000.0;
            let asked = Some(wait).filter(|_| run.names_wait);
            limiter.on_rejected(wall(sent), answers.len(), asked, wall(now), random);
        }
    }
    LimitedFigures { done, refused, took: last, ideal: ideal(run) }
}
