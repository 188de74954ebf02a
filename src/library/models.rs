//! Which models and requests the pictures of the library were made with.

use std::collections::HashMap;

use rusqlite::params;
use uuid::Uuid;

use crate::recipe::{ImageId, RequestId};

use super::{Library, LibraryError};

impl Library {
    /// The models that pictures in view were made with, and how many each made: the most used first, then by name.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn models(&self) -> Result<Vec<(String, usize)>, LibraryError> {
        // Until the columns are read, nothing is worth walking through the whole index.
        let Some(counted) = self.columns.look().columns().map(|columns| columns.models().to_vec()) else {
            return Ok(Vec::new());
        };
        let reader = self.reader();
        let mut statement = reader.prepare_cached("SELECT number, name FROM models")?;
        let names =
            statement.query_map(params![], |row| Ok((row.get::<_, u32>(0)? as usize, row.get::<_, String>(1)?)))?;
        let mut models = Vec::new();
        for name in names {
            let (number, name) = name?;
            if let Some(count) = counted.get(number).filter(|count| **count > 0 && !name.is_empty()) {
                models.push((name, *count));
            }
        }
        models.sort_by(|(one, most), (other, more)| more.cmp(most).then_with(|| one.cmp(other)));
        Ok(models)
    }

    /// The request of every picture in view. It takes a walk through the whole index.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn requests(&self) -> Result<HashMap<ImageId, RequestId>, LibraryError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached("SELECT id, request FROM images WHERE trashed IS NULL")?;
        let rows = statement.query_map(params![], |row| {
            let uuid = |place| Ok::<_, rusqlite::Error>(Uuid::from_bytes(row.get(place)?));
            Ok((ImageId::from_uuid(uuid(0)?), RequestId::from_uuid(uuid(1)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
