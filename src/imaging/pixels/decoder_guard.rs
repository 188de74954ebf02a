//! Contains the panics of decoders, and identifies the error of a truncated file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::limits::ImageError;

/// Runs a third-party decoder. A bug in it that panics must affect only this image.
pub(crate) fn guarded<T>(decoder: impl FnOnce() -> Result<T, ImageError>) -> Result<T, ImageError> {
    // The state of the decoder is discarded with the panic.
    catch_unwind(AssertUnwindSafe(decoder)).unwrap_or_else(|_| Err(ImageError::Broken("its decoder gave up".into())))
}

pub(crate) fn cut_short() -> ImageError {
    ImageError::Broken("it ends too early".into())
}
