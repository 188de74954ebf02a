//! The result of an import.

use std::{collections::BTreeMap, path::PathBuf};

use crate::recipe::ImageId;

/// Files that are not images, neither by their names nor by their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkippedFiles {
    /// Number of files of each kind that has a name.
    kinds: BTreeMap<String, usize>,
    /// Number of all other files.
    others: usize,
}

impl SkippedFiles {
    /// Number of files.
    pub fn count(&self) -> usize {
        self.kinds.values().sum::<usize>() + self.others
    }

    /// The most frequent kinds with their numbers of files, at most `limit` of them, and the number of all other files.
    pub fn most_common(&self, limit: usize) -> (Vec<(&str, usize)>, usize) {
        let mut kinds: Vec<(&str, usize)> = self.kinds.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        // Kinds of equal frequency stay sorted by name, because the sort is stable.
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        kinds.truncate(limit);
        let named: usize = kinds.iter().map(|(_, count)| count).sum();
        (kinds, self.count() - named)
    }

    pub(in crate::studio) fn add(&mut self, kind: Option<String>) {
        match kind {
            Some(kind) => *self.kinds.entry(kind).or_default() += 1,
            None => self.others += 1,
        }
    }
}

/// Why a file was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportFailure {
    /// The file or folder cannot be read, for this reason of the system.
    Unreadable(String),
    /// It is not an image.
    NotAnImage,
    /// It is empty.
    Empty,
    /// Its format is not supported.
    UnsupportedFormat {
        /// The format's name.
        format: &'static str,
        /// Whether it is a video format.
        is_film: bool,
    },
    /// Its format is supported, but not this feature that it uses.
    UnsupportedFeature(String),
    /// It is damaged or truncated.
    Damaged,
    /// It is larger than what is accepted.
    TooLarge,
    /// Its path cannot be stored, so that the file can be copied but not linked.
    UnstorablePath,
    /// It could not be stored, for this reason of the system. The import stops at such a file.
    StorageFailed(String),
    /// It was not attempted because an earlier file could not be stored.
    NotAttempted,
}

/// The result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// New images, in the order in which they were read.
    pub imported: Vec<ImageId>,
    /// Files whose images were in the library already.
    pub duplicates: usize,
    /// How many of those are in the trash.
    pub duplicates_in_trash: usize,
    /// Files that are linked originals which the library had lost, because they were moved.
    pub relinked: usize,
    /// Files that were not imported, and why.
    pub failed: Vec<(PathBuf, ImportFailure)>,
    /// Files in folders that are not images. Files of the system and companion files do not count.
    pub skipped: SkippedFiles,
    /// Whether a person stopped the import before its end.
    pub cancelled: bool,
}

impl ImportReport {
    /// Whether the import stopped early because the library could not be written.
    pub fn has_stopped_early(&self) -> bool {
        self.failed.iter().any(|(_, failure)| matches!(failure, ImportFailure::StorageFailed(_)))
    }
}
