//! Exports the images of a sheet's rows, with values of the rows in the file names, and a table of them.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use crate::{
    composition::RowPlan,
    library::{Library, LibraryError, SheetImage},
    prompt::sheet::Table,
    recipe::{BatchRole, ImageId, RowId, Sheet},
    settings::Settings,
    studio::{
        exchange::export::{
            ConflictPolicy, CustomFields, ExportFormat, ExportOptions, ExportTarget, TemplateError, check_template,
            write_images,
        },
        protocol::{SheetExportOptions, SheetExportReport},
        sheets::files,
    },
};

/// Columns that are added to those of the sheet. They are ignored when the table is read as a sheet.
const ADDED_COLUMNS: [&str; 8] = ["#row", "#file", "#state", "#provider", "#model", "#seed", "#cost", "#picture"];

/// Additional fields of the file name template.
fn field_names(sheet: &Sheet) -> Vec<String> {
    let columns = sheet.columns.iter().map(|name| name.trim().trim_start_matches('$').to_owned());
    std::iter::once("row".to_owned()).chain(columns).collect()
}

/// The error of the template or the folder, if any.
pub(super) fn template_error(library: &Library, options: &SheetExportOptions) -> Option<TemplateError> {
    if library.owns(&options.folder) {
        return Some(TemplateError::TargetInLibrary);
    }
    check_template(&options.template, &field_names(&options.sheet)).err()
}

/// Writes the latest images of the rows, and the table.
///
/// # Errors
/// The library cannot be read.
pub(super) fn export(
    library: &Library,
    settings: &Settings,
    options: &SheetExportOptions,
    plans: &[Arc<RowPlan>],
    cancelled: &AtomicBool,
    progress: impl FnMut(usize, usize),
) -> Result<SheetExportReport, LibraryError> {
    let sheet = &options.sheet;
    let made_by_row = latest_images(library.search().sheet_images(sheet.id)?);
    let failed = failed_rows(library, sheet)?;
    let mut images = Vec::new();
    let mut fields = CustomFields { names: field_names(sheet), values: HashMap::new() };
    for (index, row) in sheet.rows.iter().enumerate() {
        for made in made_by_row.get(&row.id).map_or(&[][..], Vec::as_slice) {
            let cells = std::iter::once((index + 1).to_string()).chain(row.cells.iter().cloned());
            fields.values.insert(made.image, cells.collect());
            images.push(made.image);
        }
    }
    let order = ExportOptions {
        images,
        target: ExportTarget::Folder { folder: options.folder.clone(), template: options.template.clone() },
        format: ExportFormat::Original,
        on_conflict: ConflictPolicy::Number,
    };
    let (total, mut progress) = (order.images.len(), progress);
    let report = write_images(library, settings, &order, &fields, cancelled, |done| progress(done, total));
    let refused = |id: &ImageId| report.failed.iter().any(|(failed, _)| failed == id);
    let done = order.images.iter().filter(|id| !refused(id)).copied();
    let written: Vec<(ImageId, PathBuf)> = done.zip(report.written).collect();
    let files: HashMap<ImageId, &Path> = written.iter().map(|(id, path)| (*id, path.as_path())).collect();
    let mut rows = Vec::new();
    for (index, (row, plan)) in sheet.rows.iter().zip(plans).enumerate() {
        let mut line = |file: &str, state: &str, rest: [String; 5]| {
            let added = [(index + 1).to_string(), file.to_owned(), state.to_owned()].into_iter().chain(rest);
            rows.push(row.cells.iter().cloned().chain(added).collect::<Vec<String>>());
        };
        let made = made_by_row.get(&row.id).map_or(&[][..], Vec::as_slice);
        for image in made {
            let state = if image.asked == plan.asked { "done" } else { "changed" };
            let file = files.get(&image.image).and_then(|path| path.file_name());
            let file = file.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            line(&file, state, image_cells(library, image.image)?);
        }
        if made.is_empty() {
            let state = match failed.contains(&row.id) {
                _ if !plan.errors.is_empty() => "faulty",
                true => "failed",
                false => "",
            };
            line("", state, Default::default());
        }
    }
    let columns = sheet.columns.iter().cloned().chain(ADDED_COLUMNS.map(str::to_owned)).collect();
    let inside = library.owns(&options.folder);
    let columns_and_rows = Table::new(columns, rows);
    let put = || files::write_new_file(&options.folder, &files::suggested_name(sheet), &columns_and_rows.to_csv());
    let table = if inside { None } else { put() };
    Ok(SheetExportReport { written, failed: report.failed, table })
}

/// The images of each row that were made for the same request as its last one.
fn latest_images(images: Vec<SheetImage>) -> HashMap<RowId, Vec<SheetImage>> {
    let mut rows: HashMap<RowId, Vec<SheetImage>> = HashMap::new();
    for image in images {
        let row = rows.entry(image.row).or_default();
        if row.last().is_some_and(|last| last.asked != image.asked) {
            row.clear();
        }
        row.push(image);
    }
    rows
}

/// Rows with a failed request that was not dismissed.
fn failed_rows(library: &Library, sheet: &Sheet) -> Result<HashSet<RowId>, LibraryError> {
    let of = |part: &BatchRole| match part {
        BatchRole::Row { sheet: id, row, .. } if *id == sheet.id => Some(*row),
        _ => None,
    };
    Ok(library.requests().failed()?.iter().filter_map(|(intent, _)| of(&intent.recipe.role)).collect())
}

/// Provider, model, seed, cost and ID of an image.
fn image_cells(library: &Library, image: ImageId) -> Result<[String; 5], LibraryError> {
    let Some(sidecar) = library.images().sidecar(image)? else { return Ok(Default::default()) };
    let recipe = &sidecar.facts.recipe;
    let seed = recipe.parameters.seed.map(|seed| seed.to_string());
    let cost = sidecar.facts.cost.map(|cost| cost.dollars().to_string());
    Ok([
        recipe.profile.as_str().to_owned(),
        recipe.model.clone(),
        seed.unwrap_or_default(),
        cost.unwrap_or_default(),
        image.to_string(),
    ])
}
