//! Signals that request the end of the program.

use std::time::Duration;

/// How long requests under way may take to finish, unless a person has set another time.
pub const DEFAULT_GRACE_PERIOD: Duration = Duration::from_secs(20);

/// The same if the system ends the program soon after the signal: Windows allows five seconds when a person logs out.
const LOGOUT_GRACE_PERIOD: Duration = Duration::from_secs(4);

/// A signal that requests the end of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl+C, SIGINT.
    Interrupt,
    /// SIGTERM; on Windows Ctrl+Break.
    Terminate,
    /// The terminal is closed or the session ends: SIGHUP; on Windows closing the console, logging out, shutting down.
    HangUp,
}

impl Signal {
    /// Name of the signal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
            Self::HangUp => "SIGHUP",
        }
    }

    /// Exit code of a program that this signal has ended: 128 plus the number of the signal.
    pub fn code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::HangUp => 129,
        }
    }

    /// How long requests under way may take to finish. `configured` is the time that a person has set.
    pub fn grace_period(self, configured: Option<Duration>) -> Duration {
        let default = if cfg!(windows) && self == Self::HangUp { LOGOUT_GRACE_PERIOD } else { DEFAULT_GRACE_PERIOD };
        configured.unwrap_or(default)
    }
}
