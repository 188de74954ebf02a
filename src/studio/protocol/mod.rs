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
    Ballot, Command, ComparisonCommand, ExportCommand, GalleryCommand, ImportCommand, MaintenanceCommand,
    OrganizeCommand, ProfileFileCommand, ProviderCommand, QueueCommand, ReferenceCommand, ResponseCommand,
    SettingsCommand, SheetCommand, SpendingCommand, StyleFileCommand, WildcardCommand,
};
pub use event::{
    Event, ExportEvent, GalleryEvent, ImportEvent, MaintenanceEvent, OrganizeEvent, ProviderEvent, QueueEvent,
    ReferenceEvent, SheetEvent,
};
pub use images::{
    BulkOperation, ConflictPolicy, DayGroup, DownloadError, ExportFailure, ExportFormat, ExportOptions, ExportPreview,
    ExportTarget, GridImageOptions, ImageDetails, ImageList, ImageLoadError, ImageRow, ImportFailure, ImportReport,
    Pixels, SkippedFiles, Stack, TemplateError, ThumbnailSize, UnsupportedSetting, View,
};
pub use program::{
    DEFAULT_GRACE_PERIOD, Notice, Notification, PathFault, PathPurpose, PathRequest, Ready, Signal, StartError,
    SystemAppearance,
};
pub use prompts::{SheetExportOptions, SheetExportReport, TableError, TableFile};
pub use providers::{
    CheckResult, ConnectionReport, DiagnosticCheck, DiagnosticStep, KeyState, KeychainProblem, LearnedCapabilities,
    ModelInfo, Secret, Severity,
};
pub use queue::{
    BudgetBlock, BudgetStatus, CardState, DiskSpace, GatewayPause, PauseReason, QueuePosition, QueueStatus,
    RequestCard, RunProgress, RunSummary, SpendingReport, SpendingTotal, UnreachableGateway,
};
