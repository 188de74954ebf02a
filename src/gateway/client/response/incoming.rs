//! A response whose body is arriving.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Response, header::CONTENT_TYPE};
use tokio::time::{Instant, timeout_at};

use super::{
    body::{Body, BodyLimits},
    link_failure::{failed, too_large},
    progress::Progress,
};
use crate::{
    gateway::reader::BodyKind,
    recipe::{Failure, FailureKind},
};

/// An answer whose body is arriving.
#[derive(Debug)]
pub struct Incoming {
    /// HTTP status, which is a success.
    pub status: u16,
    /// What the body is, as its headers say.
    pub kind: BodyKind,
    /// Length of the body in bytes, if it is known.
    pub length: Option<u64>,
    pub(crate) body: Body,
    /// When the whole body must have come.
    pub(crate) whole: Instant,
    pub(crate) pace: Pace,
}

/// Which limits hold while a body arrives, beside that for the whole.
#[derive(Debug)]
pub(crate) enum Pace {
    /// The response to a prompt.
    Prompt {
        /// When the next byte must have come.
        next_byte: Instant,
        between_bytes: Duration,
        progress: Progress,
    },
    /// An image behind a link.
    Link,
}

impl Incoming {
    pub(crate) fn new(response: Response, limits: BodyLimits, whole: Instant, pace: Pace) -> Self {
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

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// [`FailureKind::TimedOut`], [`FailureKind::NoProgress`] or [`FailureKind::TookTooLong`] beyond a limit of time,
    /// [`FailureKind::AnswerTooLarge`] or [`FailureKind::UnpacksTooLarge`] beyond one of size, and what breaks a
    /// connection. Images behind links fail with [`FailureKind::LinkFailed`] or [`FailureKind::ImageTooLarge`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let deadline = self.deadline();
        // A connection that always has a byte ready would never be found to be late otherwise.
        if Instant::now() >= deadline {
            return Err(self.late());
        }
        let chunk = match timeout_at(deadline, self.body.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(failure)) => return Err(self.failed(failure)),
            Err(_) => return Err(self.late()),
        };
        if let (Some(chunk), Pace::Prompt { next_byte, between_bytes, progress }) = (&chunk, &mut self.pace) {
            let now = Instant::now();
            *next_byte = now + *between_bytes;
            progress.note(chunk, now);
        }
        Ok(chunk)
    }

    /// When the next piece must have come.
    fn deadline(&self) -> Instant {
        match &self.pace {
            Pace::Prompt { next_byte, progress, .. } => self.whole.min(*next_byte).min(progress.until()),
            Pace::Link => self.whole,
        }
    }

    /// The failure for the limit of time that is reached.
    fn late(&self) -> Failure {
        let now = Instant::now();
        match &self.pace {
            Pace::Link => failed("timed out"),
            Pace::Prompt { .. } if now >= self.whole => Failure::new(FailureKind::TookTooLong),
            Pace::Prompt { progress, .. } if now >= progress.until() => Failure::new(FailureKind::NoProgress),
            Pace::Prompt { .. } => Failure::new(FailureKind::TimedOut),
        }
    }

    /// What a body's failure is to who asked for it.
    fn failed(&self, failure: Failure) -> Failure {
        match (&self.pace, failure.kind) {
            (Pace::Prompt { .. }, _) => failure,
            (Pace::Link, FailureKind::AnswerTooLarge | FailureKind::UnpacksTooLarge) => too_large(),
            (Pace::Link, _) => failed(failure.words.unwrap_or_default()),
        }
    }
}
