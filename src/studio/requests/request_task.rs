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
    library::{LibraryError, RequestRecord, RequestStatus, ResponseHead, SpoolHeader, SpoolWriter, SpooledRequest},
    recipe::{Charge, Exchange, Failure, FailureKind, Money, Profile, Recipe, ReferenceLimits, RequestId},
    studio::{
        platform::disk_space::RoomPromise,
        protocol::DiskSpace,
        references::convert::{self, Fitted},
        requests::{request_control::Reins, retry_policy},
        responses::exchange_recorder::{self, Record},
        responses::{
            cost_recorder::{self, Outcome as Spent},
            ingest::library_failure,
            links, outcome,
            response_reader::{self, Arrival, Piece, Read},
            retention::{is_about_disk, is_resumable, keep_response},
            spool_reader::{self, Left},
            task_polling,
        },
        runtime::{
            blocking::blocking,
            context::Context,
            task_message::{RequestProgress, TaskMessage},
        },
    },
};

/// How many pieces of an answer may wait for the disk.
const PIECES: usize = 64;

/// One request and everything that is needed to run it.
pub(in crate::studio) struct RequestTask {
    pub(in crate::studio) request: RequestId,
    pub(in crate::studio) recipe: Arc<Recipe>,
    /// When a person started it.
    pub(in crate::studio) created: Timestamp,
    pub(in crate::studio) estimate: Option<Money>,
    pub(in crate::studio) profile: Profile,
    /// What its model takes of references.
    pub(in crate::studio) limits: ReferenceLimits,
    pub(in crate::studio) reins: Reins,
    /// Whether it goes back into the line if its gateway is not reached.
    pub(in crate::studio) patient: bool,
}

