//! The cache of thumbnails: one file to which they are appended, and a table of their offsets in it.
//!
//! A screen of a hundred thumbnails is read several times faster from one file than from a hundred, and a backup has
//! two files to copy instead of millions. Nothing is flushed to the disk: a thumbnail that was damaged by a crash fails
//! its checksum, and is made again from the original like one that was never cached.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    error_chain::chain,
    library::io::{
        atomic_file,
        database_file::create_private,
        error::{LibraryError, WithPath as _},
        library_folder::LibraryFolder,
    },
    private,
    recipe::ImageId,
};

/// The number of unused bytes in the file above which it is rewritten without them.
const MAX_DEAD_BYTES: u64 = 64 << 20;

#[derive(Debug)]
struct Pack {
    folder: PathBuf,
    places: Connection,
    file: File,
    /// The offset at which the next thumbnail is appended.
    end: u64,
}

/// The thumbnails of a library.
#[derive(Debug)]
pub struct ThumbnailCache {
    folder: Arc<LibraryFolder>,
    /// Opened when the first thumbnail is needed.
    pack: OnceLock<Mutex<Pack>>,
}

impl ThumbnailCache {
    /// The thumbnails of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>) -> Self {
        Self { folder, pack: OnceLock::new() }
    }

    /// The bytes of a cached thumbnail; `None` if there is none with a valid checksum.
    ///
    /// # Errors
    /// The cache cannot be read.
    pub fn read(&self, id: ImageId, edge: u32) -> Result<Option<Vec<u8>>, LibraryError> {
        if self.folder.is_read_only() {
            return Ok(None);
        }
        self.pack()?.get(id, edge)
    }

    /// Caches a thumbnail. It is not flushed to the disk, because a cache may be lost.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn put(&self, id: ImageId, edge: u32, bytes: &[u8]) -> Result<(), LibraryError> {
        if self.folder.is_read_only() {
            return Ok(());
        }
        self.pack()?.put(&[id], edge, bytes)
    }

    /// Caches one thumbnail for many images that look the same.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    #[cfg(feature = "bench")]
    pub fn put_for_all(&self, ids: &[ImageId], edge: u32, bytes: &[u8]) -> Result<(), LibraryError> {
        if self.folder.is_read_only() {
            return Ok(());
        }
        self.pack()?.put(ids, edge, bytes)
    }

    /// Removes the thumbnails of images that were deleted for good.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn remove(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let mut cache = self.pack()?;
        cache.forget(ids)?;
        cache.tidy(MAX_DEAD_BYTES)
    }

    fn pack(&self) -> Result<MutexGuard<'_, Pack>, LibraryError> {
        let cache = if let Some(cache) = self.pack.get() {
            cache
        } else {
            let opened = Pack::open(&self.folder.join("thumbnails"))?;
            // Another thread may have been faster; both have opened the same files.
            self.pack.get_or_init(|| Mutex::new(opened))
        };
        Ok(cache.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pack {
    fn open(folder: &Path) -> Result<Self, LibraryError> {
        let places = match places(folder) {
            // A damaged cache is created again instead of repaired.
            Err(LibraryError::Broken { reason }) => {
                tracing::warn!(reason = %chain(&reason), "the cache of thumbnails is damaged and is rebuilt");
                for name in ["places.db", "places.db-wal", "places.db-shm", "thumbnails.pack"] {
                    atomic_file::remove_if_exists(&folder.join(name))?;
                }
                places(folder)?
            }
            opened => opened?,
        };
        let path = pack_path(folder);
        let file = private::options().create(true).truncate(false).read(true).write(true).open(&path).at(&path)?;
        let end = file.metadata().at(&path)?.len();
        Ok(Self { folder: folder.to_owned(), places, file, end })
    }

    fn get(&mut self, id: ImageId, edge: u32) -> Result<Option<Vec<u8>>, LibraryError> {
        let place: Option<(u64, u32, u32)> = self
            .places
            .prepare_cached("SELECT start, bytes, checksum FROM places WHERE image = ?1 AND edge = ?2")?
            .query_row(params![id.uuid().as_bytes(), edge], |row| {
                Ok((row.get::<_, i64>(0)? as u64, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((start, length, checksum)) = place else { return Ok(None) };
        if start + u64::from(length) > self.end {
            return Ok(None);
        }
        let mut bytes = vec![0; length as usize];
        let path = pack_path(&self.folder);
        self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.read_exact(&mut bytes)).at(&path)?;
        Ok((crc32fast::hash(&bytes) == checksum).then_some(bytes))
    }

    fn put(&mut self, ids: &[ImageId], edge: u32, bytes: &[u8]) -> Result<(), LibraryError> {
        let path = pack_path(&self.folder);
        let start = self.end;
        self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.write_all(bytes)).at(&path)?;
        self.end += bytes.len() as u64;
        let checksum = crc32fast::hash(bytes);
        let transaction = self.places.transaction()?;
        for id in ids {
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO places (image, edge, start, bytes, checksum) VALUES (?, ?, ?, ?, ?)",
                )?
                .execute(params![id.uuid().as_bytes(), edge, start as i64, bytes.len() as i64, checksum])?;
        }
        Ok(transaction.commit()?)
    }

    fn forget(&mut self, ids: &[ImageId]) -> Result<(), LibraryError> {
        let transaction = self.places.transaction()?;
        for id in ids {
            transaction.prepare_cached("DELETE FROM places WHERE image = ?1")?.execute([id.uuid().as_bytes()])?;
        }
        Ok(transaction.commit()?)
    }

    /// Rewrites the file if more than half of it, and more than `slack` bytes, are unused.
    fn tidy(&mut self, slack: u64) -> Result<(), LibraryError> {
        let used: i64 = self.places.query_row(
            "SELECT coalesce(sum(bytes), 0) FROM (SELECT DISTINCT start, bytes FROM places)",
            params![],
            |row| row.get(0),
        )?;
        let unused = self.end.saturating_sub(used as u64);
        if unused <= slack || unused <= self.end / 2 {
            return Ok(());
        }
        let path = pack_path(&self.folder);
        let part = path.with_added_extension(atomic_file::TEMP_SUFFIX);
        let mut fresh = private::options().create(true).truncate(true).read(true).write(true).open(&part).at(&part)?;
        let mut end = 0;
        let transaction = self.places.transaction()?;
        let kept: Vec<(i64, i64)> = transaction
            .prepare("SELECT DISTINCT start, bytes FROM places ORDER BY start")?
            .query_map(params![], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (start, length) in kept {
            let mut bytes = vec![0; length as usize];
            self.file.seek(SeekFrom::Start(start as u64)).and_then(|_| self.file.read_exact(&mut bytes)).at(&path)?;
            fresh.write_all(&bytes).at(&part)?;
            // Offsets only decrease, so an updated offset cannot match one that is still to be updated.
            transaction.prepare_cached("UPDATE places SET start = ?2 WHERE start = ?1")?.execute([start, end])?;
            end += length;
        }
        // If the program stops between these two steps, the offsets are wrong and the checksums fail.
        fs::rename(&part, &path).at(&path)?;
        transaction.commit()?;
        self.file = fresh;
        self.end = end as u64;
        Ok(())
    }
}

fn pack_path(folder: &Path) -> PathBuf {
    folder.join("thumbnails.pack")
}

fn places(folder: &Path) -> Result<Connection, LibraryError> {
    private::make_folder(folder).at(folder)?;
    let path = folder.join("places.db");
    create_private(&path);
    let places = Connection::open(path)?;
    places.pragma_update(None, "journal_mode", "WAL")?;
    places.pragma_update(None, "synchronous", "OFF")?;
    places.execute_batch(
        "CREATE TABLE IF NOT EXISTS places (
            image BLOB NOT NULL,
            edge INTEGER NOT NULL,
            start INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (image, edge)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS places_by_start ON places (start, bytes);",
    )?;
    Ok(places)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::library::Library;

    fn id(number: u128) -> ImageId {
        ImageId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn each_thumbnail_size_is_stored_separately() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.thumbnails().read(id(77), 256).unwrap(), None);
        library.thumbnails().put(id(77), 256, b"small").unwrap();
        library.thumbnails().put(id(77), 512, b"large").unwrap();
        library.thumbnails().put(id(77), 256, b"newer").unwrap();
        assert_eq!(library.thumbnails().read(id(77), 256).unwrap().unwrap(), b"newer");
        assert_eq!(library.thumbnails().read(id(77), 512).unwrap().unwrap(), b"large");
        drop(library);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.thumbnails().read(id(77), 512).unwrap().unwrap(), b"large");
    }

    #[test]
    fn torn_entry_is_not_read_as_a_thumbnail() {
        let folder = tempfile::tempdir().unwrap();
        {
            let library = Library::open(folder.path()).unwrap();
            library.thumbnails().put(id(1), 256, b"whole").unwrap();
            library.thumbnails().put(id(2), 256, b"never reached the disk").unwrap();
            library.thumbnails().put(id(3), 256, b"cut off").unwrap();
        }
        let path = folder.path().join("thumbnails/thumbnails.pack");
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(bytes.len() - 2);
        bytes[8..20].fill(0);
        fs::write(&path, bytes).unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.thumbnails().read(id(1), 256).unwrap().unwrap(), b"whole");
        assert_eq!(library.thumbnails().read(id(2), 256).unwrap(), None);
        assert_eq!(library.thumbnails().read(id(3), 256).unwrap(), None);
        library.thumbnails().put(id(3), 256, b"made again").unwrap();
        assert_eq!(library.thumbnails().read(id(3), 256).unwrap().unwrap(), b"made again");
    }

    #[test]
    fn damaged_or_deleted_cache_is_rebuilt() {
        let folder = tempfile::tempdir().unwrap();
        drop(Library::open(folder.path()).unwrap());
        fs::write(folder.path().join("thumbnails/places.db"), "no database at all, though it is named so".repeat(30))
            .unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.thumbnails().read(id(1), 256).unwrap(), None);
        library.thumbnails().put(id(1), 256, b"new").unwrap();
        drop(library);
        fs::remove_dir_all(folder.path().join("thumbnails")).unwrap();
        assert_eq!(Library::open(folder.path()).unwrap().thumbnails().read(id(1), 256).unwrap(), None);
    }

    #[test]
    fn unused_space_is_reclaimed() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        for number in 0..100 {
            library.thumbnails().put(id(number), 256, &[number as u8; 100]).unwrap();
        }
        library.thumbnails().put_for_all(&[id(200), id(201)], 256, b"twins").unwrap();
        let mut cache = library.thumbnails().pack().unwrap();
        let gone: Vec<_> = (0..100).filter(|number| number % 10 != 3).map(id).collect();
        cache.forget(&gone).unwrap();
        cache.tidy(1_000).unwrap();
        drop(cache);
        let path = folder.path().join("thumbnails/thumbnails.pack");
        assert_eq!(fs::metadata(path).unwrap().len(), 10 * 100 + 5);
        assert_eq!(library.thumbnails().read(id(93), 256).unwrap().unwrap(), [93; 100]);
        assert_eq!(library.thumbnails().read(id(201), 256).unwrap().unwrap(), b"twins");
        assert_eq!(library.thumbnails().read(id(94), 256).unwrap(), None);
        library.thumbnails().put(id(94), 256, b"again").unwrap();
        assert_eq!(library.thumbnails().read(id(94), 256).unwrap().unwrap(), b"again");
        assert_eq!(library.thumbnails().read(id(200), 256).unwrap().unwrap(), b"twins");
    }
}
