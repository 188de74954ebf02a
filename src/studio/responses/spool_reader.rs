//! Reads spooled responses: after a restart, and when a kept response is read again.

use std::{sync::Arc, time::Duration};

use crate::{
    error_chain::chain,
    gateway,
    library::{LibraryError, RequestRecord},
    recipe::{Failure, ImageId},
    studio::{
        responses::{
            finalize::finalize_response,
            response_reader::{self, ReceivedResponse},
            response_receiver::ResponseReceiver,
        },
        runtime::{context::Context, task_message::RequestProgress},
    },
};

/// The result of reading the spool of a request.
pub(in crate::studio) enum SpoolOutcome {
    /// All of its images are stored.
    Stored {
        /// The images.
        images: Vec<ImageId>,
        /// How long the request took; zero if that is unknown.
        took: Duration,
    },
    /// It contains links to images that are not downloaded yet, or a task that is not followed yet.
    Pending(Box<ReceivedResponse>),
    /// The response has failed. [`Failure::stored`] is the number of images that are stored.
    Failed(Failure),
}

/// Reads the spool of a request; `None` if there is none.
pub(in crate::studio) fn read_spool(
    context: &Arc<Context>,
    record: &RequestRecord,
) -> Result<Option<SpoolOutcome>, LibraryError> {
    let Some(mut spooled) = context.library.spool().read(record.request)? else { return Ok(None) };
    let Some(head) = spooled.head else { return Ok(None) };
    let header_cost = head.answer.as_ref().and_then(|answered| gateway::cost_in(&answered.headers));
    let gateway = spooled.header.exchange.as_ref().map(|exchange| exchange.url.clone());
    // The text of the body is not recorded, because it may contain the key, which is unknown here and cannot be masked.
    if let Some(mut exchange) = spooled.header.exchange.take()
        && !context.library.exchanges().read(record.request).is_ok_and(|kept| kept.is_some())
    {
        exchange.answer = head.answer;
        if let Err(error) = context.library.exchanges().save(record.request, &exchange) {
            tracing::warn!(request = %record.request, error = %chain(&error), "an exchange could not be saved");
        }
    }
    let ingest = response_reader::new_ingest(context, record.request, Arc::new(record.recipe.clone()));
    let mut receiver = ResponseReceiver::new(response_reader::body_kind(&head.kind), ingest);
    if let Err(error) = receiver.read_all(&mut spooled.body) {
        tracing::warn!(request = %record.request, error = %chain(&error), "a spooled response cannot be read to its end");
    }
    let (mut outcome, mut ingest) = receiver.finish();
    outcome.answer.cost = outcome.answer.cost.or(header_cost);
    let is_pending = outcome.task.is_some() || (outcome.links > 0 && !ingest.has_images());
    let read = ReceivedResponse { ingest, outcome, broken: None, body: None, gateway };
    if is_pending {
        return Ok(Some(SpoolOutcome::Pending(Box::new(read))));
    }
    Ok(Some(match finalize_response(context, record.request, read, Duration::ZERO) {
        Ok(RequestProgress::Done { images, took }) => SpoolOutcome::Stored { images, took },
        Ok(_) => SpoolOutcome::Stored { images: Vec::new(), took: Duration::ZERO },
        Err(failure) => SpoolOutcome::Failed(failure),
    }))
}
