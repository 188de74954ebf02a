//! Fills in what rows of an older library lack: the values of their sidecars, the comparison with their requests, and
//! their visual features.

use std::sync::Arc;

use rusqlite::params;
use uuid::Uuid;

use crate::{
    error_chain::chain,
    library::{
        index::{
            database::IndexDb,
            fulltext::index_text,
            insert::{fill_lineage, fill_row},
            visual_features::{VisualFeatures, store_features},
        },
        io::{error::LibraryError, library_folder::LibraryFolder},
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::ImageId,
};

/// The backfill of a library's index.
#[derive(Debug)]
pub struct Backfill {
    folder: Arc<LibraryFolder>,
    index: Arc<IndexDb>,
}

impl Backfill {
    /// The backfill of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>, index: Arc<IndexDb>) -> Self {
        Self { folder, index }
    }

    /// Fills at most `most` rows of an older library from their sidecars, the newest first. Returns the number of rows
    /// that were not filled.
    ///
    /// # Errors
    /// The index cannot be read or written.
    pub fn fill_rows(&self, most: usize) -> Result<usize, LibraryError> {
        if self.folder.is_read_only() {
            return Ok(0);
        }
        // Rows that are not filled at all come first, because searching their words is slow until then.
        let (mut left, mut all) = (self.unfilled_rows("filled = 0", most)?, true);
        if left.is_empty() {
            (left, all) = (self.unfilled_rows("filled = 1 AND has_reference = 1", most)?, false);
        }
        let sidecars: Vec<Option<Sidecar>> = left
            .iter()
            .map(|(_, path)| {
                let path = self.folder.join(path);
                let path = if path.exists() { path } else { self.folder.trash_path(&path) };
                read_sidecar(&path.with_extension("json")).unwrap_or_else(|error| {
                    tracing::warn!(path = %path.display(), error = %chain(&error), "a sidecar cannot be read");
                    None
                })
            })
            .collect();
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for ((row, _), sidecar) in left.iter().zip(&sidecars) {
            match sidecar {
                Some(sidecar) if all => fill_row(&transaction, *row, sidecar)?,
                Some(sidecar) => fill_lineage(&transaction, *row, sidecar)?,
                None => {
                    transaction
                        .prepare_cached("UPDATE images SET filled = 2 WHERE rowid = ?1")?
                        .execute(params![row])?;
                    // The prompt is known even if the sidecar cannot be read.
                    if all {
                        index_text(&transaction, *row)?;
                    }
                }
            }
        }
        transaction.commit()?;
        Ok(left.len())
    }

    /// Rows that match a condition, with their paths, the newest first.
    fn unfilled_rows(&self, condition: &str, most: usize) -> Result<Vec<(i64, String)>, LibraryError> {
        let reader = self.index.reader();
        let query = format!("SELECT rowid, path FROM images WHERE {condition} ORDER BY created DESC LIMIT ?1");
        let mut statement = reader.prepare_cached(&query)?;
        let rows = statement.query_map(params![most as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Images whose features have not been stored yet, the newest first, at most `most`.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn missing_features(&self, most: usize) -> Result<Vec<ImageId>, LibraryError> {
        if self.folder.is_read_only() {
            return Ok(Vec::new());
        }
        let reader = self.index.reader();
        let mut statement =
            reader.prepare_cached("SELECT id FROM images WHERE palette IS NULL ORDER BY created DESC LIMIT ?1")?;
        let rows = statement.query_map(params![most as i64], |row| row.get(0))?;
        Ok(rows.map(|id| Ok(ImageId::from_uuid(Uuid::from_bytes(id?)))).collect::<rusqlite::Result<_>>()?)
    }

    /// Stores the features of images; `None` for an image that cannot be decoded, which is not offered again.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn store_features(&self, features: &[(ImageId, Option<VisualFeatures>)]) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for (id, features) in features {
            store_features(&transaction, *id, *features)?;
        }
        Ok(transaction.commit()?)
    }

    /// Compares at most `most` images with their requests that have not been compared yet. Returns how many there were
    /// to compare, and how many of them differ.
    ///
    /// # Errors
    /// The index cannot be read or written.
    pub fn compare_with_requests(&self, most: usize) -> Result<(usize, usize), LibraryError> {
        if self.folder.is_read_only() {
            return Ok((0, 0));
        }
        let left: Vec<([u8; 16], String)> = {
            let reader = self.index.reader();
            let mut statement =
                reader.prepare_cached("SELECT id, path FROM images WHERE mismatch IS NULL ORDER BY id LIMIT ?1")?;
            let rows = statement.query_map(params![most as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let found: Vec<String> = left
            .iter()
            .map(|(_, path)| {
                let path = self.folder.join(path);
                let path = if path.exists() { path } else { self.folder.trash_path(&path) };
                match read_sidecar(&path.with_extension("json")) {
                    Ok(sidecar) => sidecar.map(|sidecar| sidecar.mismatch()).unwrap_or_default(),
                    Err(error) => {
                        tracing::warn!(path = %path.display(), error = %chain(&error), "a sidecar cannot be read");
                        String::new()
                    }
                }
            })
            .collect();
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for ((id, _), mismatch) in left.iter().zip(&found) {
            transaction
                .prepare_cached("UPDATE images SET mismatch = ?2 WHERE id = ?1 AND mismatch IS NULL")?
                .execute(params![id, mismatch])?;
        }
        transaction.commit()?;
        Ok((left.len(), found.iter().filter(|mismatch| !mismatch.is_empty()).count()))
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        library::{
            Library, MISMATCHED,
            images::{
                fixtures::{facts, store},
                new_image::NewImage,
            },
            index::schema,
        },
        recipe::{ImageFacts, Parameter, Parameters, Recipe, Unsupported},
    };

    #[test]
    fn each_image_is_analyzed_once() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let ids = [1, 2].map(|number| store(&library, facts(number, ""), &[number as u8]).facts.id);
        assert_eq!(library.backfill().missing_features(9).unwrap().len(), 2);
        assert_eq!(library.backfill().missing_features(1).unwrap().len(), 1);
        let features = VisualFeatures { palette: [[255, 0, 0, 200]; 5], perceptual_hash: u64::MAX };
        library.backfill().store_features(&[(ids[0], Some(features)), (ids[1], None)]).unwrap();
        assert_eq!(library.backfill().missing_features(9).unwrap(), []);
        assert_eq!(library.images().colors(ids[0]).unwrap(), [[255, 0, 0]; 5]);
        assert_eq!(library.images().colors(ids[1]).unwrap(), <[[u8; 3]; 0]>::default());
        // An image whose features were computed before it was stored is not returned either.
        let seen = store(&library, NewImage { features: Some(features), ..facts(3, "").into() }, b"3").facts.id;
        assert_eq!(library.backfill().missing_features(9).unwrap(), []);
        assert_eq!(library.images().colors(seen).unwrap().len(), 5);
    }

    /// An image of 1024 × 1024 that was requested in this shape and size.
    fn asked(number: u128, aspect: &str, size: &str) -> ImageFacts {
        let facts = facts(number, "sea");
        let parameters = Parameters { aspect: aspect.parse().ok(), size: size.parse().ok(), ..Parameters::default() };
        ImageFacts { width: 1024, height: 1024, recipe: Recipe { parameters, ..facts.recipe }, ..facts }
    }

    fn found(library: &Library, search: &str) -> Vec<u128> {
        library.search().find_text(search, &TimeZone::UTC).unwrap().ids.iter().map(|id| id.uuid().as_u128()).collect()
    }

    fn filled(folder: &Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        store(&library, asked(1, "16:9", "4K"), b"one");
        store(&library, asked(2, "1:1", "1K"), b"two");
        store(&library, asked(3, "", ""), b"three");
        // A parameter that was requested and not sent.
        let mut kept_back = asked(4, "", "4K");
        kept_back.recipe.unsupported = vec![Unsupported::Parameter(Parameter::Size)];
        store(&library, kept_back, b"four");
        store(&library, asked(5, "", "2K"), b"five");
        library
    }

    #[test]
    fn mismatched_images_are_found_with_their_differences() {
        let folder = tempfile::tempdir().unwrap();
        let library = filled(folder.path());
        assert_eq!(found(&library, MISMATCHED), [5, 1]);
        assert_eq!(found(&library, "Is:Mismatched SEA"), [5, 1]);
        assert_eq!(found(&library, "is:mismatched mountain"), []);
        assert_eq!(library.search().mismatch_count().unwrap(), 2);
        let ids = [1, 2].map(|number| ImageId::from_uuid(uuid::Uuid::from_u128(number)));
        let rows = library.search().rows(&ids).unwrap();
        let said = rows.iter().map(|row| row.mismatch.map(|mismatch| mismatch.to_string())).collect::<Vec<_>>();
        assert_eq!(said, [Some("16:9 4K → 1:1 1K".to_owned()), None]);
        library.trash().discard(&ids).unwrap();
        assert_eq!(found(&library, MISMATCHED), [5]);
    }

    #[test]
    fn index_of_an_older_version_is_backfilled_from_sidecars() {
        let folder = tempfile::tempdir().unwrap();
        {
            let library = filled(folder.path());
            library.trash().discard(&[ImageId::from_uuid(uuid::Uuid::from_u128(5))]).unwrap();
        }
        schema::tests::downgrade(folder.path(), 1);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(found(&library, MISMATCHED), []);
        assert_eq!(library.backfill().compare_with_requests(2).unwrap(), (2, 1));
        assert_eq!(library.backfill().compare_with_requests(2).unwrap(), (2, 0));
        assert_eq!(
            library.backfill().compare_with_requests(2).unwrap(),
            (1, 1),
            "one in the trash is compared as well"
        );
        assert_eq!(library.backfill().compare_with_requests(2).unwrap(), (0, 0));
        assert_eq!(found(&library, MISMATCHED), [1]);
    }

    #[test]
    fn rebuilt_index_has_the_analysis() {
        let folder = tempfile::tempdir().unwrap();
        drop(filled(folder.path()));
        for name in ["library.db", "library.db-wal", "library.db-shm"] {
            std::fs::remove_file(folder.path().join(name)).ok();
        }
        assert_eq!(found(&Library::open(folder.path()).unwrap(), MISMATCHED), [5, 1]);
    }
}
