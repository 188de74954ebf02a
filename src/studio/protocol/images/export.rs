//! What an export is to write, and its result.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::recipe::{BatchId, ImageId};

/// What to export, where to and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportOrder {
    /// Which pictures, in the order that `{n}` counts.
    pub images: Vec<ImageId>,
    /// Where to.
    pub target: ExportTarget,
    /// As what.
    pub format: ExportFormat,
    /// What to do where a file of that name is already there.
    pub clash: Clash,
}

/// Where an export goes.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportTarget {
    /// Into a folder, with names made from a template such as `{date}_{prompt:24}_{n:03}`.
    Folder {
        /// The folder; it is made if it is not there.
        folder: PathBuf,
        /// The template, without extension.
        template: String,
    },
    /// One picture, to exactly this file. The save dialog has already asked about replacing it.
    File(PathBuf),
}

/// As what a picture is written.
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

/// What to do where a file of that name is already there. Nothing is ever overwritten unasked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clash {
    /// Write beside it, with a number added to the name.
    #[default]
    Number,
    /// Leave it and go on.
    Skip,
    /// Replace it.
    Replace,
}

/// What an export would write.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportPreview {
    /// The first file names, in order.
    pub names: Vec<String>,
    /// Files in all.
    pub files: usize,
    /// Files whose name is already taken, on disk or by an earlier file of this export.
    pub clashes: usize,
    /// About how many bytes, where that is known (original bytes).
    pub bytes: Option<u64>,
    /// What is wrong with the template, if anything.
    pub trouble: Option<TemplateTrouble>,
}

impl ExportPreview {
    /// What is told where looking at an export of so many files has panicked.
    pub(in crate::studio) fn broke_down(files: usize) -> Self {
        Self { names: Vec::new(), files, clashes: 0, bytes: None, trouble: Some(TemplateTrouble::BrokeDown) }
    }
}

/// What is wrong with a file-name template, or with the place that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateTrouble {
    /// It names a field that does not exist.
    UnknownField(String),
    /// A field is wider than a name can be.
    TooWide(String),
    /// A brace is not closed.
    Unclosed,
    /// It makes an empty name.
    Empty,
    /// The files would be written among the library's own.
    InLibrary,
    /// It could not be looked at, because a task broke down.
    BrokeDown,
}

/// Why one picture could not be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportFailure {
    /// Its original is gone or broken.
    Unreadable,
    /// The file is already there and was to be left.
    Skipped,
    /// It would be written among the library's own files.
    InLibrary,
    /// The task that wrote it broke down.
    BrokeDown,
    /// The disk is full.
    DiskFull,
    /// The folder cannot be written; what the system said.
    CannotWrite(String),
}

/// How a grid is to be exported.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetOrder {
    /// The grid.
    pub batch: BatchId,
    /// The side of a cell, in pixels.
    pub cell: u32,
    /// As what; not [`ExportFormat::Original`].
    pub format: ExportFormat,
    /// File name to suggest, without extension.
    pub suggested: String,
}
