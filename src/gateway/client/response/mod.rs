//! Responses: heads, bodies with their limits, and their failures.

pub(crate) mod body;
mod incoming;
mod link_failure;
mod progress;
pub(crate) mod rate_limits;
mod response;
mod response_head;

pub(crate) use body::{Body, BodyLimits};
pub(crate) use incoming::ArrivalLimits;
pub use incoming::IncomingResponse;
pub(crate) use link_failure::{failed, too_large};
pub(crate) use progress::ProgressMonitor;
pub(crate) use response::{RESPONSE_LIMITS, redirect_target, require_success, send_request, send_successfully};
pub use response_head::{ResponseHead, cost_in, describe_request};
