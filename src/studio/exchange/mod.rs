//! Import and export of images, profiles, styles and wildcards.

pub mod export;
pub(in crate::studio) mod exporter;
pub mod grid_image;
pub(in crate::studio) mod import_files;
pub(in crate::studio) mod importer;
pub(in crate::studio) mod profile_files;
pub(in crate::studio) mod shortcut_file;
pub(in crate::studio) mod style_files;
pub(in crate::studio) mod wildcard_folder;
