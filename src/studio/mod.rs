//! The application without a user interface: receives [`Command`]s, sends [`Event`]s, owns the runtime.
//!
//! [`start`] runs it on threads of its own. One task, the core, owns all mutable state and hands each command to the
//! feature that it belongs to. Requests run on tasks of their own and store their images in the library; everything
//! that blocks runs on threads that may block. Imports point down in this order: core, queue, requests, sheets, exchange,
//! references, responses, organize, providers, gallery, reports, persistence, runtime, platform, protocol.

#[cfg(feature = "bench")]
pub mod bench;
mod core;
mod exchange;
mod gallery;
mod organize;
mod persistence;
mod platform;
mod protocol;
mod providers;
mod queue;
mod references;
mod reports;
mod requests;
mod responses;
mod runtime;
mod sheets;

pub use exchange::{export, grid_image};
pub use platform::signals;
pub use responses::{ingest, response_receiver::ResponseReceiver};

pub use crate::library::SheetImage;
pub use crate::library::{ImportMode, KeptTotals};
pub use core::maintenance::{check_library, rebuild};
pub use core::startup::{log_folder, start};
pub use gallery::view::{TRASH_SEARCH, is_trash_search};
pub use platform::credentials::Environment;
pub use platform::disk_space::FreeSpace;
pub use platform::file_dialogs::{DialogFuture, Dialogs, NoDialogs, SystemDialogs};
pub use platform::notifications::{NotificationError, Notifier, SystemNotifier};
pub use protocol::channel::{CommandSender, EventSender, Handle, StudioChannels, WakeFn, studio_channels};
pub use protocol::{
    Ballot, BudgetBlock, BudgetStatus, BulkOperation, CardState, CheckResult, Command, ComparisonCommand,
    ConnectionReport, DayGroup, DiagnosticCheck, DiagnosticStep, DiskSpace, DownloadError, Event, ExportCommand,
    ExportEvent, GalleryCommand, GalleryEvent, GatewayPause, ImageDetails, ImageList, ImageLoadError, ImageRow,
    ImportCommand, ImportEvent, ImportFailure, ImportReport, KeyState, KeychainProblem, LearnedCapabilities,
    MaintenanceCommand, MaintenanceEvent, ModelInfo, Notice, Notification, OrganizeCommand, OrganizeEvent, PathFault,
    PathPurpose, PathRequest, PauseReason, Pixels, ProfileFileCommand, ProviderCommand, ProviderEvent, QueueCommand,
    QueueEvent, QueuePosition, QueueStatus, Ready, ReferenceCommand, ReferenceEvent, RequestCard, ResponseCommand,
    RunProgress, RunSummary, Secret, SettingsCommand, Severity, SheetCommand, SheetEvent, SheetExportOptions,
    SheetExportReport, SkippedFiles, SpendingCommand, SpendingReport, SpendingTotal, Stack, StartError,
    StyleFileCommand, SystemAppearance, TableError, TableFile, ThumbnailSize, UnreachableGateway, UnsupportedSetting,
    View, WildcardCommand,
};
pub use runtime::context::{Clock, Dependencies, IdGenerator, Paths, Random};
pub use runtime::task::{Task, TaskHook};

/// The catalog of models, for front ends that show what a model can do.
pub use crate::gateway::ModelCatalog;
/// An image with its position in a batch.
pub use crate::library::BatchMember;
/// The images that an image was made from, and that were made from it.
pub use crate::library::Lineage;
/// The search word for images that differ from their requests.
pub use crate::library::MISMATCHED;
/// The parts of a search query, for front ends that read and change them.
pub use crate::library::{Comparison, Filter, ImageExtra, ImageState, Period, Query, Term, UsedInput};
/// Results of rebuilding the index and of verifying the library.
pub use crate::library::{Issue, IssueKind, RebuildReport, VerifyReport};
