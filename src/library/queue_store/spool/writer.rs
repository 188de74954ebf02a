//! Writes a response to disk while it arrives, and keeps it elsewhere if that fails.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use crate::{
    error_chain::chain,
    library::io::error::{LibraryError, WithPath as _},
    private,
    recipe::{KeptLocation, RequestId},
};

use super::{header::SpooledHead, rescue, spool_files::SpoolFiles};

/// The size up to which one response is held in memory before it is moved to the temporary folder, in bytes.
const MEMORY_BYTES_PER_RESPONSE: usize = 64 << 20;

/// The number of attempts of a write that fails, because disks recover from single errors.
const MAX_WRITE_ATTEMPTS: u32 = 2;

/// The spool file of a response. Written bytes survive the end of the program at once; a power cut may lose the last of
/// them.
///
/// A write that fails does not lose anything: bytes that the library's disk did not take are held in memory up to
/// a limit. Beyond it, or when the response has ended, everything goes to the system's temporary folder.
#[derive(Debug)]
pub struct SpoolWriter {
    spools: Arc<SpoolFiles>,
    request: RequestId,
    path: PathBuf,
    file: File,
    /// The number of bytes that the library's file holds for certain, header included.
    written: u64,
    rest: Overflow,
    /// Whether bytes were lost, so that later bytes are useless.
    is_cut: bool,
    /// Whether the file has the name of a file whose request may have been sent.
    is_armed: bool,
    finished: bool,
}

/// Where the bytes are that could not be written to the library's file.
#[derive(Debug)]
enum Overflow {
    /// All bytes are in the library's file.
    Nothing,
    /// They are in memory. They follow those of the file.
    Memory(Vec<u8>),
    /// The whole response is in a file of the temporary folder.
    Temporary(File, PathBuf),
    /// The whole response, with its header, is held by [`SpoolFiles`].
    Held,
    /// They were lost, because nothing could hold them.
    Lost,
}

impl SpoolWriter {
    /// Creates the file, reserves space for a body of `reserve` bytes and writes the header.
    pub(super) fn create(
        spools: &Arc<SpoolFiles>,
        request: RequestId,
        header: &[u8],
        reserve: u64,
    ) -> Result<Self, LibraryError> {
        let path = spools.unsent_path(request);
        let mut file = private::options().read(true).write(true).create(true).truncate(true).open(&path).at(&path)?;
        let written = reserve_bytes(&file, header.len() as u64 + reserve).and_then(|()| file.write_all(header));
        if let Err(error) = written.at(&path) {
            drop(file);
            fs::remove_file(&path).ok();
            return Err(error);
        }
        let (spools, written) = (Arc::clone(spools), header.len() as u64);
        Ok(Self {
            spools,
            request,
            path,
            file,
            written,
            rest: Overflow::Nothing,
            is_cut: false,
            is_armed: false,
            finished: false,
        })
    }

    /// Renames the file to say that its request may have been sent. To be called right before it is sent: a file
    /// without this name is removed at the next start, and the request of a file with it is never taken for unsent.
    ///
    /// # Errors
    /// The file cannot be renamed, and the request must not be sent.
    pub fn arm(&mut self) -> Result<(), LibraryError> {
        let path = self.spools.path(self.request);
        fs::rename(&self.path, &path).at(&path)?;
        self.path = path;
        self.is_armed = true;
        Ok(())
    }

