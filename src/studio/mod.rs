//! The application without a face: takes [`Command`]s, sends [`Event`]s, owns the runtime.

mod command;
mod event;
pub mod export;
mod handle;
mod secret;

pub use command::{Command, ThumbnailSize};
pub use event::{
    ConnectionReport, Day, Details, Event, Job, JobState, KeyState, KeychainTrouble, ModelInfo, Notice, Pixels, Ready,
    Row, Unreadable, View,
};
pub use handle::{EventSender, Handle, Line, Wake, line};
pub use secret::Secret;
