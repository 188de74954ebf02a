//! Commands about wildcard files.

/// Reads and changes wildcard files.
#[derive(Debug)]
pub enum WildcardCommand {
    /// Read the wildcard files again.
    Reload,
    /// Write a wildcard file.
    Save {
        /// Its name, which may contain folders: `place/city`.
        name: String,
        /// Its content.
        text: String,
    },
    /// Remove a wildcard file; it is renamed, not deleted.
    Delete(String),
    /// Let the person choose wildcard files of other programs in a dialog, and import them.
    PickImport,
}
