//! Responses that are kept because some of their images are not stored.

use serde::{Deserialize, Serialize};

/// The kept response of a failed request, which can be read again at no cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptResponse {
    /// Number of received bytes.
    pub bytes: u64,
    /// Location.
    pub place: KeptLocation,
    /// The program version that read it last. A newer one may find more in it.
    #[serde(default)]
    pub read_by: String,
}

/// Location of a kept response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptLocation {
    /// The library.
    #[default]
    Library,
    /// This file in the system's temporary folder, because the library's disk failed.
    Temporary(String),
    /// Memory only, because no disk was writable. The response is lost when the program ends.
    Memory,
}
