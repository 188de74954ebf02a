//! The body of a response, decompressed and limited in size.
//!
//! Decompression happens here instead of inside the HTTP client, because only here both sizes are known: the bytes that
//! were received, and the bytes to which they decompress. A few kilobytes can decompress to gigabytes.

use std::{
    fmt,
    io::{self, ErrorKind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZstdDecoder};
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use reqwest::{Response, header::CONTENT_ENCODING};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::io::StreamReader;

use crate::{
    gateway::{client::connection::transport_failure, mask::sanitize_message},
    recipe::{Failure, FailureKind},
};

/// The largest chunk of a decompressed body, in bytes.
const READ_CHUNK_BYTES: usize = 64 << 10;

/// The size limits of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BodyLimits {
    /// The largest number of received bytes.
    pub(crate) received: u64,
    /// The largest number of decompressed bytes.
    pub(crate) unpacked: u64,
}

impl BodyLimits {
    /// The largest ratio of decompressed to received bytes.
    const MAX_UNPACK_RATIO: u64 = 200;
    /// The number of decompressed bytes up to which the ratio is not checked.
    const MIN_RATIO_CHECKED_BYTES: u64 = 64 << 20;

    /// The same limit for received and decompressed bytes.
    pub(crate) const fn both(bytes: u64) -> Self {
        Self { received: bytes, unpacked: bytes }
    }

    /// The failure for the limit that is exceeded, if one is.
    fn exceeded(self, received: u64, unpacked: u64, is_packed: bool) -> Option<FailureKind> {
        let explodes =
            unpacked > Self::MIN_RATIO_CHECKED_BYTES && unpacked > received.saturating_mul(Self::MAX_UNPACK_RATIO);
        if received > self.received || (!is_packed && unpacked > self.unpacked) {
            Some(FailureKind::AnswerTooLarge)
        } else if is_packed && (unpacked > self.unpacked || explodes) {
            Some(FailureKind::UnpacksTooLarge)
        } else {
            None
        }
    }
}

/// A body that is being received.
pub(crate) struct Body {
    source: BodySource,
    received: Arc<AtomicU64>,
    unpacked: u64,
    pub(crate) limits: BodyLimits,
}

enum BodySource {
    Plain(Response),
    Packed(Pin<Box<dyn AsyncRead + Send>>),
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Body")
            .field("unpacked", &self.unpacked)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Body {
    /// The body of a response that was not read yet.
    pub(crate) fn of(response: Response, limits: BodyLimits) -> Self {
        let received = Arc::<AtomicU64>::default();
        let encoding = response.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        let encoding = encoding.unwrap_or_default().trim().to_ascii_lowercase();
        let packed = |response: Response| {
            let counter = Arc::clone(&received);
            let pieces = response
                .bytes_stream()
                .inspect_ok(move |piece| {
                    counter.fetch_add(piece.len() as u64, Ordering::Relaxed);
                })
                .map_err(io::Error::other);
            StreamReader::new(pieces)
        };
        let source = match encoding.as_str() {
            "gzip" | "x-gzip" => BodySource::Packed(Box::pin(GzipDecoder::new(packed(response)))),
            "br" => BodySource::Packed(Box::pin(BrotliDecoder::new(packed(response)))),
            "zstd" => {
                let mut decoder = ZstdDecoder::new(packed(response));
                decoder.multiple_members(true);
                BodySource::Packed(Box::pin(decoder))
            }
            _ => BodySource::Plain(response),
        };
        Self { source, received, unpacked: 0, limits }
    }

    /// The length of the body in bytes, if it is known in advance.
    pub(crate) fn length(&self) -> Option<u64> {
        match &self.source {
            BodySource::Plain(response) => response.content_length(),
            BodySource::Packed(_) => None,
        }
    }

    /// The next chunk of the body, decompressed; `None` at its end.
    ///
    /// # Errors
    /// [`FailureKind::AnswerTooLarge`] or [`FailureKind::UnpacksTooLarge`] beyond a limit, [`FailureKind::CutOff`] if
    /// the connection breaks or the body ends too early, [`FailureKind::NotUnderstood`] if it cannot be decompressed.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let (piece, is_packed) = match &mut self.source {
            BodySource::Plain(response) => {
                let piece = response.chunk().await.map_err(|error| transport_failure(&error, &[]))?;
                self.received.fetch_add(piece.as_ref().map_or(0, Bytes::len) as u64, Ordering::Relaxed);
                (piece, false)
            }
            BodySource::Packed(reader) => {
                let mut piece = BytesMut::with_capacity(READ_CHUNK_BYTES);
                let count = reader.read_buf(&mut piece).await.map_err(|error| unpacking_failure(&error))?;
                ((count > 0).then(|| piece.freeze()), true)
            }
        };
        self.unpacked += piece.as_ref().map_or(0, Bytes::len) as u64;
        match self.limits.exceeded(self.received.load(Ordering::Relaxed), self.unpacked, is_packed) {
            Some(kind) => Err(Failure::new(kind)),
            None => Ok(piece),
        }
    }
}

/// The failure for a body that could not be decompressed: that of the connection if it broke, otherwise that of the
/// encoding.
fn unpacking_failure(error: &io::Error) -> Failure {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>()) {
        return transport_failure(error, &[]);
    }
    let kind = match error.kind() {
        ErrorKind::UnexpectedEof => FailureKind::CutOff,
        _ => FailureKind::NotUnderstood,
    };
    Failure::new(kind).words(sanitize_message(&error.to_string(), &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_has_its_own_failure() {
        let limits = BodyLimits { received: 1_000, unpacked: 1 << 30 };
        assert_eq!(limits.exceeded(1_000, 1_000, false), None);
        assert_eq!(limits.exceeded(1_001, 1_001, false), Some(FailureKind::AnswerTooLarge));
        assert_eq!(limits.exceeded(1_001, 1_001, true), Some(FailureKind::AnswerTooLarge));
        // The largest size at which the ratio is not checked, and one byte more.
        assert_eq!(limits.exceeded(100, 64 << 20, true), None);
        assert_eq!(limits.exceeded(100, (64 << 20) + 1, true), Some(FailureKind::UnpacksTooLarge));
        let large = BodyLimits::both(1 << 30);
        assert_eq!(large.exceeded(1 << 20, 200 << 20, true), None);
        assert_eq!(large.exceeded(1 << 20, (200 << 20) + 1, true), Some(FailureKind::UnpacksTooLarge));
        assert_eq!(large.exceeded(100 << 20, (1 << 30) + 1, true), Some(FailureKind::UnpacksTooLarge));
    }
}
