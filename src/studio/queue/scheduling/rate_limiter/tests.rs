use proptest::prelude::*;

use super::*;
use crate::studio::bench::{LimitRule, Simulation, simulate};

fn at(seconds: f64) -> Timestamp {
    Timestamp::UNIX_EPOCH.checked_add(Duration::from_secs_f64(seconds)).unwrap()
}

const SECOND: Duration = Duration::from_secs(1);

/// The kinds of limits that gateways are known to have, at several scales.
fn rules() -> Vec<LimitRule> {
    let mut rules: Vec<LimitRule> = [1, 2, 4].map(|count| LimitRule::AtOnce { count }).into();
    for (count, seconds) in [(3, 20), (1, 5), (5, 10), (10, 60), (2, 1), (20, 60), (6, 120)] {
        let window = seconds * SECOND;
        rules.push(LimitRule::Sliding { count, window });
        rules.push(LimitRule::Fixed { count, window });
        rules.push(LimitRule::Bucket { count, refill: window / count as u32 });
    }
    rules
}

#[test]
fn a_hundred_requests_succeed_with_few_rejections_and_little_lost_time() {
    let mut worst: Vec<String> = Vec::new();
    for rule in rules() {
        for (at_once, takes) in [(3, 0.1), (3, 12.0), (1, 4.0), (8, 25.0)] {
            for names_wait in [false, true] {
                let takes = Duration::from_secs_f64(takes);
                let run = Simulation { rule, requests: 100, at_once, takes, names_wait, seed: 9 };
                let figures = simulate(&run);
                let ratio = figures.took.as_secs_f64() / figures.ideal.as_secs_f64();
                // Short runs end before much is learned.
                let is_fast = ratio < 1.6 || figures.took.saturating_sub(figures.ideal) < Duration::from_mins(1);
                // Requests that are sent together before anything is learned may be rejected together.
                let most = 14 + at_once.saturating_sub(3);
                if figures.done != 100 || figures.refused > most || !is_fast {
                    worst.push(format!("{ratio:.2} {run:?} {figures:?}"));
                }
            }
        }
    }
    assert!(worst.is_empty(), "{worst:#?}");
}

#[test]
fn random_rejections_do_not_slow_a_gateway_down_for_ever() {
    for (count, most) in [(20, 2.0), (10, 3.5), (4, 8.0)] {
        for (at_once, takes) in [(3, 12), (1, 4), (8, 25)] {
            let (rule, takes) = (LimitRule::Chance { count }, takes * SECOND);
            let figures = simulate(&Simulation { rule, requests: 100, at_once, takes, names_wait: false, seed: 5 });
            let ratio = figures.took.as_secs_f64() / figures.ideal.as_secs_f64();
            assert!(figures.done == 100 && ratio < most, "{rule:?} {at_once} {takes:?} {figures:?}");
        }
    }
}

proptest! {
    #[test]
    fn with_any_limit_all_requests_succeed_in_the_end(
        rule in (0..4_usize, 1..12_usize, 1..200_u32),
        at_once in 1..10_usize,
        takes in 50..40_000_u64,
        names_wait: bool,
        seed: u64,
    ) {
        let (kind, count, seconds) = rule;
        let window = seconds * SECOND;
        let rule = match kind {
            0 => LimitRule::Sliding { count, window },
            1 => LimitRule::Fixed { count, window },
            2 => LimitRule::Bucket { count, refill: window / count as u32 },
            _ => LimitRule::AtOnce { count },
        };
        let takes = Duration::from_millis(takes);
        let figures = simulate(&Simulation { rule, requests: 60, at_once, takes, names_wait, seed });
        prop_assert_eq!(figures.done, 60);
        prop_assert!(figures.refused <= 30, "{:?}", figures);
    }
}

#[test]
fn pauses_without_a_given_wait_grow_to_a_minute() {
    let mut limiter = RateLimiter::default();
    let (mut now, mut waits) = (at(0.0), Vec::new());
    for _ in 0..8 {
        assert!(limiter.can_send(0, now));
        limiter.on_sent(0, now);
        assert!(!limiter.can_send(1, now) || waits.is_empty(), "a single request probes");
        limiter.on_rejected(now, 0, None, now, 0.0);
        let until = limiter.next_slot().unwrap();
        waits.push(until.duration_since(now).as_secs());
        assert_eq!(limiter.pause_reason(now), Some((until, PauseReason::RateLimited)));
        now = until;
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(limiter.rejecting_since(), Some(at(0.0)));
    limiter.on_sent(0, now);
    limiter.on_accepted(now, 0, 4, now);
    assert_eq!(limiter.pause_reason(now), None);
}

#[test]
fn a_given_wait_is_kept_and_a_person_may_end_it() {
    let mut limiter = RateLimiter::default();
    limiter.on_sent(0, at(0.0));
    limiter.on_rejected(at(0.0), 0, Some(30 * SECOND), at(1.0), 0.7);
    assert_eq!(limiter.pause_reason(at(2.0)), Some((at(31.0), PauseReason::Requested)));
    assert!(!limiter.can_send(0, at(30.9)) && limiter.can_send(0, at(31.0)));
    limiter.probe_now(at(3.0));
    assert!(limiter.can_send(0, at(3.0)));
}

#[test]
fn requests_that_are_rejected_together_count_once() {
    let mut limiter = RateLimiter::default();
    for others in 0..8 {
        limiter.on_sent(others, at(0.0));
    }
    for others in (3..8).rev() {
        limiter.on_rejected(at(0.0), others, None, at(1.0), 0.0);
    }
    assert_eq!(limiter.next_slot(), Some(at(3.0)), "the pause has not doubled");
    assert_eq!(limiter.concurrency(), Some(3), "as many as were not rejected");
}

#[test]
fn an_announced_wait_does_not_change_the_learned_concurrency() {
    let mut limiter = RateLimiter::default();
    for others in 0..3 {
        limiter.on_sent(others, at(0.0));
    }
    limiter.on_rejected(at(0.0), 2, None, at(0.1), 0.0);
    limiter.on_accepted(at(0.0), 1, 8, at(1.0));
    limiter.pause_for(20 * SECOND, at(1.0));
    limiter.on_sent(0, at(30.0));
    limiter.on_accepted(at(30.0), 0, 8, at(31.0));
    assert_eq!(limiter.concurrency(), Some(2));
}

#[test]
fn an_announced_wait_delays_the_next_request_without_a_rejection() {
    let mut limiter = RateLimiter::default();
    limiter.on_sent(0, at(0.0));
    limiter.on_accepted(at(0.0), 0, 4, at(1.0));
    limiter.pause_for(20 * SECOND, at(1.0));
    assert!(!limiter.can_send(0, at(20.0)) && limiter.can_send(0, at(21.0)));
    limiter.on_sent(0, at(21.0));
    limiter.on_accepted(at(21.0), 0, 4, at(22.0));
    assert_eq!(limiter.pause_reason(at(22.0)), None, "nothing was rejected, so that no interval was learned");
}
