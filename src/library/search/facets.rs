//! The number of images of each model.

use rusqlite::params;

use crate::library::{index::database::IndexDb, io::error::LibraryError};

/// The models of the images in view with the number of their images: the most used first, then by name.
///
/// # Errors
/// The index cannot be read.
pub(super) fn model_counts(index: &IndexDb) -> Result<Vec<(String, usize)>, LibraryError> {
    // Before the columns have been read, a scan of the whole index would cost more than the counts are worth.
    let Some(counted) = index.columns().lock().columns().map(|columns| columns.models().to_vec()) else {
        return Ok(Vec::new());
    };
    let reader = index.reader();
    let mut statement = reader.prepare_cached("SELECT number, name FROM models")?;
    let names = statement.query_map(params![], |row| Ok((row.get::<_, u32>(0)? as usize, row.get::<_, String>(1)?)))?;
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
