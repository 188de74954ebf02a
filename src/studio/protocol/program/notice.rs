//! Messages to the person that belong to no card.

use std::path::PathBuf;

use crate::{
    recipe::{ProfileFileError, ProfileId},
    settings::{ShortcutFileError, StyleFileError},
    studio::protocol::images::DownloadError,
};

/// A message to the person that belongs to no card.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A file could not be used as a reference.
    InvalidReference {
        /// Name of the file.
        name: String,
    },
    /// A file cannot be used as a reference, because its format is not supported.
    UnsupportedReferenceFormat {
        /// Name of the file.
        name: String,
        /// Name of the format.
        format: &'static str,
    },
    /// The image behind a link could not be downloaded as a reference.
    ReferenceDownloadFailed {
        /// Host of the link; empty if it has none.
        host: String,
        /// The reason.
        error: DownloadError,
    },
    /// The file manager could not be opened.
    RevealFailed,
    /// The file dialog could not be opened.
    DialogFailed,
    /// Profiles were imported from a file.
    ProfilesImported {
        /// The new profiles; empty if all existed already.
        added: Vec<ProfileId>,
    },
    /// A file is not a valid file of profiles.
    InvalidProfileFile {
        /// Name of the file.
        name: String,
        /// Why.
        error: ProfileFileError,
    },
    /// A file is not a valid wildcard file.
    InvalidWildcardFile {
        /// Name of the file.
        name: String,
        /// Why.
        reason: String,
    },
    /// A file is not a valid file of styles.
    InvalidStyleFile {
        /// Name of the file.
        name: String,
        /// Why.
        error: StyleFileError,
    },
    /// A file does not hold shortcuts.
    InvalidShortcutFile {
        /// Name of the file.
        name: String,
        /// Why.
        error: ShortcutFileError,
    },
    /// The shortcuts were written to a file.
    ShortcutsExported {
        /// The file.
        path: PathBuf,
    },
    /// Styles were written to a file.
    StylesExported {
        /// The file.
        path: PathBuf,
        /// Their number.
        count: usize,
    },
    /// The spending spreadsheet was written to a file.
    SpendingExported {
        /// The file.
        path: PathBuf,
        /// Number of requests.
        count: usize,
    },
    /// Profiles were written to a file.
    ProfilesExported {
        /// The file.
        path: PathBuf,
        /// What was omitted because it may be secret.
        left_out: Vec<String>,
    },
    /// A file of the configuration or of profiles could not be written.
    SaveFailed {
        /// The file.
        path: PathBuf,
        /// The reason of the system.
        reason: String,
    },
    /// The content of a kept response was saved to these files.
    ResponseSaved {
        /// The files.
        files: Vec<PathBuf>,
    },
    /// A response cannot be saved, because it is no longer kept.
    ResponseNotKept,
    /// The content of a kept response could not be saved.
    ResponseSaveFailed {
        /// The reason of the system.
        reason: String,
    },
    /// A file was not written because its path is inside the library.
    TargetInLibrary {
        /// The file.
        path: PathBuf,
    },
    /// A task panicked before it was finished; the log has the details.
    InternalError,
    /// A change of marks or collections could not be saved, and was not made.
    OrganizeFailed {
        /// The reason of the system.
        reason: String,
    },
    /// Images could not be moved to or from the trash.
    TrashFailed {
        /// The reason of the system.
        reason: String,
    },
    /// Values of the settings could not be read and have their defaults.
    SettingsLost {
        /// The names of the values.
        values: Vec<String>,
        /// The copy of the file that has them.
        copy: PathBuf,
    },
    /// The library could not be read.
    LibraryFailed {
        /// The reason of the system.
        reason: String,
    },
    /// Requests were under way when the application last stopped.
    RequestsInterrupted {
        /// Their number.
        count: usize,
    },
    /// Requests were queued when the application last stopped, and are on hold until a person resumes them.
    RequestsOnHold {
        /// Their number.
        count: usize,
    },
    /// A queued request cannot be changed, because it was sent in the meantime.
    TooLateToChange,
    /// Responses that had arrived before the application last stopped were read now, and their images stored.
    ImagesRecovered {
        /// Number of images.
        count: usize,
    },
}
