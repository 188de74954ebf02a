//! Sentences about gateways that limit requests.

use std::time::Duration;

use jiff::Timestamp;

use crate::studio::{GatewayPause, PauseReason};

use super::messages::Text;

impl Text {
    /// Why nothing is sent to a gateway for a while, and until when.
    pub fn gateway_pause(&self, pause: &GatewayPause, provider: &str, now: Timestamp) -> String {
        let left = Duration::try_from(pause.until.duration_since(now)).unwrap_or_default();
        // The countdown is rounded up, because zero seconds while it still waits would look stuck.
        let left = Duration::from_secs(left.as_millis().div_ceil(1_000) as u64);
        let time = if left < Duration::from_mins(1) { self.seconds(left) } else { self.duration(left) };
        let values = [("provider", provider.into()), ("time", time.into())];
        match pause.reason {
            PauseReason::Requested => self.with("queue-rests-asked", values),
            PauseReason::RateLimited => self.with("queue-rests-refused", values),
            PauseReason::Spaced { interval } => {
                let [provider, time] = values;
                self.with("queue-rests-paced", [provider, time, ("gap", self.duration(interval).into())])
            }
        }
    }
}
