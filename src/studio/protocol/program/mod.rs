//! Data about the program as a whole: its start, its end and its messages.

mod notice;
mod notification;
mod ready;
mod signal;
mod start_error;

pub use notice::Notice;
pub use notification::Notification;
pub use ready::Ready;
pub use signal::{DEFAULT_GRACE_PERIOD, Signal};
pub use start_error::StartError;
