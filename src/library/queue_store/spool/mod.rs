//! The spool: responses on disk from before their requests are sent until their images are stored.
//!
//! A spool file is opened before its request is sent, so that no money is spent on a response that could not be kept.
//! Every byte that arrives is written to it before anything interprets it. If the library's disk fails in the meantime,
//! the rest goes to memory and to the system's temporary folder ([`writer`], [`rescue`]). A response of which fewer
//! images were stored than it contains stays in `spool/kept/`, bounded by size and age ([`kept`]).

mod header;
mod kept;
pub(in crate::library) mod rescue;
mod response_spool;
mod spool_files;
#[cfg(test)]
mod tests;
mod writer;

pub use header::{SpoolHeader, SpooledHead, SpooledRequest};
pub use kept::{KeptLimits, KeptTotals};
pub use rescue::rescue_folder;
pub use response_spool::ResponseSpool;
pub use spool_files::SpooledResponse;
pub(in crate::library) use spool_files::{SpoolFiles, UNSENT_EXTENSION, list, open_file};
pub use writer::SpoolWriter;
