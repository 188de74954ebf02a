//! Pictures that go along with prompts, kept under their hash so that recipes stay complete.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    library::{
        io::{
            atomic_file,
            error::{At as _, LibraryError},
        },
        library::Library,
    },
    recipe::Format,
};

/// The folder of what references were made into.
const FITTED: &str = "fitted";
/// So many of those are kept, at most.
const MOST_FITTED: usize = 400;

impl Library {
    /// Keeps a reference and says its hash. The same bytes are kept once.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn put_reference(&self, bytes: &[u8], format: Format) -> Result<String, LibraryError> {
        self.writable()?;
        let sha256 = atomic_file::hexadecimal(&Sha256::digest(bytes));
        let folder = self.folder.join("references");
        let path = folder.join(format!("{sha256}.{}", format.extension()));
        if !path.exists() {
            atomic_file::write(&path, bytes)?;
            atomic_file::sync_folder(&folder)?;
        }
        Ok(sha256)
    }

    /// A reference's bytes.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn reference(&self, sha256: &str) -> Result<Option<Vec<u8>>, LibraryError> {
        let Some(path) = self.reference_path(sha256) else { return Ok(None) };
        fs::read(&path).at(&path).map(Some)
    }

    /// What a reference was made into before, in a way that is known by a name.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn fitted_reference(&self, sha256: &str, way: &str) -> Result<Option<(Format, Vec<u8>)>, LibraryError> {
        for format in Format::ALL {
            let path = self.fitted_path(sha256, way, format);
            match fs::read(&path) {
                Ok(bytes) => return Ok(Some((format, bytes))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).at(&path),
            }
        }
        Ok(None)
    }

    /// Keeps what a reference was made into, so that it need not be made again. It is a cache: the oldest are dropped.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn keep_fitted_reference(
        &self,
        sha256: &str,
        way: &str,
        format: Format,
        bytes: &[u8],
    ) -> Result<(), LibraryError> {
        self.writable()?;
        let path = self.fitted_path(sha256, way, format);
        let folder = self.folder.join(FITTED);
        atomic_file::make_folder(&folder, &self.folder)?;
        drop_oldest(&folder, MOST_FITTED);
        atomic_file::write(&path, bytes)
    }

    fn fitted_path(&self, sha256: &str, way: &str, format: Format) -> PathBuf {
        // What stands in a sidecar could have been written by anybody.
        let plain: String = sha256.chars().filter(char::is_ascii_hexdigit).collect();
        self.folder.join(FITTED).join(format!("{plain}-{way}.{}", format.extension()))
    }

    fn reference_path(&self, sha256: &str) -> Option<PathBuf> {
        // What stands in a sidecar could have been written by anybody.
        if !sha256.chars().all(|character| character.is_ascii_hexdigit()) {
            return None;
        }
        let named = |format: Format| self.folder.join(format!("references/{sha256}.{}", format.extension()));
        Format::ALL.into_iter().map(named).find(|path| path.exists())
    }
}

/// Makes room for another file where there are so many. What cannot be removed stays.
fn drop_oldest(folder: &Path, most: usize) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        files.filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path()))).collect();
    if files.len() >= most {
        files.sort();
        for (_, path) in files.drain(..=files.len() - most) {
            fs::remove_file(path).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_by_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let sha256 = library.put_reference(b"abc", Format::Jpeg).unwrap();
        assert_eq!(library.put_reference(b"abc", Format::Jpeg).unwrap(), sha256);
        assert_eq!(library.reference(&sha256).unwrap().unwrap(), b"abc");
        assert_eq!(library.reference("00").unwrap(), None);
        assert_eq!(library.reference("../library").unwrap(), None);
    }
    #[test]
    fn what_a_reference_was_made_into_is_found_by_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.fitted_reference("ab", "1-2").unwrap(), None);
        library.keep_fitted_reference("ab", "1-2", Format::Jpeg, b"small").unwrap();
        assert_eq!(library.fitted_reference("ab", "1-2").unwrap(), Some((Format::Jpeg, b"small".to_vec())));
        assert_eq!(library.fitted_reference("ab", "1-3").unwrap(), None);
        assert_eq!(
            library.fitted_reference("../ab", "1-2").unwrap().unwrap().1,
            b"small",
            "nothing else can be reached"
        );
    }

    #[test]
    fn only_so_many_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        drop_oldest(folder.path(), 4);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        drop_oldest(folder.path(), 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
