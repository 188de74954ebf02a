//! Prompt sheets on disk.
//!
//! A sheet is a file of JSON lines, the first of which holds what applies to all rows. It is replaced as a whole, so that
//! a crash leaves the old one or the new one. Which image belongs to which row is in the image's own recipe.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    error_chain::chain,
    library::io::{
        atomic_file,
        error::{LibraryError, WithPath as _},
        library_folder::LibraryFolder,
    },
    recipe::{Sheet, SheetHead, SheetId, SheetRow, SheetSummary},
};

/// The version of the format that is written.
const FORMAT_VERSION: u32 = 1;

/// The extension of sheets.
const SHEET_EXTENSION: &str = "jsonl";
const TRASH_EXTENSION: &str = "removed";

/// The first line of a sheet.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    id: SheetId,
    rows: usize,
    columns: Vec<String>,
    #[serde(flatten)]
    head: SheetHead,
}

/// The prompt sheets of a library.
#[derive(Debug)]
pub struct SheetStore {
    folder: Arc<LibraryFolder>,
}

impl SheetStore {
    /// The prompt sheets of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>) -> Self {
        Self { folder }
    }

    /// Saves a sheet in place of its former version; durable when it returns.
    ///
    /// # Errors
    /// It cannot be written. The former version is unchanged then.
    pub fn save(&self, sheet: &Sheet) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let folder = self.sheets_dir();
        atomic_file::create_dir_durable(&folder, self.folder.path())?;
        let first = Header {
            version: FORMAT_VERSION,
            id: sheet.id,
            rows: sheet.rows.len(),
            columns: sheet.columns.clone(),
            head: sheet.head.clone(),
        };
        let mut text = serde_json::to_vec(&first)?;
        for row in &sheet.rows {
            text.push(b'\n');
            serde_json::to_writer(&mut text, row.as_ref())?;
        }
        text.push(b'\n');
        atomic_file::write_atomic(&self.sheet_path(sheet.id), &text)?;
        atomic_file::sync_dir(&folder)
    }

    /// Reads a sheet; `None` if there is none with this ID.
    ///
    /// # Errors
    /// [`LibraryError::Newer`] if a newer version has written it; otherwise it cannot be read.
    pub fn read(&self, id: SheetId) -> Result<Option<Sheet>, LibraryError> {
        let path = self.sheet_path(id);
        let file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.at(&path)?,
        };
        let mut lines = BufReader::new(file).lines();
        let broken = |reason: &str| LibraryError::Broken { reason: format!("{}: {reason}", path.display()).into() };
        let first = first(&lines.next().ok_or_else(|| broken("empty"))?.at(&path)?)?;
        let mut rows = Vec::with_capacity(first.rows.min(1 << 16));
        for line in lines {
            let mut row: SheetRow = serde_json::from_str(&line.at(&path)?)?;
            row.cells.resize(first.columns.len(), String::new());
            rows.push(Arc::new(row));
        }
        Ok(Some(Sheet { id, head: first.head, columns: first.columns, rows }))
    }

    /// All sheets, the last changed first, without those that cannot be read.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self) -> Result<Vec<SheetSummary>, LibraryError> {
        let folder = self.sheets_dir();
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.at(&folder)?,
        };
        let mut sheets: Vec<SheetSummary> = entries.flatten().filter_map(|entry| listed(&entry.path())).collect();
        sheets.sort_by(|one, other| (other.changed, one.id).cmp(&(one.changed, other.id)));
        Ok(sheets)
    }

    /// Removes a sheet from the list, or puts it back. Its file is kept under another name.
    ///
    /// # Errors
    /// Its file cannot be renamed.
    pub fn set_removed(&self, id: SheetId, is_removed: bool) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let path = self.sheet_path(id);
        let removed = path.with_extension(TRASH_EXTENSION);
        let (from, to) = if is_removed { (&path, &removed) } else { (&removed, &path) };
        fs::rename(from, to).at(from)?;
        atomic_file::sync_dir(&self.sheets_dir())
    }

    fn sheets_dir(&self) -> PathBuf {
        self.folder.join("sheets")
    }

    fn sheet_path(&self, id: SheetId) -> PathBuf {
        self.sheets_dir().join(format!("{id}.{SHEET_EXTENSION}"))
    }
}

fn first(line: &str) -> Result<Header, LibraryError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    match serde_json::from_str::<Version>(line)? {
        Version { version } if version > FORMAT_VERSION => Err(LibraryError::Newer { found: version.into() }),
        Version { .. } => Ok(serde_json::from_str(line)?),
    }
}

