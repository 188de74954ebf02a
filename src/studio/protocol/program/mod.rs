//! Data about the program as a whole: its start, its end and its messages.

mod appearance;
mod notice;
mod notification;
mod path_request;
mod ready;
mod signal;
mod start_error;

pub use appearance::SystemAppearance;
pub use notice::Notice;
pub use notification::Notification;
pub use path_request::{PathFault, PathPurpose, PathRequest};
pub use ready::Ready;
pub use signal::{DEFAULT_GRACE_PERIOD, Signal};
pub use start_error::StartError;
