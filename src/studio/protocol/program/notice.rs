//! Messages to the person that belong to no card.

use std::path::PathBuf;

use crate::{
    recipe::{ProfileId, SharingError},
    settings::StyleFileError,
    studio::protocol::images::NotFetched,
};

/// Something that a person should know and that belongs to no card.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A file could not be used as a reference.
    ReferenceRefused {
        /// Name of the file.
        name: String,
    },
    /// A file is in a format that cannot be opened here, so that it cannot be used as a reference.
    ReferenceForeign {
        /// Name of the file.
        name: String,
        /// Name of the format.
        format: &'static str,
    },
    /// There is no picture behind a link.
    ReferenceNotFetched {
        /// Where the link leads; empty if nowhere.
        host: String,
        /// What is wrong.
        why: NotFetched,
    },
    /// The file manager could not be opened.
    CannotReveal,
    /// The file dialog could not be opened.
    NoDialog,
    /// Profiles came in from a file.
    ProfilesImported {
        /// Those that are new; none if all were there already.
        added: Vec<ProfileId>,
    },
    /// A file does not hold profiles.
    ProfilesRefused {
        /// Name of the file.
        name: String,
        /// Why.
        error: SharingError,
    },
    /// A file does not hold wildcards.
    WildcardsRefused {
        /// Name of the file.
        name: String,
        /// Why.
        reason: String,
    },
    /// A file does not hold styles.
    StylesRefused {
        /// Name of the file.
        name: String,
        /// Why.
        error: StyleFileError,
    },
    /// Styles were written to a file.
    StylesExported {
        /// The file.
        path: PathBuf,
        /// How many.
        count: usize,
    },
    /// What was spent was written to a file.
    SpendingExported {
        /// The file.
        path: PathBuf,
        /// How many requests.
        count: usize,
    },
    /// Profiles were written to a file.
    ProfilesExported {
        /// The file.
        path: PathBuf,
        /// What was left out because it may be secret.
        left_out: Vec<String>,
    },
    /// A file of the configuration or of profiles could not be written.
    CannotSave {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// What a kept response holds was saved to these files.
    ResponseSaved {
        /// The files.
        files: Vec<PathBuf>,
    },
    /// A response is no longer kept.
    NothingKept,
    /// What a kept response holds could not be saved.
    ResponseNotSaved {
        /// What the system said.
        reason: String,
    },
    /// A file was not written because it would lie among the library's own files.
    InLibrary {
        /// The file.
        path: PathBuf,
    },
    /// A task broke down on an internal error; the log has the details. What it was doing is not finished.
    TaskFailed,
    /// What is said about pictures could not be written down, and has not changed.
    CannotOrganise {
        /// What the system said.
        reason: String,
    },
    /// Pictures could not be moved to or from the trash.
    CannotDelete {
        /// What the system said.
        reason: String,
    },
    /// The library could not be read.
    LibraryTrouble {
        /// What the system said.
        reason: String,
    },
    /// Requests were under way when the application last stopped.
    Interrupted {
        /// How many.
        count: usize,
    },
    /// Requests waited when the application last stopped, and are held back until a person lets them go on.
    Held {
        /// How many.
        count: usize,
    },
    /// A request that was to be changed was sent before that.
    TooLateToChange,
    /// Answers that had arrived before the application last stopped were stored now.
    Recovered {
        /// How many pictures.
        count: usize,
    },
}
