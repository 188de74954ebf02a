//! Failures of requests and the next step after each.

mod failure;
mod failure_detail;
mod next_step;

pub use failure::{Charge, Failure, FailureKind, Retry};
pub use failure_detail::FailureDetail;
pub use next_step::{NextStep, billing_page};
