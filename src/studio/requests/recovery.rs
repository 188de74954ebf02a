//! Recovers requests that were under way when the program last stopped. None of them is sent again automatically.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use crate::{
    error_chain::chain,
    library::{LibraryError, QueueEntry, RequestRecord, RequestStatus},
    recipe::{BatchId, Charge, Failure, FailureKind, RequestId, Spending},
    studio::{
        protocol::CardState,
        responses::{
            cost_recorder::{self, RequestCost},
            response_reader::ReceivedResponse,
            retention,
            spool_reader::{SpoolOutcome, read_spool},
        },
        runtime::context::Context,
    },
};

/// An unfinished or failed request with the state that its card shows now.
pub(in crate::studio) struct RecoveredCard {
    pub(in crate::studio) record: RequestRecord,
    pub(in crate::studio) entry: QueueEntry,
    pub(in crate::studio) state: CardState,
}

/// The requests that the index and the spool contain from earlier runs.
#[derive(Default)]
pub(in crate::studio) struct RecoveredRequests {
    /// Requests that were not sent, with their queue entries.
    pub(in crate::studio) queued: Vec<(RequestRecord, QueueEntry)>,
    /// Complete responses whose linked images are missing.
    pub(in crate::studio) linked: Vec<(RequestRecord, ReceivedResponse)>,
    /// Failed and interrupted requests, the oldest first.
    pub(in crate::studio) cards: Vec<RecoveredCard>,
    /// Number of interrupted requests.
    pub(in crate::studio) interrupted: usize,
    /// Number of images that had arrived and are stored now.
    pub(in crate::studio) recovered: usize,
}

/// Reads what was spent since a time or for batches with unfinished requests, and initializes the spending log so that
/// no request is recorded twice. Blocks.
pub(in crate::studio) fn read_spending(context: &Context, since: Timestamp) -> Result<Vec<Spending>, LibraryError> {
    let unfinished = context.library.requests().unfinished()?;
    let batches: BTreeSet<BatchId> = unfinished.iter().filter_map(|(record, _)| record.recipe.batch).collect();
    // Kept responses of ended requests may be read again, but their costs were recorded when they arrived.
    let ended = context.library.requests().failed()?.into_iter().chain(context.library.requests().dismissed()?);
    let requests: BTreeSet<RequestId> =
        unfinished.iter().map(|(record, _)| record.request).chain(ended.map(|(record, _)| record.request)).collect();
    let (mut spent, mut written) = (Vec::new(), BTreeSet::new());
    context.library.spending().read(|spending| {
        if requests.contains(&spending.request) {
            written.insert(spending.request);
        }
        if spending.at >= since || spending.batch.is_some_and(|batch| batches.contains(&batch)) {
            spent.push(spending);
        }
    })?;
    context.library.spending().mark_recorded(written);
    Ok(spent)
}

