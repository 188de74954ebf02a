//! The core task, which owns all mutable state and hands commands to the features; and start and shutdown.

pub(in crate::studio) mod core;
pub(in crate::studio) mod maintenance;
pub(in crate::studio) mod startup;
