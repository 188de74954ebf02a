//! The time limits of each part of a request.

use std::time::Duration;

use crate::recipe::TimeLimits;

/// Time limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For connecting, including encryption.
    pub connect: Duration,
    /// From sending the request to the first byte of the body. Large images take minutes.
    pub first_byte: Duration,
    /// Between any two chunks of the body.
    pub between_bytes: Duration,
    /// Between any two chunks of the body that contain content, and from sending the request to the first one. Comments
    /// and spaces that only keep the connection open are not content.
    pub progress: Duration,
    /// For the whole response, from sending the request to the last byte of the body.
    pub whole: Duration,
    /// For the whole model list.
    pub models: Duration,
    /// For one linked image.
    pub link: Duration,
    /// For all linked images of a response together.
    pub links: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(6),
            between_bytes: Duration::from_mins(1),
            progress: Duration::from_mins(10),
            whole: Duration::from_mins(30),
            models: Duration::from_secs(30),
            link: Duration::from_mins(2),
            links: Duration::from_mins(10),
        }
    }
}

impl Timeouts {
    /// The same limits, except for those that a profile sets.
    pub(super) fn within(self, limits: TimeLimits) -> Self {
        let seconds = |set: Option<u32>, usual| set.map_or(usual, |set| Duration::from_secs(set.max(1).into()));
        // A profile that allows a model more time to begin must not be cut off by the default limit.
        let progress =
            limits.first_byte.map_or(self.progress, |_| self.progress.max(seconds(limits.first_byte, self.progress)));
        Self {
            connect: seconds(limits.connect, self.connect),
            first_byte: seconds(limits.first_byte, self.first_byte),
            between_bytes: seconds(limits.between_bytes, self.between_bytes),
            progress,
            whole: seconds(limits.whole, self.whole.max(progress * 2)),
            ..self
        }
    }
}
