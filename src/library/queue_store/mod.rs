//! The durable queue: recorded requests, the responses that arrive for them, and their exchanges.

pub(super) mod exchange_log;
pub(super) mod request_record;
pub(super) mod request_table;
pub(super) mod spool;
