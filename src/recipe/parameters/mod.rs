//! Parameters of requests, and the comparison of images with them.

mod mismatch;
mod parameter;
mod parameters;

pub use mismatch::{Mismatch, find_mismatch};
pub use parameter::Parameter;
pub use parameters::Parameters;
