//! Data about providers.

mod diagnostics;
mod key_state;
mod learned_capabilities;
mod models;
mod secret;

pub use diagnostics::{CheckResult, DiagnosticCheck, DiagnosticStep, Severity};
pub use key_state::{KeyState, KeychainProblem};
pub use learned_capabilities::LearnedCapabilities;
pub use models::{ConnectionReport, ModelInfo};
pub use secret::Secret;
