//! Which responses of failed requests are kept, and which of them the next start reads again automatically.

use crate::{
    error_chain::chain,
    recipe::{Charge, Failure, FailureKind, KeptResponse, RequestId},
    studio::runtime::context::Context,
};

/// A textual refusal is kept only if its response is longer than this and may contain more, in bytes. Shorter ones are
/// in the failure already.
const MAX_REFUSAL_BYTES: u64 = 16 << 10;

/// Whether the next start reads a kept response again automatically, because what was missing may be available then:
/// disk space, a linked image, or the image of a task.
pub(in crate::studio) fn is_resumable(failure: &Failure) -> bool {
    is_disk_failure(failure)
        || failure.kind == FailureKind::TaskUnfinished
        || (matches!(failure.kind, FailureKind::LinkFailed | FailureKind::LinksTimedOut)
            && failure.charged == Charge::Yes)
}

/// Whether a response was paid for and could not be written to disk.
pub(in crate::studio) fn is_disk_failure(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::DiskFull | FailureKind::CannotWrite) && failure.charged == Charge::Yes
}

/// Keeps the response of a failed request, if it may contain more than was stored. Otherwise the response is
/// removed. Blocks.
pub(in crate::studio) fn keep_response(
    context: &Context,
    request: RequestId,
    failure: &Failure,
) -> Option<KeptResponse> {
    let refused = matches!(failure.kind, FailureKind::NoImage | FailureKind::PromptBlocked | FailureKind::ImageBlocked);
    let kept = if failure.charged == Charge::No { Ok(None) } else { context.library.spool().keep(request) };
    match kept {
        // Linked images may be available later.
        Ok(Some(kept)) if !refused || failure.kept.is_some() || kept.bytes > MAX_REFUSAL_BYTES => Some(kept),
        Ok(_) => {
            if let Err(error) = context.library.spool().remove(request) {
                tracing::warn!(%request, error = %chain(&error), "a spool file was left behind");
            }
            None
        }
        Err(error) => {
            tracing::error!(%request, error = %chain(&error), "a response stays where it is, because it cannot be moved");
            let spooled = context.library.spool().read(request).ok().flatten()?;
            let read_by = env!("CARGO_PKG_VERSION").to_owned();
            Some(KeptResponse { bytes: spooled.bytes, place: spooled.place, read_by })
        }
    }
}
