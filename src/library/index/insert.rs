//! Inserts the rows of images, and fills them with the values of their sidecars.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    library::{io::error::LibraryError, store::sidecar::Sidecar},
    recipe::Money,
};

use super::{fulltext::index_text, lineage, sheet_images::insert_sheet_image};

/// Inserts the row of an image, in a transaction of the caller's; `false` if it existed.
pub(in crate::library) fn insert_image(
    connection: &Connection,
    sidecar: &Sidecar,
    path: &str,
) -> Result<bool, LibraryError> {
    let [r, g, b] = sidecar.color;
    let mut statement = connection.prepare_cached(
        "INSERT INTO images (id, request, created, path, sha256, bytes, width, height, colour, prompt, words, mismatch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '', ?11) ON CONFLICT (id) DO NOTHING",
    )?;
    let inserted = statement.execute(params![
        sidecar.facts.id.uuid().as_bytes(),
        sidecar.facts.request.uuid().as_bytes(),
        sidecar.facts.created.as_millisecond(),
        path,
        sidecar.sha256,
        sidecar.bytes as i64,
        sidecar.facts.width,
        sidecar.facts.height,
        i64::from(u32::from_be_bytes([0, r, g, b])),
        sidecar.facts.recipe.prompt,
        sidecar.mismatch(),
    ])?;
    if inserted == 1 {
        fill_row(connection, connection.last_insert_rowid(), sidecar)?;
    }
    Ok(inserted == 1)
}

/// Fills a row with the values of its sidecar and indexes its words, in a transaction of the caller's.
pub(in crate::library) fn fill_row(connection: &Connection, row: i64, sidecar: &Sidecar) -> Result<(), LibraryError> {
    connection
        .prepare_cached(
            "UPDATE images SET model = ?2, cost = ?3, seed = ?4, has_reference = ?5, source = ?6,
             negative = ?7, batch = ?8, part = ?9, words = ''
             WHERE rowid = ?1",
        )?
        .execute(params![
            row,
            model(connection, &sidecar.facts.recipe.model)?,
            sidecar.facts.cost.map(Money::micros),
            sidecar.facts.recipe.parameters.seed,
            sidecar.facts.recipe.images().next().is_some(),
            sidecar.facts.source.as_ref().map_or("", |source| source.file.as_str()),
            negative(sidecar),
            sidecar.facts.recipe.batch.map(|batch| batch.uuid().into_bytes()),
            (!sidecar.facts.recipe.role.is_prompt())
                .then(|| serde_json::to_string(&sidecar.facts.recipe.role))
                .transpose()?,
        ])?;
    insert_sheet_image(connection, row, sidecar)?;
    fill_lineage(connection, row, sidecar)?;
    index_text(connection, row)
}

/// Fills in the images that an image was made with. Rows that an older version has filled lack them.
pub(in crate::library) fn fill_lineage(
    connection: &Connection,
    row: i64,
    sidecar: &Sidecar,
) -> Result<(), LibraryError> {
    lineage::index_lineage(connection, row, &sidecar.facts.recipe)?;
    connection
        .prepare_cached("UPDATE images SET batch_of = ?2, filled = 2 WHERE rowid = ?1")?
        .execute(params![row, lineage::batch_of(&sidecar.facts.recipe)])?;
    Ok(())
}

/// The negative prompt: that of the request, or of the program that made the image.
fn negative(sidecar: &Sidecar) -> &str {
    let foreign = sidecar.facts.source.as_ref().and_then(|source| source.recipe.as_ref());
    match foreign {
        Some(foreign) if sidecar.facts.recipe.negative.is_empty() => &foreign.negative,
        _ => &sidecar.facts.recipe.negative,
    }
}

/// The number of a model. A new model gets a number here.
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
