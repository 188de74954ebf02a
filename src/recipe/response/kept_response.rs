//! Responses that are kept because not all of their images are stored.

use serde::{Deserialize, Serialize};

/// The response of a failed request that is still there, to be read again without paying again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptResponse {
    /// Length of its body in bytes, as far as it came.
    pub bytes: u64,
    /// Where it is.
    pub place: KeptLocation,
    /// The version of the program that has read it last. A newer one may find more in it.
    #[serde(default)]
    pub read_by: String,
}

/// Where a response is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptLocation {
    /// In the library.
    #[default]
    Library,
    /// In this file of the system's temporary folder, because the library's disk failed.
    Temporary(String),
    /// In memory only, because no disk could take it. It is lost when the program ends.
    Memory,
}
