//! When a request that was certainly not charged is sent again automatically.

use std::time::Duration;

use crate::recipe::{Failure, FailureKind};

/// Maximum number of attempts of a request.
pub(in crate::studio) const MAX_ATTEMPTS: u32 = 4;

/// The longest wait that a gateway may request; for longer ones the request fails instead.
const MAX_REQUESTED_WAIT: Duration = Duration::from_mins(2);

/// The longest wait that a gateway may request when it rejects a request because of its rate limit.
const MAX_RATE_LIMIT_WAIT: Duration = Duration::from_hours(1);

/// Upper bound of the first wait; it doubles with every attempt.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);

/// Maximum upper bound of a wait that the gateway did not request.
const MAX_BACKOFF: Duration = Duration::from_secs(8);

/// Whether a gateway rejected a request only because of its rate limit. The request is put back into the queue, however
/// often that happens, because it was not charged and will succeed at another time.
pub(in crate::studio) fn is_rate_limited(failure: &Failure) -> bool {
    failure.kind == FailureKind::RateLimited
        && failure.is_safe_to_repeat()
        && failure.wait.is_none_or(|wait| wait <= MAX_RATE_LIMIT_WAIT)
}

/// How long to wait before the next attempt; `None` if the request must not be sent again.
///
/// `attempts` is the number of attempts so far. A wait that the gateway requested is kept; otherwise the wait is random
/// between zero and a bound that doubles each time, so that requests that failed together are not sent again
/// together. `random` is from 0 up to 1.
pub(in crate::studio) fn backoff(failure: &Failure, attempts: u32, random: f64) -> Option<Duration> {
    if !failure.is_safe_to_repeat() || failure.kind == FailureKind::RateLimited || attempts >= MAX_ATTEMPTS {
        return None;
    }
    match failure.wait {
        Some(requested) if requested > MAX_REQUESTED_WAIT => None,
        Some(requested) if !requested.is_zero() => Some(requested),
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
    fn waits_grow_and_are_random_and_the_number_of_attempts_is_limited() {
        let refused = Failure::new(FailureKind::NoConnection);
        assert_eq!(backoff(&refused, 1, 1.0), Some(SECOND / 2));
        assert_eq!(backoff(&refused, 2, 1.0), Some(SECOND));
        assert_eq!(backoff(&refused, 3, 0.5), Some(SECOND));
        assert_eq!(backoff(&refused, 3, 0.0), Some(Duration::ZERO));
        assert_eq!(backoff(&refused, MAX_ATTEMPTS, 1.0), None);
    }

    #[test]
    fn a_requested_wait_is_kept_up_to_two_minutes() {
        let unreached = |wait| Failure::new(FailureKind::NoConnection).wait(Some(wait));
        assert_eq!(backoff(&unreached(12 * SECOND), 1, 0.0), Some(12 * SECOND));
        assert_eq!(backoff(&unreached(MAX_REQUESTED_WAIT), 3, 0.0), Some(MAX_REQUESTED_WAIT));
        assert_eq!(backoff(&unreached(MAX_REQUESTED_WAIT + SECOND), 1, 0.0), None);
        assert_eq!(backoff(&unreached(Duration::ZERO), 1, 1.0), Some(SECOND / 2));
    }

    #[test]
    fn a_rate_limit_uses_no_attempts_unless_its_wait_is_too_long() {
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
    fn a_request_that_may_be_charged_or_cannot_succeed_is_never_sent_again() {
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
