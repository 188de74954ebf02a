//! Reports of what was spent, and of errors.

pub(in crate::studio) mod error_report;
pub(in crate::studio) mod spending;
