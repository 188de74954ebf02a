//! Connections: addresses, proxies and encryption.

pub(crate) mod address_policy;
mod connections;
mod endpoint;
pub(crate) mod link_address;
mod tls;
mod transport_error;

pub(crate) use connections::{Connections, builder};
pub(crate) use endpoint::{endpoint, headers};
pub(crate) use transport_error::transport_failure;
