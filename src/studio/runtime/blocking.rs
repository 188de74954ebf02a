//! Runs blocking work from async code.

use crate::{
    error_chain::chain,
    recipe::{Failure, FailureKind},
};

/// Runs blocking work on a thread of the runtime's blocking pool. A panic of the work becomes a failure.
pub(in crate::studio) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(error = %chain(&error), "a task panicked");
        Failure::new(FailureKind::NotUnderstood)
    })
}
