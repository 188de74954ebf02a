//! A response whose body is arriving.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Response, header::CONTENT_TYPE};
use tokio::time::{Instant, timeout_at};

use super::{
    body::{Body, BodyLimits},
    link_failure::{failed, too_large},
    progress::ProgressMonitor,
};
use crate::{
    gateway::reader::BodyKind,
    recipe::{Failure, FailureKind},
};

/// A successful response whose body is arriving.
#[derive(Debug)]
pub struct IncomingResponse {
    /// The HTTP status, which is one of success.
    pub status: u16,
    /// The kind of body according to the headers.
    pub kind: BodyKind,
    /// The length of the body in bytes, if it is known.
    pub length: Option<u64>,
    pub(crate) body: Body,
    /// The time by which the whole body must have arrived.
    pub(crate) whole: Instant,
    pub(crate) pace: ArrivalLimits,
}

/// The time limits while a body arrives, besides that for the whole body.
#[derive(Debug)]
pub(crate) enum ArrivalLimits {
    /// The response to a prompt.
    Prompt {
        /// The time by which the next byte must arrive.
        next_byte: Instant,
        between_bytes: Duration,
        progress: ProgressMonitor,
    },
    /// A linked image.
    Link,
}

impl IncomingResponse {
    pub(crate) fn new(response: Response, limits: BodyLimits, whole: Instant, pace: ArrivalLimits) -> Self {
        let mime = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = match mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "text/event-stream" => BodyKind::EventStream,
            "application/json" => BodyKind::Json,
            _ => BodyKind::Unknown,
        };
        let status = response.status().as_u16();
        let body = Body::of(response, limits);
        Self { status, kind, length: body.length(), body, whole, pace }
    }

    /// The next chunk of the body; `None` at its end.
    ///
    /// # Errors
    /// [`FailureKind::TimedOut`], [`FailureKind::NoProgress`] or [`FailureKind::TookTooLong`] beyond a time limit,
    /// [`FailureKind::AnswerTooLarge`] or [`FailureKind::UnpacksTooLarge`] beyond a size limit, and failures of the
    /// connection. Linked images fail with [`FailureKind::LinkFailed`] or [`FailureKind::ImageTooLarge`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let deadline = self.deadline();
        // Checked explicitly, because a connection that always has a byte ready would never time out otherwise.
        if Instant::now() >= deadline {
            return Err(self.late());
        }
        let chunk = match timeout_at(deadline, self.body.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(failure)) => return Err(self.failed(failure)),
            Err(_) => return Err(self.late()),
        };
        if let (Some(chunk), ArrivalLimits::Prompt { next_byte, between_bytes, progress }) = (&chunk, &mut self.pace) {
            let now = Instant::now();
            *next_byte = now + *between_bytes;
            progress.note(chunk, now);
        }
        Ok(chunk)
    }

    /// The time by which the next chunk must arrive.
    fn deadline(&self) -> Instant {
        match &self.pace {
            ArrivalLimits::Prompt { next_byte, progress, .. } => self.whole.min(*next_byte).min(progress.until()),
            ArrivalLimits::Link => self.whole,
        }
    }

    /// The failure for the time limit that was exceeded.
    fn late(&self) -> Failure {
        let now = Instant::now();
        match &self.pace {
            ArrivalLimits::Link => failed("timed out"),
            ArrivalLimits::Prompt { .. } if now >= self.whole => Failure::new(FailureKind::TookTooLong),
            ArrivalLimits::Prompt { progress, .. } if now >= progress.until() => Failure::new(FailureKind::NoProgress),
            ArrivalLimits::Prompt { .. } => Failure::new(FailureKind::TimedOut),
        }
    }

    /// Converts a failure of the body to one of a linked image, if it is one.
    fn failed(&self, failure: Failure) -> Failure {
        match (&self.pace, failure.kind) {
            (ArrivalLimits::Prompt { .. }, _) => failure,
            (ArrivalLimits::Link, FailureKind::AnswerTooLarge | FailureKind::UnpacksTooLarge) => too_large(),
            (ArrivalLimits::Link, _) => failed(failure.words.unwrap_or_default()),
        }
    }
}
