//! Data about requests and the queue.

mod budget;
mod disk_space;
mod gateways;
mod position;
mod progress;
mod request_card;
mod spending;
mod status;

pub use budget::{BudgetBlock, BudgetStatus};
pub use disk_space::DiskSpace;
pub use gateways::{GatewayPause, PauseReason, UnreachableGateway};
pub use position::QueuePosition;
pub use progress::{RunProgress, RunSummary};
pub use request_card::{CardState, RequestCard};
pub use spending::{SpendingReport, SpendingTotal};
pub use status::QueueStatus;
