//! The command line: its arguments, and the studio without a window.

mod address;
pub mod args;
#[cfg(feature = "bench")]
mod bench;
mod commands;
mod dispatch;
mod display;
mod exit_status;
mod paths;
mod report;
mod request_tracker;
mod session;

pub use dispatch::run;
pub use display::has_display;
pub use exit_status::ExitStatus;
