//! Originals: the bytes as they were received, stored once and never touched again.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Map;
use sha2::{Digest as _, Sha256};

use crate::{
    library::{
        io::{
            atomic_file::{self, BackgroundFlush, PART},
            error::{At as _, LibraryError},
        },
        library::Library,
        store::sidecar::{self, Sidecar, read_sidecar},
    },
    private,
    recipe::{Answer, Format, ImageId, Money, Recipe, RequestId, Source},
};

use super::backfill::{self, Look};

/// An original that is being received. Dropped before [`Self::commit`], it leaves nothing behind.
pub struct OriginalWriter {
    library: Arc<Library>,
    part: PathBuf,
    file: File,
    hash: Sha256,
    bytes: u64,
    flush: Flush,
    committed: bool,
}

/// How much of an original is on the disk.
enum Flush {
    /// Perhaps nothing.
    Not,
    /// What was written is on its way there.
    Begun(BackgroundFlush),
    /// All that was written.
    Done,
}

/// What is known about a picture beside its bytes.
#[derive(Clone, Debug)]
pub struct SidecarFacts {
    /// Which picture.
    pub id: ImageId,
    /// The request that it came from.
    pub request: RequestId,
    /// What was asked.
    pub recipe: Recipe,
    /// What came back beside the picture.
    pub answer: Answer,
    /// Format found in the bytes.
    pub format: Format,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// When it was received.
    pub created: Timestamp,
    /// How long it took from sending to the last byte.
    pub took: Duration,
    /// What it cost, where that is known.
    pub cost: Option<Money>,
    /// Average colour.
    pub colour: [u8; 3],
    /// What it looks like, if anybody has looked.
    pub look: Option<Look>,
    /// Where it was brought in from, if it was not made here.
    pub source: Option<Source>,
}

impl Library {
    /// Begins to receive a picture.
    ///
    /// # Errors
    /// The library's folder cannot be written, or its disk is full.
    pub fn begin_original(self: &Arc<Self>, id: ImageId, created: Timestamp) -> Result<OriginalWriter, LibraryError> {
        self.writable()?;
        let month = self.month(created);
        atomic_file::make_folder(&month, &self.folder)?;
        let part = month.join(format!("{id}.{PART}"));
        let file = private::options().write(true).create_new(true).open(&part).at(&part)?;
        let library = Arc::clone(self);
        Ok(OriginalWriter { library, part, file, hash: Sha256::new(), bytes: 0, flush: Flush::Not, committed: false })
    }

    /// The folder of a month's originals, in UTC so that it does not depend on where the computer is.
    pub(in crate::library) fn month(&self, created: Timestamp) -> PathBuf {
        self.folder.join(month(created))
    }

    /// Where a picture's original is, be it in the trash; for one that was left where it was, the person's own file,
    /// which must only be read.
    ///
    /// # Errors
    /// There is no such picture, or its sidecar is needed and cannot be read.
    pub fn original_path(&self, id: ImageId) -> Result<PathBuf, LibraryError> {
        let path = self.kept_path(id)?;
        if path.extension().is_none_or(|extension| extension != "json") {
            return Ok(path);
        }
        let sidecar = read_sidecar(&path)?;
        Ok(sidecar.as_ref().and_then(Sidecar::elsewhere).map_or(path, Path::to_owned))
    }

    /// Where the library's own file of a picture is, be it in the trash.
    pub(in crate::library) fn kept_path(&self, id: ImageId) -> Result<PathBuf, LibraryError> {
        let path: Option<String> = self
            .reader()
            .prepare_cached("SELECT path FROM images WHERE id = ?1")?
            .query_row(params![id.uuid().as_bytes()], |row| row.get(0))
            .optional()?;
        let path = self.folder.join(path.ok_or(LibraryError::NoSuchPicture(id))?);
        Ok(if path.exists() { path } else { self.trashed(&path) })
    }

