//! One request from its recipe to its recorded end, retries, and recovery after a restart.

pub(in crate::studio) mod recovery;
pub(in crate::studio) mod request_control;
pub(in crate::studio) mod request_task;
pub(in crate::studio) mod retry_policy;
