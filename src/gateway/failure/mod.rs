//! Converts error responses to failures.

pub(crate) mod classify;
#[cfg(test)]
mod classify_tests;
