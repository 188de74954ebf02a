//! The button that generates, what a click on it costs, and the question before a large batch.

pub(super) mod button;
pub(super) mod confirm_large_batch;
pub(super) mod cost_summary;
