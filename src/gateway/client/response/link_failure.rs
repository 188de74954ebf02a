//! Failures of linked images.

use crate::{
    gateway::mask::sanitize_message,
    recipe::{Charge, Failure, FailureKind},
};

/// The link could not be followed, for this reason.
pub(crate) fn failed(words: impl AsRef<str>) -> Failure {
    Failure::new(FailureKind::LinkFailed).words(sanitize_message(words.as_ref(), &[]))
}

/// The image behind the link is larger than is accepted.
pub(crate) fn too_large() -> Failure {
    Failure::new(FailureKind::ImageTooLarge).charged(Charge::Yes)
}
