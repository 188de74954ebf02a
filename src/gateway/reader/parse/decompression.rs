//! Decompresses a body whose headers do not say that it is compressed.
//!
//! The HTTP client decompresses encodings that the headers name. Here the first bytes decide: gzip and Zstandard have
//! signatures, and a body that is neither text nor an image is tried as zlib, Brotli and raw deflate.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};
use zstd::stream::raw::{Decoder, Operation as _};

/// The number of bytes that are decompressed in one step.
const OUTPUT_CHUNK_BYTES: usize = 64 * 1024;
/// The number of bytes that are collected before they are decompressed.
const INPUT_BLOCK_BYTES: usize = 4 * 1024;
/// The number of bytes that are decompressed to check whether they are text.
const TRIAL_BYTES: usize = 64;
/// The largest window of Zstandard, as a power of two. HTTP does not allow a larger one.
const MAX_ZSTD_WINDOW_LOG: u32 = 23;

/// The compression of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// Gzip, with the length of its header.
    Gzip(usize),
    Zlib,
    Deflate,
    Zstd,
    Brotli,
}

/// The body cannot be decompressed further, because it has ended or is damaged.
pub(crate) struct StreamEnded;

/// Decompresses a body. It reads blocks of one size, so that the result of a damaged body does not depend on how the
/// network cuts it.
pub(crate) struct Decompressor {
    state: State,
    block: Vec<u8>,
}

enum State {
    Inflate(Box<InflateState>),
    Zstd(Box<Decoder<'static>>),
    Brotli(Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>),
}

/// Whether these first bytes may be text: complete characters except for the last, and no control characters.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        Err(_) => return false,
    };
    // An escape character may start a record of a JSON sequence.
    valid.iter().all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace() || *byte == 0x1e)
}

/// Guesses the compression of a body from its first bytes, which are not text; `None` if it is unknown.
pub(crate) fn guess(bytes: &[u8]) -> Option<Compression> {
    if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        return Some(Compression::Zstd);
    }
    if bytes.starts_with(b"\x1f\x8b\x08") {
        return gzip_header(bytes).map(Compression::Gzip);
    }
    let packings = [Compression::Zlib, Compression::Brotli, Compression::Deflate];
    packings.into_iter().find(|packing| trial(*packing, bytes))
}

/// Whether these bytes decompress to text.
fn trial(packing: Compression, bytes: &[u8]) -> bool {
    let Some(mut unpacker) = Decompressor::new(packing) else { return false };
    let mut out = [0; TRIAL_BYTES];
    let mut written = 0;
    let mut rest = bytes;
    while written < TRIAL_BYTES {
        match unpacker.step(&mut rest, &mut out[written..]) {
            Ok(0) | Err(StreamEnded) => break,
            Ok(count) => written += count,
        }
    }
    written > 0 && is_text(&out[..written])
}

/// The length of a gzip header, if it is complete.
fn gzip_header(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += 1 + bytes.get(at..)?.iter().position(|byte| *byte == 0)?;
        }
    }
    at += if flags & 2 == 0 { 0 } else { 2 };
    (bytes.len() >= at).then_some(at)
}

impl Decompressor {
    /// A decompressor; `None` if there is not enough memory.
    pub fn new(packing: Compression) -> Option<Self> {
        let state = match packing {
            Compression::Zlib => State::Inflate(InflateState::new_boxed(DataFormat::Zlib)),
            Compression::Gzip(_) | Compression::Deflate => State::Inflate(InflateState::new_boxed(DataFormat::Raw)),
            Compression::Zstd => {
                let mut decoder = Decoder::new().ok()?;
                decoder.set_parameter(zstd::zstd_safe::DParameter::WindowLogMax(MAX_ZSTD_WINDOW_LOG)).ok()?;
                State::Zstd(Box::new(decoder))
            }
            Compression::Brotli => {
                let alloc = StandardAlloc::default;
                State::Brotli(Box::new(BrotliState::new_strict(alloc(), alloc(), alloc())))
            }
        };
        Some(Self { state, block: Vec::with_capacity(INPUT_BLOCK_BYTES) })
    }

    /// Adds bytes, and passes on decompressed chunks until `out` returns that it has enough.
    ///
    /// # Errors
    /// Nothing more can be decompressed.
    pub fn push(&mut self, mut packed: &[u8], out: &mut impl FnMut(&[u8]) -> bool) -> Result<(), StreamEnded> {
        while !packed.is_empty() {
            let (taken, rest) = packed.split_at(packed.len().min(INPUT_BLOCK_BYTES - self.block.len()));
            self.block.extend_from_slice(taken);
            packed = rest;
            if self.block.len() == INPUT_BLOCK_BYTES {
                self.finish(out)?;
            }
        }
        Ok(())
    }

