//! A path that a person types where the system has no file dialog.

/// What a typed path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathPurpose {
    /// One file to read.
    File,
    /// Files to read, one a line.
    Files,
    /// Folders to read, one a line.
    Folders,
    /// A folder to write to, which may be new.
    TargetFolder,
    /// A file to write, which must be new.
    NewFile,
}

/// What is wrong with a typed path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// It does not begin at the root of the disk.
    NotAbsolute(String),
    /// There is no such file or folder.
    Missing(String),
    /// It is a file where a folder is wanted, or a folder where a file is wanted.
    WrongKind(String),
    /// There is a file already, which is not replaced.
    Exists(String),
}

/// Asks a person to type a path, because the file dialog could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathRequest {
    /// What it is for.
    pub purpose: PathPurpose,
    /// The text to start with: a suggestion, or what was typed before.
    pub text: String,
    /// What is wrong with what was typed before.
    pub fault: Option<PathFault>,
}
