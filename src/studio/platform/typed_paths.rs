//! File dialogs for a system that has none: a person types the path in the window.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use directories::UserDirs;
use tokio::sync::oneshot;

use crate::studio::{
    platform::file_dialogs::{DialogFuture, Dialogs},
    protocol::{Event, PathFault, PathPurpose, PathRequest, channel::EventSender},
};

/// A dialog that closes sooner than this was never visible.
const MIN_VISIBLE_TIME: Duration = Duration::from_millis(200);

/// The person's answer to the last [`PathRequest`].
#[derive(Clone, Debug, Default)]
pub(in crate::studio) struct TypedPaths(Arc<Mutex<Option<oneshot::Sender<Option<String>>>>>);

impl TypedPaths {
    /// Passes on what a person has typed, or that they have closed the dialog.
    pub(in crate::studio) fn answer(&self, text: Option<String>) {
        if let Some(waiting) = self.waiting().take() {
            // Whoever waited may have gone with a task that broke down.
            waiting.send(text).ok();
        }
    }

    /// Asks until a person types paths that fit, or closes the dialog.
    async fn ask(self, events: EventSender, purpose: PathPurpose, suggested: String) -> Option<Vec<PathBuf>> {
        let mut request = PathRequest { purpose, text: suggested, fault: None };
        loop {
            let (sender, answer) = oneshot::channel();
            // An earlier question that is still open is over with this one.
            *self.waiting() = Some(sender);
            events.send(Event::PathWanted(request.clone()));
            let text = answer.await.ok().flatten()?;
            let typed = text.clone();
            let read = tokio::task::spawn_blocking(move || read_paths(&typed, purpose)).await.ok()?;
            match read {
                Ok(paths) if paths.is_empty() => return None,
                Ok(paths) => return Some(paths),
                Err(fault) => request = PathRequest { purpose, text, fault: Some(fault) },
            }
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Option<oneshot::Sender<Option<String>>>> {
        // An option that is only replaced is whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The system's dialogs, with typed paths where they cannot be opened.
pub(in crate::studio) struct DialogsOrTyped {
    dialogs: Arc<dyn Dialogs>,
    typed: TypedPaths,
    events: EventSender,
}

impl DialogsOrTyped {
    pub(in crate::studio) fn new(dialogs: Arc<dyn Dialogs>, typed: TypedPaths, events: EventSender) -> Self {
        Self { dialogs, typed, events }
    }

    /// The choice in the dialog. The systems' dialogs do not distinguish one that could not be opened from one that
    /// was closed, but only the former is over at once.
    fn several(&self, choice: DialogFuture<Vec<PathBuf>>, purpose: PathPurpose) -> DialogFuture<Vec<PathBuf>> {
        let (typed, events) = (self.typed.clone(), self.events.clone());
        Box::pin(async move {
            let start = Instant::now();
            match choice.await {
                None if start.elapsed() < MIN_VISIBLE_TIME => typed.ask(events, purpose, String::new()).await,
                chosen => chosen,
            }
        })
    }

    fn one(&self, choice: DialogFuture<PathBuf>, purpose: PathPurpose, suggested: String) -> DialogFuture<PathBuf> {
        let (typed, events) = (self.typed.clone(), self.events.clone());
        Box::pin(async move {
            let start = Instant::now();
            match choice.await {
                None if start.elapsed() < MIN_VISIBLE_TIME => {
                    typed.ask(events, purpose, suggested).await?.into_iter().next()
                }
                chosen => chosen,
            }
        })
    }
}

impl Dialogs for DialogsOrTyped {
    fn pick_images(&self) -> DialogFuture<Vec<PathBuf>> {
        self.several(self.dialogs.pick_images(), PathPurpose::Files)
    }

    fn pick_folders(&self) -> DialogFuture<Vec<PathBuf>> {
        self.several(self.dialogs.pick_folders(), PathPurpose::Folders)
    }

    fn pick_json(&self) -> DialogFuture<PathBuf> {
        self.one(self.dialogs.pick_json(), PathPurpose::File, String::new())
    }

    fn pick_texts(&self) -> DialogFuture<Vec<PathBuf>> {
        self.several(self.dialogs.pick_texts(), PathPurpose::Files)
    }

    fn pick_styles(&self) -> DialogFuture<PathBuf> {
        self.one(self.dialogs.pick_styles(), PathPurpose::File, String::new())
    }

    fn pick_table(&self) -> DialogFuture<PathBuf> {
        self.one(self.dialogs.pick_table(), PathPurpose::File, String::new())
    }

    fn pick_folder(&self) -> DialogFuture<PathBuf> {
        let suggested = default_export_folder().map(|folder| folder.display().to_string()).unwrap_or_default();
        self.one(self.dialogs.pick_folder(), PathPurpose::TargetFolder, suggested)
    }

    fn save_file(&self, suggested: &str) -> DialogFuture<PathBuf> {
        let folder = UserDirs::new().map(|dirs| dirs.document_dir().unwrap_or_else(|| dirs.home_dir()).to_owned());
        let path = folder.map_or_else(|| PathBuf::from(suggested), |folder| folder.join(suggested));
        self.one(self.dialogs.save_file(suggested), PathPurpose::NewFile, path.display().to_string())
    }
}

/// The folder that exported images go to unless a person chooses another: `Atelier` in the system's folder of pictures.
pub(in crate::studio) fn default_export_folder() -> Option<PathBuf> {
    let dirs = UserDirs::new()?;
    let images = dirs.picture_dir().map_or_else(|| dirs.home_dir().join("Pictures"), Path::to_owned);
    Some(images.join("Atelier"))
}

/// A path as a person types it: `~` is their home.
pub(in crate::studio) fn expand_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), UserDirs::new()) {
        (Ok(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => path.to_owned(),
    }
}

/// Reads paths, one a line. Blocks.
fn read_paths(text: &str, purpose: PathPurpose) -> Result<Vec<PathBuf>, PathFault> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| read_path(line, purpose)).collect()
}

fn read_path(line: &str, purpose: PathPurpose) -> Result<PathBuf, PathFault> {
    let plain = line.trim_matches(|c| matches!(c, '"' | '\''));
    // File managers copy addresses rather than paths.
    let address = path_of_address(plain);
    let path = expand_home(&address.unwrap_or_else(|| PathBuf::from(plain)));
    let said = || path.display().to_string();
    if !path.is_absolute() {
        return Err(PathFault::NotAbsolute(said()));
    }
    let found = std::fs::metadata(&path).ok();
    match (purpose, found) {
        (PathPurpose::File | PathPurpose::Files, Some(found)) if found.is_file() => Ok(path),
        // Images can be imported by their folder, too.
        (PathPurpose::Files | PathPurpose::Folders, Some(found)) if found.is_dir() => Ok(path),
        (PathPurpose::TargetFolder, Some(found)) if found.is_dir() => Ok(path),
        (PathPurpose::TargetFolder | PathPurpose::NewFile, None) => Ok(path),
        (PathPurpose::NewFile, Some(found)) if found.is_file() => Err(PathFault::Exists(said())),
        (_, None) => Err(PathFault::Missing(said())),
        (_, Some(_)) => Err(PathFault::WrongKind(said())),
    }
}

/// The path of a `file:` address, such as a line of `text/uri-list`.
fn path_of_address(text: &str) -> Option<PathBuf> {
    url::Url::parse(text).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_paths_are_read_as_people_and_file_managers_write_them() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("an image.png");
        std::fs::write(&image, "").unwrap();
        let plain = image.display().to_string();
        let address = format!("file://{}", plain.replace(' ', "%20"));
        for text in [plain.clone(), format!("  \"{plain}\" \n\n"), format!("# copied\r\n{address}\r\n")] {
            assert_eq!(read_paths(&text, PathPurpose::Files), Ok(vec![image.clone()]), "{text}");
        }
        let home = UserDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(read_paths("~", PathPurpose::Folders), Ok(vec![home]));
    }

    #[test]
    fn a_path_that_does_not_fit_is_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("there.json");
        std::fs::write(&file, "{}").unwrap();
        let (file, new) = (file.display().to_string(), folder.path().join("new").display().to_string());
        assert_eq!(read_paths("there.json", PathPurpose::File), Err(PathFault::NotAbsolute("there.json".to_owned())));
        assert_eq!(read_paths(&new, PathPurpose::File), Err(PathFault::Missing(new.clone())));
        assert_eq!(read_paths(&file, PathPurpose::NewFile), Err(PathFault::Exists(file.clone())));
        assert_eq!(read_paths(&file, PathPurpose::TargetFolder), Err(PathFault::WrongKind(file)));
        assert_eq!(read_paths(&new, PathPurpose::TargetFolder), Ok(vec![new.into()]));
    }
}
