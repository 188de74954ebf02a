//! Follows tasks: responses that contain no image yet, but the ID of a task that is polled until it is done.
//!
//! The ID is durable, because the response that contains it is in the spool: a request that the end of the program
//! interrupts is followed again at the next start. Polling costs nothing.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::{
    gateway::{
        self, IncomingResponse, LinkPolicy, PollResponse, TaskState, TaskTicket, page_instead, task_addresses,
        task_state,
    },
    recipe::{Charge, Failure, FailureKind, KeptResponse, Profile},
    studio::{
        responses::{response_reader::ReceivedResponse, response_receiver::ResponseReceiver},
        runtime::{blocking::blocking, context::Context},
    },
};

/// How long a task is followed. It is followed again when its response is read again.
const MAX_TASK_DURATION: Duration = Duration::from_mins(30);

/// The first and the longest interval between two polls.
const FIRST_POLL_INTERVAL: Duration = Duration::from_secs(1);
const MAX_POLL_INTERVAL: Duration = Duration::from_secs(10);

/// How often every address is tried before the task counts as not found, because relays know a task only after a while.
const MAX_ADDRESS_ROUNDS: usize = 3;

/// The result of a poll.
enum PollResult {
    /// The task is not finished.
    Pending,
    /// The task has ended with these bytes.
    Done(Vec<Bytes>),
    /// The address does not know tasks.
    WrongAddress,
    /// The gateway did not answer; it may have given a wait.
    RetryLater(Option<Duration>),
}

/// Polls the task that a response has started, if any, until it is done, and reads its result as if it were the
/// response.
///
/// # Errors
/// [`FailureKind::TaskNotFound`] where no address knows the task, [`FailureKind::TaskUnfinished`] where it has not
/// ended in time. Both say that the response is kept.
pub(in crate::studio) async fn follow_task(
    context: &Arc<Context>,
    mut read: ReceivedResponse,
    policy: &LinkPolicy,
    profile: Option<&Profile>,
) -> Result<ReceivedResponse, Failure> {
    let Some(task) = read.outcome.task.take() else { return Ok(read) };
    let key = match profile {
        Some(profile) => context.keys.key(profile).await.map_err(keep_response)?,
        None => None,
    };
    let own = profile.map(|profile| (profile, key.as_ref().map(crate::studio::protocol::Secret::reveal)));
    let addresses = task_addresses(policy.gateway(), &task);
    let (deadline, mut known_address, mut rounds) = (Instant::now() + MAX_TASK_DURATION, None, 0);
    let mut wait = FIRST_POLL_INTERVAL;
    while Instant::now() < deadline {
        let polled = if let Some(address) = &known_address {
            poll(context, address, policy, own).await.map_err(keep_response)?
        } else {
            let mut found = PollResult::WrongAddress;
            for address in &addresses {
                match poll(context, address, policy, own).await {
                    // An address in the response may lead to a host that the policy forbids.
                    Err(failure) if failure.kind == FailureKind::LinkRefused => {}
                    Err(failure) => return Err(keep_response(failure)),
                    Ok(PollResult::WrongAddress) => {}
                    // The address may be right, or may never answer.
                    Ok(later @ PollResult::RetryLater(_)) => found = later,
                    Ok(answer) => {
                        (found, known_address) = (answer, Some(address.clone()));
                        break;
                    }
                }
            }
            found
        };
        match polled {
            PollResult::Done(chunks) => return read_result(read, chunks, &task).await,
            PollResult::WrongAddress => {
                (known_address, rounds) = (None, rounds + 1);
                if rounds >= MAX_ADDRESS_ROUNDS {
                    return Err(unfinished(FailureKind::TaskNotFound, &task));
                }
            }
            PollResult::Pending | PollResult::RetryLater(None) => {}
            PollResult::RetryLater(Some(requested)) => wait = wait.max(requested),
        }
        sleep(wait.min(deadline.saturating_duration_since(Instant::now()))).await;
        wait = wait.mul_f64(1.5).min(MAX_POLL_INTERVAL);
    }
    Err(unfinished(FailureKind::TaskUnfinished, &task))
}

/// Polls once.
async fn poll(
    context: &Context,
    address: &Url,
    policy: &LinkPolicy,
    own: Option<(&Profile, Option<&str>)>,
) -> Result<PollResult, Failure> {
    Ok(match context.client.poll_task(address, policy, own).await? {
        PollResponse::NotHere => PollResult::WrongAddress,
        PollResponse::Later(wait) => PollResult::RetryLater(wait),
        PollResponse::Answer(incoming) => match body(*incoming).await {
            None => PollResult::RetryLater(None),
            Some(chunks) if chunks.is_empty() => PollResult::WrongAddress,
            Some(chunks) if chunks.iter().map(Bytes::len).sum::<usize>() <= MAX_STATUS_BYTES => {
                let whole = chunks.concat();
                match task_state(&whole) {
                    Some(TaskState::Waiting) => PollResult::Pending,
                    // The page of a web site that answers at every address, or something else.
                    None if page_instead(&whole).is_some() || !gateway::holds_image(&whole) => PollResult::WrongAddress,
                    Some(TaskState::Ended) | None => PollResult::Done(chunks),
                }
            }
            // Only images are larger than a status.
            Some(chunks) => PollResult::Done(chunks),
        },
    })
}

/// Responses up to this size may be the status of a task, in bytes.
const MAX_STATUS_BYTES: usize = 256 << 10;

/// The complete body; `None` if the connection breaks.
async fn body(mut incoming: IncomingResponse) -> Option<Vec<Bytes>> {
    let mut chunks = Vec::new();
    loop {
        match incoming.chunk().await {
            Ok(Some(chunk)) => chunks.push(chunk),
            Ok(None) => return Some(chunks),
            Err(failure) => {
                tracing::info!(kind = ?failure.kind, "the connection of a poll broke");
                return None;
            }
        }
    }
}

/// Reads the result of a task.
async fn read_result(
    read: ReceivedResponse,
    chunks: Vec<Bytes>,
    task: &TaskTicket,
) -> Result<ReceivedResponse, Failure> {
    let ReceivedResponse { ingest, outcome: begun, broken, body, gateway } = read;
    let (mut outcome, ingest) = blocking(move || {
        let mut receiver = ResponseReceiver::new(gateway::BodyKind::Json, ingest);
        for chunk in &chunks {
            receiver.push(chunk);
        }
        receiver.finish()
    })
    .await?;
    outcome.answer.cost = outcome.answer.cost.or(begun.answer.cost);
    outcome.answer.usage = outcome.answer.usage.or(begun.answer.usage);
    if let Some(failure) = outcome.failure.take() {
        // Whether a failed task is charged is unknown.
        let failure = if failure.charged == Charge::No { failure.charged(Charge::Maybe) } else { failure };
        let words = failure.words.clone().unwrap_or_else(|| task.id.clone());
        outcome.failure = Some(failure.words(words));
    }
    Ok(ReceivedResponse { ingest, outcome, broken, body, gateway })
}

/// A failed poll of a task, which may be charged: its response is kept.
fn keep_response(failure: Failure) -> Failure {
    Failure { kept: Some(KeptResponse::default()), ..failure.charged(Charge::Maybe) }
}

/// The failure of a task that is not finished. Its response is kept, so that it can be followed again.
fn unfinished(kind: FailureKind, task: &TaskTicket) -> Failure {
    let name = if task.id.is_empty() { task.addresses.first().cloned().unwrap_or_default() } else { task.id.clone() };
    let mut failure = Failure::new(kind).words(name);
    failure.kept = Some(KeptResponse::default());
    failure
}
