//! Data about requests and the queue.

mod budget;
mod gateways;
mod job;
mod position;
mod progress;
mod room;
mod spending;
mod status;

pub use budget::{Capped, Spent};
pub use gateways::{Offline, RestReason, Resting};
pub use job::{Job, JobState};
pub use position::Spot;
pub use progress::{Progress, RunEnded};
pub use room::Room;
pub use spending::{SpendingReport, Sum};
pub use status::QueueState;
