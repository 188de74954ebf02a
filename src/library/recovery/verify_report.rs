//! The result of the verification of a library.

use std::path::PathBuf;

use serde::Serialize;

use crate::recipe::ImageId;

/// What is wrong with a file or with its row in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// An image of the index or of a sidecar is missing. Repaired, its row is removed.
    MissingPicture,
    /// The file of a linked image is missing. Repaired, a file with the same bytes was found.
    Gone,
    /// The bytes of an image have changed. Only a backup can repair that.
    AlteredPicture,
    /// An image has no sidecar.
    MissingSidecar,
    /// A sidecar cannot be understood.
    UnreadableSidecar,
    /// An image is not in the index. Repaired, it is.
    NotInIndex,
    /// The index has an image in the trash that is not there, or the reverse, or elsewhere. Repaired, it follows the files.
    WrongPlace,
    /// A temporary file that was left behind.
    LeftOver,
    /// A response that no request waits for.
    LoneSpool,
    /// A reference that a recipe names is missing.
    MissingReference,
    /// The bytes of a reference do not have the hash that is its name.
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
    pub pictures: usize,
    /// All issues, by kind and path.
    pub issues: Vec<Issue>,
    /// References that no recipe of the library names. They may still be in a draft, and stay.
    pub unused: Vec<PathBuf>,
}
