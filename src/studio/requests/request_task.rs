//! One request from key and references to the images in the library, and how its end is recorded.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    error_chain::chain,
    gateway::{self, Call, LinkPolicy, ReferenceBytes},
    library::{LibraryError, RequestRecord, RequestStatus, SpoolHeader, SpoolWriter, SpooledHead, SpooledRequest},
    recipe::{Charge, Exchange, Failure, FailureKind, Money, Profile, Recipe, ReferenceLimits, RequestId},
    studio::{
        platform::disk_space::DiskSpaceReservation,
        protocol::DiskSpace,
        references::convert::{self, ConvertedImage},
        requests::{request_control::RequestControl, retry_policy},
        responses::exchange_recorder::{self, ExchangeRecorder},
        responses::{
            cost_recorder::{self, RequestCost},
            finalize::finalize_response,
            ingest::library_failure,
            linked_images,
            response_reader::{self, BodyChunk, ReceivedResponse, ResponseStart},
            retention::{is_disk_failure, is_resumable, keep_response},
            spool_reader::{self, SpoolOutcome},
            task_polling,
        },
        runtime::{
            blocking::blocking,
            context::Context,
            task_message::{RequestProgress, TaskMessage},
        },
    },
};

/// How many chunks of a response may wait for the thread that reads it.
const CHUNK_BUFFER: usize = 64;

/// One request and everything that is needed to run it.
pub(in crate::studio) struct RequestTask {
    pub(in crate::studio) request: RequestId,
    pub(in crate::studio) recipe: Arc<Recipe>,
    /// When the request was created.
    pub(in crate::studio) created: Timestamp,
    pub(in crate::studio) estimate: Option<Money>,
    pub(in crate::studio) profile: Profile,
    /// The reference limits of its model.
    pub(in crate::studio) limits: ReferenceLimits,
    pub(in crate::studio) control: RequestControl,
    /// Whether it is put back into the queue if its gateway is unreachable.
    pub(in crate::studio) requeue_if_unreachable: bool,
}

/// Why a request ended without an image.
enum RequestError {
    Failed(Failure),
    /// Its gateway is unreachable, and it was put back into the queue.
    Unreachable(Failure),
    /// Its gateway rejected it because of its rate limit, and it was put back into the queue.
    RateLimited(Failure),
    /// The disk has no space for its response, and nothing was sent.
    NoDiskSpace(DiskSpace),
    /// The queue is draining, and it was put back.
    Requeued,
    Cancelled {
        sent: bool,
    },
}

impl From<Failure> for RequestError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Runs one request to completion and reports the result to the core task.
pub(in crate::studio) async fn run(context: Arc<Context>, task: RequestTask) {
    let mut recorder = ExchangeRecorder::default();
    let result = send_and_receive(&context, &task, &mut recorder).await;
    let sent = recorder.was_sent();
    // The exchange of a cancelled request is not kept.
    if !matches!(result, Err(RequestError::Cancelled { .. }))
        && let Some(exchange) = recorder.complete()
    {
        exchange_recorder::save(&context, task.request, exchange).await;
    }
    finish_request(&context, task.request, &task.recipe, sent, result).await;
}

/// Records that a request's task panicked and reports it: if the request was sent, it may be charged.
pub(in crate::studio) async fn fail_after_panic(context: &Arc<Context>, request: RequestId, recipe: &Arc<Recipe>) {
    let library = Arc::clone(&context.library);
    let state = blocking(move || library.requests().status(request)).await;
    let was_sent = !matches!(state, Ok(Ok(Some(RequestStatus::Queued))));
    let failure = Failure::new(FailureKind::Interrupted);
    let failure = if was_sent { failure } else { failure.charged(Charge::No) };
    finish_request(context, request, recipe, was_sent, Err(failure.into())).await;
}

/// Records that a request was cancelled before it was sent, and reports it.
pub(in crate::studio) async fn cancel_unsent(context: Arc<Context>, request: RequestId, recipe: Arc<Recipe>) {
    finish_request(&context, request, &recipe, false, Err(RequestError::Cancelled { sent: false })).await;
}

