//! Removes temporary files that a crash or a full disk has left.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::library::io::{atomic_file::TEMP_SUFFIX, library_folder::LibraryFolder};

/// The age after which a temporary file belongs to no running operation.
const MIN_AGE: Duration = Duration::from_hours(1);

/// Folders that contain files directly.
const FLAT_FOLDERS: [&str; 6] = ["", "references", "fitted", "thumbnails", "sheets", "trash"];

/// Folders with a subfolder for each month.
const MONTHLY_FOLDERS: [&str; 2] = ["originals", "exchanges"];

/// The number of the newest months that are searched. Files of older months were left by an earlier run, and searching
/// a million originals at every start would take too long.
const MAX_MONTHS: usize = 2;

/// Removes temporary files that were left long ago. A response whose image was being stored is in the spool as well, so
/// that nothing is lost with its partial image. Returns the number of removed files.
pub(in crate::library) fn clear_leftovers(library: &LibraryFolder) -> usize {
    if library.ensure_writable().is_err() {
        return 0;
    }
    let Some(before) = SystemTime::now().checked_sub(MIN_AGE) else { return 0 };
    let flat = FLAT_FOLDERS.map(|name| library.join(name));
    let months = MONTHLY_FOLDERS.iter().flat_map(|name| newest_months(&library.join(name)));
    let removed = flat.into_iter().chain(months).map(|folder| clear(&folder, before)).sum();
    if removed > 0 {
        tracing::info!(removed, "temporary files that were left have been removed");
    }
    removed
}

fn newest_months(folder: &Path) -> Vec<PathBuf> {
    let mut months: Vec<PathBuf> = folders(folder).iter().flat_map(|year| folders(year)).collect();
    months.sort();
    months.split_off(months.len().saturating_sub(MAX_MONTHS))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

fn clear(folder: &Path, before: SystemTime) -> usize {
    let mut removed = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != TEMP_SUFFIX) {
            continue;
        }
        let old = entry
            .metadata()
            .is_ok_and(|about| about.is_file() && about.modified().is_ok_and(|modified| modified < before));
        if old && fs::remove_file(&path).is_ok() {
            removed += 1;
        }
    }
    removed
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::library::Library;

    #[test]
    fn only_old_temporary_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let old = SystemTime::now() - 2 * MIN_AGE;
        let mut left = Vec::new();
        for name in ["exchanges/2026/11/a.json.part", "originals/2026/10/b.png.part", "sheets/c.jsonl.part", "d.part"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let fresh = path.with_file_name("fresh.part");
            fs::write(&fresh, "new").unwrap();
            File::create(&path).unwrap().set_modified(old).unwrap();
            left.push((path, fresh));
        }
        let kept = folder.path().join("trash/e.png");
        File::create(&kept).unwrap().set_modified(old).unwrap();
        assert_eq!(library.clear_leftovers(), 4);
        assert!(left.iter().all(|(old, fresh)| !old.exists() && fresh.exists()) && kept.exists());
    }
}
