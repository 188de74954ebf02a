//! Storing: originals that have been received get their sidecars, their names and their rows in the index.
//!
//! Flushes that depend on nothing of each other wait for the disk together. For any number of images there are two such
//! waits: first for the bytes of originals and sidecars, then for their names and for the rows. A name is given only
//! after the bytes under it are flushed, so no half file is ever found under its final name.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    library::{
        index::write_batch::IndexWrite,
        io::{atomic_file, error::LibraryError, group_commit::GroupCommit},
        library::Library,
        store::sidecar::Sidecar,
    },
    recipe::RequestId,
};

use super::{
    backfill::Look,
    originals::{OriginalWriter, SidecarFacts},
};

/// Files that are flushed at once at most.
const FLUSHES: usize = 8;

/// Folders whose names several threads flush at the same moment: each is flushed once.
pub(in crate::library) type FolderFlushes = GroupCommit<PathBuf, Result<(), LibraryError>>;

/// An image of which everything is written and nothing has its name.
struct Unnamed {
    /// Its place among the images of the call.
    at: usize,
    original: OriginalWriter,
    beside: atomic_file::Unnamed,
    sidecar: Sidecar,
    look: Option<Look>,
}

/// An image whose files have their names.
#[derive(Clone, Debug)]
pub(in crate::library) struct Named {
    pub(in crate::library) path: PathBuf,
    pub(in crate::library) sidecar: Sidecar,
    pub(in crate::library) look: Option<Look>,
}

/// An image that is part of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredOriginal {
    /// Its sidecar.
    pub sidecar: Sidecar,
    /// Whether the library had it before.
    pub was_known: bool,
}

impl Library {
    /// Makes images part of the library. When this returns, the bytes, the sidecar and the place in the index are
    /// durable of each image that is returned. One with the same bytes from the same request as one of the library is
    /// not stored again: what is returned then is the one that was there.
    ///
    /// # Errors
    /// Of each image: the disk is full or cannot be written. Either nothing of it is left behind, or the whole image,
    /// which is then found when the library is opened the next time. Others are stored all the same.
    pub fn store_originals(
        &self,
        originals: Vec<(OriginalWriter, SidecarFacts)>,
    ) -> Vec<Result<StoredOriginal, LibraryError>> {
        let mut results = Vec::with_capacity(originals.len());
        let mut unnamed = Vec::new();
        for (at, (original, facts)) in originals.into_iter().enumerate() {
            match self.write_sidecar(at, original, facts) {
                Ok(Ok(written)) => {
                    // Replaced below.
                    results.push(Err(LibraryError::NoSuchPicture(written.sidecar.id)));
                    unnamed.push(written);
                }
                Ok(Err(twin)) => results.push(Ok(*twin)),
                Err(error) => results.push(Err(error)),
            }
        }
        let mut places = Vec::new();
        let mut named = Vec::new();
        for (image, flushed) in flush(unnamed) {
            let at = image.at;
            match flushed.and_then(|()| name(image)) {
                Ok(image) => {
                    places.push(at);
                    named.push(image);
                }
                Err(error) => results[at] = Err(error),
            }
        }
        if !named.is_empty() {
            let put_in = self.put_in(&named);
            if put_in.is_err() {
                self.unindexed().extend(named.iter().cloned());
            }
            for (at, image) in places.into_iter().zip(named) {
                results[at] = put_in.clone().map(|()| StoredOriginal { sidecar: image.sidecar, was_known: false });
            }
        }
        results
    }

    /// Writes an image's sidecar, without its name. Gives back the sidecar of its twin, if it has one.
    fn write_sidecar(
        &self,
        at: usize,
        mut original: OriginalWriter,
        facts: SidecarFacts,
    ) -> Result<Result<Unnamed, Box<StoredOriginal>>, LibraryError> {
        let sha256 = original.sha256();
        if let Some(twin) = self.index_again(facts.request, &sha256)? {
            return Ok(Err(Box::new(StoredOriginal { sidecar: twin, was_known: false })));
        }
        if let Some(twin) = self.twin(facts.request, &sha256)? {
            return Ok(Err(Box::new(StoredOriginal { sidecar: twin, was_known: true })));
        }
        original.begin_flush();
        let look = facts.look;
        let sidecar = facts.into_sidecar(original.bytes(), sha256);
        let beside = original.path_of(&sidecar).with_extension("json");
        let beside = atomic_file::Unnamed::write(&beside, &serde_json::to_vec_pretty(&sidecar)?)?;
        Ok(Ok(Unnamed { at, original, beside, sidecar, look }))
    }

