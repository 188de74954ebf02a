//! Tells whether a path leads among the library's own files, whichever way it is written.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use crate::library::library::Library;

/// Folders of a library, each of which may be a link to another disk.
const FOLDERS: [&str; 9] =
    ["originals", "exchanges", "references", "fitted", "spool", "thumbnails", "sheets", "trash", "lost+found"];

impl Library {
    /// Whether a file or folder is, or would be, inside the library's folder: also through symbolic links, other
    /// spellings and folders that do not exist yet.
    pub fn owns(&self, path: &Path) -> bool {
        let own: Vec<Place> = std::iter::once(self.folder.clone())
            .chain(FOLDERS.map(|name| self.folder.join(name)))
            .filter_map(|folder| Place::of(&folder))
            .collect();
        let Some(resolved) = resolve(path) else { return false };
        resolved.ancestors().filter_map(Place::of).any(|place| own.contains(&place))
    }
}

/// What identifies a folder that exists, however it is spelled.
#[derive(PartialEq, Eq)]
struct Place(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl Place {
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

/// Where a path leads once the folders that it lacks are made.
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
                // A link that leads nowhere is followed as well when a file is made through it.
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

    #[test]
    fn what_is_inside_the_library_is_known_in_any_spelling() {
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
