//! Data about images and the gallery.

mod bulk;
mod details;
mod download_error;
mod export;
mod import;
mod listing;
mod pixels;
mod view;

pub use crate::library::ImageRow;
pub use bulk::Bulk;
pub use details::{Details, NotTaken};
pub use download_error::NotFetched;
pub use export::{
    Clash, ExportFailure, ExportFormat, ExportOrder, ExportPreview, ExportTarget, SheetOrder, TemplateTrouble,
};
pub use import::{Imported, NotImported, Skipped};
pub use listing::Listing;
pub use pixels::{Pixels, ThumbnailSize, Unreadable};
pub use view::{Day, Stack, View};