fn listed(path: &Path) -> Option<SheetSummary> {
    if path.extension()? != SHEET_EXTENSION {
        return None;
    }
    let file = File::open(path).ok()?;
    let changed = file.metadata().and_then(|about| about.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut line = String::new();
    BufReader::new(file).read_line(&mut line).ok()?;
    match first(&line) {
        Ok(Header { id, rows, head, .. }) => {
            let changed = Timestamp::try_from(changed).unwrap_or_default();
            Some(SheetSummary { id, name: head.name, rows, changed })
        }
        Err(error) => {
            tracing::warn!(path = %path.display(), error = %chain(&error), "a sheet cannot be read");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        library::{
            Library,
            images::fixtures::{facts, store},
            rebuild,
        },
        recipe::{BatchRole, ImageFacts, ImageId, Parameters, Recipe, RowId},
    };
    use rusqlite::params;
    use uuid::Uuid;

    fn sheet_id(number: u128) -> SheetId {
        SheetId::from_uuid(Uuid::from_u128(number))
    }

    fn row_id(number: u128) -> RowId {
        RowId::from_uuid(Uuid::from_u128(number))
    }

    fn sheet(number: u128, name: &str, cells: &[&[&str]]) -> Sheet {
        let row = |(index, cells): (usize, &&[&str])| {
            let cells = cells.iter().map(|&cell| cell.to_owned()).collect();
            Arc::new(SheetRow { id: row_id(index as u128 + 1), cells })
        };
        Sheet {
            id: sheet_id(number),
            head: SheetHead { name: name.to_owned(), ..SheetHead::default() },
            columns: vec!["prompt".to_owned(), "seed".to_owned()],
            rows: cells.iter().enumerate().map(row).collect(),
        }
    }

    #[test]
    fn sheets_are_listed_replaced_removed_and_restored() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.sheets().list().unwrap(), []);
        library.sheets().save(&sheet(1, "狐狸", &[&["a fox", "1"]])).unwrap();
        let newer = sheet(1, "Foxes", &[&["a fox", "1"], &["two\n\"foxes\"", ""]]);
        library.sheets().save(&newer).unwrap();
        assert_eq!(library.sheets().read(newer.id).unwrap(), Some(newer.clone()));
        let names = |library: &Library| -> Vec<(String, usize)> {
            library.sheets().list().unwrap().into_iter().map(|listed| (listed.name, listed.rows)).collect()
        };
        assert_eq!(names(&library), [("Foxes".to_owned(), 2)]);
        library.sheets().set_removed(newer.id, true).unwrap();
        assert_eq!((names(&library), library.sheets().read(newer.id).unwrap()), (vec![], None));
        library.sheets().set_removed(newer.id, false).unwrap();
        assert_eq!(library.sheets().read(newer.id).unwrap(), Some(newer));
    }

    #[test]
    fn sheet_of_a_newer_version_is_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let kept = sheet(1, "x", &[]);
        library.sheets().save(&kept).unwrap();
        let path = library.sheets().sheet_path(kept.id);
        fs::write(&path, "{\"version\":2,\"id\":7}\n").unwrap();
        assert_eq!(library.sheets().read(kept.id), Err(LibraryError::Newer { found: 2 }));
        assert_eq!(library.sheets().list().unwrap(), []);
    }

    #[test]
    fn images_are_found_by_their_rows_after_a_rebuild() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let put = |number: u128, row: u128, asked: &str| {
            let role = BatchRole::Row { sheet: sheet_id(9), row: row_id(row), asked: asked.to_owned() };
            let recipe = Recipe { role, ..facts(number, "fox").recipe };
            store(&library, ImageFacts { recipe, ..facts(number, "fox") }, &[number as u8]).facts.id
        };
        let ids = [put(1, 5, "a"), put(2, 6, "b"), put(3, 5, "c")];
        store(&library, facts(4, "fox"), b"4");
        let found = |library: &Library| -> Vec<(ImageId, RowId, String)> {
            let images = library.search().sheet_images(sheet_id(9)).unwrap();
            images.into_iter().map(|image| (image.image, image.row, image.asked)).collect()
        };
        let expected = vec![
            (ids[0], row_id(5), "a".to_owned()),
            (ids[1], row_id(6), "b".to_owned()),
            (ids[2], row_id(5), "c".to_owned()),
        ];
        assert_eq!(found(&library), expected);
        assert_eq!(library.search().sheet_images(sheet_id(8)).unwrap(), []);
        library.trash().discard(&ids[1..2]).unwrap();
        assert_eq!(found(&library).len(), 2);
        library.trash().restore(&ids[1..2]).unwrap();
        drop(library);
        rebuild(folder.path(), |_, _| ()).unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(found(&library), expected);
        library.trash().discard(&ids).unwrap();
        library.trash().empty(|_| true).unwrap();
        let left: i64 = library
            .index()
            .reader()
            .query_row("SELECT count(*) FROM sheet_pictures", params![], |row| row.get(0))
            .unwrap();
        assert_eq!(left, 0, "what is gone leaves nothing");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn sheet_round_trips(
            columns in prop::collection::vec("\\PC{0,8}", 0..4),
            cells in prop::collection::vec(prop::collection::vec("[\\PC\n\t\"]{0,8}", 4), 0..5),
            name in "\\PC{0,8}", template in "\\PC{0,12}", seed in any::<Option<i64>>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let library = Library::open(folder.path()).unwrap();
            let rows = cells.into_iter().enumerate().map(|(index, mut cells)| {
                cells.truncate(columns.len());
                Arc::new(SheetRow { id: row_id(index as u128), cells })
            });
            let base = Recipe { parameters: Parameters { seed, ..Parameters::default() }, ..Recipe::default() };
            let head = SheetHead { name, template, base, folder: Some("/a b".into()), styles: vec!["S".to_owned()] };
            let sheet = Sheet { id: sheet_id(1), head, rows: rows.collect(), columns };
            library.sheets().save(&sheet).unwrap();
            prop_assert_eq!(library.sheets().read(sheet.id).unwrap(), Some(sheet));
        }
    }
}
