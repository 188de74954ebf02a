//! SHA-256 of files, and bytes in hexadecimal.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use sha2::{Digest as _, Sha256};

/// The number of bytes that are read at once.
const READ_CHUNK_BYTES: usize = 256 << 10;

/// SHA-256 of a file, in lower-case hexadecimal.
///
/// # Errors
/// The file cannot be read.
pub(in crate::library) fn hash_file(path: &Path) -> io::Result<String> {
    Ok(hexadecimal(&copy_and_hash(File::open(path)?, &mut io::sink())?))
}

/// Copies all bytes, and returns their SHA-256.
///
/// # Errors
/// The bytes cannot be read or written.
pub(in crate::library) fn copy_and_hash(mut from: impl Read, to: &mut impl Write) -> io::Result<[u8; 32]> {
    let (mut hash, mut chunk) = (Sha256::new(), vec![0; READ_CHUNK_BYTES]);
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(count) => {
                hash.update(&chunk[..count]);
                to.write_all(&chunk[..count])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Bytes in lower-case hexadecimal.
pub(in crate::library) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    })
}
