//! The spool: responses on disk from the moment they are requested until their images are stored.
//!
//! A spool file is opened before its request is sent, so that no money is spent on a response that could not be kept.
//! Every byte that arrives is written to it before anything interprets it. Where the library's disk fails in the
//! meantime, the rest goes to memory and to the system's temporary folder ([`writer`], [`rescue`]). A response that
//! gave fewer images than it holds stays in `spool/kept/`, bounded by size and age ([`kept`]). Spool files whose
//! requests the index does not know are given back to it ([`reconcile`]), because the index can be lost and they
//! cannot be bought back.

mod header;
mod kept;
mod reconcile;
mod rescue;
mod store;
#[cfg(test)]
mod tests;
mod writer;

pub use header::{ResponseHead, SpoolHeader, SpooledRequest};
pub use kept::{KeptLimits, KeptTotals};
pub use rescue::rescue_folder;
pub use store::{Spooled, Spools};
pub use writer::SpoolWriter;
