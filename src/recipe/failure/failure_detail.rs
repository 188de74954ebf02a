//! The detail of a failure where its kind alone does not tell a person what to change.

use serde::{Deserialize, Serialize};

use crate::recipe::connection::{AddressError, KeyFlaw, RefusedCertificate};

/// What exactly is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureDetail {
    /// The base URL.
    Address(AddressError),
    /// The key.
    Key(KeyFlaw),
    /// The certificate of the host.
    Certificate(RefusedCertificate),
    /// A web page answered in place of the API.
    WebPage,
    /// No trusted certificates can be read, so that none can be checked.
    NoTrustedCertificates {
        /// The environment variables that name them, if any.
        variables: Vec<String>,
    },
}
