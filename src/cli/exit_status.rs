//! How a command has ended, and the exit code that says so.

use crate::studio::signals::Signal;
use std::process::ExitCode;

/// How a headless command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Something failed; each failure was printed.
    Failed,
    /// What was asked for cannot be done like that, or the configuration is at fault.
    Usage,
    /// A signal has ended it; what was finished by then is kept.
    Signalled(Signal),
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::Failed => Self::from(1),
            Ending::Usage => Self::from(2),
            Ending::Signalled(signal) => Self::from(signal.code()),
        }
    }
}