    /// Decompresses the remaining partial block.
    ///
    /// # Errors
    /// Nothing more can be decompressed.
    pub fn finish(&mut self, out: &mut impl FnMut(&[u8]) -> bool) -> Result<(), StreamEnded> {
        let block = std::mem::replace(&mut self.block, Vec::with_capacity(INPUT_BLOCK_BYTES));
        let mut packed = block.as_slice();
        let mut piece = vec![0; OUTPUT_CHUNK_BYTES];
        loop {
            let count = self.step(&mut packed, &mut piece)?;
            if count > 0 && !out(&piece[..count]) {
                return Err(StreamEnded);
            }
            if count == 0 && packed.is_empty() {
                return Ok(());
            }
        }
    }

    /// Decompresses once, advances in `packed`, and returns the number of decompressed bytes.
    fn step(&mut self, packed: &mut &[u8], out: &mut [u8]) -> Result<usize, StreamEnded> {
        let (taken, written, ended) = match &mut self.state {
            State::Inflate(state) => {
                let result = inflate(state, packed, out, MZFlush::None);
                let ended = match result.status {
                    Ok(MZStatus::StreamEnd) => true,
                    Ok(_) | Err(MZError::Buf) => false,
                    Err(_) => true,
                };
                (result.bytes_consumed, result.bytes_written, ended)
            }
            State::Zstd(decoder) => {
                let status = decoder.run_on_buffers(packed, out).map_err(|_damaged| StreamEnded)?;
                (status.bytes_read, status.bytes_written, false)
            }
            State::Brotli(state) => {
                let (mut left, mut taken, mut room, mut written, mut total) = (packed.len(), 0, out.len(), 0, 0);
                let result = BrotliDecompressStream(
                    &mut left,
                    &mut taken,
                    packed,
                    &mut room,
                    &mut written,
                    out,
                    &mut total,
                    state,
                );
                let ended = matches!(result, BrotliResult::ResultSuccess | BrotliResult::ResultFailure);
                (taken, written, ended)
            }
        };
        *packed = &packed[taken..];
        // Nothing was read or written, so it cannot continue.
        if written == 0 && (ended || (taken == 0 && !packed.is_empty())) { Err(StreamEnded) } else { Ok(written) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = br#"{"choices":[{"message":{"content":"Here is a fox.","images":[]}}]}"#;

    /// The same text, compressed by the usual tools.
    fn packed() -> Vec<(Compression, Vec<u8>)> {
        let deflate = miniz_oxide::deflate::compress_to_vec(TEXT, 6);
        let gzip =
            |flags: u8, fields: &[u8]| [&[0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3], fields, &deflate, &[0; 8]].concat();
        // A Brotli stream of one uncompressed block: window, length, bytes, end.
        let length = TEXT.len() - 1;
        let header = (length as u32) << 4 | 1 << 20;
        let brotli = [&header.to_le_bytes()[..3], TEXT, &[3]].concat();
        vec![
            (Compression::Gzip(10), gzip(0, b"")),
            (Compression::Gzip(16), gzip(8, b"a.txt\0")),
            (Compression::Zlib, miniz_oxide::deflate::compress_to_vec_zlib(TEXT, 6)),
            (Compression::Deflate, deflate.clone()),
            (Compression::Zstd, zstd::encode_all(TEXT, 3).unwrap()),
            (Compression::Brotli, brotli),
        ]
    }

    #[test]
    fn compression_is_sniffed_and_decompressed_at_any_chunk_size() {
        for (packing, bytes) in packed() {
            assert!(!is_text(&bytes), "{packing:?}");
            assert_eq!(guess(&bytes), Some(packing));
            for size in [1, 7, 1_000] {
                let (mut unpacker, mut text) = (Decompressor::new(packing).unwrap(), Vec::new());
                let start = if let Compression::Gzip(length) = packing { length } else { 0 };
                let mut keep = |more: &[u8]| {
                    text.extend_from_slice(more);
                    true
                };
                for piece in bytes[start..].chunks(size) {
                    assert!(unpacker.push(piece, &mut keep).is_ok());
                }
                unpacker.finish(&mut keep).ok();
                assert_eq!(text, TEXT, "{packing:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn unknown_compression_is_left_unchanged() {
        assert_eq!(guess(&[0xfe; 200]), None);
        assert_eq!(guess(b"\0\x01\x02\x03\x04\x05\x06\x07"), None);
    }
}
