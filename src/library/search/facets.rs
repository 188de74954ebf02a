//! Which models the pictures of the library were made with.

use rusqlite::params;

use crate::library::{io::error::LibraryError, library::Library};

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
}
