//! Simulates gateways with rate limits in virtual time, to measure the limiter.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;

use crate::studio::queue::RateLimiter;

/// A rate limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LimitRule {
    /// A number of requests within any window.
    Sliding {
        /// Requests.
        count: usize,
        /// The window.
        window: Duration,
    },
    /// A number of requests within fixed windows.
    Fixed {
        /// Requests.
        count: usize,
        /// Time between two ticks.
        window: Duration,
    },
    /// A token bucket.
    Bucket {
        /// Capacity.
        count: usize,
        /// Time to refill one token.
        refill: Duration,
    },
    /// A number of concurrent requests.
    AtOnce {
        /// Requests.
        count: usize,
    },
    /// Random rejections.
    Chance {
        /// Average number of requests per rejected one.
        count: usize,
    },
}

/// The parameters of a simulation.
#[derive(Clone, Copy, Debug)]
pub struct Simulation {
    /// The rate limit.
    pub rule: LimitRule,
    /// Number of requests.
    pub requests: usize,
    /// Maximum number of concurrent requests.
    pub at_once: usize,
    /// Duration of an accepted request.
    pub takes: Duration,
    /// Whether rejections name the waiting time.
    pub names_wait: bool,
    /// Seed of the jitter.
    pub seed: u64,
}

/// The result of a simulation.
#[derive(Clone, Copy, Debug)]
pub struct SimulationFigures {
    /// Accepted requests.
    pub done: usize,
    /// Rejected requests.
    pub refused: usize,
    /// Time until the last response.
    pub took: Duration,
    /// Time until the last response for a client that knows the rate limit.
    pub ideal: Duration,
}

/// Maximum simulated time.
const MAX_SIMULATED_TIME: Duration = Duration::from_hours(6);

/// Duration of a rejected request.
const REJECTION_DURATION: Duration = Duration::from_millis(120);

/// The simulated gateway.
struct SimulatedGateway {
    rule: LimitRule,
    taken: VecDeque<Duration>,
    tokens: f64,
    filled: Duration,
    running: usize,
    seed: u64,
}

impl SimulatedGateway {
    fn new(rule: LimitRule) -> Self {
        let tokens = if let LimitRule::Bucket { count, .. } = rule { count as f64 } else { 0.0 };
        Self { rule, taken: VecDeque::new(), tokens, filled: Duration::ZERO, running: 0, seed: 7 }
    }

    /// Accepts a request, or returns the time to wait.
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

fn ideal_duration(run: &Simulation) -> Duration {
    let mut gateway = SimulatedGateway::new(run.rule);
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

/// Simulates requests to a gateway with a rate limit.
pub fn simulate(run: &Simulation) -> SimulationFigures {
    let wall = |at: Duration| Timestamp::UNIX_EPOCH.checked_add(at).unwrap_or(Timestamp::MAX);
    let (mut gateway, mut limiter) = (SimulatedGateway::new(run.rule), RateLimiter::default());
    // Time of each response, the waiting time if it is a rejection, and the time when its request was sent.
    let mut answers: BinaryHeap<Reverse<(Duration, Option<Duration>, Duration)>> = BinaryHeap::new();
    let (mut now, mut last, mut seed) = (Duration::ZERO, Duration::ZERO, run.seed | 1);
    let (mut left, mut done, mut refused) = (run.requests, 0, 0);
    while done < run.requests && now < MAX_SIMULATED_TIME {
        limiter.accept_overdue_probe(wall(now));
        while left > 0 && answers.len() < run.at_once && limiter.can_send(answers.len(), wall(now)) {
            limiter.on_sent(answers.len(), wall(now));
            left -= 1;
            let answer = match gateway.take(now) {
                Ok(()) => (now + run.takes, None, now),
                Err(wait) => (now + REJECTION_DURATION, Some(wait), now),
            };
            answers.push(Reverse(answer));
            // Two requests are never sent at the same instant.
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
    SimulationFigures { done, refused, took: last, ideal: ideal_duration(run) }
}