    /// Puts an image into the index whose files are whole and whose names or row could not be flushed, if there is one with these
    /// bytes from this request: it must not be stored a second time when its response is read again.
    fn index_again(&self, request: RequestId, sha256: &str) -> Result<Option<Sidecar>, LibraryError> {
        let found = {
            let mut unindexed = self.unindexed();
            let is_it = |image: &Named| image.sidecar.request == request && image.sidecar.sha256 == sha256;
            unindexed.iter().position(is_it).map(|at| unindexed.swap_remove(at))
        };
        let Some(image) = found else { return Ok(None) };
        if let Err(error) = self.put_in(std::slice::from_ref(&image)) {
            self.unindexed().push(image);
            return Err(error);
        }
        Ok(Some(image.sidecar))
    }

    fn unindexed(&self) -> MutexGuard<'_, Vec<Named>> {
        // A list that is only added to and removed from is whole after any panic.
        self.unindexed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Flushes the names of images' files, and puts the images into the index, all or none.
    pub(in crate::library) fn put_in(&self, images: &[Named]) -> Result<(), LibraryError> {
        let mut folders: Vec<PathBuf> =
            images.iter().filter_map(|image| image.path.parent()).map(Path::to_owned).collect();
        folders.dedup();
        let row = |image: &Named| IndexWrite::Image {
            sidecar: Box::new(image.sidecar.clone()),
            path: self.relative(&image.path),
            look: image.look,
        };
        let rows = images.iter().map(row).collect();
        // The names and the rows wait for the disk together. Should a power cut keep only a row, it is taken back at the
        // next start, before the response is read again: until these calls have returned, the image's request has not
        // ended, and `unindex_unnamed` looks at the rows of such requests.
        let (named, indexed) = thread::scope(|scope| {
            let flush = || folders.iter().try_for_each(|folder| self.flush_folder(folder));
            let beside = thread::Builder::new().name("folder flush".to_owned()).spawn_scoped(scope, flush);
            let indexed = self.write_index(rows);
            // Without a thread, or where it broke down, they are flushed here.
            let named = beside.ok().and_then(|beside| beside.join().ok()).unwrap_or_else(flush);
            (named, indexed)
        });
        named.and(indexed).inspect_err(|_| {
            let marker = self.not_indexed();
            if let Err(error) = File::create(&marker) {
                // The request's own state will still say that something may be there.
                tracing::error!(path = %marker.display(), %error, "a picture without a place in the index is not marked");
            }
        })
    }

    /// Flushes a folder, together with what other threads have named in it meanwhile.
    fn flush_folder(&self, folder: &Path) -> Result<(), LibraryError> {
        let flushed = self.folder_flushes.submit(folder.to_owned(), |take| {
            let folders = take();
            let mut results: Vec<Result<(), LibraryError>> = Vec::with_capacity(folders.len());
            for (at, folder) in folders.iter().enumerate() {
                let known = folders[..at].iter().position(|known| known == folder);
                results.push(known.map_or_else(|| atomic_file::sync_folder(folder), |known| results[known].clone()));
            }
            results
        });
        flushed.unwrap_or_else(|| atomic_file::sync_folder(folder))
    }
}