/// Why a request ended without a picture.
enum Stop {
    Failed(Failure),
    /// Its gateway was not reached, and it was put back.
    NotReached(Failure),
    /// Its gateway takes no more requests now, and it was put back.
    Refused(Failure),
    /// The disk has no room for its response, and nothing was sent.
    NoRoom(DiskSpace),
    /// Nothing is to be sent any more, and it was put back.
    PutBack,
    Cancelled {
        sent: bool,
    },
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Runs one request to completion and reports the result to the core task.
pub(in crate::studio) async fn run(context: Arc<Context>, task: RequestTask) {
    let mut record = Record::default();
    let came = send_and_receive(&context, &task, &mut record).await;
    let sent = record.was_sent();
    // What was cancelled is over: nobody asks what it said.
    if !matches!(came, Err(Stop::Cancelled { .. }))
        && let Some(exchange) = record.whole()
    {
        exchange_recorder::keep(&context, task.request, exchange).await;
    }
    finish_request(&context, task.request, &task.recipe, sent, came).await;
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
    finish_request(&context, request, &recipe, false, Err(Stop::Cancelled { sent: false })).await;
}

/// Fetches the images that an earlier response links to and reports the result to the core task.
pub(in crate::studio) async fn fetch_links(
    context: Arc<Context>,
    request: RequestId,
    recipe: Arc<Recipe>,
    profile: Option<Profile>,
    policy: LinkPolicy,
    read: Read,
    cancel: CancellationToken,
) {
    let came = match cancel.run_until_cancelled(read.follow_links(&context, &policy, profile.as_ref())).await {
        Some(Ok(read)) => finish(&context, request, read, Duration::ZERO).await.map_err(Stop::Failed),
        Some(Err(failure)) => Err(Stop::Failed(failure)),
        None => Err(cancelled_whole()),
    };
    finish_request(&context, request, &recipe, true, came).await;
}

/// A person has stopped a request whose response has come as a whole: it is paid for, and kept.
fn cancelled_whole() -> Stop {
    Stop::Failed(Failure::new(FailureKind::Cancelled).charged(Charge::Yes))
}

/// Records how a request ended and, if it was sent, what it cost, and reports it to the core task.
async fn finish_request(
    context: &Arc<Context>,
    request: RequestId,
    recipe: &Arc<Recipe>,
    was_sent: bool,
    came: Result<RequestProgress, Stop>,
) {
    let step = match came {
        Ok(step) => step,
        Err(Stop::Failed(failure)) => {
            tracing::warn!(%request, kind = ?failure.kind, charged = ?failure.charged, status = ?failure.http_status, "a request failed");
            if was_sent {
                book(context, request, recipe, failure.charged).await;
            }
            let failure = keep(context, request, failure).await;
            // What the next start can go on with stays unfinished, as if the program had stopped here.
            if failure.kept.is_none() || !is_resumable(&failure) {
                keep_state(context, request, RequestStatus::Failed(failure.clone())).await;
            }
            RequestProgress::Failed(failure)
        }
        Err(Stop::NotReached(failure)) => {
            drop_spool(context, request).await;
            RequestProgress::Unreachable(failure)
        }
        Err(Stop::Refused(failure)) => {
            drop_spool(context, request).await;
            RequestProgress::RateLimited(failure)
        }
        // An earlier try may have left its spool file.
        Err(Stop::NoRoom(room)) => {
            drop_spool(context, request).await;
            RequestProgress::NoDiskSpace(room)
        }
        Err(Stop::PutBack) => {
            drop_spool(context, request).await;
            RequestProgress::Requeued
        }
        Err(Stop::Cancelled { sent }) => {
            if sent {
                book(context, request, recipe, Charge::Maybe).await;
            }
            keep_state(context, request, RequestStatus::Cancelled { sent }).await;
            drop_spool(context, request).await;
            RequestProgress::Cancelled { sent }
        }
    };
    context.notify_core(TaskMessage::Progress(request, step));
}

/// Sends a request, more than once only as long as it surely cost nothing.
async fn send_and_receive(
    context: &Arc<Context>,
    task: &RequestTask,
    record: &mut Record,
) -> Result<RequestProgress, Stop> {
    let RequestTask { request, recipe, profile, limits, reins, .. } = task;
    let cancel = &reins.cancel;
    let base_url = context.base_url(profile);
    let mut attempts = 0;
    let (since, start, mut incoming, mut spool, promise) = loop {
        // Put together for each try, so that large references are not held in memory while it waits.
        let before_sending = async {
            let key = context.keys.key(profile).await?;
            let call = call(context, recipe, profile, *limits).await?;
            let exchange = gateway::describe_request(
                profile,
                base_url,
                key.as_ref().map(crate::studio::protocol::Secret::reveal),
                &call,
                context.now(),
            )
            .ok();
            if reins.hold.is_cancelled() {
                return Err(Stop::PutBack);
            }
            // No money is spent on a response that could not be kept.
            let (mut spool, promise) = open_spool(context, task, exchange.clone()).await?;
            // The intent is on disk as "sending" before the socket opens: from here on it may cost money.
            set_state(context, *request, RequestStatus::Sending).await?;
            let spool = blocking(move || spool.arm().map(|()| spool)).await?;
            let spool = spool.map_err(|error| library_failure(&error, Charge::No))?;
            Ok::<_, Stop>((key, call, exchange, spool, promise))
        };
        let (key, call, exchange, spool, promise) = tokio::select! {
            ready = before_sending => ready?,
            () = cancel.cancelled() => return Err(Stop::Cancelled { sent: false }),
        };
        let (since, start) = (context.now(), Instant::now());
        context.notify_core(TaskMessage::Progress(*request, RequestProgress::Sent { since }));
        let revealed = key.as_ref().map(crate::studio::protocol::Secret::reveal);
        // Of several tries the last one is kept.
        record.send(exchange, profile, revealed);
        let answered = tokio::select! {
            answered = context.client.send_and_hear(profile, base_url, revealed, call, &mut record.heard) => answered,
            () = cancel.cancelled() => return Err(Stop::Cancelled { sent: true }),
        };
        attempts += 1;
        match answered {
            Ok(incoming) => break (since, start, incoming, spool, promise),
            Err(failure) => {
                // A spool file that is there says that the request was sent.
                blocking(move || spool.discard()).await?;
                drop(promise);
                pause(context, task, failure, attempts).await?;
            }
        }
    };
    if let Some(wait) = record.heard.exhausted {
        context.notify_core(TaskMessage::Progress(*request, RequestProgress::RateLimitReached(wait)));
    }
    // What is there from here on is read at the next start in either state.
    keep_state(context, *request, RequestStatus::Receiving).await;

    let (pieces, taken) = mpsc::channel(PIECES);
    let reading = {
        let (context, request, recipe) = (Arc::clone(context), *request, Arc::clone(recipe));
        let arrival = Arrival { since, kind: incoming.kind, total: incoming.length };
        let answer = record.so_far().and_then(|exchange| exchange.answer);
        let head = ResponseHead { kind: response_reader::label(incoming.kind).to_owned(), answer };
        let transcript = record.transcript();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = spool.begin(&head) {
                tracing::error!(%request, error = %chain(&error), "a response cannot be spooled");
            }
            response_reader::read(&context, request, recipe, spool, &arrival, taken, transcript)
        })
    };
    loop {
        let piece = tokio::select! {
            piece = incoming.chunk() => piece,
            () = cancel.cancelled() => {
                drop(pieces);
                reading.await.ok();
                return Err(Stop::Cancelled { sent: true });
            }
        };
        let (piece, last) = match piece {
            Ok(Some(bytes)) => (Piece::Bytes(bytes), false),
            Ok(None) => (Piece::End, true),
            Err(failure) => (Piece::Broken(failure), true),
        };
        // The reading thread ends early with a failure, or beyond a limit; either is what it returns.
        if pieces.send(piece).await.is_err() || last {
            break;
        }
    }
    drop((pieces, incoming));
    let took = start.elapsed();
    let mut read = reading.await.map_err(|error| {
        tracing::error!(error = %chain(&error), "the reader of an answer broke down");
        Failure::new(FailureKind::NotUnderstood)
    })??;
    record.said = read.said.take();
    read.outcome.answer.cost = read.outcome.answer.cost.or_else(|| gateway::cost_in(&record.heard.headers));
    let policy = LinkPolicy::of(profile, base_url);
    let read = tokio::select! {
        read = read.follow_links(context, &policy, Some(profile)) => read?,
        () = cancel.cancelled() => return Err(cancelled_whole()),
    };
    let finished = match finish(context, *request, read, took).await {
        // Disks recover from single errors, and the whole response is in the spool.
        Err(failure) if is_about_disk(&failure) => read_again(context, *request, recipe, failure).await,
        finished => finished,
    };
    drop(promise);
    finished.map_err(Stop::Failed)
}

