//! Comparing pictures with what was asked for, where an older version has stored them.

use rusqlite::params;

use crate::library::{io::error::LibraryError, library::Library, store::sidecar::read_sidecar};

impl Library {
    /// Compares at most so many pictures with what was asked for, if nobody has done so yet. Returns how many were
    /// left to compare, and how many of them differ.
    ///
    /// # Errors
    /// The index cannot be read or written.
    pub fn compare(&self, most: usize) -> Result<(usize, usize), LibraryError> {
        if self.is_newer() {
            return Ok((0, 0));
        }
        let left: Vec<([u8; 16], String)> = {
            let reader = self.reader();
            let mut statement =
                reader.prepare_cached("SELECT id, path FROM images WHERE mismatch IS NULL ORDER BY id LIMIT ?1")?;
            let rows = statement.query_map(params![most as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let found: Vec<String> = left
            .iter()
            .map(|(_, path)| {
                let path = self.folder.join(path);
                let path = if path.exists() { path } else { self.trashed(&path) };
                match read_sidecar(&path.with_extension("json")) {
                    Ok(sidecar) => sidecar.map(|sidecar| sidecar.mismatch()).unwrap_or_default(),
                    Err(error) => {
                        tracing::warn!(path = %path.display(), %error, "a sidecar cannot be read");
                        String::new()
                    }
                }
            })
            .collect();
        let mut writer = self.writer();
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
            images::originals::{
                SidecarFacts,
                tests::{facts, store},
            },
            index::schema,
            search::rows::MISMATCHED,
        },
        recipe::{ImageId, NotSent, Parameter, Parameters, Recipe},
    };

    /// A picture of 1024 × 1024 that was asked for in this shape and size.
    fn asked(number: u128, aspect: &str, size: &str) -> SidecarFacts {
        let facts = facts(number, "sea");
        let parameters = Parameters { aspect: aspect.parse().ok(), size: size.parse().ok(), ..Parameters::default() };
        SidecarFacts { width: 1024, height: 1024, recipe: Recipe { parameters, ..facts.recipe }, ..facts }
    }

    fn found(library: &Library, search: &str) -> Vec<u128> {
        library.view(search, &TimeZone::UTC).unwrap().ids.iter().map(|id| id.uuid().as_u128()).collect()
    }

    fn filled(folder: &Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        store(&library, asked(1, "16:9", "4K"), b"one");
        store(&library, asked(2, "1:1", "1K"), b"two");
        store(&library, asked(3, "", ""), b"three");
        // It was asked for, and not sent.
        let mut kept_back = asked(4, "", "4K");
        kept_back.recipe.not_sent = vec![NotSent::Parameter(Parameter::Size)];
        store(&library, kept_back, b"four");
        store(&library, asked(5, "", "2K"), b"five");
        library
    }

    #[test]
    fn pictures_that_differ_are_found_and_say_how() {
        let folder = tempfile::tempdir().unwrap();
        let library = filled(folder.path());
        assert_eq!(found(&library, MISMATCHED), [5, 1]);
        assert_eq!(found(&library, "Is:Mismatched SEA"), [5, 1]);
        assert_eq!(found(&library, "is:mismatched mountain"), []);
        assert_eq!(library.mismatched().unwrap(), 2);
        let ids = [1, 2].map(|number| ImageId::from_uuid(uuid::Uuid::from_u128(number)));
        let rows = library.rows(&ids).unwrap();
        let said = rows.iter().map(|row| row.mismatch.map(|mismatch| mismatch.to_string())).collect::<Vec<_>>();
        assert_eq!(said, [Some("16:9 4K → 1:1 1K".to_owned()), None]);
        library.trash(&ids).unwrap();
        assert_eq!(found(&library, MISMATCHED), [5]);
    }

    #[test]
    fn an_index_of_an_older_version_is_filled_from_the_sidecars_by_and_by() {
        let folder = tempfile::tempdir().unwrap();
        {
            let library = filled(folder.path());
            library.trash(&[ImageId::from_uuid(uuid::Uuid::from_u128(5))]).unwrap();
        }
        schema::tests::downgrade(folder.path(), 1);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(found(&library, MISMATCHED), []);
        assert_eq!(library.compare(2).unwrap(), (2, 1));
        assert_eq!(library.compare(2).unwrap(), (2, 0));
        assert_eq!(library.compare(2).unwrap(), (1, 1), "one in the trash is compared as well");
        assert_eq!(library.compare(2).unwrap(), (0, 0));
        assert_eq!(found(&library, MISMATCHED), [1]);
    }

    #[test]
    fn an_index_that_is_made_again_knows_it_too() {
        let folder = tempfile::tempdir().unwrap();
        drop(filled(folder.path()));
        for name in ["library.db", "library.db-wal", "library.db-shm"] {
            std::fs::remove_file(folder.path().join(name)).ok();
        }
        assert_eq!(found(&Library::open(folder.path()).unwrap(), MISMATCHED), [5, 1]);
    }
}
