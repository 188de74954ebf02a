//! Finds files to import below some paths, and the reason why other files are not imported.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    imaging::{FileKind, UnsupportedKind, file_kind},
    library::open_regular,
    recipe::Format,
    studio::protocol::{ImportFailure, SkippedFiles},
};

/// Maximum depth of folders; deeper ones are cycles.
const MAX_FOLDER_DEPTH: usize = 32;

/// Number of bytes that are read to detect the type of a file.
const HEAD_BYTES: u64 = 4096;

/// Maximum length of an extension that names a file type.
const MAX_EXTENSION_CHARS: usize = 5;

/// The files that were found below some paths.
#[derive(Debug, Default)]
pub(in crate::studio) struct FoundFiles {
    /// Files to import.
    pub(in crate::studio) files: Vec<PathBuf>,
    /// Files that look like images and cannot be imported.
    pub(in crate::studio) failed: Vec<(PathBuf, ImportFailure)>,
    /// Files that do not look like images.
    pub(in crate::studio) skipped: SkippedFiles,
}

/// How a file is treated.
enum FileAction {
    Import,
    Fail(ImportFailure),
    /// The file is counted, with its type if known.
    Skip(Option<String>),
    /// The file is ignored, because it is hidden or belongs to an image.
    Ignore,
}

impl FoundFiles {
    /// Finds the images below a path. A file that was chosen itself is always imported; files in folders are imported
    /// if their name or their first bytes are those of an image. The library's own folder is skipped.
    pub(in crate::studio) fn find(&mut self, path: &Path, library: &Path, cancelled: &AtomicBool) {
        self.add(path, &FileLocation { depth: 0, hidden: false, companions: &HashSet::new() }, library, cancelled);
    }

    fn add(&mut self, path: &Path, location: &FileLocation<'_>, library: &Path, cancelled: &AtomicBool) {
        if cancelled.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = self.try_add(path, location, library, cancelled) {
            self.failed.push((path.to_owned(), ImportFailure::Unreadable(error.to_string())));
        }
    }

    fn try_add(
        &mut self,
        path: &Path,
        location: &FileLocation<'_>,
        library: &Path,
        cancelled: &AtomicBool,
    ) -> io::Result<()> {
        let about = if location.depth == 0 { fs::metadata(path) } else { fs::symlink_metadata(path) }?;
        if about.is_file() {
            match classify(path, location, about.len()) {
                FileAction::Import => self.files.push(path.to_owned()),
                FileAction::Fail(why) => self.failed.push((path.to_owned(), why)),
                FileAction::Skip(kind) => self.skipped.add(kind),
                FileAction::Ignore => {}
            }
            return Ok(());
        }
        // Opening fails for named pipes and devices, which are reported as unreadable.
        if location.depth == 0 && !about.is_dir() {
            return open_regular(path).map(drop);
        }
        let is_ours = || is_within(path, library);
        if !about.is_dir()
            || location.depth > MAX_FOLDER_DEPTH
            || (location.depth > 0 && is_system_folder(path))
            || is_ours()
        {
            return Ok(());
        }
        let mut entries =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
        entries.sort();
        let companions: HashSet<OsString> =
            entries.iter().filter(|path| has_image_extension(path)).flat_map(|path| companion_stems(path)).collect();
        let hidden = location.hidden || (location.depth > 0 && is_hidden(path));
        for entry in entries {
            self.add(
                &entry,
                &FileLocation { depth: location.depth + 1, hidden, companions: &companions },
                library,
                cancelled,
            );
        }
        Ok(())
    }
}

/// The location of a file.
struct FileLocation<'a> {
    /// Number of folders between it and the chosen path.
    depth: usize,
    /// Whether one of these folders is hidden.
    hidden: bool,
    /// Names of the images in the same folder, with and without extension, to recognize their companion files.
    companions: &'a HashSet<OsString>,
}

