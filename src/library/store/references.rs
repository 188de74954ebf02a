//! Reference images that are sent with prompts, stored under their hashes so that recipes stay complete.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest as _, Sha256};

use crate::{
    library::io::{
        atomic_file,
        error::{LibraryError, WithPath as _},
        hashing,
        library_folder::LibraryFolder,
    },
    recipe::Format,
};

/// The folder of converted references.
const CONVERTED_FOLDER: &str = "fitted";

/// The number of converted references that are cached at most.
const MAX_CONVERTED_FILES: usize = 400;

/// The references of a library, and a cache of conversions for models that need other formats or sizes.
#[derive(Debug)]
pub struct ReferenceStore {
    folder: Arc<LibraryFolder>,
}

impl ReferenceStore {
    /// The references of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>) -> Self {
        Self { folder }
    }

    /// Stores a reference and returns its hash. The same bytes are stored once.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn put(&self, bytes: &[u8], format: Format) -> Result<String, LibraryError> {
        self.folder.ensure_writable()?;
        let sha256 = hashing::hexadecimal(&Sha256::digest(bytes));
        let folder = self.folder.join("references");
        let path = folder.join(format!("{sha256}.{}", format.extension()));
        if !path.exists() {
            atomic_file::write_atomic(&path, bytes)?;
            atomic_file::sync_dir(&folder)?;
        }
        Ok(sha256)
    }

    /// The bytes of a reference.
    ///
    /// # Errors
    /// The file exists and cannot be read.
    pub fn read(&self, sha256: &str) -> Result<Option<Vec<u8>>, LibraryError> {
        let Some(path) = self.reference_path(sha256) else { return Ok(None) };
        fs::read(&path).at(&path).map(Some)
    }

    /// The result of an earlier conversion of a reference, by the name of the variant.
    ///
    /// # Errors
    /// The file exists and cannot be read.
    pub fn converted(&self, sha256: &str, variant: &str) -> Result<Option<(Format, Vec<u8>)>, LibraryError> {
        for format in Format::ALL {
            let path = self.converted_path(sha256, variant, format);
            match fs::read(&path) {
                Ok(bytes) => return Ok(Some((format, bytes))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).at(&path),
            }
        }
        Ok(None)
    }

    /// Caches the result of a conversion of a reference. The oldest results are evicted.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn save_converted(
        &self,
        sha256: &str,
        variant: &str,
        format: Format,
        bytes: &[u8],
    ) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let path = self.converted_path(sha256, variant, format);
        let folder = self.folder.join(CONVERTED_FOLDER);
        atomic_file::create_dir_durable(&folder, self.folder.path())?;
        evict_oldest(&folder, MAX_CONVERTED_FILES);
        atomic_file::write_atomic(&path, bytes)
    }

    fn converted_path(&self, sha256: &str, variant: &str, format: Format) -> PathBuf {
        // A sidecar can come from an untrusted place, so the hash must not be a path.
        let plain: String = sha256.chars().filter(char::is_ascii_hexdigit).collect();
        self.folder.join(CONVERTED_FOLDER).join(format!("{plain}-{variant}.{}", format.extension()))
    }

    fn reference_path(&self, sha256: &str) -> Option<PathBuf> {
        // A sidecar can come from an untrusted place, so the hash must not be a path.
        if !sha256.chars().all(|character| character.is_ascii_hexdigit()) {
            return None;
        }
        let named = |format: Format| self.folder.join(format!("references/{sha256}.{}", format.extension()));
        Format::ALL.into_iter().map(named).find(|path| path.exists())
    }
}

/// Makes room for another file. Files that cannot be removed stay.
fn evict_oldest(folder: &Path, most: usize) {
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
    use crate::library::Library;

    #[test]
    fn reference_is_found_by_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let sha256 = library.references().put(b"abc", Format::Jpeg).unwrap();
        assert_eq!(library.references().put(b"abc", Format::Jpeg).unwrap(), sha256);
        assert_eq!(library.references().read(&sha256).unwrap().unwrap(), b"abc");
        assert_eq!(library.references().read("00").unwrap(), None);
        assert_eq!(library.references().read("../library").unwrap(), None);
    }
    #[test]
    fn converted_reference_is_found_by_its_conversion() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.references().converted("ab", "1-2").unwrap(), None);
        library.references().save_converted("ab", "1-2", Format::Jpeg, b"small").unwrap();
        assert_eq!(library.references().converted("ab", "1-2").unwrap(), Some((Format::Jpeg, b"small".to_vec())));
        assert_eq!(library.references().converted("ab", "1-3").unwrap(), None);
        assert_eq!(
            library.references().converted("../ab", "1-2").unwrap().unwrap().1,
            b"small",
            "nothing else can be reached"
        );
    }

    #[test]
    fn number_of_cached_references_is_limited() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        evict_oldest(folder.path(), 4);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        evict_oldest(folder.path(), 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
