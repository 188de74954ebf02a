//! The command enum that the studio receives.

use std::time::Duration;

use crate::studio::protocol::program::{Notification, Signal};

use super::{
    comparison::ComparisonCommand,
    export::ExportCommand,
    files::{ProfileFileCommand, StyleFileCommand, WildcardCommand},
    gallery::GalleryCommand,
    import::ImportCommand,
    maintenance::MaintenanceCommand,
    organize::OrganizeCommand,
    providers::ProviderCommand,
    queue::QueueCommand,
    references::ReferenceCommand,
    responses::ResponseCommand,
    settings::SettingsCommand,
    sheets::SheetCommand,
    spending::SpendingCommand,
};

/// One thing for the studio to do. Sending never blocks; results arrive as [`Event`](crate::studio::Event)s.
#[derive(Debug)]
pub enum Command {
    /// Requests and the queue.
    Queue(QueueCommand),
    /// Blind comparisons of models.
    Comparison(ComparisonCommand),
    /// Responses that were kept because they did not become images.
    Responses(ResponseCommand),
    /// What was spent.
    Spending(SpendingCommand),
    /// The open view, and what the window shows of its images.
    Gallery(GalleryCommand),
    /// Marks, collections and the trash.
    Organize(OrganizeCommand),
    /// Reference images and masks.
    References(ReferenceCommand),
    /// Prompt sheets.
    Sheets(SheetCommand),
    /// Export of images to files.
    Export(ExportCommand),
    /// Import of image files into the library.
    Import(ImportCommand),
    /// Settings, session and prompt library.
    Settings(SettingsCommand),
    /// Files of provider profiles.
    Profiles(ProfileFileCommand),
    /// Files of styles.
    Styles(StyleFileCommand),
    /// Wildcard files.
    Wildcards(WildcardCommand),
    /// Verification of the library and its index.
    Maintenance(MaintenanceCommand),
    /// Keys, certificates, connection tests and model lists of providers.
    Providers(ProviderCommand),
    /// The text that a person has typed for [`Event::PathWanted`](crate::studio::Event::PathWanted); nothing if they
    /// have closed the dialog.
    AnswerPath(Option<String>),
    /// Remove all secrets from the report of an error, and send it as
    /// [`Event::ReportMasked`](crate::studio::Event::ReportMasked).
    MaskReport(String),
    /// Show a desktop notification.
    Notify(Notification),
    /// A signal requests the end of the program: start nothing new, and announce it as `Event::Ending`.
    End {
        /// The signal.
        signal: Signal,
        /// How long requests under way may take to finish.
        grace: Duration,
    },
    /// Write everything to disk and stop.
    Shutdown,
}
