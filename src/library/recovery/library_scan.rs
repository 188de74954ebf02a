//! Lists the images of a library that its index has, and those that its files have.

use std::{
    collections::BTreeMap,
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{
    library::io::{
        atomic_file::TEMP_SUFFIX,
        error::{LibraryError, WithPath as _},
        hashing::hash_file,
        library_folder::LibraryFolder,
    },
    recipe::{Format, ImageId},
};

/// The row of an image in the index.
pub(super) struct ImageRecord {
    pub(super) path: PathBuf,
    pub(super) sha256: String,
    pub(super) trashed: bool,
}

/// The files of one image.
#[derive(Default)]
pub(super) struct ImageFiles {
    pub(super) image: Option<PathBuf>,
    pub(super) sidecar: Option<PathBuf>,
    pub(super) trashed: bool,
}

pub(super) fn all_rows(reader: &Connection) -> Result<BTreeMap<ImageId, ImageRecord>, LibraryError> {
    let mut statement = reader.prepare("SELECT id, path, sha256, trashed IS NOT NULL FROM images")?;
    let rows = statement.query_map(params![], |row| {
        let id = ImageId::from_uuid(Uuid::from_bytes(row.get(0)?));
        Ok((id, ImageRecord { path: row.get::<_, String>(1)?.into(), sha256: row.get(2)?, trashed: row.get(3)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The files of images by their paths without extensions, and files that were never completed.
pub(super) fn all_files(
    library: &LibraryFolder,
) -> Result<(BTreeMap<PathBuf, ImageFiles>, Vec<PathBuf>), LibraryError> {
    let (mut images, mut left_over) = (BTreeMap::<PathBuf, ImageFiles>::new(), Vec::new());
    for (name, trashed) in [("originals", false), ("trash", true)] {
        for path in all_files_below(&library.join(name))? {
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            let is_image = Format::ALL.iter().any(|format| format.extension() == extension);
            if extension == TEMP_SUFFIX {
                left_over.push(path);
            } else if is_image || extension == "json" {
                let files = images.entry(path.with_extension("")).or_default();
                files.trashed = trashed;
                let place = if is_image { &mut files.image } else { &mut files.sidecar };
                *place = Some(path);
            }
        }
    }
    Ok((images, left_over))
}

/// References, and the hashes that are their names.
pub(super) fn references_by_name(
    library: &LibraryFolder,
) -> Result<Vec<(PathBuf, Option<ImageId>, String)>, LibraryError> {
    let named = |path: PathBuf| {
        let sha256 = path.file_stem()?.to_str()?.to_owned();
        path.extension().filter(|extension| *extension != TEMP_SUFFIX)?;
        Some((path, None, sha256))
    };
    Ok(all_files_below(&library.join("references"))?.into_iter().filter_map(named).collect())
}

/// Every file below a folder, sorted by path.
pub(super) fn all_files_below(folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).at(&folder)? {
            let entry = entry.at(&folder)?;
            let into = if entry.file_type().at(&folder)?.is_dir() { &mut folders } else { &mut files };
            into.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// The indices of the files whose hash differs from the expected one, the last first. Reads on all processors.
pub(super) fn changed_files(
    files: &[(PathBuf, Option<ImageId>, String)],
    progress: impl Fn(usize, usize),
) -> Vec<usize> {
    let next = AtomicUsize::new(0);
    let mut changed = thread::scope(|scope| {
        let (sender, outcomes) = mpsc::channel();
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((path, _, sha256)) = files.get(at) else { break };
                    let same = hash_file(path).is_ok_and(|found| found == *sha256);
                    if sender.send((at, same)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut changed = Vec::new();
        for (done, (at, same)) in outcomes.into_iter().enumerate() {
            progress(done + 1, files.len());
            if !same {
                changed.push(at);
            }
        }
        changed
    });
    changed.sort_unstable_by(|a, b| b.cmp(a));
    changed
}
