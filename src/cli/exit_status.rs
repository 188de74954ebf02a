//! How a command has ended, and the exit code that says so.

use std::process::ExitCode;

use crate::studio::signals::Signal;

/// How a headless command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Success.
    Done,
    /// Something failed; each failure was printed.
    Failed,
    /// The arguments or the configuration are invalid.
    Usage,
    /// A signal has ended it; finished results are kept.
    Signalled(Signal),
}

impl From<ExitStatus> for ExitCode {
    fn from(ending: ExitStatus) -> Self {
        match ending {
            ExitStatus::Done => Self::SUCCESS,
            ExitStatus::Failed => Self::from(1),
            ExitStatus::Usage => Self::from(2),
            ExitStatus::Signalled(signal) => Self::from(signal.code()),
        }
    }
}
