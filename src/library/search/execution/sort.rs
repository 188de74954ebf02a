//! Orders of images.

use rusqlite::{Connection, params};

use crate::{
    library::{
        index::columns::{ColumnRow, Columns},
        io::error::LibraryError,
    },
    recipe::{SortField, SortOrder},
};

/// Sorts places that are given in the order of dates, the newest first.
pub(super) fn sorted(
    mut places: Vec<u32>,
    order: SortOrder,
    columns: &Columns,
    connection: &Connection,
) -> Result<Vec<u32>, LibraryError> {
    let models = if order.key == SortField::Model { ranks(connection)? } else { Vec::new() };
    let value = |facts: &ColumnRow| match order.key {
        SortField::Rating => Some(u32::from(facts.rating)),
        SortField::Cost => facts.cost.map(|cost| u32::try_from(cost).unwrap_or(if cost < 0 { 0 } else { u32::MAX })),
        SortField::Size => Some(facts.width.saturating_mul(facts.height)),
        SortField::Model => models.get(facts.model as usize).copied().flatten(),
        SortField::Date => None,
    };
    if order.key == SortField::Date {
        if !order.descending {
            places.reverse();
        }
        return Ok(places);
    }
    // The sort key is in the upper bits and the rank by date in the lower ones, so that one number is compared and the
    // order is stable.
    let mut keys: Vec<u64> = (0_u64..)
        .zip(&places)
        .map(|(newest, place)| {
            let key = match columns.facts(*place).and_then(value) {
                // Unknown values come last in both directions.
                None => u32::MAX,
                Some(value) if order.descending => u32::MAX - 1 - value.min(u32::MAX - 1),
                Some(value) => value.min(u32::MAX - 1),
            };
            u64::from(key) << 32 | newest
        })
        .collect();
    keys.sort_unstable();
    Ok(keys.iter().filter_map(|key| places.get((key & u64::from(u32::MAX)) as usize)).copied().collect())
}

/// For each model number, its rank by name.
fn ranks(connection: &Connection) -> Result<Vec<Option<u32>>, LibraryError> {
    let mut statement = connection.prepare_cached("SELECT number, name FROM models")?;
    let rows = statement.query_map(params![], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?)))?;
    let mut models = rows.collect::<Result<Vec<_>, _>>()?;
    models.sort_by_key(|(number, name)| (name.to_lowercase(), *number));
    let end = models.iter().map(|(number, _)| *number as usize + 1).max().unwrap_or_default();
    let mut ranks = vec![None; end];
    for (rank, (number, _)) in (0..).zip(&models) {
        ranks[*number as usize] = Some(rank);
    }
    Ok(ranks)
}
