//! Detects whether the index is the original file, or a copy that was made while a program wrote to it.
//!
//! A database cannot be copied while it is written to, because its pages and its log are then from different moments,
//! which need not be noticeable. All other files can. So the lock file records the identity of the index that belongs
//! to it, and an index with another identity is rebuilt from the files. That makes a plain copy of the folder a valid
//! backup at any time.

use std::{
    fs::{self, File, Metadata},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::Path,
    time::UNIX_EPOCH,
};

use crate::error_chain::chain;

/// The identity of a file, which no copy of it shares: its creation time, as far as the system reports it, otherwise
/// its file number. The number alone would not do, because some network disks assign new numbers on each connection.
fn of(path: &Path) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    let made = metadata.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Some(match made.filter(|made| !made.is_zero()) {
        Some(made) => format!("made {}\n", made.as_nanos()),
        None => format!("number {}\n", number(&metadata)),
    })
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// Other systems always report the creation time.
#[cfg(not(unix))]
fn number(_metadata: &Metadata) -> u64 {
    0
}

/// The contents of the lock file, read through its own handle, because the lock may keep other handles from reading it.
fn known(mut lock: &File) -> io::Result<String> {
    lock.seek(SeekFrom::Start(0))?;
    io::read_to_string(lock)
}

/// Whether the index is another file than the one that was recorded in this lock file.
pub(in crate::library) fn is_copied_database(lock: &File, index: &Path) -> bool {
    let known = known(lock).unwrap_or_default();
    !known.is_empty() && of(index).is_some_and(|found| found != known)
}

/// Records the identity of the index. Without a record, a copy is trusted.
pub(in crate::library) fn record_identity(mut lock: &File, index: &Path) {
    let Some(found) = of(index) else { return };
    if known(lock).is_ok_and(|known| known == found) {
        return;
    }
    let emptied = lock.set_len(0).and_then(|()| lock.seek(SeekFrom::Start(0)));
    if let Err(error) = emptied.and_then(|_| lock.write_all(found.as_bytes())) {
        tracing::warn!(error = %chain(&error), "which file the index is cannot be written down");
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::{
            Arc, Mutex,
            atomic::{AtomicBool, Ordering},
        },
        thread,
    };

    use super::*;
    use crate::{
        library::{
            Library,
            images::fixtures::{facts, store},
        },
        recipe::{ImageId, MarkChange},
    };

    /// Copies a folder in the order of names, as any program would. Skips files that vanish meanwhile.
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        let mut paths: Vec<_> = fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let to = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &to);
            } else {
                fs::copy(&path, &to).ok();
            }
        }
    }

    #[test]
    fn copy_made_during_writes_is_a_valid_backup() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(&folder.path().join("library")).unwrap());
        let announced = Mutex::new(BTreeMap::<ImageId, u8>::new());
        let enough = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in 1.. {
                    let id = store(&library, facts(number, "sea"), &[number as u8; 3000]).facts.id;
                    let rating = (number % 5) as u8 + 1;
                    library.organizer().change(&[id], &MarkChange::Rate(rating)).unwrap();
                    announced.lock().unwrap().insert(id, rating);
                    if enough.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            for round in 1..=6 {
                while announced.lock().unwrap().len() < round * 12 {
                    thread::yield_now();
                }
                let before = announced.lock().unwrap().clone();
                let backup = folder.path().join(format!("backup {round}"));
                copy(&folder.path().join("library"), &backup);
                let backup = Library::open(&backup).unwrap();
                for (id, rating) in before {
                    assert_eq!(backup.organizer().marks(id).unwrap().rating, rating, "{round}");
                    let bytes = fs::read(backup.images().original_path(id).unwrap()).unwrap();
                    assert_eq!(bytes.len(), 3000);
                }
                let flaws = backup.verify(true, |_, _| ()).unwrap().issues;
                let broken = |flaw: &crate::library::Issue| !flaw.repaired;
                assert!(!flaws.iter().any(broken), "{flaws:?}");
            }
            enough.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn index_identity_distinguishes_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let lock = File::options().create(true).truncate(false).read(true).write(true).open(path).unwrap();
        let (index, copy) = (folder.path().join("index"), folder.path().join("copy"));
        fs::write(&index, "index").unwrap();
        assert!(!is_copied_database(&lock, &index), "nothing is known yet");
        record_identity(&lock, &index);
        fs::write(&index, "changed").unwrap();
        assert!(!is_copied_database(&lock, &index));
        fs::copy(&index, &copy).unwrap();
        assert!(is_copied_database(&lock, &copy));
        assert!(!is_copied_database(&lock, &folder.path().join("nothing")));
        record_identity(&lock, &copy);
        assert!(!is_copied_database(&lock, &copy));
    }
}