/// Downloads the images that an earlier response links to and reports the result to the core task.
pub(in crate::studio) async fn resume_links(
    context: Arc<Context>,
    request: RequestId,
    recipe: Arc<Recipe>,
    profile: Option<Profile>,
    policy: LinkPolicy,
    received: ReceivedResponse,
    cancel: CancellationToken,
) {
    let result = match cancel.run_until_cancelled(received.follow_links(&context, &policy, profile.as_ref())).await {
        Some(Ok(received)) => finish(&context, request, received, Duration::ZERO).await.map_err(RequestError::Failed),
        Some(Err(failure)) => Err(RequestError::Failed(failure)),
        None => Err(cancelled_after_response()),
    };
    finish_request(&context, request, &recipe, true, result).await;
}

/// The error of a request that a person cancelled after its response had arrived: the response is paid for, and kept.
fn cancelled_after_response() -> RequestError {
    RequestError::Failed(Failure::new(FailureKind::Cancelled).charged(Charge::Yes))
}

/// Records how a request ended and, if it was sent, what it cost, and reports it to the core task.
async fn finish_request(
    context: &Arc<Context>,
    request: RequestId,
    recipe: &Arc<Recipe>,
    was_sent: bool,
    result: Result<RequestProgress, RequestError>,
) {
    let progress = match result {
        Ok(progress) => progress,
        Err(RequestError::Failed(failure)) => {
            tracing::warn!(%request, kind = ?failure.kind, charged = ?failure.charged, status = ?failure.http_status, "a request failed");
            if was_sent {
                record_cost(context, request, recipe, failure.charged).await;
            }
            let failure = with_kept_response(context, request, failure).await;
            // A request that the next start can resume stays unfinished, as if the program had stopped here.
            if failure.kept.is_none() || !is_resumable(&failure) {
                try_set_status(context, request, RequestStatus::Failed(failure.clone())).await;
            }
            RequestProgress::Failed(failure)
        }
        Err(RequestError::Unreachable(failure)) => {
            remove_spool(context, request).await;
            RequestProgress::Unreachable(failure)
        }
        Err(RequestError::RateLimited(failure)) => {
            remove_spool(context, request).await;
            RequestProgress::RateLimited(failure)
        }
        // An earlier attempt may have left its spool file.
        Err(RequestError::NoDiskSpace(space)) => {
            remove_spool(context, request).await;
            RequestProgress::NoDiskSpace(space)
        }
        Err(RequestError::Requeued) => {
            remove_spool(context, request).await;
            RequestProgress::Requeued
        }
        Err(RequestError::Cancelled { sent }) => {
            if sent {
                record_cost(context, request, recipe, Charge::Maybe).await;
            }
            try_set_status(context, request, RequestStatus::Cancelled { sent }).await;
            remove_spool(context, request).await;
            RequestProgress::Cancelled { sent }
        }
    };
    context.notify_core(TaskMessage::Progress(request, progress));
}

