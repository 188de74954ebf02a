//! Linked originals: images whose files stay where they are. The library has their sidecars, thumbnails and rows in the
//! index, and only ever reads their files. Of a linked image, the sidecar is the one file that is moved to the trash,
//! restored or removed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use rusqlite::params;

use crate::{
    library::{
        io::{atomic_file, error::LibraryError, hashing::hash_file, library_folder::LibraryFolder},
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::ImageId,
};

use super::{
    image_store::{ImageStore, NamedImage},
    new_image::NewImage,
};

/// The depth to which folders are searched for an image that has moved.
const MAX_SEARCH_DEPTH: usize = 4;

/// The number of files that are visited at most to find images that have moved.
const MAX_SEARCHED_FILES: usize = 200_000;

/// Adds an image to the library whose file stays where it is, at the path of its source. When this returns, its
/// sidecar and its place in the index are durable.
///
/// # Errors
/// The disk is full or cannot be written. Either nothing is left behind, or the whole sidecar, which is then found
/// when the library is opened the next time.
pub(in crate::library) fn link_original(
    images: &ImageStore,
    image: NewImage,
    bytes: u64,
    sha256: String,
) -> Result<Sidecar, LibraryError> {
    images.folder().ensure_writable()?;
    let month = images.folder().month(image.facts.created);
    atomic_file::create_dir_durable(&month, images.folder().path())?;
    let features = image.features;
    let sidecar = image.into_sidecar(bytes, sha256);
    let path = month.join(sidecar.file_name());
    atomic_file::write_atomic(&path, &serde_json::to_vec_pretty(&sidecar)?)?;
    images.insert_rows(&[NamedImage { path, sidecar: sidecar.clone(), features }])?;
    Ok(sidecar)
}

/// Records the new path of a linked image if its file is missing at the old one. The caller has verified that the bytes
/// are the same. Returns `false` if nothing had to be changed.
pub(in crate::library) fn relocate(images: &ImageStore, id: ImageId, file: &Path) -> Result<bool, LibraryError> {
    let Some(sidecar) = images.sidecar(id)? else { return Ok(false) };
    let Some(known) = sidecar.elsewhere() else { return Ok(false) };
    if is_there(known, sidecar.bytes) || file.to_str().is_none() || images.folder().contains(file) {
        return Ok(false);
    }
    images.folder().ensure_writable()?;
    update_link(images, &images.file_path(id)?, sidecar, file)?;
    Ok(true)
}

/// Records the current path of a linked image.
fn update_link(images: &ImageStore, kept: &Path, mut sidecar: Sidecar, file: &Path) -> Result<(), LibraryError> {
    let Some(source) = &mut sidecar.facts.source else { return Ok(()) };
    source.file = file.to_string_lossy().into_owned();
    atomic_file::write_atomic(kept, &serde_json::to_vec_pretty(&sidecar)?)?;
    if let Some(folder) = kept.parent() {
        atomic_file::sync_dir(folder)?;
    }
    let id = sidecar.facts.id.uuid().into_bytes();
    let source = sidecar.facts.source.as_ref().map_or("", |source| source.file.as_str());
    images.index().writer().execute("UPDATE images SET source = ?2 WHERE id = ?1", params![id, source])?;
    Ok(())
}

/// Looks for linked images whose files are missing: in the folders where they were, below and beside them, and in the
/// folders of other linked images. Only a file with the same bytes is accepted. Records the new paths, and returns the
/// images that were found.
///
/// # Errors
/// The library cannot be written.
pub(in crate::library) fn find_moved(
    images: &ImageStore,
    missing: &[PathBuf],
    others: &BTreeSet<PathBuf>,
) -> Result<BTreeSet<PathBuf>, LibraryError> {
    let mut sought: BTreeMap<u64, Vec<(&Path, Sidecar)>> = BTreeMap::new();
    let mut folders = others.clone();
    for kept in missing {
        // A sidecar that a newer version has written may be unreadable for this version.
        let Ok(Some(sidecar)) = read_sidecar(kept) else { continue };
        let was = sidecar.elsewhere().and_then(Path::parent);
        // A folder that was renamed is beside its old path.
        let there = was.into_iter().flat_map(|was| was.ancestors().take(2)).filter(|folder| folder.is_dir());
        folders.extend(there.map(Path::to_owned));
        sought.entry(sidecar.bytes).or_default().push((kept, sidecar));
    }
    let (mut found, mut left) = (BTreeSet::new(), MAX_SEARCHED_FILES);
    let mut seen = BTreeSet::new();
    for folder in folders {
        if sought.is_empty() {
            break;
        }
        visit_files(images.folder(), &folder, MAX_SEARCH_DEPTH, &mut seen, &mut left, &mut |file, bytes| {
            let Some(candidates) = sought.get_mut(&bytes) else { return Ok(()) };
            let Ok(sha256) = hash_file(file) else { return Ok(()) };
            while let Some(at) = candidates.iter().position(|(_, sidecar)| sidecar.sha256 == sha256) {
                let (kept, sidecar) = candidates.swap_remove(at);
                update_link(images, kept, sidecar, file)?;
                found.insert(kept.to_owned());
            }
            if candidates.is_empty() {
                sought.remove(&bytes);
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// Calls `each` with every file of a folder and of those below it, and its size. Skips what cannot be read, and the
/// library itself.
fn visit_files(
    library: &LibraryFolder,
    folder: &Path,
    deeper: usize,
    seen: &mut BTreeSet<PathBuf>,
    left: &mut usize,
    each: &mut impl FnMut(&Path, u64) -> Result<(), LibraryError>,
) -> Result<(), LibraryError> {
    if *left == 0 || library.contains(folder) || !seen.insert(folder.to_owned()) {
        return Ok(());
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if *left == 0 {
            break;
        }
        *left -= 1;
        let (path, Ok(about)) = (entry.path(), entry.metadata()) else { continue };
        if about.is_file() && path.to_str().is_some() {
            each(&path, about.len())?;
        } else if about.is_dir() && deeper > 0 {
            visit_files(library, &path, deeper - 1, seen, left, each)?;
        }
    }
    Ok(())
}

/// Whether a file of this size exists.
fn is_there(file: &Path, bytes: u64) -> bool {
    fs::metadata(file).is_ok_and(|about| about.is_file() && about.len() == bytes)
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::SystemTime};

    use jiff::{Timestamp, tz::TimeZone};

    use super::*;
    use crate::{
        imaging::{self, Bitmap, Encoding},
        library::{
            IssueKind, Library,
            import::importer::{ImportError, ImportMode, ImportOutcome},
            io::error::LibraryError,
            rebuild,
        },
    };

    fn png(color: u8) -> Vec<u8> {
        let bitmap = Bitmap::new(8, 6, [color, 90, 200, 255].repeat(48)).unwrap();
        imaging::encode(&bitmap, Encoding::Png).unwrap()
    }

    /// A folder with a person's own images, and a library that links to them.
    struct Scene {
        folder: tempfile::TempDir,
        library: Arc<Library>,
        ids: Vec<ImageId>,
    }

    impl Scene {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let own = folder.path().join("own");
            fs::create_dir(&own).unwrap();
            let library = Arc::new(Library::open(&folder.path().join("library")).unwrap());
            let mut scene = Self { folder, library, ids: Vec::new() };
            for number in 1..=3 {
                let file = own.join(format!("{number}.png"));
                fs::write(&file, png(number)).unwrap();
                // Files of the person that have the names that companions of images have elsewhere.
                fs::write(own.join(format!("{number}.json")), "my own notes").unwrap();
                match scene.bring_in(&file).unwrap() {
                    ImportOutcome::New { sidecar, .. } => scene.ids.push(sidecar.facts.id),
                    brought => panic!("{brought:?}"),
                }
            }
            scene
        }

        fn bring_in(&self, file: &Path) -> Result<ImportOutcome, ImportError> {
            self.library.importer().import_file(file, ImportMode::Link, Timestamp::now())
        }

        fn own(&self, name: &str) -> PathBuf {
            self.folder.path().join("own").join(name)
        }

        /// The person's files: names, bytes and modification times.
        fn owned(&self) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
            let mut files: Vec<_> = fs::read_dir(self.folder.path().join("own"))
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .map(|path| (path.clone(), fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap()))
                .collect();
            files.sort();
            files
        }

        fn reopen(mut self, between: impl FnOnce(&Path)) -> Self {
            let library = self.library.folder().to_owned();
            let unused = tempfile::tempdir().unwrap();
            self.library = Arc::new(Library::open(unused.path()).unwrap());
            between(&library);
            self.library = Arc::new(Library::open(&library).unwrap());
            self
        }

        fn seen(&self) -> Vec<ImageId> {
            let mut ids: Vec<_> = self.library.search().find_text("", &TimeZone::UTC).unwrap().ids;
            ids.sort();
            ids
        }

        fn sorted(&self) -> Vec<ImageId> {
            let mut ids = self.ids.clone();
            ids.sort();
            ids
        }

        fn issues(&self, mend: bool) -> Vec<(IssueKind, PathBuf, bool)> {
            let checked = self.library.verify(mend, |_, _| ()).unwrap();
            checked.issues.into_iter().map(|issue| (issue.kind, issue.path, issue.repaired)).collect()
        }
    }

    #[test]
    fn linked_image_is_read_in_place_and_not_copied() {
        let scene = Scene::new();
        assert_eq!(scene.seen(), scene.sorted());
        let (id, file) = (scene.ids[0], scene.own("1.png"));
        assert_eq!(scene.library.images().original_path(id).unwrap(), file);
        let sidecar = scene.library.images().sidecar(id).unwrap().unwrap();
        assert_eq!(sidecar.elsewhere(), Some(&*file));
        assert_eq!(sidecar.bytes, png(1).len() as u64);
        assert_eq!(sidecar.sha256, hash_file(&file).unwrap());
        let month = scene.library.images().file_path(id).unwrap().with_file_name("");
        let kept: Vec<PathBuf> = fs::read_dir(month).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(kept.iter().all(|path| path.extension().unwrap() == "json"), "{kept:?}");
        assert!(matches!(scene.bring_in(&file).unwrap(), ImportOutcome::Known { .. }), "once is enough");
        assert_eq!(scene.issues(false), []);
    }

    #[test]
    fn linked_files_are_never_changed() {
        let mut scene = Scene::new();
        let before = scene.owned();
        let file = scene.own("1.png");
        let untouched = |scene: &Scene, after: &str| assert_eq!(scene.owned(), before, "after {after}");

        scene.library.trash().discard(&scene.ids[..2]).unwrap();
        untouched(&scene, "the trash");
        assert_eq!(scene.library.images().original_path(scene.ids[0]).unwrap(), file, "the trash shows it as well");
        assert!(matches!(scene.bring_in(&file).unwrap(), ImportOutcome::Known { trashed: true, .. }));
        scene.library.trash().restore(&scene.ids[..1]).unwrap();
        untouched(&scene, "restoring");
        assert_eq!(scene.library.images().original_path(scene.ids[0]).unwrap(), file);
        assert_eq!(scene.issues(true), []);
        untouched(&scene, "mending");

        scene = scene.reopen(|library| {
            rebuild(library, |_, _| ()).unwrap();
        });
        untouched(&scene, "rebuilding");
        assert_eq!((scene.seen().len(), scene.library.trash().list().unwrap().len()), (2, 1));
        assert_eq!(scene.library.images().original_path(scene.ids[0]).unwrap(), file);

        scene.library.trash().empty(|_| true).unwrap();
        untouched(&scene, "emptying the trash");
        assert!(matches!(scene.library.images().original_path(scene.ids[1]), Err(LibraryError::NoSuchImage(_))));
        assert_eq!(scene.issues(true), []);

        // As in a backup that contains only the files.
        scene = scene.reopen(|library| {
            for name in ["library.db", "library.db-wal", "library.db-shm"] {
                fs::remove_file(library.join(name)).ok();
            }
        });
        untouched(&scene, "a lost index");
        assert_eq!(scene.seen().len(), 2);
        assert_eq!(scene.library.images().original_path(scene.ids[0]).unwrap(), file);
        assert!(matches!(scene.bring_in(&scene.own("2.png")).unwrap(), ImportOutcome::New { .. }), "it can come back");
        untouched(&scene, "bringing it in again");
    }

    #[test]
    fn moved_image_is_found_by_its_hash() {
        let scene = Scene::new();
        let moved = scene.folder.path().join("renamed/deep");
        fs::create_dir_all(&moved).unwrap();
        fs::rename(scene.own("1.png"), moved.join("other.png")).unwrap();
        fs::remove_file(scene.own("2.png")).unwrap();
        // A file with the same name and other bytes.
        fs::write(moved.join("2.png"), png(9)).unwrap();
        let gone = |name: &str, mended| (IssueKind::MissingLinkedFile, scene.own(name), mended);
        assert_eq!(scene.issues(false), [gone("1.png", false), gone("2.png", false)]);
        assert_eq!(scene.seen(), scene.sorted(), "they are still in the library");
        let found = (IssueKind::MissingLinkedFile, moved.join("other.png"), true);
        assert_eq!(scene.issues(true), [gone("2.png", false), found]);
        assert_eq!(scene.library.images().original_path(scene.ids[0]).unwrap(), moved.join("other.png"));
        assert_eq!(scene.issues(false), [gone("2.png", false)]);
        assert_eq!(scene.seen(), scene.sorted(), "nothing is taken out of the library");

        // The person imports the file from its new path.
        let far = tempfile::tempdir().unwrap();
        let file = far.path().join("back.png");
        fs::write(&file, png(2)).unwrap();
        assert!(
            matches!(scene.bring_in(&file).unwrap(), ImportOutcome::Relocated { id, trashed: false } if id == scene.ids[1])
        );
        assert_eq!(scene.library.images().original_path(scene.ids[1]).unwrap(), file);
        assert_eq!(scene.issues(false), []);
        assert_eq!(fs::read(&file).unwrap(), png(2));
    }

    #[test]
    fn changed_linked_image_is_reported_and_unchanged() {
        let scene = Scene::new();
        fs::write(scene.own("3.png"), png(77)).unwrap();
        let before = scene.owned();
        assert_eq!(scene.issues(true), [(IssueKind::AlteredImage, scene.own("3.png"), false)]);
        assert_eq!(scene.owned(), before);
        assert_eq!(scene.seen(), scene.sorted());
    }

    #[test]
    fn files_inside_the_library_are_copied() {
        let scene = Scene::new();
        let file = scene.library.folder().join("trash/lost.png");
        fs::write(&file, png(50)).unwrap();
        let ImportOutcome::New { sidecar, .. } = scene.bring_in(&file).unwrap() else { panic!("it is new") };
        assert_eq!(sidecar.elsewhere(), None);
        assert_ne!(scene.library.images().original_path(sidecar.facts.id).unwrap(), file);
    }

    #[test]
    fn interrupted_import_is_repaired_at_the_next_start() {
        let scene = Scene::new();
        scene.library.importer().begin().unwrap();
        let id = scene.ids[2].uuid().into_bytes();
        scene.library.index().writer().execute("DELETE FROM images WHERE id = ?1", params![id]).unwrap();
        let scene = scene.reopen(|_| ());
        assert_eq!(scene.seen(), scene.sorted());
        assert_eq!(scene.library.images().original_path(scene.ids[2]).unwrap(), scene.own("3.png"));
    }
}
