//! Finds and reads all sidecars of a library, on all processors.

use std::{
    collections::BTreeSet,
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

use crate::{
    library::{
        io::error::{LibraryError, WithPath as _},
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::ImageId,
};

/// The number of sidecars in a batch. One batch is read while another is inserted into the index.
const SIDECARS_PER_BATCH: usize = 1024;

/// The file of a sidecar.
pub(super) struct FoundSidecar {
    pub(super) sidecar: PathBuf,
    pub(super) trashed: bool,
    /// The number of all sidecars.
    pub(super) of: usize,
}

/// Every sidecar of a library, the oldest image first.
pub(super) fn find_sidecars(folder: &Path) -> Result<Vec<FoundSidecar>, LibraryError> {
    let mut paths = BTreeSet::new();
    for (name, trashed) in [("originals", false), ("trash", true)] {
        let mut folders = vec![folder.join(name)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).at(&folder)? {
                let entry = entry.at(&folder)?;
                let path = entry.path();
                if entry.file_type().at(&path)?.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    let id: Option<ImageId> = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
                    paths.insert((id, trashed, path));
                }
            }
        }
    }
    let of = paths.len();
    Ok(paths.into_iter().map(|(_, trashed, sidecar)| FoundSidecar { sidecar, trashed, of }).collect())
}

/// Reads sidecars on all processors, and calls `each` with them in order.
pub(super) fn read_all(
    found: &[FoundSidecar],
    mut each: impl FnMut(&FoundSidecar, Result<Option<Sidecar>, LibraryError>) -> Result<(), LibraryError>,
) -> Result<(), LibraryError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let (sender, batches) = mpsc::sync_channel(1);
        scope.spawn(move || {
            for batch in found.chunks(SIDECARS_PER_BATCH) {
                // After an error the receiver was dropped.
                if sender.send((batch, read_batch(batch, threads))).is_err() {
                    break;
                }
            }
        });
        for (batch, sidecars) in batches {
            for (found, sidecar) in batch.iter().zip(sidecars) {
                each(found, sidecar)?;
            }
        }
        Ok(())
    })
}

fn read_batch(batch: &[FoundSidecar], threads: usize) -> Vec<Result<Option<Sidecar>, LibraryError>> {
    let mut sidecars: Vec<Option<Result<Option<Sidecar>, LibraryError>>> = Vec::new();
    sidecars.resize_with(batch.len(), || None);
    thread::scope(|scope| {
        let piece = batch.len().div_ceil(threads).max(1);
        for (batch, into) in batch.chunks(piece).zip(sidecars.chunks_mut(piece)) {
            scope.spawn(move || {
                for (found, into) in batch.iter().zip(into) {
                    *into = Some(read_sidecar(&found.sidecar));
                }
            });
        }
    });
    sidecars.into_iter().map(|sidecar| sidecar.unwrap_or(Ok(None))).collect()
}
