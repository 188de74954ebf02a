//! The result of an import.

use std::{collections::BTreeMap, path::PathBuf};

use crate::recipe::ImageId;

/// Files that are no pictures, neither by their names nor by their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// How many there are of each kind that has a name.
    kinds: BTreeMap<String, usize>,
    /// How many there are of the others.
    others: usize,
}

impl Skipped {
    /// How many files there are.
    pub fn count(&self) -> usize {
        self.kinds.values().sum::<usize>() + self.others
    }

    /// The kinds of which there are most, at most so many, and how many files there are beside them.
    pub fn most(&self, most: usize) -> (Vec<(&str, usize)>, usize) {
        let mut kinds: Vec<(&str, usize)> = self.kinds.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        // Those of the same number stay in the order of their names.
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        kinds.truncate(most);
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

/// Why a file was not brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotImported {
    /// The file or folder cannot be read; what the system said.
    Unreadable(String),
    /// It is not a picture.
    NotAPicture,
    /// It has no bytes.
    Empty,
    /// It is in a format that cannot be opened here.
    Foreign {
        /// The format's name.
        format: &'static str,
        /// Whether it holds moving pictures.
        is_film: bool,
    },
    /// It is in a format that can be opened here, and uses what cannot; what that is.
    Unsupported(String),
    /// It is damaged, or ends too early.
    Broken,
    /// It is beyond what is accepted.
    TooLarge,
    /// Its path cannot be written down, so that it can only be copied.
    OddPath,
    /// It could not be stored; what the system said. Nothing was tried after it.
    CannotStore(String),
    /// It was not tried, because one before it could not be stored.
    NotTried,
}

/// What has come of bringing in files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Pictures that are new, in the order in which they were read.
    pub new: Vec<ImageId>,
    /// Files whose pictures were there already.
    pub there: usize,
    /// How many of those are in the trash.
    pub trashed: usize,
    /// Files that are pictures to which the library refers, and that were gone from where it had them.
    pub found: usize,
    /// Files that were not brought in.
    pub failed: Vec<(PathBuf, NotImported)>,
    /// Files in folders that are no pictures, neither by their names nor by their bytes. Files of the system and what is
    /// known of pictures beside them do not count.
    pub skipped: Skipped,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}

impl Imported {
    /// Whether the library could not be written, so that not everything was tried.
    pub fn broke_off(&self) -> bool {
        self.failed.iter().any(|(_, trouble)| matches!(trouble, NotImported::CannotStore(_)))
    }
}
