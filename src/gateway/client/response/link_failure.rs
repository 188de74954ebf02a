//! Failures of linked images.

use crate::{
    gateway::mask::sanitize_message,
    recipe::{Charge, Failure, FailureKind},
};

/// A link could not be followed, for this reason.
pub(crate) fn failed(words: impl AsRef<str>) -> Failure {
    Failure::new(FailureKind::LinkFailed).words(sanitize_message(words.as_ref(), &[]))
}

/// The linked image is larger than the limit.
pub(crate) fn too_large() -> Failure {
    Failure::new(FailureKind::ImageTooLarge).charged(Charge::Yes)
}
