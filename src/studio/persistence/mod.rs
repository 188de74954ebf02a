//! The files of the configuration folder: reading them, and writing changes to them in order.

pub(in crate::studio) mod config_files;
mod salvage;
pub(in crate::studio) mod writer;
