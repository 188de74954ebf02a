//! The cache of thumbnails: files, two sizes each, made again when they are missing.

use std::{fs, path::PathBuf};

use crate::recipe::ImageId;

use super::{
    Library, durable,
    error::{At as _, LibraryError},
};

impl Library {
    /// A cached thumbnail's bytes.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn thumbnail(&self, id: ImageId, edge: u32) -> Result<Option<Vec<u8>>, LibraryError> {
        let path = self.thumbnail_path(id, edge);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).at(&path),
        }
    }

    /// Caches a thumbnail. It is not flushed to the disk: a cache may be lost.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn put_thumbnail(&self, id: ImageId, edge: u32, bytes: &[u8]) -> Result<(), LibraryError> {
        let path = self.thumbnail_path(id, edge);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).at(folder)?;
        }
        let part = path.with_added_extension(durable::PART);
        fs::write(&part, bytes).at(&part)?;
        fs::rename(&part, &path).at(&path)
    }

    /// Spread over 256 folders by the id's last byte, which is random where its first ones are the time.
    fn thumbnail_path(&self, id: ImageId, edge: u32) -> PathBuf {
        let last = id.uuid().as_bytes()[15];
        self.folder.join(format!("thumbnails/{last:02x}/{id}-{edge}"))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_size_is_kept_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let id = ImageId::from_uuid(Uuid::from_u128(77));
        assert_eq!(library.thumbnail(id, 256).unwrap(), None);
        library.put_thumbnail(id, 256, b"small").unwrap();
        library.put_thumbnail(id, 512, b"large").unwrap();
        library.put_thumbnail(id, 256, b"newer").unwrap();
        assert_eq!(library.thumbnail(id, 256).unwrap().unwrap(), b"newer");
        assert_eq!(library.thumbnail(id, 512).unwrap().unwrap(), b"large");
    }
}
