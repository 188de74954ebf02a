//! Reads base URLs as people paste them into the address that requests go to.

mod base_url;
mod endpoint;
mod paste;
mod scheme;

pub use base_url::{AddressError, AddressNote, BaseUrl};
