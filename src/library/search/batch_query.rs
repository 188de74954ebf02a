//! The images of a batch: the cells of a grid, the candidates of a blind comparison.

use rusqlite::params;
use uuid::Uuid;

use crate::{
    library::{index::database::IndexDb, io::error::LibraryError},
    recipe::{BatchId, BatchRole, ImageId, Money, RequestId},
};

/// An image of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchMember {
    /// The image.
    pub image: ImageId,
    /// The request that it came from.
    pub request: RequestId,
    /// Its role in the batch.
    pub role: BatchRole,
    /// The model of the request.
    pub model: String,
    /// Its cost, if it is known.
    pub cost: Option<Money>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// The images of a batch that are not in the trash, in the order in which they were received.
///
/// # Errors
/// The index cannot be read.
pub(super) fn batch_members(index: &IndexDb, batch: BatchId) -> Result<Vec<BatchMember>, LibraryError> {
    let reader = index.reader();
    let mut statement = reader.prepare_cached(
        "SELECT id, request, part, name, cost, width, height FROM images LEFT JOIN models ON number = model
         WHERE batch = ?1 AND trashed IS NULL ORDER BY created, id",
    )?;
    let mut rows = statement.query(params![batch.uuid().as_bytes()])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let role: Option<String> = row.get(2)?;
        members.push(BatchMember {
            image: ImageId::from_uuid(Uuid::from_bytes(row.get(0)?)),
            request: RequestId::from_uuid(Uuid::from_bytes(row.get(1)?)),
            role: role.map(|role| serde_json::from_str(&role)).transpose()?.unwrap_or_default(),
            model: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
            cost: row.get::<_, Option<i64>>(4)?.map(Money::from_micros),
            width: row.get(5)?,
            height: row.get(6)?,
        });
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::library::{
        Library,
        images::fixtures::{facts, store},
        rebuild,
    };

    #[test]
    fn batch_and_its_positions_are_found_after_a_rebuild() {
        let folder = tempfile::tempdir().unwrap();
        let batch = BatchId::from_uuid(Uuid::from_u128(77));
        let cell = |column| BatchRole::Cell {
            column,
            row: 0,
            column_label: format!("0.{column}"),
            row_label: "寫實".to_owned(),
        };
        let ids: Vec<ImageId> = {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let stored = |number: u128, batch, role| {
                let mut facts = facts(number, "sea");
                (facts.recipe.batch, facts.recipe.role) = (batch, role);
                store(&library, facts, &number.to_be_bytes()).facts.id
            };
            let ids = vec![stored(1, Some(batch), cell(1)), stored(2, Some(batch), cell(0))];
            stored(3, None, BatchRole::Prompt);
            let gone = stored(4, Some(batch), cell(2));
            library.trash().discard(&[gone]).unwrap();
            ids
        };
        let check = || {
            let library = Library::open(folder.path()).unwrap();
            let members = library.search().batch(batch).unwrap();
            let found: Vec<_> = members.iter().map(|member| (member.image, member.role.clone())).collect();
            assert_eq!(found, [(ids[0], cell(1)), (ids[1], cell(0))]);
            assert_eq!(members[0].model, "Gemini-Image");
            let searched = library.search().find_text(&format!("batch:{batch}"), &TimeZone::UTC).unwrap();
            assert_eq!(searched.ids, [ids[1], ids[0]]);
            assert_eq!(library.search().batch(BatchId::from_uuid(Uuid::nil())).unwrap(), []);
        };
        check();
        rebuild(folder.path(), |_, _| ()).unwrap();
        check();
    }
}
