//! The spool files of a library, wherever they are.

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
    library::{
        io::{
            atomic_file,
            error::{At as _, LibraryError},
        },
        library::Library,
    },
    recipe::{KeptPlace, RequestId},
};

use super::{
    header::{ResponseHead, SpoolHeader},
    rescue,
    writer::SpoolWriter,
};

/// Extension of spool files.
pub(super) const EXTENSION: &str = "body";

/// Extension of spool files whose requests are not sent yet.
pub(super) const UNSENT: &str = "unsent";

/// What all spool files of a library share.
#[derive(Debug)]
pub struct Spools {
    /// The library's folder.
    library: PathBuf,
    /// Names the library in files outside its folder.
    pub(super) mark: String,
    /// Responses that no disk could take, with their headers. They are lost when the program ends.
    memory: Mutex<HashMap<RequestId, Arc<[u8]>>>,
    /// Bytes of responses in memory while they arrive.
    pub(super) held_bytes: AtomicU64,
    /// Whether the rescue folder may hold something of this library.
    pub(super) rescued: AtomicBool,
}

/// A response in the spool.
pub struct Spooled {
    /// Its header.
    pub header: SpoolHeader,
    /// How it began; none if it had not.
    pub head: Option<ResponseHead>,
    /// Its body, from the start.
    pub body: Box<dyn BufRead + Send>,
    /// Length of the body in bytes.
    pub bytes: u64,
    /// Where it is.
    pub place: KeptPlace,
}

impl std::fmt::Debug for Spooled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spooled").field("header", &self.header).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Spools {
    pub(in crate::library) fn new(library: &Path) -> Self {
        Self {
            library: library.to_owned(),
            mark: rescue::mark_of(library),
            memory: Mutex::default(),
            held_bytes: AtomicU64::new(0),
            rescued: AtomicBool::new(rescue::rescue_folder().is_dir()),
        }
    }

    /// Where the file of a request on its way is.
    pub(super) fn path(&self, request: RequestId) -> PathBuf {
        self.folder().join(format!("{request}.{EXTENSION}"))
    }

    /// Where the file of a request is that is about to be sent.
    pub(super) fn unsent_path(&self, request: RequestId) -> PathBuf {
        self.folder().join(format!("{request}.{UNSENT}"))
    }

    /// Where the file of a kept response is.
    pub(super) fn kept_path(&self, request: RequestId) -> PathBuf {
        self.kept_folder().join(format!("{request}.{EXTENSION}"))
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.library.join("spool")
    }

    pub(super) fn kept_folder(&self) -> PathBuf {
        self.library.join("spool/kept")
    }

    pub(super) fn put_in_memory(&self, request: RequestId, whole: Vec<u8>) {
        self.memory().insert(request, whole.into());
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<RequestId, Arc<[u8]>>> {
        // A map that is only inserted into and removed from is whole after any panic.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The places where a request's response can be, the most complete first.
    fn paths(&self, request: RequestId) -> Vec<(PathBuf, KeptPlace)> {
        let mut paths = Vec::new();
        if self.rescued.load(Ordering::Acquire) {
            let path = rescue::path(request);
            let place = KeptPlace::Temporary(path.display().to_string());
            paths.push((path, place));
        }
        paths.extend([self.path(request), self.kept_path(request)].map(|path| (path, KeptPlace::Library)));
        paths
    }

    /// Reads the spool file of a request.
    pub(super) fn open(&self, request: RequestId) -> Result<Option<Spooled>, LibraryError> {
        let in_memory = self.memory().get(&request).cloned();
        if let Some(whole) = in_memory {
            return understand(Cursor::new(whole), KeptPlace::Memory).at(&self.path(request));
        }
        for (path, place) in self.paths(request) {
            if let Some(spooled) = open(&path, place)? {
                return Ok(Some(spooled));
            }
        }
        Ok(None)
    }

    /// Removes a request's response wherever it is.
    pub(super) fn remove(&self, request: RequestId) -> Result<(), LibraryError> {
        self.memory().remove(&request);
        atomic_file::remove(&self.unsent_path(request))?;
        self.paths(request).into_iter().try_for_each(|(path, _)| atomic_file::remove(&path))
    }
}

/// Opens a spool file; `None` where there is none whose header can be read.
pub(super) fn open(path: &Path, place: KeptPlace) -> Result<Option<Spooled>, LibraryError> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => understand(BufReader::new(opened.at(path)?), place).at(path),
    }
}

fn understand(mut file: impl BufRead + io::Seek + Send + 'static, place: KeptPlace) -> io::Result<Option<Spooled>> {
    let Some((header, head)) = SpoolHeader::read(&mut file)? else { return Ok(None) };
    let start = file.stream_position()?;
    let end = file.seek(io::SeekFrom::End(0))?;
    file.seek(io::SeekFrom::Start(start))?;
    let bytes = if head.is_some() { end.saturating_sub(start) } else { 0 };
    Ok(Some(Spooled { header, head, body: Box::new(file), bytes, place }))
}

impl Library {
    /// Opens the spool file of a request that is about to be sent, with room for a body of `reserve` bytes.
    ///
    /// # Errors
    /// The disk has no room or cannot be written; nothing must be sent then.
    pub fn spool(
        &self,
        request: RequestId,
        mut header: SpoolHeader,
        reserve: u64,
    ) -> Result<SpoolWriter, LibraryError> {
        self.writable()?;
        header.library = Some(self.spools.mark.clone());
        let mut line = serde_json::to_vec(&header)?;
        line.push(b'\n');
        SpoolWriter::create(&self.spools, request, &line, reserve)
    }

    /// A request's response in the spool, if there is one whose header can be read.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn spooled(&self, request: RequestId) -> Result<Option<Spooled>, LibraryError> {
        self.spools.open(request)
    }

    /// Removes a request's response from the spool, wherever it is.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn drop_spool(&self, request: RequestId) -> Result<(), LibraryError> {
        self.writable()?;
        self.spools.remove(request)
    }

    /// Writes responses to a disk that are in memory only, where one takes them now: the program is about to end.
    pub fn save_spools_in_memory(&self) {
        let held: Vec<_> = self.spools.memory().drain().collect();
        for (request, whole) in held {
            let path = self.spools.path(request);
            let saved = atomic_file::write(&path, &whole).or_else(|_| {
                let (mut file, path) = rescue::create(request).at(&rescue::rescue_folder())?;
                io::Write::write_all(&mut file, &whole).and_then(|()| file.sync_all()).at(&path)
            });
            if let Err(error) = saved {
                tracing::error!(%request, %error, "a response is lost, because no disk takes it");
            }
        }
    }
}

/// The request that a spool file is named after.
pub(super) fn request_of(path: &Path) -> Option<RequestId> {
    let is_spool = path.extension().is_some_and(|extension| extension == EXTENSION);
    path.file_stem().filter(|_| is_spool)?.to_str()?.parse().ok()
}

/// The spool files in a folder. One that is not there has none.
pub(super) fn files(folder: &Path) -> Result<Vec<(RequestId, PathBuf)>, LibraryError> {
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
