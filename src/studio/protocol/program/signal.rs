//! Signals that request the end of the program.

use std::time::Duration;

/// How long requests under way may take to finish, unless a person says otherwise.
pub const GRACE: Duration = Duration::from_secs(20);

/// How long where the system itself ends the program soon after: Windows allows five seconds when a person logs out.
const SHORT_GRACE: Duration = Duration::from_secs(4);

/// A signal that asks the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl+C, SIGINT.
    Interrupt,
    /// SIGTERM; on Windows Ctrl+Break.
    Terminate,
    /// The terminal has gone or the session ends: SIGHUP; on Windows closing the console, logging out, shutting down.
    HangUp,
}

impl Signal {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
            Self::HangUp => "SIGHUP",
        }
    }

    /// The exit code of a program that it has ended: 128 and its number.
    pub fn code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::HangUp => 129,
        }
    }

    /// How long requests under way may take to finish; `wished` is what a person has set.
    pub fn grace(self, wished: Option<Duration>) -> Duration {
        let usual = if cfg!(windows) && self == Self::HangUp { SHORT_GRACE } else { GRACE };
        wished.unwrap_or(usual)
    }
}
