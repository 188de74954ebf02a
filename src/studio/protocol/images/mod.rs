//! Data about images and the gallery.

mod bulk_operation;
mod download_error;
mod export;
mod image_details;
mod image_list;
mod import;
mod pixels;
mod view;

pub use crate::library::ImageRow;
pub use bulk_operation::BulkOperation;
pub use download_error::DownloadError;
pub use export::{
    ConflictPolicy, ExportFailure, ExportFormat, ExportOptions, ExportPreview, ExportTarget, GridImageOptions,
    TemplateError,
};
pub use image_details::{ImageDetails, UnsupportedSetting};
pub use image_list::ImageList;
pub use import::{ImportFailure, ImportReport, SkippedFiles};
pub use pixels::{ImageLoadError, Pixels, ThumbnailSize};
pub use view::{DayGroup, Stack, View};
