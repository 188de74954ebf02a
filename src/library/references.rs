//! Pictures that go along with prompts, kept under their hash so that recipes stay complete.

use std::{fs, path::PathBuf};

use sha2::{Digest as _, Sha256};

use crate::recipe::Format;

use super::{
    Library, durable,
    error::{At as _, LibraryError},
};

impl Library {
    /// Keeps a reference and says its hash. The same bytes are kept once.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn put_reference(&self, bytes: &[u8], format: Format) -> Result<String, LibraryError> {
        self.writable()?;
        let sha256 = durable::hexadecimal(&Sha256::digest(bytes));
        let folder = self.folder.join("references");
        let path = folder.join(format!("{sha256}.{}", format.extension()));
        if !path.exists() {
            durable::write(&path, bytes)?;
            durable::sync_folder(&folder)?;
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

    fn reference_path(&self, sha256: &str) -> Option<PathBuf> {
        // What stands in a sidecar could have been written by anybody.
        if !sha256.chars().all(|character| character.is_ascii_hexdigit()) {
            return None;
        }
        let named = |format: Format| self.folder.join(format!("references/{sha256}.{}", format.extension()));
        Format::ALL.into_iter().map(named).find(|path| path.exists())
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
}
