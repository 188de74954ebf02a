//! Importing files that were made elsewhere.

mod companion_files;
pub(super) mod importer;
