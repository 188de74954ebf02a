//! Commands to the studio. [`Command`] has one variant per feature; each feature has an enum of its own commands.

mod comparison;
mod export;
mod gallery;
mod import;
mod organize;
mod profile_files;
mod providers;
mod queue;
mod references;
mod responses;
mod root;
mod settings;
mod sheets;
mod spending;
mod styles;
mod wildcards;

pub use comparison::{Ballot, ComparisonCommand};
pub use export::ExportCommand;
pub use gallery::GalleryCommand;
pub use import::ImportCommand;
pub use organize::OrganizeCommand;
pub use profile_files::ProfileFileCommand;
pub use providers::ProviderCommand;
pub use queue::QueueCommand;
pub use references::ReferenceCommand;
pub use responses::ResponseCommand;
pub use root::Command;
pub use settings::SettingsCommand;
pub use sheets::SheetCommand;
pub use spending::SpendingCommand;
pub use styles::StyleFileCommand;
pub use wildcards::WildcardCommand;