    /// A picture's sidecar, read from its file.
    ///
    /// # Errors
    /// The file is there and cannot be understood.
    pub fn sidecar(&self, id: ImageId) -> Result<Option<Sidecar>, LibraryError> {
        let path = match self.kept_path(id) {
            Ok(path) => path.with_extension("json"),
            Err(LibraryError::NoSuchPicture(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        read_sidecar(&path)
    }

    /// A picture of a request with the same bytes, if it is stored already.
    pub(in crate::library) fn twin(&self, request: RequestId, sha256: &str) -> Result<Option<Sidecar>, LibraryError> {
        let id: Option<[u8; 16]> = self
            .reader()
            .prepare_cached("SELECT id FROM images WHERE request = ?1 AND sha256 = ?2")?
            .query_row(params![request.uuid().as_bytes(), sha256], |row| row.get(0))
            .optional()?;
        match id {
            Some(id) => self.sidecar(ImageId::from_uuid(uuid::Uuid::from_bytes(id))),
            None => Ok(None),
        }
    }

    /// A path as the index keeps it: from the library's folder on, so that the library can be moved.
    pub(in crate::library) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.folder).unwrap_or(path).to_string_lossy().into_owned()
    }
}

/// The folder of a month's originals below the library's.
pub(in crate::library) fn month(created: Timestamp) -> String {
    let created = created.to_zoned(TimeZone::UTC);
    format!("originals/{:04}/{:02}", created.year(), created.month())
}

/// Puts a picture into the index, in a transaction of the caller's; `false` if it was there already.
pub(in crate::library) fn insert(connection: &Connection, sidecar: &Sidecar, path: &str) -> Result<bool, LibraryError> {
    let [r, g, b] = sidecar.colour;
    let mut statement = connection.prepare_cached(
        "INSERT INTO images (id, request, created, path, sha256, bytes, width, height, colour, prompt, words, mismatch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '', ?11) ON CONFLICT (id) DO NOTHING",
    )?;
    let inserted = statement.execute(params![
        sidecar.id.uuid().as_bytes(),
        sidecar.request.uuid().as_bytes(),
        sidecar.created.as_millisecond(),
        path,
        sidecar.sha256,
        sidecar.bytes as i64,
        sidecar.width,
        sidecar.height,
        i64::from(u32::from_be_bytes([0, r, g, b])),
        sidecar.recipe.prompt,
        sidecar.mismatch(),
    ])?;
    if inserted == 1 {
        backfill::fill(connection, connection.last_insert_rowid(), sidecar)?;
    }
    Ok(inserted == 1)
}

impl OriginalWriter {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), LibraryError> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.flush = Flush::Not;
        self.file.write_all(bytes).at(&self.part)
    }

    /// SHA-256 of what has been written so far, in lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        atomic_file::hexadecimal(&self.hash.clone().finalize())
    }

    /// Begins to bring what has been written to the disk, so that less is left for [`Self::flush`]. Does not wait.
    pub fn begin_flush(&mut self) {
        if matches!(self.flush, Flush::Not) {
            self.flush = Flush::Begun(BackgroundFlush::begin(&self.file));
        }
    }

    /// Brings what has been written to the disk, so that less is left for [`Self::commit`].
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn flush(&mut self) -> Result<(), LibraryError> {
        let flushed = match std::mem::replace(&mut self.flush, Flush::Not) {
            Flush::Not => self.file.sync_data(),
            Flush::Begun(begun) => begun.wait(&self.file),
            // Even with nothing to write, a flush waits for the disk.
            Flush::Done => Ok(()),
        };
        flushed.at(&self.part)?;
        self.flush = Flush::Done;
        Ok(())
    }

    /// How many bytes have been written.
    pub(in crate::library) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where the original of this sidecar belongs.
    pub(in crate::library) fn path_of(&self, sidecar: &Sidecar) -> PathBuf {
        self.part.with_file_name(sidecar.file_name())
    }

    /// Gives the file its name.
    pub(in crate::library) fn name(mut self, path: &Path) -> Result<(), LibraryError> {
        fs::rename(&self.part, path).at(path)?;
        self.committed = true;
        Ok(())
    }

    /// Makes the picture part of the library. When this returns, its bytes, its sidecar and its place in the index
    /// are durable. A picture with the same bytes from the same request is stored once: what is returned then is
    /// the one that was there.
    ///
    /// # Errors
    /// The disk is full or cannot be written. Either nothing is left behind, or the whole picture, which is then
    /// found when the library is opened the next time.
    pub fn commit(self, facts: SidecarFacts) -> Result<Sidecar, LibraryError> {
        let (library, id) = (Arc::clone(&self.library), facts.id);
        let stored = library.store_originals(vec![(self, facts)]).pop();
        stored.map_or(Err(LibraryError::NoSuchPicture(id)), |stored| Ok(stored?.sidecar))
    }
}

