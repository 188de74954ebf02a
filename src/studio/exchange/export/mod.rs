//! Writes images to files, and previews it.

mod name;
mod write;

pub use crate::studio::exchange::export::name::FIELDS;
pub(in crate::studio) use crate::studio::exchange::export::write::{
    Values, check_template, encode, preview, put, write,
};

pub use crate::studio::protocol::{
    ConflictPolicy, ExportFailure, ExportFormat, ExportOptions, ExportPreview, ExportTarget, TemplateError,
};
