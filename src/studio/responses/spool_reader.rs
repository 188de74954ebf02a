//! Reads spooled responses: after a restart, and when a kept response is read again.

use std::{
    io::{ErrorKind, Read as _},
    sync::Arc,
    time::Duration,
};

use crate::{
    error_chain::chain,
    gateway::{self, AnswerReader, ReaderLimits},
    library::{LibraryError, RequestRecord},
    recipe::{Failure, ImageId},
    studio::{
        responses::{
            outcome,
            response_reader::{self, Read},
        },
        runtime::{context::Context, task_message::RequestProgress},
    },
};

/// How much of a spooled answer is read at a time.
const PIECE: usize = 256 << 10;

/// What a request's spool has come to.
pub(in crate::studio) enum Left {
    /// All of its images are stored now.
    Images {
        /// Which.
        images: Vec<ImageId>,
        /// How long it took; nothing where that is not known.
        took: Duration,
    },
    /// It held links to pictures, which are still to be fetched, or a task, which is still to be followed.
    Links(Box<Read>),
    /// Nothing of it is stored, for this reason.
    Nothing(Failure),
}

/// Reads a request's spool; `None` where there is none.
pub(in crate::studio) fn from_spool(
    context: &Arc<Context>,
    intent: &RequestRecord,
) -> Result<Option<Left>, LibraryError> {
    let Some(mut spooled) = context.library.spool().read(intent.request)? else { return Ok(None) };
    let Some(head) = spooled.head else { return Ok(None) };
    let said = head.answer.as_ref().and_then(|answered| gateway::cost_in(&answered.headers));
    let gateway = spooled.header.exchange.as_ref().map(|exchange| exchange.url.clone());
    // Without what the body said: the key, which may be in it, is not known here.
    if let Some(mut exchange) = spooled.header.exchange.take()
        && !context.library.exchanges().read(intent.request).is_ok_and(|kept| kept.is_some())
    {
        exchange.answer = head.answer;
        if let Err(error) = context.library.exchanges().save(intent.request, &exchange) {
            tracing::warn!(request = %intent.request, error = %chain(&error), "what went over the wire was not kept");
        }
    }
    let mut landing = response_reader::landing(context, intent.request, Arc::new(intent.recipe.clone()));
    let mut reader = AnswerReader::new(response_reader::kind(&head.kind), ReaderLimits::default());
    let mut piece = vec![0; PIECE];
    while !reader.has_given_up() {
        match spooled.body.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => reader.push(&piece[..count], &mut landing),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::warn!(request = %intent.request, error = %chain(&error), "a spooled answer cannot be read to its end");
                break;
            }
        }
    }
    let mut outcome = reader.finish(&mut landing);
    outcome.answer.cost = outcome.answer.cost.or(said);
    let links = outcome.task.is_some() || (outcome.links > 0 && !landing.has_pictures());
    let read = Read { landing, outcome, broken: None, said: None, gateway };
    if links {
        return Ok(Some(Left::Links(Box::new(read))));
    }
    Ok(Some(match outcome::settle(context, intent.request, read, Duration::ZERO) {
        Ok(RequestProgress::Done { images, took }) => Left::Images { images, took },
        Ok(_) => Left::Images { images: Vec::new(), took: Duration::ZERO },
        Err(failure) => Left::Nothing(failure),
    }))
}