/// Flushes the bytes of images, several files at once.
fn flush(images: Vec<Unnamed>) -> Vec<(Unnamed, Result<(), LibraryError>)> {
    let workers = images.len().min(FLUSHES);
    let images: Vec<_> = images.into_iter().map(|image| Mutex::new((image, Ok(())))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(image) = images.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut image = image.lock().unwrap_or_else(PoisonError::into_inner);
            let (Unnamed { original, beside, .. }, result) = &mut *image;
            // The original has been on its way to the disk since before its sidecar was written.
            *result = beside.flush().and_then(|()| original.flush());
        }
    };
    thread::scope(|scope| {
        for _ in 1..workers {
            // Without a thread, the others do its work.
            thread::Builder::new().name("file flush".to_owned()).spawn_scoped(scope, work).ok();
        }
        work();
    });
    images.into_iter().map(|image| image.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

/// Gives an image's files their names.
fn name(image: Unnamed) -> Result<Named, LibraryError> {
    let Unnamed { original, beside, sidecar, look, .. } = image;
    let path = original.path_of(&sidecar);
    // The sidecar comes first: a sidecar without its picture is ignored when the index is made again, a picture without
    // its sidecar would have lost its recipe.
    let beside = beside.name()?;
    original.name(&path).inspect_err(|_| {
        if let Err(error) = fs::remove_file(&beside) {
            tracing::warn!(path = %beside.display(), %error, "a sidecar was left behind");
        }
    })?;
    Ok(Named { path, sidecar, look })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        library::{
            images::originals::tests::{facts, store},
            queue_store::requests::Intent,
        },
        recipe::Recipe,
    };

    fn received(library: &Arc<Library>, facts: SidecarFacts, bytes: &[u8]) -> (OriginalWriter, SidecarFacts) {
        let mut writer = library.begin_original(facts.id, facts.created).unwrap();
        writer.write(bytes).unwrap();
        (writer, facts)
    }

    #[test]
    fn images_of_one_response_are_stored_together_and_one_that_fails_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let month = folder.path().join("originals/2026/11");
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let known = store(&library, facts(1, "known"), b"one");
        let mut originals: Vec<_> =
            (2..=20).map(|number| received(&library, facts(number, "new"), &[number as u8; 30])).collect();
        let lost = facts(5, "new").id;
        fs::remove_file(month.join(format!("{lost}.{}", atomic_file::PART))).unwrap();
        let again = SidecarFacts { id: facts(30, "").id, ..facts(1, "known") };
        originals.push(received(&library, again, b"one"));
        let results = library.store_originals(originals);
        assert_eq!(results.len(), 20);
        assert_eq!(results[19], Ok(StoredOriginal { sidecar: known, was_known: true }), "it was there");
        for (number, result) in (2..=20).zip(&results[..19]) {
            if number == 5 {
                assert!(matches!(result, Err(LibraryError::CannotWrite { .. })), "{result:?}");
                continue;
            }
            let StoredOriginal { sidecar, was_known: false } = result.as_ref().unwrap() else { panic!("{result:?}") };
            assert_eq!(fs::read(library.original_path(sidecar.id).unwrap()).unwrap(), [number as u8; 30]);
            assert_eq!(library.sidecar(sidecar.id).unwrap().as_ref(), Some(sidecar));
        }
        assert_eq!(library.view("", &TimeZone::UTC).unwrap().ids.len(), 19);
        assert_eq!(fs::read_dir(month).unwrap().count(), 19 * 2, "nothing is left of the one that failed");
    }

    #[test]
    fn threads_that_store_at_once_each_get_their_own_image() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        thread::scope(|scope| {
            for number in 1..=12 {
                let library = &library;
                scope.spawn(move || {
                    let sidecar = store(library, facts(number, "sea"), &[number as u8; 9]);
                    assert_eq!(sidecar.id, facts(number, "").id);
                    assert_eq!(fs::read(library.original_path(sidecar.id).unwrap()).unwrap(), [number as u8; 9]);
                });
            }
        });
        assert_eq!(library.totals().unwrap(), (12, 12 * 9));
    }

    #[test]
    fn rows_without_files_are_taken_back_as_long_as_their_request_has_not_ended() {
        let folder = tempfile::tempdir().unwrap();
        let request = facts(1, "").request;
        let of_request = |number| SidecarFacts { request, ..facts(number, "powerless") };
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let intent = Intent { request, recipe: Recipe::default(), created: facts(1, "").created };
            library.record_intents(&[intent]).unwrap();
            let originals = (1..=3).map(|number| received(&library, of_request(number), &[number as u8])).collect();
            let stored: Vec<_> =
                library.store_originals(originals).into_iter().map(|stored| stored.unwrap().sidecar).collect();
            // As if the power had gone after the rows were on the disk, and before the names of two were.
            for sidecar in &stored[1..] {
                let path = library.original_path(sidecar.id).unwrap();
                fs::rename(&path, path.with_extension(atomic_file::PART)).unwrap();
                fs::remove_file(path.with_extension("json")).unwrap();
            }
        }
        let library = Arc::new(Library::open(folder.path()).unwrap());
        assert_eq!(library.view("", &TimeZone::UTC).unwrap().ids, [of_request(1).id]);
        // The response is read again, and what is there is not stored a second time.
        let again = (1..=3).map(|number| {
            let facts = SidecarFacts { id: facts(number + 10, "").id, ..of_request(number) };
            received(&library, facts, &[number as u8])
        });
        let stored = library.store_originals(again.collect());
        let ids: Vec<_> = stored.into_iter().map(|stored| stored.unwrap().sidecar.id).collect();
        assert_eq!(ids, [1, 12, 13].map(|number| facts(number, "").id));
        assert_eq!(library.totals().unwrap(), (3, 3));
    }
}
