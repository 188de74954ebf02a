//! Writes images to files, and previews it.

mod name;
mod write;

pub use crate::studio::exchange::export::name::FIELDS;
pub(in crate::studio) use crate::studio::exchange::export::write::{
    CustomFields, check_template, encode, preview, write_file, write_images,
};

pub use crate::studio::protocol::{
    ConflictPolicy, ExportFailure, ExportFormat, ExportOptions, ExportPreview, ExportTarget, TemplateError,
};
