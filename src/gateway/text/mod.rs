//! Searches texts from gateways for base64 and for waiting times.

pub(crate) mod base64_runs;
pub(crate) mod wait_times;

pub(crate) use base64_runs::{MIN_RUN_CHARS, base64_len, is_base64};
