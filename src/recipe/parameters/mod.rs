//! The parameters of a request, and the comparison of an image with them.

mod mismatch;
mod parameter;
mod parameters;

pub use mismatch::{Mismatch, find_mismatch};
pub use parameter::Parameter;
pub use parameters::Parameters;