fn classify(path: &Path, location: &FileLocation<'_>, length: u64) -> FileAction {
    let extension = extension(path);
    let named = has_image_extension(path);
    let is_system = is_system_file(path);
    if length == 0 && !is_system && (named || location.depth == 0 || looks_foreign(&extension)) {
        return FileAction::Fail(ImportFailure::Empty);
    }
    let mut head = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    if read.is_err() && (named || location.depth == 0) {
        // The import reports the error.
        return FileAction::Import;
    }
    let kind = match file_kind(&head, &extension) {
        FileKind::Image => return FileAction::Import,
        FileKind::AppleDouble => return FileAction::Ignore,
        _ if is_system => return FileAction::Ignore,
        FileKind::Unsupported(foreign) if foreign.kind != UnsupportedKind::Other => {
            let is_film = foreign.kind == UnsupportedKind::Video;
            return FileAction::Fail(ImportFailure::UnsupportedFormat { format: foreign.name, is_film });
        }
        FileKind::Unsupported(foreign) => Some(foreign.name),
        FileKind::Unknown => None,
    };
    if named || location.depth == 0 {
        return FileAction::Import;
    }
    if location.hidden || is_companion_file(path, &extension, location.companions) {
        return FileAction::Ignore;
    }
    let is_plain = (1..=MAX_EXTENSION_CHARS).contains(&extension.len()) && extension.is_ascii();
    FileAction::Skip(if is_plain { Some(extension.to_ascii_uppercase()) } else { kind.map(str::to_owned) })
}

fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

fn has_image_extension(path: &Path) -> bool {
    let extension = extension(path);
    Format::ALL.iter().any(|format| format.is_named(&extension))
}

fn looks_foreign(extension: &str) -> bool {
    matches!(file_kind(&[], extension), FileKind::Unsupported(_))
}

/// The name of an image with and without its extension; companion files add another one.
fn companion_stems(path: &Path) -> impl Iterator<Item = OsString> {
    path.file_name().into_iter().chain(path.file_stem()).map(OsStr::to_owned)
}

