//! Responses: reading them while they arrive or from the spool, storing their images, following links and tasks, and
//! what is kept of failed ones.

pub(in crate::studio) mod cost_recorder;
pub(in crate::studio) mod exchange_recorder;
pub(in crate::studio) mod finalize;
pub mod ingest;
pub(in crate::studio) mod kept_responses;
pub(in crate::studio) mod linked_images;
pub(in crate::studio) mod response_reader;
pub mod response_receiver;
pub(in crate::studio) mod retention;
pub(in crate::studio) mod spool_reader;
pub(in crate::studio) mod task_polling;
