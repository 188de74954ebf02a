//! Reads bytes, numbers and text from the front of a slice.

use super::texts::MAX_TEXT_BYTES;

/// Removes and returns the first `count` bytes.
pub(super) fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (first, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(first)
}

pub(super) fn byte(bytes: &mut &[u8]) -> Option<u8> {
    take(bytes, 1).and_then(|bytes| bytes.first().copied())
}

/// Removes the bytes up to the first zero, and returns them without the zero.
pub(super) fn until_zero<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = memchr::memchr(0, bytes)?;
    let first = take(bytes, end)?;
    take(bytes, 1)?;
    Some(first)
}

pub(super) fn number<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    take(bytes, N)?.try_into().ok()
}

/// Decodes UTF-8, or else Latin-1, which any bytes are.
pub(super) fn decode_lossy(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

pub(super) fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(bytes, MAX_TEXT_BYTES).ok()
}
