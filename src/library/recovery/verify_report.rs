//! The result of the verification of a library.

use std::path::PathBuf;

use serde::Serialize;

use crate::recipe::ImageId;

/// The kind of problem with a file or with its row in the index. Its serialized names are part of the JSON output of
/// `atelier doctor --library`, and therefore stay as they were first published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// An image of the index or of a sidecar is missing. The repair removes its row.
    #[serde(rename = "missing_picture")]
    MissingImage,
    /// The file of a linked image is missing. The repair finds a file with the same bytes.
    #[serde(rename = "gone")]
    MissingLinkedFile,
    /// The bytes of an image have changed. Only a backup can repair this.
    #[serde(rename = "altered_picture")]
    AlteredImage,
    /// An image has no sidecar.
    MissingSidecar,
    /// A sidecar cannot be understood.
    UnreadableSidecar,
    /// An image is not in the index. The repair inserts it.
    NotInIndex,
    /// The index and the files disagree about whether an image is in the trash, or about its path. The repair updates
    /// the index.
    WrongPlace,
    /// A temporary file was left behind.
    #[serde(rename = "left_over")]
    Leftover,
    /// A response that belongs to no request.
    #[serde(rename = "lone_spool")]
    OrphanedSpool,
    /// A reference that a recipe names is missing.
    MissingReference,
    /// The bytes of a reference do not match the hash in its name.
    AlteredReference,
}

/// An issue of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its kind.
    pub kind: IssueKind,
    /// The file.
    pub path: PathBuf,
    /// The image.
    pub image: Option<ImageId>,
    /// Whether it was repaired.
    pub repaired: bool,
}

/// The result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// The number of images that were read.
    pub images: usize,
    /// All issues, by kind and path.
    pub issues: Vec<Issue>,
    /// References that no recipe of the library names. They may still be part of a draft, so they stay.
    pub unused: Vec<PathBuf>,
}
