//! Responses that are kept after their requests have failed, bounded by size and age.

use std::{
    fs::{self, File},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use crate::{
    library::{
        io::{
            atomic_file,
            error::{At as _, LibraryError},
        },
        library::Library,
    },
    recipe::{KeptPlace, KeptResponse, RequestId},
};

use super::store::files;

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

impl Library {
    /// Keeps a request's response until it is dropped or [`Self::prune_kept`] removes it. Returns what is kept; `None`
    /// if no byte of a body had come, in which case nothing stays.
    ///
    /// # Errors
    /// The spool cannot be read or written. What is there stays where it is.
    pub fn keep_response(&self, request: RequestId) -> Result<Option<KeptResponse>, LibraryError> {
        self.writable()?;
        let Some(spooled) = self.spools.open(request)? else { return Ok(None) };
        if spooled.bytes == 0 {
            self.spools.remove(request)?;
            return Ok(None);
        }
        if spooled.place == KeptPlace::Library {
            self.move_to_kept(request)?;
        }
        let read_by = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Some(KeptResponse { bytes: spooled.bytes, place: spooled.place, read_by }))
    }

    fn move_to_kept(&self, request: RequestId) -> Result<(), LibraryError> {
        let (path, kept) = (self.spools.path(request), self.spools.kept_path(request));
        let file = match File::options().write(true).open(&path) {
            // It is kept already.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            opened => opened.at(&path)?,
        };
        // Room that was reserved and not needed is given back.
        let length = file.metadata().at(&path)?.len();
        file.set_len(length).and_then(|()| file.sync_data()).at(&path)?;
        let folder = self.spools.kept_folder();
        atomic_file::make_folder(&folder, &self.folder)?;
        fs::rename(&path, &kept).at(&kept)?;
        atomic_file::sync_folder(&folder)
    }

    /// How much is kept.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn kept_totals(&self) -> Result<KeptTotals, LibraryError> {
        let mut totals = KeptTotals::default();
        for (_, _, bytes) in self.kept_files()? {
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
    pub fn prune_kept(&self, limits: KeptLimits, now: SystemTime) -> Result<Vec<RequestId>, LibraryError> {
        self.writable()?;
        let mut kept = self.kept_files()?;
        kept.sort_by_key(|(request, since, _)| (*since, *request));
        let mut bytes: u64 = kept.iter().map(|(_, _, bytes)| bytes).sum();
        let age = Duration::from_secs(u64::from(limits.days) * SECONDS_PER_DAY);
        let mut removed = Vec::new();
        for (request, since, size) in kept {
            let is_old = now.duration_since(since).is_ok_and(|since| since > age);
            if is_old || bytes > limits.bytes {
                self.spools.remove(request)?;
                bytes -= size;
                removed.push(request);
            }
        }
        Ok(removed)
    }

    /// Removes all kept responses. Returns whose they were.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn drop_all_kept(&self) -> Result<Vec<RequestId>, LibraryError> {
        self.prune_kept(KeptLimits { bytes: 0, days: 0 }, SystemTime::now())
    }

    /// Each kept response: whose it is, since when it is there, and its size in bytes.
    fn kept_files(&self) -> Result<Vec<(RequestId, SystemTime, u64)>, LibraryError> {
        let found = files(&self.spools.kept_folder())?;
        // One that somebody removes in the meantime is not kept.
        let measure = |(request, path): (RequestId, PathBuf)| {
            let metadata = fs::metadata(path).ok()?;
            Some((request, metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len()))
        };
        Ok(found.into_iter().filter_map(measure).collect())
    }
}
