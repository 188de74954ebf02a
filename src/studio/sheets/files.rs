//! Reads tables from files, and writes sheets as tables.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    error_chain::{Cause, chain},
    library::open_regular,
    prompt::sheet::{Headings, MAX_FILE_BYTES, Table, TableReading, TextEncoding},
    recipe::Sheet,
    studio::protocol::{TableError, TableFile},
};

/// Maximum length of the name of a written table in bytes, without extension.
const MAX_NAME_BYTES: usize = 200;

/// Reads a file as a table, in the given or detected encoding.
pub(super) fn read_table(path: &Path, encoding: Option<TextEncoding>) -> Result<TableFile, TableError> {
    let unreadable = |error: std::io::Error| TableError::Unreadable(Cause::new(error));
    let mut bytes = Vec::new();
    let file = open_regular(path).map_err(unreadable)?;
    // One byte more than the limit shows that the file is too large.
    file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let file = file_name(path);
    let folder = std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_owned));
    let name = path.file_stem().map_or_else(|| file.clone(), |stem| stem.to_string_lossy().into_owned());
    parse(file, name, folder, bytes.into(), encoding)
}

/// Decodes the bytes of a file again, in another encoding.
pub(super) fn decode_again(file: &TableFile, encoding: TextEncoding) -> Result<TableFile, TableError> {
    let TableFile { file, name, folder, bytes, .. } = file;
    parse(file.clone(), name.clone(), folder.clone(), Arc::clone(bytes), Some(encoding))
}

fn parse(
    file: String,
    name: String,
    folder: Option<PathBuf>,
    bytes: Arc<[u8]>,
    encoding: Option<TextEncoding>,
) -> Result<TableFile, TableError> {
    let reading = TableReading::read(&bytes, &file, encoding)?;
    let headings = Headings::read(reading.table.columns());
    let unusable_rows = reading.table.rows().iter().filter(|row| !headings.unusable(row).is_empty()).count();
    Ok(TableFile { file, name, folder, reading, unusable_rows, bytes })
}

/// The file name for display.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Writes the cells of a sheet as CSV.
pub(super) fn write_table(path: &Path, sheet: &Sheet) -> std::io::Result<()> {
    let rows = sheet.rows.iter().map(|row| row.cells.clone()).collect();
    fs::write(path, Table::new(sheet.columns.clone(), rows).to_csv())
}

/// Writes a text to a new file in a folder; a number is added to an existing name. Returns the path if it was written.
pub(super) fn write_new_file(folder: &Path, name: &str, text: &str) -> Option<PathBuf> {
    let write = || -> std::io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let numbered = (2..).map(|number: u32| format!("{stem} ({number}).{ending}"));
        for name in std::iter::once(name.to_owned()).chain(numbered) {
            let path = folder.join(name);
            match File::options().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    file.write_all(text.as_bytes())?;
                    file.sync_all()?;
                    return Ok(path);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    };
    write()
        .inspect_err(
            |error| tracing::warn!(error = %chain(&error), folder = %folder.display(), "a table was not written"),
        )
        .ok()
}

/// Suggested file name for a sheet.
pub(super) fn suggested_name(sheet: &Sheet) -> String {
    let plain: String = sheet.head.name.chars().map(|c| if "/\\:*?\"<>|".contains(c) { '-' } else { c }).collect();
    // File systems must accept the name with extension and number.
    let plain = plain[..plain.floor_char_boundary(MAX_NAME_BYTES)].trim().trim_matches('.');
    format!("{}.csv", if plain.is_empty() { "sheet" } else { plain })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::prompt::sheet::InvalidTable;
    use crate::recipe::{RowId, SheetHead, SheetId, SheetRow};

    #[test]
    fn written_tables_can_be_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let cells = ["a \"fox\",\nin snow", "雪"].map(str::to_owned).to_vec();
        let sheet = Sheet {
            id: SheetId::from_uuid(Uuid::nil()),
            head: SheetHead { name: "a/b: 狐狸?".to_owned(), ..SheetHead::default() },
            columns: ["prompt", "動物"].map(str::to_owned).to_vec(),
            rows: vec![Arc::new(SheetRow { id: RowId::from_uuid(Uuid::nil()), cells: cells.clone() })],
        };
        let path = folder.path().join(suggested_name(&sheet));
        assert!(path.ends_with("a-b- 狐狸-.csv"));
        write_table(&path, &sheet).unwrap();
        let file = read_table(&path, None).unwrap();
        assert!(!file.is_doubtful());
        assert_eq!((file.name.as_str(), file.folder.as_deref()), ("a-b- 狐狸-", Some(folder.path())));
        assert_eq!((file.reading.table.columns(), file.reading.table.rows()), (&sheet.columns[..], &[cells][..]));
        assert!(matches!(read_table(&folder.path().join("none.csv"), None), Err(TableError::Unreadable(_))));
        fs::write(&path, b"\x89PNG\r\n\x1a\n\0").unwrap();
        assert_eq!(read_table(&path, None), Err(TableError::NotATable(InvalidTable::NotText)));
    }

    #[test]
    fn a_guessed_encoding_is_doubtful_and_can_be_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.csv");
        fs::write(&path, b"prompt,seed\n\xa7\xd6\xb7\xe0,1\n#REF!,2\n").unwrap();
        let guessed = read_table(&path, None).unwrap();
        assert!(guessed.is_doubtful());
        assert_eq!(guessed.unusable_rows, 1);
        fs::remove_file(&path).unwrap();
        let other = decode_again(&guessed, "big5".parse().unwrap()).unwrap();
        assert_eq!(other.reading.table.rows()[0][0], "快獅");
        assert!(!other.is_doubtful(), "a person has chosen");
        let none = decode_again(&guessed, "utf-8".parse().unwrap());
        assert!(matches!(none, Err(TableError::NotATable(InvalidTable::WrongEncoding(_)))));
    }
}
