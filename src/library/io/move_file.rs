//! Moves files between disks. A file is renamed to its final name only once all of it is on the other disk, and is
//! removed from the first disk only after the copy was verified.

use std::{
    fs::{self, File},
    path::Path,
};

use crate::error_chain::Cause;

use super::{
    atomic_file::{self, TEMP_SUFFIX},
    error::{LibraryError, WithPath as _},
    hashing::{copy_and_hash, hash_file, hexadecimal},
};

/// Moves a file to another disk. A crash leaves it at the old path, or complete at both.
pub(in crate::library) fn move_across_disks(from: &Path, to: &Path) -> Result<(), LibraryError> {
    let part = to.with_added_extension(TEMP_SUFFIX);
    let copied = copy(from, &part).and_then(|()| fs::rename(&part, to).at(to));
    if copied.is_err() {
        atomic_file::remove_if_exists(&part)?;
    }
    copied?;
    for path in [to, from] {
        if path == from {
            atomic_file::remove_if_exists(from)?;
        }
        if let Some(folder) = path.parent() {
            atomic_file::sync_dir(folder)?;
        }
    }
    Ok(())
}

/// Removes a copy that a crash has left beside the original.
pub(in crate::library) fn remove_copy(file: &Path, copy: &Path) -> Result<(), LibraryError> {
    let (Ok(one), Ok(other)) = (fs::metadata(file), fs::metadata(copy)) else { return Ok(()) };
    if one.len() == other.len() && hash_file(file).at(file)? == hash_file(copy).at(copy)? {
        atomic_file::remove_if_exists(copy)?;
    }
    Ok(())
}

fn copy(from: &Path, part: &Path) -> Result<(), LibraryError> {
    let source = File::open(from).at(from)?;
    let mut target = File::create(part).at(part)?;
    let read = copy_and_hash(source, &mut target).at(part)?;
    target.sync_all().at(part)?;
    drop(target);
    if hash_file(part).at(part)? == hexadecimal(&read) {
        return Ok(());
    }
    let reason = Cause::from("what was written is not what was read");
    Err(LibraryError::CannotWrite { path: part.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_moved_completely_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a.png"), folder.path().join("b.png"));
        let bytes: Vec<u8> = (0..800_007).map(|number| (number % 251) as u8).collect();
        fs::write(&from, &bytes).unwrap();
        move_across_disks(&from, &to).unwrap();
        assert!(!from.exists() && fs::read(&to).unwrap() == bytes);
        assert!(move_across_disks(&to, &folder.path().join("none/c.png")).is_err());
        assert_eq!(fs::read(&to).unwrap(), bytes);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no half copy is left");
    }

    #[test]
    fn only_an_identical_copy_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let [file, same, other] = ["a", "b", "c"].map(|name| folder.path().join(name));
        for (path, text) in [(&file, "one"), (&same, "one"), (&other, "two")] {
            fs::write(path, text).unwrap();
            remove_copy(&file, path).ok().filter(|()| path == &same);
        }
        fs::write(&file, "one").unwrap();
        remove_copy(&file, &same).unwrap();
        remove_copy(&file, &other).unwrap();
        remove_copy(&file, &folder.path().join("none")).unwrap();
        assert_eq!((file.exists(), same.exists(), other.exists()), (true, false, true));
    }
}
