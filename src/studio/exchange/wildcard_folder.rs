//! The user's wildcard files, such as `<config>/wildcards/animal.txt` and `<config>/wildcards/place/city.txt`.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    composition::WildcardFiles,
    library::read_regular,
    private,
    prompt::{Sources, WildcardFormat, import, is_name},
    studio::{
        protocol::{Event, Notice, WildcardCommand},
        runtime::{context::Context, task::Task},
    },
};

/// Name of the folder in the configuration folder.
const FOLDER_NAME: &str = "wildcards";
/// Maximum size of a wildcard file.
const MAX_FILE_BYTES: u64 = 4 << 20;
/// Maximum number of files.
const MAX_FILES: usize = 10_000;
const MAX_FOLDER_DEPTH: usize = 8;

/// The folder of the wildcard files.
#[derive(Debug)]
pub(in crate::studio) struct WildcardFolder {
    folder: PathBuf,
    /// The content that was sent last. Locked while files are read and written, so that these operations are serial.
    sent: Mutex<WildcardFiles>,
    /// Whether the files were read.
    loaded: AtomicBool,
}

/// Reads the wildcard files of a configuration folder. Blocks.
pub(in crate::studio) fn read_wildcard_files(config: &Path, variables: Variables) -> WildcardFiles {
    let mut texts = BTreeMap::new();
    read_folder(&config.join(FOLDER_NAME), "", 0, &mut texts);
    WildcardFiles::new(texts, variables)
}

/// Values of variables, by name.
pub(in crate::studio) type Variables = BTreeMap<String, String>;

impl WildcardFolder {
    pub(in crate::studio) fn new(config: &Path) -> Self {
        Self { folder: config.join(FOLDER_NAME), sent: Mutex::default(), loaded: AtomicBool::new(false) }
    }

    /// Sets the variables.
    pub(in crate::studio) fn set_variables(self: &Arc<Self>, variables: Variables, context: &Arc<Context>) {
        let files = Arc::clone(self);
        context.spawn_blocking(
            Task::Wildcards,
            move |context| files.update_variables(context, variables),
            Context::report_task_panic,
        );
    }

    /// Handles a command about wildcard files.
    pub(in crate::studio) fn handle(self: &Arc<Self>, command: WildcardCommand, context: &Arc<Context>) {
        let files = Arc::clone(self);
        let work = move |context: &Arc<Context>, change: FolderChange| {
            context.spawn_blocking(
                Task::Wildcards,
                move |context| files.change(context, change),
                Context::report_task_panic,
            );
        };
        match command {
            WildcardCommand::Save { name, text } => {
                work(context, Box::new(move |_, folder| save(folder, &name, &text)));
            }
            WildcardCommand::Delete(name) => work(context, Box::new(move |_, folder| delete(folder, &name))),
            WildcardCommand::PickImport => context.choose(context.dialogs.pick_texts(), move |context, paths| {
                work(context, Box::new(move |context, folder| import_files(context, folder, &paths)));
            }),
            WildcardCommand::Reload => work(context, Box::new(|_, _| Ok(()))),
        }
    }

    /// The wildcards and variables. Reads the files first if needed. Blocks.
    pub(in crate::studio) fn sources(&self, context: &Context) -> Arc<Sources> {
        if !self.loaded.load(Ordering::Acquire) {
            self.change(context, |_, _| Ok(()));
        }
        Arc::clone(&self.sent.lock().unwrap_or_else(PoisonError::into_inner).sources)
    }

    /// Sets the variables, and sends the content if it changed.
    fn update_variables(&self, context: &Context, variables: Variables) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if variables != sent.sources.variables {
            let wildcards = sent.sources.wildcards.clone();
            sent.sources = Arc::new(Sources { wildcards, variables });
            context.events.send(Event::Wildcards(sent.clone()));
        }
    }

    /// Changes files, reads all of them, and sends the content if it changed.
    fn change(&self, context: &Context, change: impl FnOnce(&Context, &Path) -> Result<(), (PathBuf, io::Error)>) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err((path, error)) = change(context, &self.folder) {
            context.events.send(Event::Notice(Notice::SaveFailed { path, reason: error.to_string() }));
        }
        let mut texts = BTreeMap::new();
        read_folder(&self.folder, "", 0, &mut texts);
        self.loaded.store(true, Ordering::Release);
        if texts != *sent.texts {
            *sent = WildcardFiles::new(texts, sent.sources.variables.clone());
            context.events.send(Event::Wildcards(sent.clone()));
        }
    }
}

