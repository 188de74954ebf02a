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
    recipe::{KeptLocation, KeptResponse, RequestId},
};

use super::spool_files::{self, SpoolFiles};

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// How much is kept, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptLimits {
    /// The size of all kept responses together, in bytes.
    pub bytes: u64,
    /// The number of days for which a response is kept.
    pub days: u32,
}

/// The number and size of kept responses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptTotals {
    /// The number of responses.
    pub responses: usize,
    /// Their size on disk, in bytes.
    pub bytes: u64,
}

/// Keeps the response of a request until it is removed or [`prune`] removes it. Returns the kept response; `None`
/// if no byte of a body had arrived, in which case nothing is kept.
///
/// # Errors
/// The spool cannot be read or written. Files stay where they are.
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
    if spooled.place == KeptLocation::Library {
        move_to_kept(files, library, request)?;
    }
    let read_by = env!("CARGO_PKG_VERSION").to_owned();
    Ok(Some(KeptResponse { bytes: spooled.bytes, place: spooled.place, read_by }))
}

fn move_to_kept(files: &SpoolFiles, library: &Path, request: RequestId) -> Result<(), LibraryError> {
    let (path, kept) = (files.path(request), files.kept_path(request));
    let file = match File::options().write(true).open(&path) {
        // The response is kept already.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        opened => opened.at(&path)?,
    };
    // Space that was reserved and not needed is released.
    let length = file.metadata().at(&path)?.len();
    file.set_len(length).and_then(|()| file.sync_data()).at(&path)?;
    let folder = files.kept_folder();
    atomic_file::create_dir_durable(&folder, library)?;
    fs::rename(&path, &kept).at(&kept)?;
    atomic_file::sync_dir(&folder)
}

/// The number and size of kept responses.
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

/// Removes kept responses that are older than the limits allow, and the oldest of those that exceed the size limit.
/// Returns their requests.
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

/// Each kept response: its request, the time since which it is kept, and its size in bytes.
fn kept_files(files: &SpoolFiles) -> Result<Vec<(RequestId, SystemTime, u64)>, LibraryError> {
    let found = spool_files::list(&files.kept_folder())?;
    // A file that was removed in the meantime is skipped.
    let measure = |(request, path): (RequestId, PathBuf)| {
        let metadata = fs::metadata(path).ok()?;
        Some((request, metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len()))
    };
    Ok(found.into_iter().filter_map(measure).collect())
}