/// Reads a response from the spool whose images could not be stored. Returns the first failure where that does not help.
async fn read_again(
    context: &Arc<Context>,
    request: RequestId,
    recipe: &Arc<Recipe>,
    failure: Failure,
) -> Result<RequestProgress, Failure> {
    let intent = RequestRecord { request, recipe: Recipe::clone(recipe), created: context.now() };
    let shared = Arc::clone(context);
    match blocking(move || spool_reader::from_spool(&shared, &intent)).await? {
        Ok(Some(Left::Images { images, took })) => Ok(RequestProgress::Done { images, took }),
        Ok(Some(Left::Nothing(again))) => Err(Failure { stored: failure.stored.max(again.stored), ..failure }),
        Ok(Some(Left::Links(_)) | None) | Err(_) => Err(failure),
    }
}

/// Opens the spool file of a request, if there is room for its response and its images.
async fn open_spool(
    context: &Arc<Context>,
    task: &RequestTask,
    exchange: Option<Exchange>,
) -> Result<(SpoolWriter, RoomPromise), Stop> {
    let (shared, request, recipe) = (Arc::clone(context), task.request, Arc::clone(&task.recipe));
    let (created, estimate) = (task.created, task.estimate);
    let opened = blocking(move || {
        let promise = shared.room.promise(&recipe).map_err(Stop::NoRoom)?;
        let spooled = SpooledRequest { recipe: Recipe::clone(&recipe), created, estimate };
        let header = SpoolHeader::new(spooled, shared.now(), exchange);
        match shared.library.spool().create(request, header, promise.response) {
            Ok(spool) => Ok((spool, promise)),
            Err(LibraryError::DiskFull { .. }) => {
                drop(promise);
                let room = shared.room.look(&recipe);
                Err(Stop::NoRoom(DiskSpace { needed: room.needed.max(room.free.saturating_add(1)), ..room }))
            }
            Err(error) => Err(Stop::Failed(library_failure(&error, Charge::No))),
        }
    });
    match opened.await? {
        // Where nobody can make room, the request fails at no cost.
        Err(Stop::NoRoom(_)) if !context.interactive => {
            Err(Stop::Failed(Failure::new(FailureKind::DiskFull).charged(Charge::No)))
        }
        opened => opened,
    }
}