impl SidecarFacts {
    /// The sidecar of a picture whose file has so many bytes and this hash.
    pub(in crate::library) fn into_sidecar(self, bytes: u64, sha256: String) -> Sidecar {
        Sidecar {
            version: sidecar::VERSION,
            id: self.id,
            request: self.request,
            recipe: self.recipe,
            answer: self.answer,
            format: self.format,
            width: self.width,
            height: self.height,
            bytes,
            sha256,
            created: self.created,
            took: self.took,
            cost: self.cost,
            colour: self.colour,
            source: self.source,
            unknown: Map::new(),
        }
    }
}

impl Drop for OriginalWriter {
    fn drop(&mut self) {
        if !self.committed
            && let Err(error) = atomic_file::remove(&self.part)
        {
            tracing::warn!(%error, "a temporary file was left behind");
        }
    }
}

#[cfg(test)]
pub(in crate::library) mod tests {
    use uuid::Uuid;

    use super::*;

    pub(in crate::library) fn facts(number: u128, prompt: &str) -> SidecarFacts {
        SidecarFacts {
            id: ImageId::from_uuid(Uuid::from_u128(number)),
            request: RequestId::from_uuid(Uuid::from_u128(1000 + number)),
            recipe: Recipe { prompt: prompt.to_owned(), model: "Gemini-Image".to_owned(), ..Recipe::default() },
            answer: Answer::default(),
            format: Format::Png,
            width: 640,
            height: 480,
            created: "2026-11-23T10:00:00Z".parse().unwrap(),
            took: Duration::from_millis(1500),
            cost: None,
            colour: [1, 2, 3],
            look: None,
            source: None,
        }
    }

    pub(in crate::library) fn store(library: &Arc<Library>, facts: SidecarFacts, bytes: &[u8]) -> Sidecar {
        let mut writer = library.begin_original(facts.id, facts.created).unwrap();
        for piece in bytes.chunks(3) {
            writer.write(piece).unwrap();
        }
        writer.commit(facts).unwrap()
    }

    /// So many small pictures in a new library. Returns which.
    pub(crate) fn store_many(folder: &std::path::Path, count: u128) -> Vec<ImageId> {
        let library = Arc::new(Library::open(folder).unwrap());
        (1..=count).map(|number| store(&library, facts(number, "sea"), &number.to_be_bytes()).id).collect()
    }

    #[test]
    fn what_was_received_is_what_is_stored() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let sidecar = store(&library, facts(7, "海"), b"abc");
        // The hash of "abc" in FIPS 180-2, appendix B.1.
        assert_eq!(sidecar.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let path = library.original_path(sidecar.id).unwrap();
        assert_eq!(path, folder.path().join(format!("originals/2026/11/{}.png", sidecar.id)));
        assert_eq!(fs::read(path).unwrap(), b"abc");
        assert_eq!(library.sidecar(sidecar.id).unwrap(), Some(sidecar));
    }

    #[test]
    fn a_picture_that_was_not_committed_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let SidecarFacts { id, created, .. } = facts(7, "");
        let mut writer = library.begin_original(id, created).unwrap();
        writer.write(b"half").unwrap();
        drop(writer);
        assert_eq!(fs::read_dir(folder.path().join("originals/2026/11")).unwrap().count(), 0);
        assert_eq!(library.original_path(id), Err(LibraryError::NoSuchPicture(id)));
    }

    #[test]
    fn the_same_bytes_of_the_same_request_are_stored_once() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let first = store(&library, facts(7, ""), b"abc");
        let again = SidecarFacts { id: ImageId::from_uuid(Uuid::from_u128(8)), ..facts(7, "") };
        assert_eq!(store(&library, again, b"abc"), first);
        let other_request = store(&library, facts(9, ""), b"abc");
        assert_ne!(other_request.id, first.id);
        assert_eq!(fs::read_dir(folder.path().join("originals/2026/11")).unwrap().count(), 4);
    }
}
