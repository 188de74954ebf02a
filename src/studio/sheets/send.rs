//! Creates the requests of rows, with the references that the rows name.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use crate::{
    composition::{ReferenceLocation, SheetContext, SheetRowReader},
    library::Library,
    prompt::sheet::{CellError, CellFault, SheetField},
    recipe::{BatchRole, Recipe, Reference, RowId, Sheet},
    studio::{references::reference_store, sheets::environment::ModelEnvironment},
};

/// The requests of some rows.
#[derive(Debug, Default)]
pub(super) struct RowRequests {
    /// The recipes, in the order of the rows.
    pub(super) recipes: Vec<Recipe>,
    /// Rejected rows and their errors.
    pub(super) rejected: Vec<(RowId, Vec<CellError>)>,
}

/// Creates the requests of some rows of a sheet. Reads the images that they name.
pub(super) fn prepare(
    library: &Library,
    sheet: &Sheet,
    rows: &[RowId],
    context: &SheetContext,
    environment: &ModelEnvironment,
) -> RowRequests {
    let reader = SheetRowReader::new(sheet, context, environment);
    let mut prepared = RowRequests::default();
    let mut cache = ReferenceCache::default();
    let wanted: HashSet<RowId> = rows.iter().copied().collect();
    for row in sheet.rows.iter().filter(|row| wanted.contains(&row.id)) {
        let asked = reader.read(row).and_then(|(job, recipes)| {
            let mut named = Vec::new();
            let mut errors = Vec::new();
            for written in &job.references {
                match cache.read(library, ReferenceLocation::parse(written, sheet.head.folder.as_deref())) {
                    Some(reference) => named.push(Reference::clone(&reference)),
                    None => errors.push(reader.error(SheetField::References, CellFault::NoReference(written.clone()))),
                }
            }
            if errors.is_empty() { Ok((job.fingerprint(&recipes), recipes, named)) } else { Err(errors) }
        });
        match asked {
            Ok((asked, recipes, named)) => prepared.recipes.extend(recipes.into_iter().map(|mut recipe| {
                recipe.references.extend(named.iter().cloned());
                recipe.role = BatchRole::Row { sheet: sheet.id, row: row.id, asked: asked.clone() };
                recipe.batch = None;
                recipe
            })),
            Err(errors) => prepared.rejected.push((row.id, errors)),
        }
    }
    prepared
}

/// A cache of references, because many rows may name the same one.
#[derive(Default)]
struct ReferenceCache(BTreeMap<ReferenceLocation, Option<Arc<Reference>>>);

impl ReferenceCache {
    fn read(&mut self, library: &Library, place: ReferenceLocation) -> Option<Arc<Reference>> {
        let read = |place: &ReferenceLocation| match place {
            ReferenceLocation::Image(id) => reference_store::from_image(library, *id),
            ReferenceLocation::File(path) => reference_store::from_file(library, path),
        };
        self.0.entry(place).or_insert_with_key(|place| read(place).ok().map(|ready| Arc::new(ready.reference))).clone()
    }
}
