//! What the index knows of a picture beyond its file: taken from its sidecar when it is stored, and by and by for the
//! pictures of older libraries.

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::{
    imaging::{self, Bitmap},
    library::{
        index::{fulltext, lineage},
        io::error::LibraryError,
        library::Library,
        store::{
            prompt_sheets,
            sidecar::{Sidecar, read_sidecar},
        },
    },
    recipe::{ImageId, Money},
};

/// What a picture looks like, as the index keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its five most telling colours, the heaviest first: red, green, blue, and how much of the picture they stand for
    /// (the five weights add up to at most 255; a weight of 0 stands for no colour).
    pub palette: [[u8; 4]; 5],
    /// A perceptual hash: pictures that look alike differ in few bits.
    pub likeness: u64,
}

/// Fills a row with what its sidecar says, and makes its words findable, in a transaction of the caller's.
pub(in crate::library) fn fill(connection: &Connection, row: i64, sidecar: &Sidecar) -> Result<(), LibraryError> {
    connection
        .prepare_cached(
            "UPDATE images SET model = ?2, cost = ?3, seed = ?4, has_reference = ?5, source = ?6,
             negative = ?7, batch = ?8, part = ?9, words = ''
             WHERE rowid = ?1",
        )?
        .execute(params![
            row,
            model(connection, &sidecar.recipe.model)?,
            sidecar.cost.map(Money::micros),
            sidecar.recipe.parameters.seed,
            sidecar.recipe.pictures().next().is_some(),
            sidecar.source.as_ref().map_or("", |source| source.file.as_str()),
            negative(sidecar),
            sidecar.recipe.batch.map(|batch| batch.uuid().into_bytes()),
            (!sidecar.recipe.part.is_prompt()).then(|| serde_json::to_string(&sidecar.recipe.part)).transpose()?,
        ])?;
    prompt_sheets::put(connection, row, sidecar)?;
    fill_lineage(connection, row, sidecar)?;
    fulltext::put(connection, row)
}

/// Fills in what a picture was made with, which rows do not have that were filled by an older version.
fn fill_lineage(connection: &Connection, row: i64, sidecar: &Sidecar) -> Result<(), LibraryError> {
    lineage::put(connection, row, &sidecar.recipe)?;
    connection
        .prepare_cached("UPDATE images SET batch_of = ?2, filled = 2 WHERE rowid = ?1")?
        .execute(params![row, lineage::batch_of(&sidecar.recipe)])?;
    Ok(())
}

/// What was not to be seen: what was asked here, or by the program that has made it.
fn negative(sidecar: &Sidecar) -> &str {
    let foreign = sidecar.source.as_ref().and_then(|source| source.recipe.as_ref());
    match foreign {
        Some(foreign) if sidecar.recipe.negative.is_empty() => &foreign.negative,
        _ => &sidecar.recipe.negative,
    }
}

/// The number of a model, which is given to it here if it has none.
fn model(connection: &Connection, name: &str) -> Result<i64, LibraryError> {
    if name.is_empty() {
        return Ok(0);
    }
    let known = connection
        .prepare_cached("SELECT number FROM models WHERE name = ?1")?
        .query_row(params![name], |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        return Ok(number);
    }
    connection.prepare_cached("INSERT INTO models (name) VALUES (?1)")?.execute(params![name])?;
    Ok(connection.last_insert_rowid())
}

impl Look {
    /// What a picture looks like, from its thumbnail.
    pub fn of(thumbnail: &Bitmap) -> Self {
        Self { palette: imaging::palette(thumbnail), likeness: imaging::perceptual_hash(thumbnail) }
    }

    /// The colours alone, the heaviest first.
    pub fn colours(&self) -> Vec<[u8; 3]> {
        colours(self.palette.as_flattened())
    }
}

/// The colours of a palette as the index keeps it.
fn colours(palette: &[u8]) -> Vec<[u8; 3]> {
    palette.as_chunks::<4>().0.iter().filter(|colour| colour[3] > 0).map(|&[r, g, b, _]| [r, g, b]).collect()
}

/// Keeps what a picture looks like, in a transaction of the caller's.
pub(in crate::library) fn put_look(
    connection: &Connection,
    id: ImageId,
    look: Option<Look>,
) -> Result<(), LibraryError> {
    let palette = look.map_or_else(Vec::new, |look| look.palette.concat());
    let likeness = look.map(|look| look.likeness.cast_signed());
    connection.prepare_cached("UPDATE images SET palette = ?2, likeness = ?3 WHERE id = ?1")?.execute(params![
        id.uuid().as_bytes(),
        palette,
        likeness
    ])?;
    Ok(())
}