/// Sends a request and receives its response. It is sent again only if the earlier attempt was certainly not charged.
async fn send_and_receive(
    context: &Arc<Context>,
    task: &RequestTask,
    recorder: &mut ExchangeRecorder,
) -> Result<RequestProgress, RequestError> {
    let RequestTask { request, recipe, profile, limits, control, .. } = task;
    let cancel = &control.cancel;
    let base_url = context.base_url(profile);
    let mut attempts = 0;
    let (since, start, mut incoming, mut spool, reservation) = loop {
        // Built for each attempt, so that large references are not held in memory during the wait.
        let preparation = async {
            let key = context.keys.key(profile).await?;
            let call = build_call(context, recipe, profile, *limits).await?;
            let exchange = gateway::describe_request(
                profile,
                base_url,
                key.as_ref().map(crate::studio::protocol::Secret::reveal),
                &call,
                context.now(),
            )
            .ok();
            if control.requeue.is_cancelled() {
                return Err(RequestError::Requeued);
            }
            // Nothing is sent if the response could not be stored, because it would be paid for in vain.
            let (mut spool, reservation) = open_spool(context, task, exchange.clone()).await?;
            // The status on disk is "sending" before the socket opens, because from here on the request may be charged.
            set_status(context, *request, RequestStatus::Sending).await?;
            let spool = blocking(move || spool.arm().map(|()| spool)).await?;
            let spool = spool.map_err(|error| library_failure(&error, Charge::No))?;
            Ok::<_, RequestError>((key, call, exchange, spool, reservation))
        };
        let (key, call, exchange, spool, reservation) = tokio::select! {
            ready = preparation => ready?,
            () = cancel.cancelled() => return Err(RequestError::Cancelled { sent: false }),
        };
        let (since, start) = (context.now(), Instant::now());
        context.notify_core(TaskMessage::Progress(*request, RequestProgress::Sent { since }));
        let revealed = key.as_ref().map(crate::studio::protocol::Secret::reveal);
        // Of several attempts the last one is recorded.
        recorder.start(exchange, profile, revealed);
        let result = tokio::select! {
            result = context.client.send_recording_head(profile, base_url, revealed, call, &mut recorder.head) => result,
            () = cancel.cancelled() => return Err(RequestError::Cancelled { sent: true }),
        };
        attempts += 1;
        match result {
            Ok(incoming) => break (since, start, incoming, spool, reservation),
            Err(failure) => {
                // An existing spool file means that the request was sent, so that it must not be left behind.
                blocking(move || spool.discard()).await?;
                drop(reservation);
                wait_before_retry(context, task, failure, attempts).await?;
            }
        }
    };
    if let Some(wait) = recorder.head.exhausted {
        context.notify_core(TaskMessage::Progress(*request, RequestProgress::RateLimitReached(wait)));
    }
    // If this fails, the next start reads the response as well, because the status "sending" has the same effect.
    try_set_status(context, *request, RequestStatus::Receiving).await;

    let (chunks, receiver) = mpsc::channel(CHUNK_BUFFER);
    let receiving = {
        let (context, request, recipe) = (Arc::clone(context), *request, Arc::clone(recipe));
        let response_start = ResponseStart { since, kind: incoming.kind, total: incoming.length };
        let answer = recorder.partial().and_then(|exchange| exchange.answer);
        let head = SpooledHead { kind: response_reader::body_kind_label(incoming.kind).to_owned(), answer };
        let transcript = recorder.transcript();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = spool.begin(&head) {
                tracing::error!(%request, error = %chain(&error), "a response cannot be spooled");
            }
            response_reader::receive(&context, request, recipe, spool, &response_start, receiver, transcript)
        })
    };
    loop {
        let chunk = tokio::select! {
            chunk = incoming.chunk() => chunk,
            () = cancel.cancelled() => {
                drop(chunks);
                receiving.await.ok();
                return Err(RequestError::Cancelled { sent: true });
            }
        };
        let (chunk, last) = match chunk {
            Ok(Some(bytes)) => (BodyChunk::Bytes(bytes), false),
            Ok(None) => (BodyChunk::End, true),
            Err(failure) => (BodyChunk::Failed(failure), true),
        };
        // If the receiving thread ends early because of a failure or a limit, its result says so.
        if chunks.send(chunk).await.is_err() || last {
            break;
        }
    }
    drop((chunks, incoming));
    let took = start.elapsed();
    let mut received = receiving.await.map_err(|error| {
        tracing::error!(error = %chain(&error), "the reader of a response panicked");
        Failure::new(FailureKind::NotUnderstood)
    })??;
    recorder.body = received.body.take();
    received.outcome.answer.cost = received.outcome.answer.cost.or_else(|| gateway::cost_in(&recorder.head.headers));
    let policy = LinkPolicy::of(profile, base_url);
    let received = tokio::select! {
        received = received.follow_links(context, &policy, Some(profile)) => received?,
        () = cancel.cancelled() => return Err(cancelled_after_response()),
    };
    let finished = match finish(context, *request, received, took).await {
        // Some disk errors are transient, and the complete response is in the spool.
        Err(failure) if is_disk_failure(&failure) => reread_spool(context, *request, recipe, failure).await,
        finished => finished,
    };
    drop(reservation);
    finished.map_err(RequestError::Failed)
}

