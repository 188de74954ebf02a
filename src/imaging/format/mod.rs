//! Content sniffing: the format of a file from its first bytes.

mod file_kind;
mod sniff;

pub use file_kind::{FileKind, UnsupportedFormat, UnsupportedKind, file_kind, unsupported_format};
pub use sniff::{MAX_SNIFFED_BYTES, sniff};
pub(crate) use sniff::{Sniffed, sniff_prefix};
