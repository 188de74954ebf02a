//! Contains the panics of decoders, and names the error of a file that ends too early.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::limits::ImageError;

/// Runs a decoder that others wrote. A flaw in it that panics must cost this image only.
pub(crate) fn guarded<T>(decoder: impl FnOnce() -> Result<T, ImageError>) -> Result<T, ImageError> {
    // Whatever the decoder was working on is thrown away with the panic.
    catch_unwind(AssertUnwindSafe(decoder)).unwrap_or_else(|_| Err(ImageError::Broken("its decoder gave up".into())))
}

pub(crate) fn cut_short() -> ImageError {
    ImageError::Broken("it ends too early".into())
}
