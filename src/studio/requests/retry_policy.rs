//! When a request that surely cost nothing is sent again without anybody being asked.

use std::time::Duration;

use crate::recipe::{Failure, FailureKind};

/// How often a request is sent at most.
pub(in crate::studio) const MAX_ATTEMPTS: u32 = 4;

/// The longest wait that a gateway may ask for; beyond it a person is told instead.
const MAX_REQUESTED_WAIT: Duration = Duration::from_mins(2);

/// The longest wait that a gateway may name when it refuses a request because there are too many.
const MAX_RATE_LIMIT_WAIT: Duration = Duration::from_hours(1);

/// The bound of the first wait, which doubles with every try.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);

/// The highest bound of a wait that nobody asked for.
const MAX_BACKOFF: Duration = Duration::from_secs(8);

/// Whether a gateway has only said that there are too many requests: the request goes back into the line, however often
/// that happens, because it cost nothing and would have been carried out at another time.
pub(in crate::studio) fn is_rate_limited(failure: &Failure) -> bool {
    failure.kind == FailureKind::RateLimited
        && failure.is_safe_to_repeat()
        && failure.wait.is_none_or(|wait| wait <= MAX_RATE_LIMIT_WAIT)
}

/// How long to wait before the next try, or `None` if there is to be none.
///
/// `attempts` is how often the request was sent so far. What the gateway asks for counts; otherwise the wait is anything
/// from nothing to a bound that doubles each time, so that many requests that were refused together do not come back
/// together. `random` is from 0 up to 1.
pub(in crate::studio) fn backoff(failure: &Failure, attempts: u32, random: f64) -> Option<Duration> {
    if !failure.is_safe_to_repeat() || failure.kind == FailureKind::RateLimited || attempts >= MAX_ATTEMPTS {
        return None;
    }
    match failure.wait {
        Some(asked) if asked > MAX_REQUESTED_WAIT => None,
        Some(asked) if !asked.is_zero() => Some(asked),
        _ => {
            let bound = FIRST_BACKOFF.saturating_mul(1 << attempts.saturating_sub(1).min(8)).min(MAX_BACKOFF);
            Some(bound.mul_f64(random.clamp(0.0, 1.0)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Charge, FailureKind};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_grow_and_are_spread_and_end() {
        let refused = Failure::new(FailureKind::NoConnection);
        assert_eq!(backoff(&refused, 1, 1.0), Some(SECOND / 2));
        assert_eq!(backoff(&refused, 2, 1.0), Some(SECOND));
        assert_eq!(backoff(&refused, 3, 0.5), Some(SECOND));
        assert_eq!(backoff(&refused, 3, 0.0), Some(Duration::ZERO));
        assert_eq!(backoff(&refused, MAX_ATTEMPTS, 1.0), None);
    }

    #[test]
    fn what_the_gateway_asks_for_counts_up_to_two_minutes() {
        let unreached = |wait| Failure::new(FailureKind::NoConnection).wait(Some(wait));
        assert_eq!(backoff(&unreached(12 * SECOND), 1, 0.0), Some(12 * SECOND));
        assert_eq!(backoff(&unreached(MAX_REQUESTED_WAIT), 3, 0.0), Some(MAX_REQUESTED_WAIT));
        assert_eq!(backoff(&unreached(MAX_REQUESTED_WAIT + SECOND), 1, 0.0), None);
        assert_eq!(backoff(&unreached(Duration::ZERO), 1, 1.0), Some(SECOND / 2));
    }

    #[test]
    fn a_limit_uses_up_no_tries_and_a_request_that_waits_too_long_is_told() {
        let limited = Failure::new(FailureKind::RateLimited).status(429);
        assert!(is_rate_limited(&limited) && is_rate_limited(&limited.clone().wait(Some(MAX_RATE_LIMIT_WAIT))));
        assert_eq!(backoff(&limited, 1, 0.0), None, "the whole gateway waits, not the request");
        for failure in [
            limited.clone().wait(Some(MAX_RATE_LIMIT_WAIT + SECOND)),
            limited.clone().charged(Charge::Maybe),
            limited.should_retry(Some(false)),
            Failure::new(FailureKind::NoConnection),
        ] {
            assert!(!is_rate_limited(&failure), "{failure:?}");
        }
    }

    #[test]
    fn what_may_have_cost_money_or_cannot_help_is_never_sent_again() {
        let limited = Failure::new(FailureKind::RateLimited);
        for failure in [
            limited.clone().charged(Charge::Maybe),
            limited.status(429).should_retry(Some(false)),
            Failure::new(FailureKind::TimedOut),
            Failure::new(FailureKind::GatewayFailed).status(503).should_retry(Some(true)),
            Failure::new(FailureKind::WrongKey),
        ] {
            assert_eq!(backoff(&failure, 1, 0.0), None, "{failure:?}");
        }
    }
}