/// Whether a file is the companion file of an image in the same folder.
fn is_companion_file(path: &Path, extension: &str, companions: &HashSet<OsString>) -> bool {
    let Some(stem) = path.file_stem() else { return false };
    let is_beside = |stem: &OsStr| companions.contains(stem);
    let inner = || Path::new(stem).file_stem().is_some_and(is_beside);
    matches!(extension, "json" | "txt" | "xmp" | "yaml" | "yml" | "caption") && (is_beside(stem) || inner())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Whether a file belongs to the operating system or is hidden.
fn is_system_file(path: &Path) -> bool {
    const NAMES: [&str; 6] = ["thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "folder.ini"];
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    is_hidden(path) || NAMES.contains(&name.as_str())
}

/// Whether a folder contains thumbnails or deleted files of the operating system.
fn is_system_folder(path: &Path) -> bool {
    const NAMES: [&str; 8] = [
        "@eadir",
        "$recycle.bin",
        "system volume information",
        ".thumbnails",
        ".trashes",
        ".trash",
        ".spotlight-v100",
        ".fseventsd",
    ];
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    NAMES.contains(&name.as_str()) || name.starts_with(".trash-")
}

fn is_within(path: &Path, folder: &Path) -> bool {
    match (path.canonicalize(), folder.canonicalize()) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const APPLE_DOUBLE: &[u8] = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ";

    fn found(files: &[(&str, &[u8])]) -> (FoundFiles, PathBuf, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("own");
        for (name, bytes) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let mut found = FoundFiles::default();
        found.find(&root, Path::new("/nowhere"), &AtomicBool::new(false));
        (found, root, folder)
    }

    #[test]
    fn every_file_of_a_folder_is_imported_reported_counted_or_ignored() {
        #[derive(Debug, PartialEq)]
        enum Is<'a> {
            Imported,
            Told(&'a str),
            Empty,
            Counted,
            Ignored,
        }
        let heic: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        let tiff: &[u8] = b"II*\0\x08\0\0\0\x0a\0";
        let svg: &[u8] = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>";
        let cases: &[(&str, &[u8], Is<'_>)] = &[
            ("a.png", PNG, Is::Imported),
            ("photo.jfif", b"\xff\xd8\xff\xe0", Is::Imported),
            ("photo.JPG_large", b"\xff\xd8\xff\xe0", Is::Imported),
            ("no extension", PNG, Is::Imported),
            ("words.txt.bak", PNG, Is::Imported),
            ("drawing.svg", svg, Is::Imported),
            ("drawing.xml", svg, Is::Imported),
            ("page.tif", tiff, Is::Imported),
            ("damaged.webp", b"not a picture", Is::Imported),
            (".hidden.png", PNG, Is::Imported),
            ("a.heic", heic, Is::Told("HEIC")),
            ("b.jpg", heic, Is::Told("HEIC")),
            ("sensor.nef", tiff, Is::Told("NEF")),
            ("sensor.dng", tiff, Is::Told("DNG")),
            ("layers.psd", b"8BPS\0\x01", Is::Told("Photoshop")),
            ("film.mp4", b"\0\0\0\x18ftypisom\0\0\0\0", Is::Told("MP4")),
            ("film.webm", b"\x1a\x45\xdf\xa3", Is::Told("WebM")),
            ("icon.ico", b"\0\0\x01\0\x01\0", Is::Told("ICO")),
            ("light.exr", b"\x76\x2f\x31\x01", Is::Told("OpenEXR")),
            ("light.hdr", b"#?RADIANCE\n", Is::Told("HDR")),
            ("small.qoi", b"qoif", Is::Told("QOI")),
            ("packed.svgz", b"\x1f\x8b\x08", Is::Told("SVGZ")),
            ("empty.png", b"", Is::Empty),
            ("empty.heic", b"", Is::Empty),
            ("letter.pdf", b"%PDF-1.7", Is::Counted),
            ("letter.docx", b"PK\x03\x04", Is::Counted),
            ("notes.txt", b"buy milk", Is::Counted),
            ("blank.txt", b"", Is::Counted),
            ("other.json", b"{}", Is::Counted),
            ("a.txt", b"parameters", Is::Ignored),
            ("a.png.json", b"{}", Is::Ignored),
            ("a.swarm.json", b"{}", Is::Ignored),
            ("._a.png", APPLE_DOUBLE, Is::Ignored),
            ("._b.png", b"anything", Is::Ignored),
            ("._c.png", b"", Is::Ignored),
            ("copied.png", APPLE_DOUBLE, Is::Ignored),
            (".DS_Store", b"\0\0\0\x01Bud1", Is::Ignored),
            ("Thumbs.db", b"\xd0\xcf\x11\xe0", Is::Ignored),
            ("desktop.ini", b"[.ShellClassInfo]", Is::Ignored),
            (".gitignore", b"target", Is::Ignored),
            (".git/config", b"[core]", Is::Ignored),
            ("@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg", b"\xff\xd8\xff\xe0", Is::Ignored),
            (".Trash-1000/files/b.png", PNG, Is::Ignored),
        ];
        let files: Vec<(&str, &[u8])> = cases.iter().map(|(name, bytes, _)| (*name, *bytes)).collect();
        let (found, root, _folder) = found(&files);
        let mut counted = 0;
        for (name, _, expected) in cases {
            let path = root.join(name);
            let found = match found.failed.iter().find(|(failed, _)| *failed == path) {
                Some((_, ImportFailure::UnsupportedFormat { format, .. })) => Is::Told(format),
                Some((_, ImportFailure::Empty)) => Is::Empty,
                Some((_, other)) => panic!("{name}: {other:?}"),
                None if found.files.contains(&path) => Is::Imported,
                None if *expected == Is::Counted => {
                    counted += 1;
                    Is::Counted
                }
                None => Is::Ignored,
            };
            assert_eq!(found, *expected, "{name}");
        }
        assert_eq!(found.skipped.count(), counted);
        assert_eq!(found.skipped.most_common(1), (vec![("TXT", 2)], 3));
    }

    #[test]
    fn chosen_files_are_reported_unless_they_are_system_files() {
        let folder = tempfile::tempdir().unwrap();
        let outcome = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let mut found = FoundFiles::default();
            found.find(&path, Path::new("/nowhere"), &AtomicBool::new(false));
            (found.files.len(), found.failed.len())
        };
        assert_eq!(outcome("letter.pdf", b"%PDF-1.7"), (1, 0), "importing it tells what it is not");
        assert_eq!(outcome("empty.txt", b""), (0, 1));
        assert_eq!(outcome("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0"), (0, 1));
        assert_eq!(outcome("._a.png", APPLE_DOUBLE), (0, 0));
        assert_eq!(outcome(".DS_Store", b"\0\0\0\x01Bud1"), (0, 0));
        assert_eq!(outcome("Thumbs.db", b""), (0, 0));
    }
}
