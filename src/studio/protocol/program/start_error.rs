//! Why the studio could not start.

use std::path::PathBuf;

use crate::error_chain::Cause;

/// Why the studio could not start. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// Another window or command has the library open.
    #[error("another Atelier has the library {} open", library.display())]
    LibraryBusy {
        /// The library's folder.
        library: PathBuf,
    },
    /// The library's folder cannot be written.
    #[error("the library {} cannot be written: {reason}", library.display())]
    LibraryUnwritable {
        /// The library's folder.
        library: PathBuf,
        /// What the system said.
        #[source]
        reason: Cause,
    },
    /// There is no room on the library's disk.
    #[error("the disk of the library {} is full", library.display())]
    DiskFull {
        /// The library's folder.
        library: PathBuf,
    },
    /// The library was made by a newer version.
    #[error("the library {} was made by a newer version", library.display())]
    LibraryNewer {
        /// The library's folder.
        library: PathBuf,
    },
    /// The library is damaged beyond what can be mended by itself.
    #[error("the library {} cannot be read: {reason}", library.display())]
    LibraryBroken {
        /// The library's folder.
        library: PathBuf,
        /// What is wrong with it.
        #[source]
        reason: Cause,
    },
    /// The system gives what every program needs only sparingly: threads, sockets.
    #[error("the system refuses what is needed: {reason}")]
    System {
        /// What the system said.
        #[source]
        reason: Cause,
    },
}
