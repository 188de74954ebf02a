//! Texts from gateways: cleaned for display, searched for base64 and for waiting times.

pub(crate) mod base64_runs;
mod sanitize;
pub(crate) mod wait_times;

pub(crate) use base64_runs::{RUN, is_base64, span};
pub use sanitize::sanitize_message;
pub(crate) use sanitize::{is_web_page, size_of};
