//! What the studio and its front ends (window, headless commands) exchange: commands, events, and the plain data that
//! they carry.

pub(in crate::studio) mod channel;
mod command;
mod event;
mod images;
mod program;
mod prompts;
mod providers;
mod queue;

pub use command::{
    Ballot, Command, ComparisonCommand, ExportCommand, GalleryCommand, ImportCommand, OrganizeCommand,
    ProfileFileCommand, ProviderCommand, QueueCommand, ReferenceCommand, ResponseCommand, SettingsCommand,
    SheetCommand, SpendingCommand, StyleFileCommand, WildcardCommand,
};
pub use event::{
    Event, ExportEvent, GalleryEvent, ImportEvent, OrganizeEvent, ProviderEvent, QueueEvent, ReferenceEvent, SheetEvent,
};
pub use images::{
    Bulk, Clash, Day, Details, ExportFailure, ExportFormat, ExportOrder, ExportPreview, ExportTarget, ImageRow,
    Imported, Listing, NotFetched, NotImported, NotTaken, Pixels, SheetOrder, Skipped, Stack, TemplateTrouble,
    ThumbnailSize, Unreadable, View,
};
pub use program::{GRACE, Notice, Notification, Ready, Signal, StartError};
pub use prompts::{SheetExport, SheetExported, TableError, TableFile};
pub use providers::{
    Check, ConnectionReport, DoctorStep, Finding, Health, KeyState, KeychainTrouble, LearnedBook, ModelInfo, Secret,
};
pub use queue::{
    Capped, Job, JobState, Offline, Progress, QueueState, RestReason, Resting, Room, RunEnded, SpendingReport, Spent,
    Spot, Sum,
};