/// Reads a response whose images could not be stored from the spool. Returns the first failure if that does not help.
async fn reread_spool(
    context: &Arc<Context>,
    request: RequestId,
    recipe: &Arc<Recipe>,
    failure: Failure,
) -> Result<RequestProgress, Failure> {
    let record = RequestRecord { request, recipe: Recipe::clone(recipe), created: context.now() };
    let shared = Arc::clone(context);
    match blocking(move || spool_reader::read_spool(&shared, &record)).await? {
        Ok(Some(SpoolOutcome::Stored { images, took })) => Ok(RequestProgress::Done { images, took }),
        Ok(Some(SpoolOutcome::Failed(again))) => Err(Failure { stored: failure.stored.max(again.stored), ..failure }),
        Ok(Some(SpoolOutcome::Pending(_)) | None) | Err(_) => Err(failure),
    }
}

/// Opens the spool file of a request, if there is space for its response and its images.
async fn open_spool(
    context: &Arc<Context>,
    task: &RequestTask,
    exchange: Option<Exchange>,
) -> Result<(SpoolWriter, DiskSpaceReservation), RequestError> {
    let (shared, request, recipe) = (Arc::clone(context), task.request, Arc::clone(&task.recipe));
    let (created, estimate) = (task.created, task.estimate);
    let opened = blocking(move || {
        let reservation = shared.disk_space.reserve(&recipe).map_err(RequestError::NoDiskSpace)?;
        let spooled = SpooledRequest { recipe: Recipe::clone(&recipe), created, estimate };
        let header = SpoolHeader::new(spooled, shared.now(), exchange);
        match shared.library.spool().create(request, header, reservation.response_bytes) {
            Ok(spool) => Ok((spool, reservation)),
            Err(LibraryError::DiskFull { .. }) => {
                drop(reservation);
                let space = shared.disk_space.check(&recipe);
                Err(RequestError::NoDiskSpace(DiskSpace {
                    needed: space.needed.max(space.free.saturating_add(1)),
                    ..space
                }))
            }
            Err(error) => Err(RequestError::Failed(library_failure(&error, Charge::No))),
        }
    });
    match opened.await? {
        // If no person can free space, the request fails without charge.
        Err(RequestError::NoDiskSpace(_)) if !context.interactive => {
            Err(RequestError::Failed(Failure::new(FailureKind::DiskFull).charged(Charge::No)))
        }
        opened => opened,
    }
}

/// Waits before the next attempt. Returns an error if there is none.
async fn wait_before_retry(
    context: &Arc<Context>,
    task: &RequestTask,
    failure: Failure,
    attempts: u32,
) -> Result<(), RequestError> {
    let RequestTask { request, control, .. } = task;
    let request = *request;
    let is_rate_limited = retry_policy::is_rate_limited(&failure);
    let is_requeued = is_rate_limited || (task.requeue_if_unreachable && failure.is_unreachable());
    let wait = retry_policy::backoff(&failure, attempts, (context.random)());
    if wait.is_none() && !is_requeued {
        return Err(failure.into());
    }
    // During the wait nothing is under way, so that the request is not charged if the program is killed now.
    let library = Arc::clone(&context.library);
    blocking(move || library.requests().reset_to_queued(request))
        .await?
        .map_err(|error| library_failure(&error, Charge::No))?;
    if is_rate_limited {
        return Err(RequestError::RateLimited(failure));
    }
    let Some(wait) = wait.filter(|_| !is_requeued) else { return Err(RequestError::Unreachable(failure)) };
    let at = context.now().checked_add(wait).unwrap_or(Timestamp::MAX);
    tracing::info!(%request, kind = ?failure.kind, attempts, ?wait, "a request is sent again");
    context.notify_core(TaskMessage::Progress(request, RequestProgress::RetryScheduled { failure, at, attempts }));
    tokio::select! {
        () = tokio::time::sleep(wait) => Ok(()),
        () = control.retry_now.notified() => Ok(()),
        () = control.requeue.cancelled() => Err(RequestError::Requeued),
        () = control.cancel.cancelled() => Err(RequestError::Cancelled { sent: false }),
    }
}

