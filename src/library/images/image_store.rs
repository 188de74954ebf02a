//! Images of a library: where their files are, and how new ones are stored.
//!
//! An original that was received gets its sidecar, its name and its row in the index. Flushes that do not depend on
//! each other wait for the disk together. For any number of images there are two such waits: first for the bytes of
//! originals and sidecars, then for their names and for the rows. A file is renamed only after its bytes are flushed,
//! so that no partial file ever has a final name.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use crate::{
    error_chain::chain,
    library::{
        index::{
            database::IndexDb,
            visual_features::{VisualFeatures, colors_of},
            write_batch::IndexWrite,
        },
        io::{
            atomic_file::{self, UnnamedFile},
            error::LibraryError,
            group_commit::GroupCommit,
            library_folder::LibraryFolder,
        },
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::{ImageId, RequestId},
};

use super::{new_image::NewImage, original_writer::OriginalWriter};

/// The number of files that are flushed at the same time at most.
const MAX_CONCURRENT_FLUSHES: usize = 8;

/// Groups the flushes of folders that several threads request at the same moment: each folder is flushed once.
type FolderFlushes = GroupCommit<PathBuf, Result<(), LibraryError>>;

/// An image whose files are written under temporary names.
struct UnnamedImage {
    /// Its index among the images of the call.
    at: usize,
    original: OriginalWriter,
    beside: UnnamedFile,
    sidecar: Sidecar,
    features: Option<VisualFeatures>,
}

/// An image whose files have their final names.
#[derive(Clone, Debug)]
pub(super) struct NamedImage {
    pub(super) path: PathBuf,
    pub(super) sidecar: Sidecar,
    pub(super) features: Option<VisualFeatures>,
}

/// An image that is part of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredOriginal {
    /// Its sidecar.
    pub sidecar: Sidecar,
    /// Whether the library had the image before.
    pub was_known: bool,
}

/// The images of a library.
#[derive(Debug)]
pub struct ImageStore {
    folder: Arc<LibraryFolder>,
    index: Arc<IndexDb>,
    folder_flushes: FolderFlushes,
    /// Images whose files are complete and whose rows could not be written.
    unindexed: Mutex<Vec<NamedImage>>,
}

