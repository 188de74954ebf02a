//! Finds runs of base64 in a response: their length, and whether they start like an image.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

use crate::{imaging::sniff, recipe::Format};

/// The least number of base64 characters in a run that is taken for data.
pub(crate) const MIN_RUN_CHARS: usize = 256;

/// The MIME type according to the start of a base64 run.
pub(crate) fn mime(run: &[u8]) -> &'static str {
    format(run).map_or("base64", Format::mime)
}

/// The image format according to the start of a base64 run.
pub(crate) fn format(run: &[u8]) -> Option<Format> {
    let plain: Vec<u8> = run
        .iter()
        .filter(|&&byte| byte != b'\\')
        .map(|&byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .take(129)
        .collect();
    // The letter of an escape such as `\n` may precede it.
    let mut formats = [0, 1].into_iter().filter_map(|skipped| {
        let characters = plain.get(skipped..)?;
        let decoded = STANDARD_NO_PAD.decode(&characters[..characters.len() / 4 * 4]).ok()?;
        sniff(&decoded)
    });
    formats.next()
}

/// The base64 characters of either alphabet.
const BASE64: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_base64(byte as u8);
        byte += 1;
    }
    table
};

/// Arithmetic only, so that the compiler can vectorize it.
pub(crate) const fn is_base64(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        || (byte.wrapping_sub(b'0') < 10)
        || (byte == b'+')
        || (byte == b'/')
        || (byte == b'=')
        || (byte == b'-')
        || (byte == b'_')
}

/// The number of base64 characters at the start.
pub(crate) fn base64_len(bytes: &[u8]) -> usize {
    const SMALL_BLOCK_BYTES: usize = 32;
    const LARGE_BLOCK_BYTES: usize = 128;
    let short = |bytes: &[u8]| bytes.iter().take_while(|&&byte| BASE64[usize::from(byte)]).count();
    let first = short(&bytes[..bytes.len().min(SMALL_BLOCK_BYTES)]);
    if first < SMALL_BLOCK_BYTES {
        return first;
    }
    let all = |chunk: &[u8]| chunk.iter().fold(true, |all, &byte| all & is_base64(byte));
    let chunks = bytes[SMALL_BLOCK_BYTES..].chunks_exact(LARGE_BLOCK_BYTES).take_while(|chunk| all(chunk)).count();
    let at = SMALL_BLOCK_BYTES + chunks * LARGE_BLOCK_BYTES;
    at + short(&bytes[at..])
}
