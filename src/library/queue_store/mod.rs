//! The durable queue: requests, the responses that arrive for them, and what was sent and received.

pub(super) mod exchange_log;
pub(super) mod requests;
pub(super) mod spool;
