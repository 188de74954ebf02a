//! Follows tasks: answers that hold no image yet, but the ID of work for which the gateway is asked until it is done.
//!
//! The ID is durable, because the answer with it is in the spool: a request that the program's end interrupts is followed
//! again at the next start. Asking costs nothing.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::{
    gateway::{
        self, AnswerReader, Incoming, LinkPolicy, Polled, ReaderLimits, TaskState, TaskTicket, page_instead,
        task_addresses, task_state,
    },
    recipe::{Charge, Failure, FailureKind, KeptResponse, Profile},
    studio::{
        responses::response_reader::Read,
        runtime::{blocking::blocking, context::Context},
    },
};

/// How long a task is followed. It is followed further when its response is read again.
const LONGEST: Duration = Duration::from_mins(30);

/// Wait before the first question after a task that is waiting, and the longest one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How often every address is tried before there is none for a task; relays know a task only after a while.
const ROUNDS: usize = 3;

/// The answer for a task.
enum Answer {
    /// Its work goes on.
    Waiting,
    /// It has ended; the answer's bytes.
    Ended(Vec<Bytes>),
    /// This is not the place to ask.
    NotHere,
    /// Nothing for now.
    Later(Option<Duration>),
}

/// Asks for the task that an answer has begun, if it has, until that is done, and reads what it has come to as if it had
/// been the answer.
///
/// # Errors
/// [`FailureKind::TaskNotFound`] where no address knows the task, [`FailureKind::TaskUnfinished`] where it has not ended
/// in time. Both say that the response is kept.
pub(in crate::studio) async fn follow(
    context: &Arc<Context>,
    mut read: Read,
    policy: &LinkPolicy,
    profile: Option<&Profile>,
) -> Result<Read, Failure> {
    let Some(task) = read.outcome.task.take() else { return Ok(read) };
    let key = match profile {
        Some(profile) => context.keys.key(profile).await.map_err(paid)?,
        None => None,
    };
    let own = profile.map(|profile| (profile, key.as_ref().map(crate::studio::protocol::Secret::reveal)));
    let addresses = task_addresses(policy.gateway(), &task);
    let (deadline, mut place, mut rounds) = (Instant::now() + LONGEST, None, 0);
    let mut wait = FIRST_WAIT;
    while Instant::now() < deadline {
        let asked = if let Some(place) = &place {
            ask(context, place, policy, own).await.map_err(paid)?
        } else {
            let mut found = Answer::NotHere;
            for address in &addresses {
                match ask(context, address, policy, own).await {
                    // A named address may lead where the policy does not.
                    Err(failure) if failure.kind == FailureKind::LinkRefused => {}
                    Err(failure) => return Err(paid(failure)),
                    Ok(Answer::NotHere) => {}
                    // It may be the place, or nobody may ever answer there.
                    Ok(later @ Answer::Later(_)) => found = later,
                    Ok(answer) => {
                        (found, place) = (answer, Some(address.clone()));
                        break;
                    }
                }
            }
            found
        };
        match asked {
            Answer::Ended(pieces) => return take_in(read, pieces, &task).await,
            Answer::NotHere => {
                (place, rounds) = (None, rounds + 1);
                if rounds >= ROUNDS {
                    return Err(unfinished(FailureKind::TaskNotFound, &task));
                }
            }
            Answer::Waiting | Answer::Later(None) => {}
            Answer::Later(Some(asked)) => wait = wait.max(asked),
        }
        sleep(wait.min(deadline.saturating_duration_since(Instant::now()))).await;
        wait = wait.mul_f64(1.5).min(LONGEST_WAIT);
    }
    Err(unfinished(FailureKind::TaskUnfinished, &task))
}

/// Asks once.
async fn ask(
    context: &Context,
    address: &Url,
    policy: &LinkPolicy,
    own: Option<(&Profile, Option<&str>)>,
) -> Result<Answer, Failure> {
    Ok(match context.client.poll_task(address, policy, own).await? {
        Polled::NotHere => Answer::NotHere,
        Polled::Later(wait) => Answer::Later(wait),
        Polled::Answer(incoming) => match body(*incoming).await {
            None => Answer::Later(None),
            Some(pieces) if pieces.is_empty() => Answer::NotHere,
            Some(pieces) if pieces.iter().map(Bytes::len).sum::<usize>() <= SMALL => {
                let whole = pieces.concat();
                match task_state(&whole) {
                    Some(TaskState::Waiting) => Answer::Waiting,
                    // The page of a web site that answers at every address, or another thing altogether.
                    None if page_instead(&whole).is_some() || !gateway::holds_image(&whole) => Answer::NotHere,
                    Some(TaskState::Ended) | None => Answer::Ended(pieces),
                }
            }
            // Nothing but images is so large.
            Some(pieces) => Answer::Ended(pieces),
        },
    })
}

/// Answers up to this size, in bytes, are looked at as a whole for how the task stands.
const SMALL: usize = 256 << 10;

/// The whole body; `None` if it breaks off.
async fn body(mut incoming: Incoming) -> Option<Vec<Bytes>> {
    let mut pieces = Vec::new();
    loop {
        match incoming.chunk().await {
            Ok(Some(piece)) => pieces.push(piece),
            Ok(None) => return Some(pieces),
            Err(failure) => {
                tracing::info!(kind = ?failure.kind, "the answer for a task broke off");
                return None;
            }
        }
    }
}

/// Reads what a task has come to.
async fn take_in(read: Read, pieces: Vec<Bytes>, task: &TaskTicket) -> Result<Read, Failure> {
    let Read { mut landing, outcome: begun, broken, said, gateway } = read;
    let (landing, mut outcome) = blocking(move || {
        let mut reader = AnswerReader::new(gateway::BodyKind::Json, ReaderLimits::default());
        for piece in &pieces {
            reader.push(piece, &mut landing);
        }
        let outcome = reader.finish(&mut landing);
        (landing, outcome)
    })
    .await?;
    outcome.answer.cost = outcome.answer.cost.or(begun.answer.cost);
    outcome.answer.usage = outcome.answer.usage.or(begun.answer.usage);
    if let Some(failure) = outcome.failure.take() {
        // Whether work that has failed is charged, nobody can say.
        let failure = if failure.charged == Charge::No { failure.charged(Charge::Maybe) } else { failure };
        let words = failure.words.clone().unwrap_or_else(|| task.id.clone());
        outcome.failure = Some(failure.words(words));
    }
    Ok(Read { landing, outcome, broken, said, gateway })
}

/// A failure to ask for a task, which may be paid for: its response is kept.
fn paid(failure: Failure) -> Failure {
    Failure { kept: Some(KeptResponse::default()), ..failure.charged(Charge::Maybe) }
}

/// A task whose image has not come. Its response is kept, so that it can be followed further.
fn unfinished(kind: FailureKind, task: &TaskTicket) -> Failure {
    let name = if task.id.is_empty() { task.addresses.first().cloned().unwrap_or_default() } else { task.id.clone() };
    let mut failure = Failure::new(kind).words(name);
    failure.kept = Some(KeptResponse::default());
    failure
}
