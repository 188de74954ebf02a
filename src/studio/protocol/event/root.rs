//! The event enum that the studio sends.

use std::{sync::Arc, time::Duration};

use crate::{
    composition::WildcardFiles,
    library::KeptTotals,
    recipe::Vote,
    settings::{Settings, Shortcuts, Style},
    studio::protocol::{
        program::{Notice, PathRequest, Ready, Signal, StartError, SystemAppearance},
        queue::SpendingReport,
    },
};

use super::{
    export::ExportEvent, gallery::GalleryEvent, import::ImportEvent, maintenance::MaintenanceEvent,
    organize::OrganizeEvent, providers::ProviderEvent, queue::QueueEvent, references::ReferenceEvent,
    sheets::SheetEvent,
};

/// Something that has happened. `ui` folds events into its state; the headless commands print them.
#[derive(Clone, Debug)]
pub enum Event {
    /// The studio is ready. Always the first event, unless it could not start.
    Ready(Box<Ready>),
    /// The studio could not start. Only [`Event::Stopped`] follows.
    StartFailed(StartError),
    /// Requests and the queue.
    Queue(QueueEvent),
    /// Images, the open view, and what the window requested for it.
    Gallery(GalleryEvent),
    /// Marks, collections and the trash.
    Organize(OrganizeEvent),
    /// Reference images and masks.
    References(ReferenceEvent),
    /// Prompt sheets.
    Sheets(SheetEvent),
    /// Export of images to files.
    Export(ExportEvent),
    /// Import of image files into the library.
    Import(ImportEvent),
    /// Verification of the library.
    Maintenance(MaintenanceEvent),
    /// Keys, connections, diagnostics and models of providers.
    Providers(ProviderEvent),
    /// The report of what was spent.
    Spending(Box<SpendingReport>),
    /// How many responses are kept that did not become images, and their size.
    KeptResponses(KeptTotals),
    /// All decided blind comparisons, the oldest first.
    Votes(Arc<[Vote]>),
    /// Styles were read from a file; the window adds them to its own.
    StylesImported(Vec<Style>),
    /// Shortcuts were read from a file; the window uses them instead of its own.
    ShortcutsImported(Shortcuts),
    /// The wildcard files were read, or have changed.
    Wildcards(WildcardFiles),
    /// The settings as they are now.
    Settings(Box<Settings>),
    /// A path is to be typed, because the file dialog could not be opened.
    PathWanted(PathRequest),
    /// How the desktop wants programs to look; again whenever that changes.
    Appearance(SystemAppearance),
    /// The report of an error without secrets, to be copied.
    ReportMasked(String),
    /// A message to the person that belongs to no card.
    Notice(Notice),
    /// A signal requests the end of the program. Nothing new starts; requests under way may finish within the grace
    /// period.
    Ending {
        /// The signal.
        signal: Signal,
        /// The grace period.
        grace: Duration,
    },
    /// Everything is on disk; the studio has stopped. Always the last event.
    Stopped,
}
