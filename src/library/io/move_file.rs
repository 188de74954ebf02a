//! Moves files between disks: a file has its name only once all of it is on the other disk, and leaves its old place only
//! after that was proved.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use super::{
    atomic_file::{self, PART},
    error::{At as _, LibraryError},
};

/// How much is read at once.
const PIECE: usize = 1 << 18;

/// Moves a file to another disk. A crash leaves it at its old place, or whole at both.
pub(in crate::library) fn carry(from: &Path, to: &Path) -> Result<(), LibraryError> {
    let part = to.with_added_extension(PART);
    let copied = copy(from, &part).and_then(|()| fs::rename(&part, to).at(to));
    if copied.is_err() {
        atomic_file::remove(&part)?;
    }
    copied?;
    for path in [to, from] {
        if path == from {
            atomic_file::remove(from)?;
        }
        if let Some(folder) = path.parent() {
            atomic_file::sync_folder(folder)?;
        }
    }
    Ok(())
}

/// Removes a copy that a crash has left beside the file itself.
pub(in crate::library) fn drop_copy(file: &Path, copy: &Path) -> Result<(), LibraryError> {
    let (Ok(one), Ok(other)) = (fs::metadata(file), fs::metadata(copy)) else { return Ok(()) };
    if one.len() == other.len() && hash(file)? == hash(copy)? {
        atomic_file::remove(copy)?;
    }
    Ok(())
}

fn copy(from: &Path, part: &Path) -> Result<(), LibraryError> {
    let source = File::open(from).at(from)?;
    let mut target = File::create(part).at(part)?;
    let read = pass(source, &mut target).at(part)?;
    target.sync_all().at(part)?;
    drop(target);
    if hash(part)? == read {
        return Ok(());
    }
    let reason = "what was written is not what was read".to_owned();
    Err(LibraryError::CannotWrite { path: part.to_owned(), reason })
}

fn hash(path: &Path) -> Result<[u8; 32], LibraryError> {
    pass(File::open(path).at(path)?, &mut io::sink()).at(path)
}

/// Passes everything on, and returns its hash.
fn pass(mut from: impl Read, to: &mut impl Write) -> io::Result<[u8; 32]> {
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(count) => {
                hash.update(&piece[..count]);
                to.write_all(&piece[..count])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_moved_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a.png"), folder.path().join("b.png"));
        let bytes: Vec<u8> = (0..3 * PIECE + 7).map(|number| (number % 251) as u8).collect();
        fs::write(&from, &bytes).unwrap();
        carry(&from, &to).unwrap();
        assert!(!from.exists() && fs::read(&to).unwrap() == bytes);
        assert!(carry(&to, &folder.path().join("none/c.png")).is_err());
        assert_eq!(fs::read(&to).unwrap(), bytes);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no half copy is left");
    }

    #[test]
    fn only_a_true_copy_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let [file, same, other] = ["a", "b", "c"].map(|name| folder.path().join(name));
        for (path, text) in [(&file, "one"), (&same, "one"), (&other, "two")] {
            fs::write(path, text).unwrap();
            drop_copy(&file, path).ok().filter(|()| path == &same);
        }
        fs::write(&file, "one").unwrap();
        drop_copy(&file, &same).unwrap();
        drop_copy(&file, &other).unwrap();
        drop_copy(&file, &folder.path().join("none")).unwrap();
        assert_eq!((file.exists(), same.exists(), other.exists()), (true, false, true));
    }
}