impl ImageStore {
    /// The images of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>, index: Arc<IndexDb>) -> Self {
        Self { folder, index, folder_flushes: FolderFlushes::default(), unindexed: Mutex::default() }
    }

    /// The library's folder.
    pub(super) fn folder(&self) -> &LibraryFolder {
        &self.folder
    }

    /// The index.
    pub(super) fn index(&self) -> &IndexDb {
        &self.index
    }

    /// Starts to receive an image.
    ///
    /// # Errors
    /// The library's folder cannot be written, or its disk is full.
    pub fn begin_original(&self, id: ImageId, created: Timestamp) -> Result<OriginalWriter, LibraryError> {
        self.folder.ensure_writable()?;
        OriginalWriter::create(&self.folder, id, created)
    }

    /// Stores one image, as [`Self::store_originals`] does.
    ///
    /// # Errors
    /// The disk is full or cannot be written. Either nothing is left behind, or the whole image, which is then found when
    /// the library is opened the next time.
    pub fn store_original(&self, original: OriginalWriter, image: NewImage) -> Result<Sidecar, LibraryError> {
        let id = image.facts.id;
        let stored = self.store_originals(vec![(original, image)]).pop();
        stored.map_or(Err(LibraryError::NoSuchImage(id)), |stored| Ok(stored?.sidecar))
    }

    /// Adds images to the library. When this returns, the bytes, the sidecar and the index row of each returned image
    /// are durable. An image with the same bytes from the same request as one of the library is not stored again; the
    /// existing image is returned instead.
    ///
    /// # Errors
    /// Of each image: the disk is full or cannot be written. Either nothing of it is left behind, or the whole image,
    /// which is then found when the library is opened the next time. An error of one image does not affect the others.
    pub fn store_originals(
        &self,
        originals: Vec<(OriginalWriter, NewImage)>,
    ) -> Vec<Result<StoredOriginal, LibraryError>> {
        let mut results = Vec::with_capacity(originals.len());
        let mut unnamed = Vec::new();
        for (at, (original, image)) in originals.into_iter().enumerate() {
            match self.write_sidecar(at, original, image) {
                Ok(Ok(written)) => {
                    // A placeholder, replaced below.
                    results.push(Err(LibraryError::NoSuchImage(written.sidecar.facts.id)));
                    unnamed.push(written);
                }
                Ok(Err(duplicate)) => results.push(Ok(*duplicate)),
                Err(error) => results.push(Err(error)),
            }
        }
        let mut places = Vec::new();
        let mut named = Vec::new();
        for (image, flushed) in flush(unnamed) {
            let at = image.at;
            match flushed.and_then(|()| rename(image)) {
                Ok(image) => {
                    places.push(at);
                    named.push(image);
                }
                Err(error) => results[at] = Err(error),
            }
        }
        if !named.is_empty() {
            let inserted = self.insert_rows(&named);
            if inserted.is_err() {
                self.unindexed().extend(named.iter().cloned());
            }
            for (at, image) in places.into_iter().zip(named) {
                results[at] = inserted.clone().map(|()| StoredOriginal { sidecar: image.sidecar, was_known: false });
            }
        }
        results
    }

    /// Writes the sidecar of an image under a temporary name. Returns the sidecar of the image's duplicate, if it has one.
    fn write_sidecar(
        &self,
        at: usize,
        mut original: OriginalWriter,
        image: NewImage,
    ) -> Result<Result<UnnamedImage, Box<StoredOriginal>>, LibraryError> {
        let sha256 = original.sha256();
        if let Some(duplicate) = self.insert_unindexed(image.facts.request, &sha256)? {
            return Ok(Err(Box::new(StoredOriginal { sidecar: duplicate, was_known: false })));
        }
        if let Some(duplicate) = self.find_duplicate(image.facts.request, &sha256)? {
            return Ok(Err(Box::new(StoredOriginal { sidecar: duplicate, was_known: true })));
        }
        original.begin_flush();
        let features = image.features;
        let sidecar = image.into_sidecar(original.bytes(), sha256);
        let beside = original.path_of(&sidecar).with_extension("json");
        let beside = UnnamedFile::write(&beside, &serde_json::to_vec_pretty(&sidecar)?)?;
        Ok(Ok(UnnamedImage { at, original, beside, sidecar, features }))
    }

    /// Inserts the row of an image whose files are complete and whose names or row could not be flushed, if there is
    /// one with these bytes from this request: it must not be stored a second time when its response is read again.
    fn insert_unindexed(&self, request: RequestId, sha256: &str) -> Result<Option<Sidecar>, LibraryError> {
        let found = {
            let mut unindexed = self.unindexed();
            let is_it = |image: &NamedImage| image.sidecar.facts.request == request && image.sidecar.sha256 == sha256;
            unindexed.iter().position(is_it).map(|at| unindexed.swap_remove(at))
        };
        let Some(image) = found else { return Ok(None) };
        if let Err(error) = self.insert_rows(std::slice::from_ref(&image)) {
            self.unindexed().push(image);
            return Err(error);
        }
        Ok(Some(image.sidecar))
    }

    fn unindexed(&self) -> MutexGuard<'_, Vec<NamedImage>> {
        // A panic cannot leave a list half changed that is only pushed to and removed from.
        self.unindexed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Flushes the names of the files of images, and inserts the rows of the images, all or none.
    pub(super) fn insert_rows(&self, images: &[NamedImage]) -> Result<(), LibraryError> {
        let mut folders: Vec<PathBuf> =
            images.iter().filter_map(|image| image.path.parent()).map(Path::to_owned).collect();
        folders.dedup();
        let row = |image: &NamedImage| IndexWrite::Image {
            sidecar: Box::new(image.sidecar.clone()),
            path: self.folder.relative(&image.path),
            features: image.features,
        };
        let rows = images.iter().map(row).collect();
        // The names and the rows wait for the disk together. If a power cut keeps only a row, the next start removes it
        // before the response is read again: until these calls have returned, the image's request has not ended, and
        // `unindex_unnamed` checks the rows of such requests.
        let (named, indexed) = thread::scope(|scope| {
            let flush = || folders.iter().try_for_each(|folder| self.flush_folder(folder));
            let beside = thread::Builder::new().name("folder flush".to_owned()).spawn_scoped(scope, flush);
            let indexed = self.index.write(rows);
            // If the thread could not be started or panicked, the names are flushed here.
            let named = beside.ok().and_then(|beside| beside.join().ok()).unwrap_or_else(flush);
            (named, indexed)
        });
        named.and(indexed).inspect_err(|_| {
            let marker = self.folder.reindex_marker();
            if let Err(error) = File::create(&marker) {
                // The status of the request still says that images may exist.
                tracing::error!(path = %marker.display(), error = %chain(&error), "an image without a place in the index is not marked");
            }
        })
    }

    /// Flushes a folder, together with the files that other threads have renamed in it meanwhile.
    fn flush_folder(&self, folder: &Path) -> Result<(), LibraryError> {
        let flushed = self.folder_flushes.submit(folder.to_owned(), |take| {
            let folders = take();
            let mut results: Vec<Result<(), LibraryError>> = Vec::with_capacity(folders.len());
            for (at, folder) in folders.iter().enumerate() {
                let known = folders[..at].iter().position(|known| known == folder);
                results.push(known.map_or_else(|| atomic_file::sync_dir(folder), |known| results[known].clone()));
            }
            results
        });
        flushed.unwrap_or_else(|| atomic_file::sync_dir(folder))
    }

    /// The path of an image's original, also in the trash. For a linked image it is the person's own file, which must
    /// only be read.
    ///
    /// # Errors
    /// There is no such image, or its sidecar is needed and cannot be read.
    pub fn original_path(&self, id: ImageId) -> Result<PathBuf, LibraryError> {
        let path = self.file_path(id)?;
        if path.extension().is_none_or(|extension| extension != "json") {
            return Ok(path);
        }
        let sidecar = read_sidecar(&path)?;
        Ok(sidecar.as_ref().and_then(Sidecar::elsewhere).map_or(path, Path::to_owned))
    }

    /// The path of the library's own file of an image, also in the trash.
    pub(in crate::library) fn file_path(&self, id: ImageId) -> Result<PathBuf, LibraryError> {
        let path: Option<String> = self
            .index
            .reader()
            .prepare_cached("SELECT path FROM images WHERE id = ?1")?
            .query_row(params![id.uuid().as_bytes()], |row| row.get(0))
            .optional()?;
        let path = self.folder.join(path.ok_or(LibraryError::NoSuchImage(id))?);
        Ok(if path.exists() { path } else { self.folder.trash_path(&path) })
    }

    /// The sidecar of an image, read from its file.
    ///
    /// # Errors
    /// The file exists and cannot be understood.
    pub fn sidecar(&self, id: ImageId) -> Result<Option<Sidecar>, LibraryError> {
        let path = match self.file_path(id) {
            Ok(path) => path.with_extension("json"),
            Err(LibraryError::NoSuchImage(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        read_sidecar(&path)
    }

    /// The image with the same bytes from the same request, if it is stored already.
    fn find_duplicate(&self, request: RequestId, sha256: &str) -> Result<Option<Sidecar>, LibraryError> {
        let id: Option<[u8; 16]> = self
            .index
            .reader()
            .prepare_cached("SELECT id FROM images WHERE request = ?1 AND sha256 = ?2")?
            .query_row(params![request.uuid().as_bytes(), sha256], |row| row.get(0))
            .optional()?;
        match id {
            Some(id) => self.sidecar(ImageId::from_uuid(uuid::Uuid::from_bytes(id))),
            None => Ok(None),
        }
    }

    /// The number of images of a request, including those in the trash.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn count_of_request(&self, request: RequestId) -> Result<usize, LibraryError> {
        let count: i64 = self
            .index
            .writer()
            .prepare_cached("SELECT count(*) FROM images WHERE request = ?1")?
            .query_row(params![request.uuid().as_bytes()], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// The colors of an image, the most characteristic first; none if it has not been analyzed yet.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn colors(&self, id: ImageId) -> Result<Vec<[u8; 3]>, LibraryError> {
        colors_of(&self.index.reader(), id)
    }
}

/// Flushes the bytes of images, several files at once.
fn flush(images: Vec<UnnamedImage>) -> Vec<(UnnamedImage, Result<(), LibraryError>)> {
    let workers = images.len().min(MAX_CONCURRENT_FLUSHES);
    let images: Vec<_> = images.into_iter().map(|image| Mutex::new((image, Ok(())))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(image) = images.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut image = image.lock().unwrap_or_else(PoisonError::into_inner);
            let (UnnamedImage { original, beside, .. }, result) = &mut *image;
            // The flush of the original began before its sidecar was written.
            *result = beside.flush().and_then(|()| original.flush());
        }
    };
    thread::scope(|scope| {
        for _ in 1..workers {
            // If a thread cannot be started, the others do its work.
            thread::Builder::new().name("file flush".to_owned()).spawn_scoped(scope, work).ok();
        }
        work();
    });
    images.into_iter().map(|image| image.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

/// Renames the files of an image to their final names.
fn rename(image: UnnamedImage) -> Result<NamedImage, LibraryError> {
    let UnnamedImage { original, beside, sidecar, features, .. } = image;
    let path = original.path_of(&sidecar);
    // The sidecar comes first: when the index is rebuilt, a sidecar without its image is ignored, whereas an image
    // without its sidecar would have lost its recipe.
    let beside = beside.rename()?;
    original.rename(&path).inspect_err(|_| {
        if let Err(error) = fs::remove_file(&beside) {
            tracing::warn!(path = %beside.display(), error = %chain(&error), "a sidecar was left behind");
        }
    })?;
    Ok(NamedImage { path, sidecar, features })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::recipe::ImageFacts;
    use crate::{
        library::{
            Library,
            images::fixtures::{facts, store},
            queue_store::request_record::RequestRecord,
        },
        recipe::Recipe,
    };
    use uuid::Uuid;

    fn received(library: &Arc<Library>, facts: ImageFacts, bytes: &[u8]) -> (OriginalWriter, NewImage) {
        let mut writer = library.images().begin_original(facts.id, facts.created).unwrap();
        writer.write(bytes).unwrap();
        (writer, facts.into())
    }

    #[test]
    fn images_of_a_response_are_stored_together_and_fail_separately() {
        let folder = tempfile::tempdir().unwrap();
        let month = folder.path().join("originals/2026/11");
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let known = store(&library, facts(1, "known"), b"one");
        let mut originals: Vec<_> =
            (2..=20).map(|number| received(&library, facts(number, "new"), &[number as u8; 30])).collect();
        let lost = facts(5, "new").id;
        fs::remove_file(month.join(format!("{lost}.{}", atomic_file::TEMP_SUFFIX))).unwrap();
        let again = ImageFacts { id: facts(30, "").id, ..facts(1, "known") };
        originals.push(received(&library, again, b"one"));
        let results = library.images().store_originals(originals);
        assert_eq!(results.len(), 20);
        assert_eq!(results[19], Ok(StoredOriginal { sidecar: known, was_known: true }), "it was there");
        for (number, result) in (2..=20).zip(&results[..19]) {
            if number == 5 {
                assert!(matches!(result, Err(LibraryError::CannotWrite { .. })), "{result:?}");
                continue;
            }
            let StoredOriginal { sidecar, was_known: false } = result.as_ref().unwrap() else { panic!("{result:?}") };
            assert_eq!(
                fs::read(library.images().original_path(sidecar.facts.id).unwrap()).unwrap(),
                [number as u8; 30]
            );
            assert_eq!(library.images().sidecar(sidecar.facts.id).unwrap().as_ref(), Some(sidecar));
        }
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap().ids.len(), 19);
        assert_eq!(fs::read_dir(month).unwrap().count(), 19 * 2, "nothing is left of the one that failed");
    }

    #[test]
    fn concurrent_stores_each_get_their_own_image() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        thread::scope(|scope| {
            for number in 1..=12 {
                let library = &library;
                scope.spawn(move || {
                    let sidecar = store(library, facts(number, "sea"), &[number as u8; 9]);
                    assert_eq!(sidecar.facts.id, facts(number, "").id);
                    assert_eq!(
                        fs::read(library.images().original_path(sidecar.facts.id).unwrap()).unwrap(),
                        [number as u8; 9]
                    );
                });
            }
        });
        assert_eq!(library.search().totals().unwrap(), (12, 12 * 9));
    }

    #[test]
    fn rows_without_files_are_removed_while_their_request_runs() {
        let folder = tempfile::tempdir().unwrap();
        let request = facts(1, "").request;
        let of_request = |number| ImageFacts { request, ..facts(number, "powerless") };
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let intent = RequestRecord { request, recipe: Recipe::default(), created: facts(1, "").created };
            library.requests().record(&[intent]).unwrap();
            let originals = (1..=3).map(|number| received(&library, of_request(number), &[number as u8])).collect();
            let stored: Vec<_> =
                library.images().store_originals(originals).into_iter().map(|stored| stored.unwrap().sidecar).collect();
            // Simulates a power cut after the rows were flushed, and before the names of two images were.
            for sidecar in &stored[1..] {
                let path = library.images().original_path(sidecar.facts.id).unwrap();
                fs::rename(&path, path.with_extension(atomic_file::TEMP_SUFFIX)).unwrap();
                fs::remove_file(path.with_extension("json")).unwrap();
            }
        }
        let library = Arc::new(Library::open(folder.path()).unwrap());
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap().ids, [of_request(1).id]);
        // The response is read again, and images that exist are not stored a second time.
        let again = (1..=3).map(|number| {
            let facts = ImageFacts { id: facts(number + 10, "").id, ..of_request(number) };
            received(&library, facts, &[number as u8])
        });
        let stored = library.images().store_originals(again.collect());
        let ids: Vec<_> = stored.into_iter().map(|stored| stored.unwrap().sidecar.facts.id).collect();
        assert_eq!(ids, [1, 12, 13].map(|number| facts(number, "").id));
        assert_eq!(library.search().totals().unwrap(), (3, 3));
    }

    #[test]
    fn stored_bytes_equal_received_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let sidecar = store(&library, facts(7, "海"), b"abc");
        // The hash of "abc" in FIPS 180-2, appendix B.1.
        assert_eq!(sidecar.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let path = library.images().original_path(sidecar.facts.id).unwrap();
        assert_eq!(path, folder.path().join(format!("originals/2026/11/{}.png", sidecar.facts.id)));
        assert_eq!(fs::read(path).unwrap(), b"abc");
        assert_eq!(library.images().sidecar(sidecar.facts.id).unwrap(), Some(sidecar));
    }

    #[test]
    fn uncommitted_image_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let ImageFacts { id, created, .. } = facts(7, "");
        let mut writer = library.images().begin_original(id, created).unwrap();
        writer.write(b"half").unwrap();
        drop(writer);
        assert_eq!(fs::read_dir(folder.path().join("originals/2026/11")).unwrap().count(), 0);
        assert_eq!(library.images().original_path(id), Err(LibraryError::NoSuchImage(id)));
    }

    #[test]
    fn same_bytes_of_one_request_are_stored_once() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let first = store(&library, facts(7, ""), b"abc");
        let again = ImageFacts { id: ImageId::from_uuid(Uuid::from_u128(8)), ..facts(7, "") };
        assert_eq!(store(&library, again, b"abc"), first);
        let other_request = store(&library, facts(9, ""), b"abc");
        assert_ne!(other_request.facts.id, first.facts.id);
        assert_eq!(fs::read_dir(folder.path().join("originals/2026/11")).unwrap().count(), 4);
    }
}