impl Library {
    /// Fills at most so many rows of an older library from their sidecars, the newest first. Returns how many there
    /// were to fill.
    ///
    /// # Errors
    /// The index cannot be read or written.
    pub fn fill(&self, most: usize) -> Result<usize, LibraryError> {
        if self.is_newer() {
            return Ok(0);
        }
        // Those that are not filled at all come first: until then their words are slow to find.
        let (mut left, mut all) = (self.left_to_fill("filled = 0", most)?, true);
        if left.is_empty() {
            (left, all) = (self.left_to_fill("filled = 1 AND has_reference = 1", most)?, false);
        }
        let sidecars: Vec<Option<Sidecar>> = left
            .iter()
            .map(|(_, path)| {
                let path = self.folder.join(path);
                let path = if path.exists() { path } else { self.trashed(&path) };
                read_sidecar(&path.with_extension("json")).unwrap_or_else(|error| {
                    tracing::warn!(path = %path.display(), %error, "a sidecar cannot be read");
                    None
                })
            })
            .collect();
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for ((row, _), sidecar) in left.iter().zip(&sidecars) {
            match sidecar {
                Some(sidecar) if all => fill(&transaction, *row, sidecar)?,
                Some(sidecar) => fill_lineage(&transaction, *row, sidecar)?,
                None => {
                    transaction
                        .prepare_cached("UPDATE images SET filled = 2 WHERE rowid = ?1")?
                        .execute(params![row])?;
                    // Its prompt is known all the same.
                    if all {
                        fulltext::put(&transaction, *row)?;
                    }
                }
            }
        }
        transaction.commit()?;
        Ok(left.len())
    }

    /// Rows of which this is true, with their paths, the newest first.
    fn left_to_fill(&self, condition: &str, most: usize) -> Result<Vec<(i64, String)>, LibraryError> {
        let reader = self.reader();
        let query = format!("SELECT rowid, path FROM images WHERE {condition} ORDER BY created DESC LIMIT ?1");
        let mut statement = reader.prepare_cached(&query)?;
        let rows = statement.query_map(params![most as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Pictures that nobody has looked at yet, the newest first, at most so many.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn not_looked_at(&self, most: usize) -> Result<Vec<ImageId>, LibraryError> {
        if self.is_newer() {
            return Ok(Vec::new());
        }
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached("SELECT id FROM images WHERE palette IS NULL ORDER BY created DESC LIMIT ?1")?;
        let rows = statement.query_map(params![most as i64], |row| row.get(0))?;
        Ok(rows.map(|id| Ok(ImageId::from_uuid(Uuid::from_bytes(id?)))).collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps what pictures look like; `None` for one that cannot be seen, which is not offered again.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn set_looks(&self, looks: &[(ImageId, Option<Look>)]) -> Result<(), LibraryError> {
        self.writable()?;
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for (id, look) in looks {
            put_look(&transaction, *id, *look)?;
        }
        Ok(transaction.commit()?)
    }

    /// The colours that stand for a picture, the most telling first; none if nobody has looked yet.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn colours(&self, id: ImageId) -> Result<Vec<[u8; 3]>, LibraryError> {
        let palette: Option<Vec<u8>> = self
            .reader()
            .prepare_cached("SELECT palette FROM images WHERE id = ?1")?
            .query_row(params![id.uuid().as_bytes()], |row| row.get(0))
            .optional()?
            .flatten();
        Ok(colours(&palette.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::library::images::originals::{
        SidecarFacts,
        tests::{facts, store},
    };

    #[test]
    fn a_picture_is_looked_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let ids = [1, 2].map(|number| store(&library, facts(number, ""), &[number as u8]).id);
        assert_eq!(library.not_looked_at(9).unwrap().len(), 2);
        assert_eq!(library.not_looked_at(1).unwrap().len(), 1);
        let look = Look { palette: [[255, 0, 0, 200]; 5], likeness: u64::MAX };
        library.set_looks(&[(ids[0], Some(look)), (ids[1], None)]).unwrap();
        assert_eq!(library.not_looked_at(9).unwrap(), []);
        assert_eq!(library.colours(ids[0]).unwrap(), [[255, 0, 0]; 5]);
        assert_eq!(library.colours(ids[1]).unwrap(), <[[u8; 3]; 0]>::default());
        // One that was looked at before it was stored is not offered either.
        let seen = store(&library, SidecarFacts { look: Some(look), ..facts(3, "") }, b"3").id;
        assert_eq!(library.not_looked_at(9).unwrap(), []);
        assert_eq!(library.colours(seen).unwrap().len(), 5);
    }
}
