//! All texts of the interface, in English and Traditional Chinese.
//!
//! The messages are in `assets/text/*.ftl`. Code names a message by its key, written as a literal: a test reads the
//! sources and reports keys that are missing or unused.

mod access;
mod diagnostics;
mod errors;
mod failure;
mod format;
mod import;
mod locale;
mod messages;
mod money;
mod notice;
mod number;
mod rate_limit;
mod run;
mod sheet;
mod unsupported_parameters;

pub use diagnostics::DoctorText;
pub use failure::FailureText;
pub use import::{ModelMapping, has_more};
pub use messages::Text;
