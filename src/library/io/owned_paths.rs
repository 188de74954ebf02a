//! Tests whether a path leads to the library's own files, however it is spelled.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use super::library_folder::LibraryFolder;

/// Folders of a library, each of which may be a link to another disk.
const OWNED_FOLDERS: [&str; 9] =
    ["originals", "exchanges", "references", "fitted", "spool", "thumbnails", "sheets", "trash", "lost+found"];

/// Whether a path is, or would be, inside the library's folder, also through symbolic links, other spellings and
/// folders that do not exist yet.
pub(in crate::library) fn owns(library: &LibraryFolder, path: &Path) -> bool {
    let own: Vec<FolderIdentity> = std::iter::once(library.path().to_owned())
        .chain(OWNED_FOLDERS.map(|name| library.join(name)))
        .filter_map(|folder| FolderIdentity::of(&folder))
        .collect();
    let Some(resolved) = resolve(path) else { return false };
    resolved.ancestors().filter_map(FolderIdentity::of).any(|folder| own.contains(&folder))
}

/// Identifies an existing folder, however its path is spelled.
#[derive(PartialEq, Eq)]
struct FolderIdentity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl FolderIdentity {
    #[cfg(unix)]
    fn of(folder: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        fs::metadata(folder).ok().map(|about| Self((about.dev(), about.ino())))
    }

    #[cfg(not(unix))]
    fn of(folder: &Path) -> Option<Self> {
        fs::canonicalize(folder).ok().map(Self)
    }
}

/// The path that a file would have once the missing folders are created.
fn resolve(path: &Path) -> Option<PathBuf> {
    let mut resolved = PathBuf::new();
    for component in std::path::absolute(path).ok()?.components() {
        match component {
            Component::Prefix(_) | Component::RootDir => resolved.push(component),
            Component::CurDir => {}
            Component::ParentDir => {
                resolved.pop();
            }
            Component::Normal(name) => {
                let next = resolved.join(name);
                // Creating a file through a dangling link creates the link's target, so the link is followed.
                resolved = match (fs::canonicalize(&next), fs::read_link(&next)) {
                    (Ok(real), _) => real,
                    (Err(_), Ok(target)) => resolved.join(target),
                    (Err(_), Err(_)) => next,
                };
            }
        }
    }
    Some(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;

    #[test]
    fn paths_inside_the_library_are_recognized_in_any_spelling() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("library");
        let library = Library::open(&folder).unwrap();
        for own in ["", "originals", "originals/2026/13/new", "trash/../spool", "exports", "new/../originals/x"] {
            assert!(library.owns(&folder.join(own)), "{own}");
        }
        for other in ["", "library-2", "libraryx/originals", "library/../exports", "a/b/../c"] {
            assert!(!library.owns(&home.path().join(other)), "{other}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn links_into_the_library_are_followed() {
        use std::os::unix::fs::symlink;

        let home = tempfile::tempdir().unwrap();
        let (folder, disk) = (home.path().join("library"), home.path().join("disk"));
        fs::create_dir_all(disk.join("2026")).unwrap();
        fs::create_dir(&folder).unwrap();
        symlink(&disk, folder.join("originals")).unwrap();
        let library = Library::open(&folder).unwrap();
        symlink(&folder, home.path().join("link")).unwrap();
        symlink(folder.join("not yet"), home.path().join("dangling")).unwrap();
        for own in ["link", "link/new", "disk", "disk/2026/11", "dangling"] {
            assert!(library.owns(&home.path().join(own)), "{own}");
        }
        assert!(!library.owns(&home.path().join("disk-2")));
    }
}
