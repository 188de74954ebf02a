//! Commands to the studio. [`Command`] has one variant per feature; each feature has an enum of its own commands.

mod comparison;
mod export;
mod files;
mod gallery;
mod import;
mod maintenance;
mod organize;
mod providers;
mod queue;
mod references;
mod responses;
mod root;
mod settings;
mod sheets;
mod spending;

pub use comparison::{Ballot, ComparisonCommand};
pub use export::ExportCommand;
pub use files::{ProfileFileCommand, StyleFileCommand, WildcardCommand};
pub use gallery::GalleryCommand;
pub use import::ImportCommand;
pub use maintenance::MaintenanceCommand;
pub use organize::OrganizeCommand;
pub use providers::ProviderCommand;
pub use queue::QueueCommand;
pub use references::ReferenceCommand;
pub use responses::ResponseCommand;
pub use root::Command;
pub use settings::SettingsCommand;
pub use sheets::SheetCommand;
pub use spending::SpendingCommand;
