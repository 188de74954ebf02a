//! Details of a failure whose kind alone does not tell what to change.

use serde::{Deserialize, Serialize};

use crate::recipe::connection::{AddressError, KeyFlaw, RefusedCertificate};

/// The part of the configuration that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureDetail {
    /// The base URL.
    Address(AddressError),
    /// The key.
    Key(KeyFlaw),
    /// The certificate of the host.
    Certificate(RefusedCertificate),
    /// A web page was returned instead of an API response.
    WebPage,
    /// No root certificates can be read, so that no server certificate can be verified.
    NoTrustedCertificates {
        /// The environment variables that name them, if any.
        variables: Vec<String>,
    },
}
