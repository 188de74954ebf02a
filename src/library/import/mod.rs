//! Bringing in files that were made elsewhere.

pub(super) mod importer;