/// Builds the call. Reference images are read from the library and converted for the model.
async fn build_call(
    context: &Arc<Context>,
    recipe: &Arc<Recipe>,
    profile: &Profile,
    limits: ReferenceLimits,
) -> Result<Call, Failure> {
    let (library, recipe, profile) = (Arc::clone(&context.library), recipe.effective(), profile.clone());
    blocking(move || {
        let (images, mask) = convert::convert_images(&library, &recipe, limits)?;
        let images: Vec<ReferenceBytes<'_>> = images.iter().map(ConvertedImage::reference_bytes).collect();
        Ok(gateway::call(&recipe, &profile, &images, mask.as_ref().map(ConvertedImage::reference_bytes)))
    })
    .await?
}

impl ReceivedResponse {
    /// Follows the task that the response has started, if any, and downloads the images that the response links to.
    async fn follow_links(
        self,
        context: &Arc<Context>,
        policy: &LinkPolicy,
        profile: Option<&Profile>,
    ) -> Result<Self, Failure> {
        let received = task_polling::follow_task(context, self, policy, profile).await?;
        // If the model answered with text only, its links may lead to pages instead of images.
        let is_certain = received.outcome.failure.as_ref().is_none_or(|failure| failure.kind != FailureKind::NoImage);
        let ingest = linked_images::download_links(context, received.ingest, policy, profile, is_certain).await?;
        Ok(Self { ingest, ..received })
    }
}

/// Stores the received images and returns how the request has ended.
async fn finish(
    context: &Arc<Context>,
    request: RequestId,
    received: ReceivedResponse,
    took: Duration,
) -> Result<RequestProgress, Failure> {
    let shared = Arc::clone(context);
    blocking(move || finalize_response(&shared, request, received, took)).await?
}

async fn set_status(context: &Arc<Context>, request: RequestId, state: RequestStatus) -> Result<(), Failure> {
    let library = Arc::clone(&context.library);
    blocking(move || library.requests().set_status(request, &state))
        .await?
        .map_err(|error| library_failure(&error, Charge::No))
}

async fn try_set_status(context: &Arc<Context>, request: RequestId, state: RequestStatus) {
    if let Err(failure) = set_status(context, request, state).await {
        tracing::error!(%request, ?failure, "the end of a request could not be recorded");
    }
}

async fn record_cost(context: &Arc<Context>, request: RequestId, recipe: &Arc<Recipe>, charged: Charge) {
    let (context, recipe) = (Arc::clone(context), Arc::clone(recipe));
    let cost = RequestCost { charged, amount: None, images: 0, took: None };
    // A panic was logged by `blocking`.
    blocking(move || cost_recorder::record_cost(&context, request, &recipe, &cost)).await.ok();
}

/// Keeps the response of a failed request, if it may contain more, and adds it to the failure.
async fn with_kept_response(context: &Arc<Context>, request: RequestId, failure: Failure) -> Failure {
    let (shared, of) = (Arc::clone(context), failure.clone());
    let kept = blocking(move || keep_response(&shared, request, &of)).await.ok().flatten();
    Failure { kept, ..failure }
}

async fn remove_spool(context: &Arc<Context>, request: RequestId) {
    let library = Arc::clone(&context.library);
    if let Ok(Err(error)) = blocking(move || library.spool().remove(request)).await {
        tracing::warn!(%request, error = %chain(&error), "a spool file was left behind");
    }
}
