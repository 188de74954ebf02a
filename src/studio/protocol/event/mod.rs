//! Events of the studio. [`Event`] has one variant per feature; features with several events have enums of their own.

mod export;
mod gallery;
mod import;
mod maintenance;
mod organize;
mod providers;
mod queue;
mod references;
mod root;
mod sheets;

pub use export::ExportEvent;
pub use gallery::GalleryEvent;
pub use import::ImportEvent;
pub use maintenance::MaintenanceEvent;
pub use organize::OrganizeEvent;
pub use providers::ProviderEvent;
pub use queue::QueueEvent;
pub use references::ReferenceEvent;
pub use root::Event;
pub use sheets::SheetEvent;