/// A change of the files in the folder. An error carries the path.
type FolderChange = Box<dyn FnOnce(&Context, &Path) -> Result<(), (PathBuf, io::Error)> + Send>;

/// Reads all wildcard files of a folder and its subfolders. Unreadable ones are skipped.
fn read_folder(folder: &Path, below: &str, depth: usize, texts: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        let Ok(about) = fs::metadata(&path) else { continue };
        let is_text = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
        if about.is_dir() {
            if let Some(name) = path.file_name().and_then(|name| name.to_str())
                && depth < MAX_FOLDER_DEPTH
            {
                read_folder(&path, &format!("{below}{name}/"), depth + 1, texts);
            }
        } else if is_text && about.len() <= MAX_FILE_BYTES && texts.len() < MAX_FILES {
            let name = format!("{below}{stem}");
            if is_name(&name)
                && let Ok(bytes) = read_regular(&path, MAX_FILE_BYTES)
            {
                texts.insert(name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
}

/// The path of a wildcard; an error if its name leads out of the folder.
fn wildcard_path(folder: &Path, name: &str) -> Result<PathBuf, (PathBuf, io::Error)> {
    let path = folder.join(format!("{name}.txt"));
    if is_name(name) && !name.contains('*') { Ok(path) } else { Err((path, io::ErrorKind::InvalidFilename.into())) }
}

fn save(folder: &Path, name: &str, text: &str) -> Result<(), (PathBuf, io::Error)> {
    let path = wildcard_path(folder, name)?;
    let write = || {
        let parent = path.parent().unwrap_or(folder);
        private::make_folder(parent)?;
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(())
    };
    write().map_err(|error| (path.clone(), error))
}

/// Renames the file to a name that is not read.
fn delete(folder: &Path, name: &str) -> Result<(), (PathBuf, io::Error)> {
    let path = wildcard_path(folder, name)?;
    fs::rename(&path, path.with_extension("txt~")).map_err(|error| (path, error))
}

/// Imports files of other programs. Existing wildcards are not overwritten: new ones get a number.
fn import_files(context: &Context, folder: &Path, paths: &[PathBuf]) -> Result<(), (PathBuf, io::Error)> {
    for path in paths {
        let wrong = |reason: String| {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            context.events.send(Event::Notice(Notice::InvalidWildcardFile { name, reason }));
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let format = path.extension().and_then(|extension| WildcardFormat::of_extension(&extension.to_string_lossy()));
        let found = match read_regular(path, MAX_FILE_BYTES) {
            Ok(bytes) => import(&stem, format.unwrap_or(WildcardFormat::Text), &String::from_utf8_lossy(&bytes)),
            Err(error) => {
                wrong(error.to_string());
                continue;
            }
        };
        match found {
            Ok(found) => {
                for (name, text) in found {
                    let free = |name: &String| !folder.join(format!("{name}.txt")).exists();
                    let names = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
                    if let Some(name) = names.take(MAX_FILES).find(free) {
                        save(folder, &name, &text)?;
                    }
                }
            }
            Err(error) => wrong(error.to_string()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(folder: &Path) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        read_folder(folder, "", 0, &mut texts);
        texts
    }

    fn pairs(found: &[(&str, &str)]) -> BTreeMap<String, String> {
        found.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn wildcards_are_named_after_their_paths() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("wildcards");
        assert_eq!(all(&folder), pairs(&[]));
        save(&folder, "animal", "fox\n").unwrap();
        save(&folder, "place/city", "Taipei\n").unwrap();
        fs::write(folder.join("notes.md"), "no wildcard").unwrap();
        fs::write(folder.join("_odd.txt"), "no name").unwrap();
        assert_eq!(all(&folder), pairs(&[("animal", "fox\n"), ("place/city", "Taipei\n")]));
        delete(&folder, "animal").unwrap();
        assert_eq!(all(&folder), pairs(&[("place/city", "Taipei\n")]));
        assert_eq!(fs::read_to_string(folder.join("animal.txt~")).unwrap(), "fox\n", "nothing is lost");
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("wildcards");
        for name in ["../out", "/out", "a/../../out", "", "a*"] {
            assert!(save(&folder, name, "x").is_err(), "{name}");
            assert!(delete(&folder, name).is_err(), "{name}");
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
