//! Data about providers.

mod diagnostics;
mod key_state;
mod learned_capabilities;
mod models;
mod secret;

pub use diagnostics::{Check, DoctorStep, Finding, Health};
pub use key_state::{KeyState, KeychainTrouble};
pub use learned_capabilities::LearnedBook;
pub use models::{ConnectionReport, ModelInfo};
pub use secret::Secret;
