//! What files are, by their names, and the files that a text on the clipboard names.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::recipe::Format;

/// Extensions of files that are opened as tables.
const TABLE_EXTENSIONS: [&str; 9] = ["csv", "tsv", "tab", "txt", "xlsx", "xlsm", "jsonl", "ndjson", "json"];

/// How a file can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenableKind {
    /// An image, or a folder that may have images.
    ImageOrFolder,
    /// A table.
    Table,
    /// A file that nothing here reads.
    Unknown,
}

impl OpenableKind {
    /// The kind of a file, by its extension alone, because the window does not read disks. A path that ends with a
    /// separator is a folder.
    pub fn of(path: &Path) -> Self {
        if path.as_os_str().as_encoded_bytes().ends_with(std::path::MAIN_SEPARATOR_STR.as_bytes()) {
            return Self::ImageOrFolder;
        }
        let Some(extension) = path.extension().and_then(OsStr::to_str) else { return Self::ImageOrFolder };
        if TABLE_EXTENSIONS.iter().any(|table| extension.eq_ignore_ascii_case(table)) {
            Self::Table
        } else if Format::ALL.iter().any(|format| format.is_named(extension)) {
            Self::ImageOrFolder
        } else {
            Self::Unknown
        }
    }
}

/// The files that every line of a text names: as `text/uri-list`, or as absolute paths of images and tables. File
/// managers copy files in either form. `None` if a line is anything else.
pub fn files_of(text: &str) -> Option<Vec<PathBuf>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let files: Vec<PathBuf> = lines.map(file_of).collect::<Option<_>>()?;
    (!files.is_empty()).then_some(files)
}

fn file_of(line: &str) -> Option<PathBuf> {
    let path = Path::new(line);
    if path.is_absolute() {
        // A path without a known extension is more likely a text, such as "/imagine a fox".
        return (path.extension().is_some() && OpenableKind::of(path) != OpenableKind::Unknown)
            .then(|| path.to_owned());
    }
    url::Url::parse(line).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_says_how_a_file_is_opened() {
        for (name, kind) in [
            ("a.PNG", OpenableKind::ImageOrFolder),
            ("a.jpeg", OpenableKind::ImageOrFolder),
            ("folder", OpenableKind::ImageOrFolder),
            ("2026.05/", OpenableKind::ImageOrFolder),
            ("rows.csv", OpenableKind::Table),
            ("rows.XLSX", OpenableKind::Table),
            ("song.mp3", OpenableKind::Unknown),
        ] {
            assert_eq!(OpenableKind::of(Path::new(name)), kind, "{name}");
        }
    }

    #[test]
    fn copied_files_are_found_as_addresses_and_as_paths() {
        let files = |text: &str| files_of(text).unwrap_or_default();
        let expected: [PathBuf; 2] = ["/tmp/a b.png".into(), "/tmp/c.csv".into()];
        assert_eq!(files("# from a file manager\r\nfile:///tmp/a%20b.png\r\nfile:///tmp/c.csv\r\n"), expected);
        assert_eq!(files("/tmp/a b.png\n/tmp/c.csv"), expected);
        for text in ["", "a fox", "/imagine a fox", "a fox\nfile:///tmp/c.png", "/tmp/song.mp3", "c.png"] {
            assert_eq!(files_of(text), None, "{text}");
        }
    }
}
