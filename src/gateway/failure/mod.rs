//! Turns error responses into failures.

pub(crate) mod classify;
#[cfg(test)]
mod classify_tests;
