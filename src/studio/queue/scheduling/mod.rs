//! Scheduling as a pure function of the queue, the limits of gateways, the budget and the time.

pub(super) mod budget;
pub(super) mod duration_stats;
pub(super) mod gateway_limits;
#[cfg(test)]
mod model_test;
pub(super) mod pending_queue;
pub(in crate::studio) mod rate_limiter;
pub(super) mod run_progress;
pub(super) mod scheduler;
pub(super) mod split;
