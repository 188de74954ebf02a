//! All texts of the interface, in each of its languages.
//!
//! The messages are in `assets/text/*.ftl`, the words that they use in `docs/glossary.md`. Code names a message by its
//! key, written as a literal: `message_checks` reads the sources and reports keys that are missing or unused.

mod access;
mod diagnostics;
mod error_report;
mod errors;
mod failure;
mod format;
mod import;
mod locale;
#[cfg(test)]
mod message_checks;
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
pub use locale::Locale;
pub use messages::Text;
