//! The file formats of tables: delimited text in any encoding, workbooks and JSON lines.

pub(crate) mod delimited_text;
pub(crate) mod encoding_detection;
pub(crate) mod json_lines;
pub(crate) mod workbook;

pub(crate) use delimited_text::Records;
pub use encoding_detection::{DetectedBy, DetectedEncoding};
