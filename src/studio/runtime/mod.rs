//! What every feature works with: the shared context, background tasks, and messages to the core task.

pub(in crate::studio) mod background;
pub(in crate::studio) mod blocking;
pub(in crate::studio) mod context;
pub(in crate::studio) mod task;
pub(in crate::studio) mod task_message;
