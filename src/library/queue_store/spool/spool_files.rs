//! The spool files of a library, wherever they are: in its folder, in memory, or in the temporary folder.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufRead, BufReader, Cursor},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use crate::{
    library::io::{
        atomic_file,
        error::{LibraryError, WithPath as _},
    },
    recipe::{KeptLocation, RequestId},
};

use super::{
    header::{SpoolHeader, SpooledHead},
    rescue,
};

/// The extension of spool files.
pub(super) const BODY_EXTENSION: &str = "body";

/// The extension of spool files whose requests were not sent yet.
pub(in crate::library) const UNSENT_EXTENSION: &str = "unsent";

/// The size of all responses that are held in memory together at most, in bytes.
const MAX_MEMORY_BYTES: u64 = 256 << 20;

/// The spool files of a library.
#[derive(Debug)]
pub(in crate::library) struct SpoolFiles {
    /// The library's folder.
    library: PathBuf,
    /// Identifies the library in files outside its folder.
    mark: String,
    /// Responses that could not be written to any disk, with their headers. They are lost when the program ends.
    memory: Mutex<HashMap<RequestId, Arc<[u8]>>>,
    /// Bytes of responses in memory while they arrive.
    held_bytes: AtomicU64,
    /// Whether the rescue folder may contain a response of this library.
    pub(super) rescued: AtomicBool,
}

/// A response in the spool.
pub struct SpooledResponse {
    /// Its header.
    pub header: SpoolHeader,
    /// The start of the response; `None` if it had not begun.
    pub head: Option<SpooledHead>,
    /// Its body, from the start.
    pub body: Box<dyn BufRead + Send>,
    /// Length of the body in bytes.
    pub bytes: u64,
    /// The place where it is stored.
    pub place: KeptLocation,
}

impl std::fmt::Debug for SpooledResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpooledResponse")
            .field("header", &self.header)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl SpoolFiles {
    pub(in crate::library) fn new(library: &Path) -> Self {
        Self {
            library: library.to_owned(),
            mark: rescue::mark_of(library),
            memory: Mutex::default(),
            held_bytes: AtomicU64::new(0),
            rescued: AtomicBool::new(rescue::rescue_folder().is_dir()),
        }
    }

    /// The path of the spool file of a request that is running.
    pub(in crate::library) fn path(&self, request: RequestId) -> PathBuf {
        self.folder().join(format!("{request}.{BODY_EXTENSION}"))
    }

    /// The path of the spool file of a request that is about to be sent.
    pub(super) fn unsent_path(&self, request: RequestId) -> PathBuf {
        self.folder().join(format!("{request}.{UNSENT_EXTENSION}"))
    }

    /// The path of the file of a kept response.
    pub(super) fn kept_path(&self, request: RequestId) -> PathBuf {
        self.kept_folder().join(format!("{request}.{BODY_EXTENSION}"))
    }

    /// Identifies the library in files outside its folder.
    pub(in crate::library) fn mark(&self) -> &str {
        &self.mark
    }

    /// Whether the rescue folder may contain a response of this library.
    pub(in crate::library) fn may_be_rescued(&self) -> bool {
        self.rescued.load(Ordering::Acquire)
    }

    pub(in crate::library) fn folder(&self) -> PathBuf {
        self.library.join("spool")
    }

    pub(in crate::library) fn kept_folder(&self) -> PathBuf {
        self.library.join("spool/kept")
    }

    /// Reserves memory for bytes of a response; `false` if the limit would be exceeded.
    pub(super) fn hold(&self, bytes: usize) -> bool {
        let bytes = bytes as u64;
        let fits = |held: u64| held.checked_add(bytes).filter(|sum| *sum <= MAX_MEMORY_BYTES);
        self.held_bytes.fetch_update(Ordering::AcqRel, Ordering::Acquire, fits).is_ok()
    }

    /// Releases the memory of bytes of a response.
    pub(super) fn let_go(&self, bytes: usize) {
        self.held_bytes.fetch_sub(bytes as u64, Ordering::AcqRel);
    }

    pub(super) fn put_in_memory(&self, request: RequestId, whole: Vec<u8>) {
        self.memory().insert(request, whole.into());
    }

    /// Takes all responses out of memory.
    pub(super) fn take_memory(&self) -> Vec<(RequestId, Arc<[u8]>)> {
        self.memory().drain().collect()
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<RequestId, Arc<[u8]>>> {
        // A panic cannot leave a map half changed that is only inserted into and removed from.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The paths at which the response of a request can be, the most complete first.
    fn paths(&self, request: RequestId) -> Vec<(PathBuf, KeptLocation)> {
        let mut paths = Vec::new();
        if self.rescued.load(Ordering::Acquire) {
            let path = rescue::path(request);
            let place = KeptLocation::Temporary(path.display().to_string());
            paths.push((path, place));
        }
        paths.extend([self.path(request), self.kept_path(request)].map(|path| (path, KeptLocation::Library)));
        paths
    }

    /// Reads the spool file of a request.
    pub(super) fn open(&self, request: RequestId) -> Result<Option<SpooledResponse>, LibraryError> {
        let in_memory = self.memory().get(&request).cloned();
        if let Some(whole) = in_memory {
            return understand(Cursor::new(whole), KeptLocation::Memory).at(&self.path(request));
        }
        for (path, place) in self.paths(request) {
            if let Some(spooled) = open_file(&path, place)? {
                return Ok(Some(spooled));
            }
        }
        Ok(None)
    }

    /// Removes the response of a request, wherever it is.
    pub(super) fn remove(&self, request: RequestId) -> Result<(), LibraryError> {
        self.memory().remove(&request);
        atomic_file::remove_if_exists(&self.unsent_path(request))?;
        self.paths(request).into_iter().try_for_each(|(path, _)| atomic_file::remove_if_exists(&path))
    }
}

/// Opens a spool file; `None` if it does not exist or its header cannot be read.
pub(in crate::library) fn open_file(path: &Path, place: KeptLocation) -> Result<Option<SpooledResponse>, LibraryError> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => understand(BufReader::new(opened.at(path)?), place).at(path),
    }
}

fn understand(
    mut file: impl BufRead + io::Seek + Send + 'static,
    place: KeptLocation,
) -> io::Result<Option<SpooledResponse>> {
    let Some((header, head)) = SpoolHeader::read(&mut file)? else { return Ok(None) };
    let start = file.stream_position()?;
    let end = file.seek(io::SeekFrom::End(0))?;
    file.seek(io::SeekFrom::Start(start))?;
    let bytes = if head.is_some() { end.saturating_sub(start) } else { 0 };
    Ok(Some(SpooledResponse { header, head, body: Box::new(file), bytes, place }))
}

/// The request that a spool file is named after.
pub(super) fn request_of(path: &Path) -> Option<RequestId> {
    let is_spool = path.extension().is_some_and(|extension| extension == BODY_EXTENSION);
    path.file_stem().filter(|_| is_spool)?.to_str()?.parse().ok()
}

/// The spool files in a folder; none if the folder does not exist.
pub(in crate::library) fn list(folder: &Path) -> Result<Vec<(RequestId, PathBuf)>, LibraryError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.at(folder)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.at(folder)?.path();
        if let Some(request) = request_of(&path) {
            files.push((request, path));
        }
    }
    files.sort();
    Ok(files)
}
