//! Responses that are kept after their requests have failed, bounded by size and age.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::{
    library::io::{
        atomic_file,
        error::{LibraryError, WithPath as _},
    },
    recipe::{KeptPlace, KeptResponse, RequestId},
};

use super::spool_files::{self, SpoolFiles};

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// How much is kept for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptLimits {
    /// All kept responses together, in bytes.
    pub bytes: u64,
    /// Days since a response came.
    pub days: u32,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptTotals {
    /// Responses.
    pub responses: usize,
    /// Their size on disk, in bytes.
    pub bytes: u64,
}

/// Keeps a request's response until it is dropped or [`prune`] removes it. Returns what is kept; `None`
/// if no byte of a body had come, in which case nothing stays.
///
/// # Errors
/// The spool cannot be read or written. What is there stays where it is.
pub(super) fn keep(
    files: &SpoolFiles,
    library: &Path,
    request: RequestId,
) -> Result<Option<KeptResponse>, LibraryError> {
    let Some(spooled) = files.open(request)? else { return Ok(None) };
    if spooled.bytes == 0 {
        files.remove(request)?;
        return Ok(None);
    }
    if spooled.place == KeptPlace::Library {
        move_to_kept(files, library, request)?;
    }
    let read_by = env!("CARGO_PKG_VERSION").to_owned();
    Ok(Some(KeptResponse { bytes: spooled.bytes, place: spooled.place, read_by }))
}

fn move_to_kept(files: &SpoolFiles, library: &Path, request: RequestId) -> Result<(), LibraryError> {
    let (path, kept) = (files.path(request), files.kept_path(request));
    let file = match File::options().write(true).open(&path) {
        // It is kept already.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        opened => opened.at(&path)?,
    };
    // Room that was reserved and not needed is given back.
    let length = file.metadata().at(&path)?.len();
    file.set_len(length).and_then(|()| file.sync_data()).at(&path)?;
    let folder = files.kept_folder();
    atomic_file::create_dir_durable(&folder, library)?;
    fs::rename(&path, &kept).at(&kept)?;
    atomic_file::sync_dir(&folder)
}

/// How much is kept.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn totals(files: &SpoolFiles) -> Result<KeptTotals, LibraryError> {
    let mut totals = KeptTotals::default();
    for (_, _, bytes) in kept_files(files)? {
        totals.responses += 1;
        totals.bytes += bytes;
    }
    Ok(totals)
}

/// Removes kept responses that are older than the limits allow, and the oldest of those that are more than they
/// allow. Returns whose they were.
///
/// # Errors
/// The folder cannot be read or written.
pub(super) fn prune(files: &SpoolFiles, limits: KeptLimits, now: SystemTime) -> Result<Vec<RequestId>, LibraryError> {
    let mut kept = kept_files(files)?;
    kept.sort_by_key(|(request, since, _)| (*since, *request));
    let mut bytes: u64 = kept.iter().map(|(_, _, bytes)| bytes).sum();
    let age = Duration::from_secs(u64::from(limits.days) * SECONDS_PER_DAY);
    let mut removed = Vec::new();
    for (request, since, size) in kept {
        let is_old = now.duration_since(since).is_ok_and(|since| since > age);
        if is_old || bytes > limits.bytes {
            files.remove(request)?;
            bytes -= size;
            removed.push(request);
        }
    }
    Ok(removed)
}

/// Each kept response: whose it is, since when it is there, and its size in bytes.
fn kept_files(files: &SpoolFiles) -> Result<Vec<(RequestId, SystemTime, u64)>, LibraryError> {
    let found = spool_files::list(&files.kept_folder())?;
    // A file that is removed in the meantime is not kept.
    let measure = |(request, path): (RequestId, PathBuf)| {
        let metadata = fs::metadata(path).ok()?;
        Some((request, metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len()))
    };
    Ok(found.into_iter().filter_map(measure).collect())
}
