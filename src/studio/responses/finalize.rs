//! Finalizes a response: stores its images, records its cost, and sets the status of its request.

use std::time::Duration;

use crate::{
    error_chain::chain,
    library::{LibraryError, RequestStatus},
    recipe::{Charge, Failure, FailureKind, KeptResponse, RequestId},
    studio::{
        protocol::{Event, GalleryEvent},
        responses::{
            cost_recorder::{self, RequestCost},
            ingest::{self, StoredImage},
            response_reader::ReceivedResponse,
        },
        runtime::{
            context::Context,
            task_message::{RequestProgress, TaskMessage},
        },
    },
};

/// Stores the images of a received response, records the cost of the request, and returns how it has ended. Blocks.
pub(in crate::studio) fn finalize_response(
    context: &Context,
    request: RequestId,
    read: ReceivedResponse,
    took: Duration,
) -> Result<RequestProgress, Failure> {
    let ReceivedResponse { mut ingest, outcome, broken, .. } = read;
    let (stored, not_stored) = ingest.store(&outcome.answer, took);
    let images: Vec<_> = stored.iter().map(|image| image.details.facts.id).collect();
    let (recipe, amount) = (ingest.recipe(), outcome.answer.cost);
    // Images that an earlier reading of the same response has stored were announced then.
    for image in stored.into_iter().filter(|image| image.is_new) {
        announce(context, request, image);
    }
    let wanted = recipe.parameters.n.unwrap_or(1) as usize;
    let cut_off = || outcome.cut_off.then(|| Failure::new(FailureKind::CutOff));
    // An image that is truncated because the connection broke is not a damaged image.
    let cut_by = broken.clone().or_else(cut_off);
    let cut = |failure: Failure| match &cut_by {
        Some(broken) if failure.kind == FailureKind::BrokenImage => broken.clone(),
        _ => failure,
    };
    let missing = not_stored
        .or_else(|| ingest.take_failure().map(cut))
        // A connection that breaks after the last image is not a failure.
        .or_else(|| broken.filter(|_| images.len() < wanted))
        .or(outcome.failure)
        .or_else(|| images.is_empty().then(|| Failure::new(FailureKind::EmptyAnswer)));
    if let Some(failure) = missing {
        let charged = if images.is_empty() { failure.charged } else { Charge::Yes };
        // The reported cost counts even if the response contains no image.
        let cost = RequestCost { charged, amount, images: images.len(), took: None };
        cost_recorder::record_cost(context, request, &recipe, &cost);
        let mut failure = failure.charged(charged).stored(images.len());
        if outcome.links > 0 {
            failure.kept = Some(KeptResponse::default());
        }
        return Err(failure);
    }
    let cost = RequestCost {
        charged: Charge::Yes,
        amount,
        images: images.len(),
        // The duration of a response that was read from its spool is unknown.
        took: Some(took).filter(|took| !took.is_zero()),
    };
    cost_recorder::record_cost(context, request, &recipe, &cost);
    let ended = match context.library.requests().set_status(request, &RequestStatus::Stored) {
        // The request had failed before, and its response was read again.
        Err(LibraryError::Backward(_)) => {
            context.library.spool().remove(request).and_then(|()| context.library.requests().remove(&[request]))
        }
        set => set.and_then(|()| context.library.spool().remove(request)),
    };
    if let Err(error) = ended {
        // The images are stored. The next start reads the spool again and finds them.
        tracing::warn!(%request, error = %chain(&error), "a finished request was not marked as such");
    }
    Ok(RequestProgress::Done { images, took })
}

/// Announces a stored image with its thumbnails, so that it is drawn without being read from disk.
fn announce(context: &Context, request: RequestId, stored: StoredImage) {
    let id = stored.details.facts.id;
    context.notify_core(TaskMessage::Progress(request, RequestProgress::ImageStored(Box::new(stored.details.clone()))));
    for (size, pixels) in ingest::cache_thumbnails(&context.library, stored) {
        context.events.send(Event::Gallery(GalleryEvent::Thumbnail { id, size, pixels: Ok(pixels) }));
    }
}