    /// Writes the start of the response. No byte of its body may have been written.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn begin(&mut self, head: &SpooledHead) -> Result<(), LibraryError> {
        let mut line = serde_json::to_vec(head)?;
        line.push(b'\n');
        self.write(&line)
    }

    /// Appends bytes of the body.
    ///
    /// # Errors
    /// Neither the library's disk nor memory nor the temporary folder can hold them. Earlier bytes are kept; further
    /// bytes are ignored.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), LibraryError> {
        if self.is_cut {
            return Ok(());
        }
        match &mut self.rest {
            Overflow::Nothing => {
                if let Err(error) = self.append(bytes) {
                    tracing::error!(request = %self.request, path = %self.path.display(), error = %chain(&error),
                        "the library's disk fails; the response goes on in memory");
                    self.rest = Overflow::Memory(Vec::new());
                    return self.write(bytes);
                }
                Ok(())
            }
            Overflow::Memory(held) => {
                let fits = held.len() + bytes.len() <= MEMORY_BYTES_PER_RESPONSE && self.spools.hold(bytes.len());
                if fits {
                    held.extend_from_slice(bytes);
                    return Ok(());
                }
                if let Err(error) = self.move_to_temporary() {
                    self.is_cut = true;
                    return Err(error);
                }
                self.write(bytes)
            }
            Overflow::Temporary(file, path) => match file.write_all(bytes) {
                Ok(()) => Ok(()),
                Err(error) => {
                    let error = Err(error).at(path);
                    self.rest = Overflow::Lost;
                    error
                }
            },
            Overflow::Held | Overflow::Lost => Ok(()),
        }
    }

    /// Ends the response: writes bytes that are held in memory to a disk, the library's own if it works again.
    ///
    /// # Errors
    /// Nothing could hold the response, and it is lost.
    pub fn finish(&mut self) -> Result<KeptLocation, LibraryError> {
        self.finished = true;
        if let Overflow::Memory(held) = &mut self.rest {
            let held = std::mem::take(held);
            if self.append(&held).is_ok() {
                self.spools.let_go(held.len());
                self.rest = Overflow::Nothing;
            } else {
                self.rest = Overflow::Memory(held);
                if let Err(error) = self.move_to_temporary() {
                    tracing::error!(request = %self.request, error = %chain(&error), "the temporary folder cannot take a response");
                    self.move_to_memory()?;
                }
            }
        }
        if matches!(self.rest, Overflow::Nothing) && !is_in_place(&self.file, &self.path) {
            tracing::error!(request = %self.request, path = %self.path.display(), "a spool file is no longer in its place");
            if self.move_to_temporary().is_err() {
                self.move_to_memory()?;
            }
        }
        match &self.rest {
            Overflow::Nothing => Ok(KeptLocation::Library),
            Overflow::Temporary(_, path) => Ok(KeptLocation::Temporary(path.display().to_string())),
            Overflow::Memory(_) | Overflow::Held => Ok(KeptLocation::Memory),
            Overflow::Lost => Err(LibraryError::DiskFull { path: self.path.clone() }),
        }
    }

    /// Removes the file, because no response arrived.
    pub fn discard(mut self) {
        self.finished = true;
        if let Err(error) = self.spools.remove(self.request) {
            tracing::warn!(request = %self.request, error = %chain(&error), "a spool file was left behind");
        }
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut tried = Ok(());
        for _ in 0..MAX_WRITE_ATTEMPTS {
            // A failed write may have written some of its bytes.
            tried = self.file.seek(SeekFrom::Start(self.written)).and_then(|_| self.file.write_all(bytes));
            if tried.is_ok() {
                self.written += bytes.len() as u64;
                break;
            }
        }
        tried
    }

    /// Copies everything to the temporary folder, to which later bytes are written.
    fn move_to_temporary(&mut self) -> Result<(), LibraryError> {
        let (mut copy, path) = rescue::create(self.request).at(&rescue::rescue_folder())?;
        let copied = self.copy_to(&mut copy).at(&path);
        if let Err(error) = copied {
            drop(copy);
            fs::remove_file(&path).ok();
            return Err(error);
        }
        if let Overflow::Memory(held) = &self.rest {
            self.spools.let_go(held.len());
        }
        self.spools.rescued.store(true, Ordering::Release);
        tracing::warn!(request = %self.request, path = %path.display(), "a response is kept in the temporary folder");
        self.rest = Overflow::Temporary(copy, path);
        Ok(())
    }

    /// Holds everything in memory until the program ends.
    fn move_to_memory(&mut self) -> Result<(), LibraryError> {
        let mut whole = Vec::new();
        if let Err(error) = self.copy_to(&mut whole).at(&self.path) {
            self.rest = Overflow::Lost;
            return Err(error);
        }
        if let Overflow::Memory(held) = &self.rest {
            self.spools.let_go(held.len());
        }
        self.spools.put_in_memory(self.request, whole);
        self.rest = Overflow::Held;
        Ok(())
    }

    fn copy_to(&mut self, to: &mut impl io::Write) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        let copied = io::copy(&mut (&self.file).take(self.written), to)?;
        if copied < self.written {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Overflow::Memory(held) = &self.rest {
            to.write_all(held)?;
        }
        to.flush()
    }
}

impl Drop for SpoolWriter {
    fn drop(&mut self) {
        if !self.is_armed && !self.finished {
            fs::remove_file(&self.path).ok();
            return;
        }
        // The thread that wrote has panicked.
        if !self.finished
            && let Err(error) = self.finish()
        {
            tracing::error!(request = %self.request, error = %chain(&error), "a response is lost");
        }
    }
}

/// Reserves disk space for the response, whatever else is written meanwhile. The length of the file does not change.
///
/// # Errors
/// The disk is full. A file system that cannot reserve space is not an error.
#[cfg(target_os = "linux")]
fn reserve_bytes(file: &File, bytes: u64) -> io::Result<()> {
    use rustix::{
        fs::{FallocateFlags, fallocate},
        io::Errno,
    };
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, bytes) {
        Err(full @ (Errno::NOSPC | Errno::DQUOT)) => Err(full.into()),
        _ => Ok(()),
    }
}

/// On other systems nothing is reserved; free space is checked before a request is sent.
#[cfg(not(target_os = "linux"))]
fn reserve_bytes(_file: &File, _bytes: u64) -> io::Result<()> {
    Ok(())
}

/// Whether the path still leads to the open file, because folders can be renamed and disks unmounted while a response
/// arrives.
#[cfg(unix)]
fn is_in_place(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// On other systems an open file cannot be moved.
#[cfg(not(unix))]
fn is_in_place(_file: &File, path: &Path) -> bool {
    path.exists()
}
