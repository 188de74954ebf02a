//! Receives a response: spools its bytes, ingests its images, and reports the progress.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{
    error_chain::chain,
    gateway::{BodyKind, ResponseOutcome, Transcript},
    library::SpoolWriter,
    recipe::{Failure, FailureKind, Recipe, RequestId},
    studio::{
        responses::exchange_recorder::ResponseBody,
        responses::ingest::ImageIngest,
        responses::response_receiver::ResponseReceiver,
        runtime::{
            context::Context,
            task::{Task, catch_panic},
            task_message::{RequestProgress, TaskMessage},
        },
    },
};

/// Time between two progress reports, because faster changes cannot be read.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// A chunk of a body, or its end.
pub(in crate::studio) enum BodyChunk {
    Bytes(Bytes),
    End,
    Failed(Failure),
}

/// The facts about a response when its body begins.
pub(in crate::studio) struct ResponseStart {
    /// When the request was sent.
    pub(in crate::studio) since: Timestamp,
    pub(in crate::studio) kind: BodyKind,
    /// Length of the body in bytes, if the gateway has declared it.
    pub(in crate::studio) total: Option<u64>,
}

/// A response that was received completely or until its connection broke.
pub(in crate::studio) struct ReceivedResponse {
    pub(in crate::studio) ingest: ImageIngest,
    pub(in crate::studio) outcome: ResponseOutcome,
    /// How the connection broke, if it did.
    pub(in crate::studio) broken: Option<Failure>,
    /// The text of the body, if it was received just now and not read from the spool.
    pub(in crate::studio) body: Option<ResponseBody>,
    /// The URL to which the request was sent, if the response was read from the spool.
    pub(in crate::studio) gateway: Option<String>,
}

/// Spools and reads a response as it arrives. Blocks.
pub(in crate::studio) fn receive(
    context: &Arc<Context>,
    request: RequestId,
    recipe: Arc<Recipe>,
    mut spool: SpoolWriter,
    start: &ResponseStart,
    mut chunks: mpsc::Receiver<BodyChunk>,
    mut transcript: Transcript,
) -> Result<ReceivedResponse, Failure> {
    let ingest = new_ingest(context, request, recipe);
    let mut receiver = ResponseReceiver::new(start.kind, ingest).masking(transcript.mask());
    let mut masked = transcript.spool_mask();
    let ResponseStart { since, total, .. } = *start;
    let mut bytes_so_far = 0;
    let mut reported_at = Instant::now();
    let mut broken = None;
    let (mut ended, mut has_panicked) = (false, false);
    // The revision of the preview that was reported last. Decoded rows are reported even if no more bytes arrive.
    let mut shown = 0;
    let runtime = tokio::runtime::Handle::current();
    loop {
        let chunk = match runtime.block_on(async { tokio::time::timeout(PROGRESS_INTERVAL, chunks.recv()).await }) {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(_waited) => {
                let ingest = receiver.parts();
                if ingest.revision() != shown {
                    shown = ingest.revision();
                    let preview = ingest.preview();
                    let step = RequestProgress::Receiving { since, bytes: bytes_so_far, total, preview };
                    context.notify_core(TaskMessage::Progress(request, step));
                }
                continue;
            }
        };
        match chunk {
            BodyChunk::Bytes(bytes) => {
                // The images may still be stored.
                if let Err(error) = spool.write(masked.push(&bytes)) {
                    tracing::error!(%request, error = %chain(&error), "a response cannot be spooled any more");
                }
                // The bytes are spooled to the end even if the reader panics.
                let is_read = has_panicked || catch_panic(Task::Request, || receiver.push(&bytes)).is_some();
                has_panicked |= !is_read;
                transcript.push(&bytes);
                // The reader ignores the rest, which may be endless.
                if !has_panicked && receiver.ignores_rest() {
                    ended = true;
                    break;
                }
                bytes_so_far += bytes.len() as u64;
                if reported_at.elapsed() >= PROGRESS_INTERVAL || bytes_so_far == bytes.len() as u64 {
                    reported_at = Instant::now();
                    let ingest = receiver.parts();
                    shown = ingest.revision();
                    let preview = ingest.preview();
                    let step = RequestProgress::Receiving { since, bytes: bytes_so_far, total, preview };
                    context.notify_core(TaskMessage::Progress(request, step));
                }
            }
            BodyChunk::End => ended = true,
            BodyChunk::Failed(failure) => {
                broken = Some(failure);
                ended = true;
            }
        }
    }
    if !ended {
        // The request was cancelled, and nothing of the response is kept.
        return Err(Failure::new(FailureKind::Cancelled));
    }
    if let Err(error) = spool.write(masked.finish()).and_then(|()| spool.finish()) {
        tracing::error!(%request, error = %chain(&error), "a response is not spooled completely");
    }
    let not_understood = || Failure::new(FailureKind::NotUnderstood);
    if has_panicked {
        return Err(not_understood());
    }
    let (outcome, ingest) = catch_panic(Task::Request, || receiver.finish()).ok_or_else(not_understood)?;
    Ok(ReceivedResponse { ingest, outcome, broken, body: Some(transcript.into()), gateway: None })
}

/// The name of a body kind in the header of a spool file.
pub(in crate::studio) fn body_kind_label(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "json",
        BodyKind::EventStream => "events",
        BodyKind::Unknown => "unknown",
    }
}

/// The body kind of a name in the header of a spool file.
pub(in crate::studio) fn body_kind(label: &str) -> BodyKind {
    [BodyKind::Json, BodyKind::EventStream]
        .into_iter()
        .find(|kind| self::body_kind_label(*kind) == label)
        .unwrap_or(BodyKind::Unknown)
}

/// An image ingest with the IDs and the clock of the studio.
pub(in crate::studio) fn new_ingest(context: &Arc<Context>, request: RequestId, recipe: Arc<Recipe>) -> ImageIngest {
    let naming = Arc::clone(context);
    ImageIngest::new(Arc::clone(&context.library), request, recipe, move || (naming.new_image(), naming.now()))
}
