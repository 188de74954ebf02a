//! What can go wrong with a request, in terms that a person can act on.

mod failure;
mod failure_detail;
mod next_step;

pub use failure::{Charge, Failure, FailureKind, Retry};
pub use failure_detail::FailureDetail;
pub use next_step::{NextStep, billing_page};
