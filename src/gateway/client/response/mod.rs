//! Responses: heads, bodies with their limits, and their failures.

pub(crate) mod body;
mod incoming;
mod link_failure;
mod progress;
pub(crate) mod rate_limits;
mod response;
mod response_head;

pub(crate) use body::{Body, BodyLimits};
pub use incoming::Incoming;
pub(crate) use incoming::Pace;
pub(crate) use link_failure::{failed, too_large};
pub(crate) use progress::Progress;
pub(crate) use response::{RESPONSE_LIMITS, answer, respond, succeed, target};
pub use response_head::{ResponseHead, cost_in, describe_request};
