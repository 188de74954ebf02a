//! Images for tests.

mod coded_samples;
pub(crate) mod samples;

pub(crate) use coded_samples::{CODED_SAMPLES, CodedSample};
