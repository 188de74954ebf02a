//! Why the studio could not start.

use std::path::PathBuf;

use crate::error_chain::Cause;

/// Why the studio could not start. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// Another window or command has opened the library.
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
        /// The reason of the system.
        #[source]
        reason: Cause,
    },
    /// The library's disk is full.
    #[error("the disk of the library {} is full", library.display())]
    DiskFull {
        /// The library's folder.
        library: PathBuf,
    },
    /// The library was created by a newer version.
    #[error("the library {} was made by a newer version", library.display())]
    LibraryNewer {
        /// The library's folder.
        library: PathBuf,
    },
    /// The library is damaged and cannot be repaired automatically.
    #[error("the library {} cannot be read: {reason}", library.display())]
    LibraryDamaged {
        /// The library's folder.
        library: PathBuf,
        /// The damage.
        #[source]
        reason: Cause,
    },
    /// The system refuses basic resources, such as threads or sockets.
    #[error("the system refuses what is needed: {reason}")]
    System {
        /// The reason of the system.
        #[source]
        reason: Cause,
    },
}
