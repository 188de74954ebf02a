//! The options of an export and its result.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::recipe::{BatchId, ImageId};

/// What to export, where and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportOptions {
    /// The images, in the order that `{n}` counts.
    pub images: Vec<ImageId>,
    /// The target.
    pub target: ExportTarget,
    /// The file format.
    pub format: ExportFormat,
    /// What to do if a file of that name exists.
    pub on_conflict: ConflictPolicy,
}

/// The target of an export.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportTarget {
    /// Into a folder, with names made from a template such as `{date}_{prompt:24}_{n:03}`.
    Folder {
        /// The folder, which is created if it does not exist.
        folder: PathBuf,
        /// The template, without extension.
        template: String,
    },
    /// One image, to exactly this file. The save dialog has already asked about replacing it.
    File(PathBuf),
}

/// The file format of exported images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "format")]
pub enum ExportFormat {
    /// The bytes as received.
    #[default]
    Original,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg {
        /// 1 to 100.
        quality: u8,
    },
    /// WebP.
    Webp {
        /// 1 to 99 for lossy, 100 for lossless.
        quality: u8,
    },
}

/// What to do if the target file exists. Nothing is overwritten unless a person chose that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictPolicy {
    /// Add a number to the name.
    #[default]
    Number,
    /// Skip the image.
    Skip,
    /// Replace the file.
    Replace,
}

/// What an export would write.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportPreview {
    /// The first file names, in order.
    pub names: Vec<String>,
    /// Number of all files.
    pub files: usize,
    /// Files whose name is already taken, on disk or by an earlier file of this export.
    pub conflicts: usize,
    /// The approximate size in bytes, known for [`ExportFormat::Original`].
    pub bytes: Option<u64>,
    /// What is wrong with the template, if anything.
    pub template_error: Option<TemplateError>,
}

impl ExportPreview {
    /// The preview to send if computing it has panicked.
    pub(in crate::studio) fn internal_error(files: usize) -> Self {
        Self { names: Vec::new(), files, conflicts: 0, bytes: None, template_error: Some(TemplateError::InternalError) }
    }
}

/// What is wrong with a file name template or with its target folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// It contains a field that does not exist.
    UnknownField(String),
    /// A field is wider than a file name can be.
    FieldTooWide(String),
    /// A brace is not closed.
    UnclosedBrace,
    /// It expands to an empty name.
    EmptyName,
    /// The target is inside the library.
    TargetInLibrary,
    /// It could not be checked because a task panicked.
    InternalError,
}

/// Why an image could not be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportFailure {
    /// Its original is missing or damaged.
    Unreadable,
    /// The file exists, and conflicts are skipped.
    Skipped,
    /// The target is inside the library.
    TargetInLibrary,
    /// The task that wrote it panicked.
    InternalError,
    /// The disk is full.
    DiskFull,
    /// The file cannot be written, for this reason of the system.
    WriteFailed(String),
}

/// How a grid is exported as one image.
#[derive(Clone, Debug, PartialEq)]
pub struct GridImageOptions {
    /// The grid.
    pub batch: BatchId,
    /// Edge length of a cell, in pixels.
    pub cell: u32,
    /// The file format; not [`ExportFormat::Original`].
    pub format: ExportFormat,
    /// The suggested file name, without extension.
    pub suggested: String,
}
