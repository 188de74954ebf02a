//! The queue: which requests are sent, in which order, how many at once, and for how much money.
//!
//! [`scheduling`] decides without tasks or a clock, so that tests can try every course of events. [`enqueue`] writes
//! requests to disk before anything shows them, [`dispatcher`] starts them and follows their progress, [`commands`]
//! applies what the person does to them, and [`status_publisher`] informs the window.

mod commands;
mod context;
mod disk;
mod disk_watch;
mod dispatcher;
mod enqueue;
mod published_status;
mod queue;
mod request_registry;
mod scheduling;
mod status_publisher;

pub(super) use context::QueueContext;
pub(super) use enqueue::EnqueueOptions;
pub(super) use queue::Queue;
#[cfg(feature = "bench")]
pub(super) use scheduling::rate_limiter::RateLimiter;
