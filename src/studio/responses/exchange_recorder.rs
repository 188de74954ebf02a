//! Records what goes over the wire for a request, until it is stored in the library.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{
    error_chain::chain,
    gateway::{ResponseHead, Transcript},
    recipe::{Exchange, Profile, RecordedResponse, RequestId},
    studio::{
        protocol::Secret,
        runtime::{blocking::blocking, context::Context},
    },
};

/// A request and the part of its response that has arrived.
#[derive(Default)]
pub(in crate::studio) struct ExchangeRecorder {
    /// The request; `None` before it was sent.
    exchange: Option<Exchange>,
    start: Option<Instant>,
    /// Texts that must not be stored: the key, and the values of secret headers.
    secrets: Vec<Secret>,
    /// The head of the response.
    pub(in crate::studio) head: ResponseHead,
    /// The body, once it was read.
    pub(in crate::studio) body: Option<ResponseBody>,
}

/// The text of a body, and its length in bytes.
pub(in crate::studio) struct ResponseBody {
    pub(in crate::studio) text: String,
    pub(in crate::studio) bytes: u64,
}

impl From<Transcript> for ResponseBody {
    fn from(transcript: Transcript) -> Self {
        let bytes = transcript.bytes();
        Self { text: transcript.finish(), bytes }
    }
}

impl ExchangeRecorder {
    /// Starts a new recording with a request that is about to be sent.
    pub(in crate::studio) fn start(&mut self, exchange: Option<Exchange>, profile: &Profile, key: Option<&str>) {
        let own = profile.own_secrets();
        let secrets = key.into_iter().chain(own.iter().map(String::as_str)).map(Secret::verbatim).collect();
        *self = Self { exchange, start: Some(Instant::now()), secrets, ..Self::default() };
    }

    /// Whether a request was sent.
    pub(in crate::studio) fn was_sent(&self) -> bool {
        self.start.is_some()
    }

    /// A transcript for the body of the response.
    pub(in crate::studio) fn transcript(&self) -> Transcript {
        Transcript::new(&self.secrets.iter().map(Secret::reveal).collect::<Vec<_>>())
    }

    /// The request and the head of its response, as the spool stores them until the body has arrived.
    pub(in crate::studio) fn partial(&self) -> Option<Exchange> {
        let mut exchange = self.exchange.clone()?;
        exchange.answer = self.answered(None);
        Some(exchange)
    }

    /// The complete exchange, with the body that was read or that of an error.
    pub(in crate::studio) fn complete(self) -> Option<Exchange> {
        let took = self.start.map(|start| start.elapsed());
        let mut answer = self.answered(took);
        if let (Some(answer), Some(body)) = (&mut answer, self.body) {
            (answer.body, answer.bytes) = (Some(body.text), body.bytes);
        }
        let mut exchange = self.exchange?;
        exchange.answer = answer;
        Some(exchange)
    }

    fn answered(&self, took: Option<Duration>) -> Option<RecordedResponse> {
        let status = self.head.status?;
        let body = (!self.head.body.is_empty()).then(|| {
            let mut transcript = self.transcript();
            transcript.push(&self.head.body);
            transcript.finish()
        });
        Some(RecordedResponse {
            status,
            headers: self.head.headers.clone(),
            body,
            bytes: self.head.body.len() as u64,
            took_ms: took.map_or(0, |took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
        })
    }
}

/// Saves an exchange in the library. If that fails, the request does not fail because of it.
pub(in crate::studio) async fn save(context: &Arc<Context>, request: RequestId, exchange: Exchange) {
    let library = Arc::clone(&context.library);
    if let Ok(Err(error)) = blocking(move || library.exchanges().save(request, &exchange)).await {
        tracing::warn!(%request, error = %chain(&error), "an exchange could not be saved");
    }
}