/// Stores the images of unfinished requests from their spools, and marks the other unfinished requests as interrupted.
/// Blocks.
pub(in crate::studio) fn recover(context: &Arc<Context>) -> Result<RecoveredRequests, LibraryError> {
    let mut found = RecoveredRequests::default();
    // The newer version that created the library recovers its requests.
    if context.library.is_newer() {
        return Ok(found);
    }
    for (record, state) in context.library.requests().unfinished()? {
        let entry = context.library.requests().queue_entry(record.request)?.unwrap_or_default();
        if state == RequestStatus::Queued {
            found.queued.push((record, entry));
            continue;
        }
        let spooled = read_spool(context, &record).unwrap_or_else(|error| {
            tracing::error!(request = %record.request, error = %chain(&error), "a response cannot be read from its spool file");
            None
        });
        let response_failure = match spooled {
            Some(SpoolOutcome::Stored { images, .. }) => {
                found.recovered += images.len();
                continue;
            }
            Some(SpoolOutcome::Pending(read)) => {
                found.linked.push((record, *read));
                continue;
            }
            Some(SpoolOutcome::Failed(mut failure)) => {
                found.recovered += failure.stored;
                failure.kept = retention::keep_response(context, record.request, &failure);
                Some(failure).filter(|failure| failure.kept.is_some() || failure.stored > 0)
            }
            None => None,
        };
        // There is still no space: the response stays where it is, for the next start.
        if let Some(failure) =
            response_failure.clone().filter(|failure| failure.kept.is_some() && retention::is_resumable(failure))
        {
            found.cards.push(RecoveredCard { record, entry, state: CardState::Failed(failure) });
            continue;
        }
        // The images can exist although the spool is lost, because they are flushed earlier.
        let images = context.library.images().count_of_request(record.request)?;
        if images > 0 && images >= record.recipe.parameters.n.unwrap_or(1) as usize {
            let cost = RequestCost { charged: Charge::Yes, amount: None, images, took: None };
            cost_recorder::record_cost(context, record.request, &record.recipe, &cost);
            context.library.requests().set_status(record.request, &RequestStatus::Stored)?;
            context.library.spool().remove(record.request)?;
            found.recovered += images;
            continue;
        }
        let failure = interrupted(response_failure);
        let cost = RequestCost { charged: failure.charged, amount: None, images: failure.stored, took: None };
        cost_recorder::record_cost(context, record.request, &record.recipe, &cost);
        context.library.requests().set_status(record.request, &RequestStatus::Failed(failure.clone()))?;
        if failure.kept.is_none() {
            context.library.spool().remove(record.request)?;
        }
        found.interrupted += 1;
        found.cards.push(RecoveredCard { record, entry, state: CardState::Failed(failure) });
    }
    let interrupted: Vec<RequestId> = found.cards.iter().map(|card| card.record.request).collect();
    for (record, failure) in context.library.requests().failed()? {
        if interrupted.contains(&record.request) {
            continue;
        }
        let entry = context.library.requests().queue_entry(record.request)?.unwrap_or_default();
        match read_kept(context, &record, failure)? {
            Some(failure) => found.cards.push(RecoveredCard { record, entry, state: CardState::Failed(failure) }),
            None => found.recovered += 1,
        }
    }
    found.cards.sort_by_key(|card| card.record.request);
    Ok(found)
}

/// The failure of an interrupted request, given the failure of its response, if there is one.
fn interrupted(response_failure: Option<Failure>) -> Failure {
    let Some(response_failure) = response_failure else { return Failure::new(FailureKind::Interrupted) };
    // The connection ended with the program.
    let kind =
        if response_failure.kind == FailureKind::CutOff { FailureKind::Interrupted } else { response_failure.kind };
    let charged = if response_failure.stored > 0 { Charge::Yes } else { response_failure.charged };
    Failure { kind, ..response_failure }.charged(charged)
}

/// Reads a kept response again that an older version has read, or that could not be stored. Returns its current
/// failure; `None` if everything in it is stored.
fn read_kept(
    context: &Arc<Context>,
    record: &RequestRecord,
    failure: Failure,
) -> Result<Option<Failure>, LibraryError> {
    let Some(spooled) = context.library.spool().read(record.request)? else {
        // The response was removed, or never existed.
        return Ok(Some(Failure { kept: None, ..failure }));
    };
    let mut failure = failure;
    if let Some(kept) = &mut failure.kept {
        kept.place = spooled.place;
    }
    let is_new = failure.kept.as_ref().is_none_or(|kept| kept.read_by != env!("CARGO_PKG_VERSION"));
    if !is_new && !retention::is_disk_failure(&failure) {
        return Ok(Some(failure));
    }
    Ok(match read_spool(context, record)? {
        Some(SpoolOutcome::Stored { .. }) => None,
        Some(SpoolOutcome::Failed(again)) => {
            let kept = retention::keep_response(context, record.request, &again);
            let again = Failure { kept, ..again };
            context.library.requests().set_failed(record.request, &again, true)?;
            Some(again)
        }
        // Its links are downloaded when a person requests it.
        Some(SpoolOutcome::Pending(_)) | None => Some(failure),
    })
}
