//! Parses base URLs as people paste them.

mod base_url;
mod endpoint;
mod paste;
mod scheme;

pub use base_url::{AddressError, AddressNote, BaseUrl};
