//! Base URLs as people paste them, read into the address that requests go to.

mod endpoint;
mod paste;
mod read;
mod scheme;

pub use read::{AddressError, AddressNote, BaseUrl};
