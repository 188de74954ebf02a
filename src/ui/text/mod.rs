//! Every word that a person reads, in English and Traditional Chinese.
//!
//! The sentences live in `assets/text/*.ftl`. A message is used by its key, written as a literal where it is
//! used: a test reads the sources and finds keys that are missing or that nobody uses.

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
mod sheet;
mod unsupported_parameters;

pub use diagnostics::DoctorText;
pub use failure::FailureText;
pub use import::{ModelMapping, has_more};
pub use messages::Text;
