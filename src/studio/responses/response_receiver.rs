//! Receives the body of one response, from wherever its bytes come.

use std::io::{self, ErrorKind, Read};

use crate::gateway::{AnswerReader, BodyKind, ReaderLimits, Receiver, ResponseOutcome, SecretMask};

/// The number of bytes that are read from a file at once.
const READ_CHUNK_BYTES: usize = 256 << 10;

/// Reads the body of one response and passes its images, links and texts to `R` as they arrive.
///
/// A response that arrives, a spooled one and the result of a gateway's task are all received by this type, so that
/// each of them is understood in the same way and within the same limits.
pub struct ResponseReceiver<R> {
    reader: AnswerReader,
    receiver: R,
}

impl<R: Receiver> ResponseReceiver<R> {
    /// A receiver for a body of this kind, which passes its parts to `receiver`.
    pub fn new(kind: BodyKind, receiver: R) -> Self {
        Self { reader: AnswerReader::new(kind, ReaderLimits::default()), receiver }
    }

    /// Masks secrets in all texts, because some gateways repeat the key of the request.
    #[must_use]
    pub fn masking(mut self, mask: SecretMask) -> Self {
        self.reader = self.reader.hiding(mask);
        self
    }

    /// Reads the next bytes of the body.
    pub fn push(&mut self, bytes: &[u8]) {
        self.reader.push(bytes, &mut self.receiver);
    }

    /// Whether the rest of the body is ignored, because the response is beyond a limit.
    pub fn ignores_rest(&self) -> bool {
        self.reader.ignores_rest()
    }

    /// Reads a whole body.
    ///
    /// # Errors
    /// The source cannot be read to its end. What was read before is received.
    pub fn read_all(&mut self, mut source: impl Read) -> io::Result<()> {
        let mut chunk = vec![0; READ_CHUNK_BYTES];
        while !self.ignores_rest() {
            match source.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => self.push(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The parts that were received so far.
    pub fn parts(&mut self) -> &mut R {
        &mut self.receiver
    }

    /// Ends the body, and returns what the response says besides its images.
    pub fn finish(mut self) -> (ResponseOutcome, R) {
        let outcome = self.reader.finish(&mut self.receiver);
        (outcome, self.receiver)
    }
}