/// Waits before the next try, where there is to be one. Otherwise the failure is the end.
async fn pause(context: &Arc<Context>, task: &RequestTask, failure: Failure, attempts: u32) -> Result<(), Stop> {
    let RequestTask { request, reins, .. } = task;
    let request = *request;
    let is_limit = retry_policy::is_limit(&failure);
    let goes_back = is_limit || (task.patient && failure.is_unreachable());
    let wait = retry_policy::wait(&failure, attempts, (context.random)());
    if wait.is_none() && !goes_back {
        return Err(failure.into());
    }
    // While it waits nothing is on its way, and a program that is killed now has lost no money.
    let library = Arc::clone(&context.library);
    blocking(move || library.requests().reset_to_queued(request))
        .await?
        .map_err(|error| library_failure(&error, Charge::No))?;
    if is_limit {
        return Err(Stop::Refused(failure));
    }
    let Some(wait) = wait.filter(|_| !goes_back) else { return Err(Stop::NotReached(failure)) };
    let at = context.now().checked_add(wait).unwrap_or(Timestamp::MAX);
    tracing::info!(%request, kind = ?failure.kind, attempts, ?wait, "a request is sent again");
    context.notify_core(TaskMessage::Progress(request, RequestProgress::RetryScheduled { failure, at, attempts }));
    tokio::select! {
        () = tokio::time::sleep(wait) => Ok(()),
        () = reins.now.notified() => Ok(()),
        () = reins.hold.cancelled() => Err(Stop::PutBack),
        () = reins.cancel.cancelled() => Err(Stop::Cancelled { sent: false }),
    }
}

/// The request; pictures that go along are read from the library, and made ready for the model.
async fn call(
    context: &Arc<Context>,
    recipe: &Arc<Recipe>,
    profile: &Profile,
    limits: ReferenceLimits,
) -> Result<Call, Failure> {
    let (library, recipe, profile) = (Arc::clone(&context.library), recipe.as_sent(), profile.clone());
    blocking(move || {
        let (pictures, mask) = convert::pictures(&library, &recipe, limits)?;
        let pictures: Vec<ReferenceBytes<'_>> = pictures.iter().map(Fitted::part).collect();
        Ok(gateway::call(&recipe, &profile, &pictures, mask.as_ref().map(Fitted::part)))
    })
    .await?
}

impl Read {
    /// Follows the task that the answer has begun, if it has, and fetches the pictures that it only links to.
    async fn follow_links(
        self,
        context: &Arc<Context>,
        policy: &LinkPolicy,
        profile: Option<&Profile>,
    ) -> Result<Self, Failure> {
        let read = task_polling::follow(context, self, policy, profile).await?;
        // The model may only have talked, and named a page in its words.
        let is_certain = read.outcome.failure.as_ref().is_none_or(|failure| failure.kind != FailureKind::NoImage);
        let landing = links::follow(context, read.landing, policy, profile, is_certain).await?;
        Ok(Self { landing, ..read })
    }
}

/// Stores what has arrived and says how the request has ended.
async fn finish(
    context: &Arc<Context>,
    request: RequestId,
    read: Read,
    took: Duration,
) -> Result<RequestProgress, Failure> {
    let shared = Arc::clone(context);
    blocking(move || outcome::settle(&shared, request, read, took)).await?
}

async fn set_state(context: &Arc<Context>, request: RequestId, state: RequestStatus) -> Result<(), Failure> {
    let library = Arc::clone(&context.library);
    blocking(move || library.requests().set_status(request, &state))
        .await?
        .map_err(|error| library_failure(&error, Charge::No))
}

async fn keep_state(context: &Arc<Context>, request: RequestId, state: RequestStatus) {
    if let Err(failure) = set_state(context, request, state).await {
        tracing::error!(%request, ?failure, "the end of a request was not written down");
    }
}

async fn book(context: &Arc<Context>, request: RequestId, recipe: &Arc<Recipe>, charged: Charge) {
    let (context, recipe) = (Arc::clone(context), Arc::clone(recipe));
    let spent = Spent { charged, amount: None, pictures: 0, took: None };
    // A task that breaks down has said so itself.
    blocking(move || cost_recorder::book(&context, request, &recipe, &spent)).await.ok();
}

/// Keeps the response of a request that has failed, and says so in the failure.
async fn keep(context: &Arc<Context>, request: RequestId, failure: Failure) -> Failure {
    let (shared, of) = (Arc::clone(context), failure.clone());
    let kept = blocking(move || keep_response(&shared, request, &of)).await.ok().flatten();
    Failure { kept, ..failure }
}

async fn drop_spool(context: &Arc<Context>, request: RequestId) {
    let library = Arc::clone(&context.library);
    if let Ok(Err(error)) = blocking(move || library.spool().remove(request)).await {
        tracing::warn!(%request, error = %chain(&error), "a spool file was left behind");
    }
}
