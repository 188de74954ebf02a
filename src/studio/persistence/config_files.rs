//! Reads and writes the JSON files of the configuration folder: settings, session, prompt library, models and learned
//! capabilities.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error_chain::{Cause, chain},
    library::read_regular,
    private,
    recipe::{Profile, ProfileId},
    settings::{PromptLibrary, Session, Settings},
    studio::{protocol::LearnedCapabilities, protocol::ModelInfo},
};

use super::salvage::{Salvaged, salvage};

/// The files of one configuration folder.
#[derive(Clone, Debug)]
pub struct ConfigStore {
    folder: PathBuf,
}

impl ConfigStore {
    /// The files of a folder, which is created with the first write.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Restricts the permissions of a folder that an earlier version created. A folder without settings may belong to
    /// another program.
    pub(in crate::studio) fn close_to_others(&self) {
        if self.folder.join("settings.json").exists() || self.folder.join("session.json").exists() {
            private::close_to_others(&self.folder);
        }
    }

    /// Reads the settings, or the defaults if there are none. Built-in profiles are always included.
    pub fn settings(&self) -> Settings {
        self.settings_and_losses().0
    }

    /// The same, and the names of the values that cannot be read. A copy of the file is kept then.
    pub(in crate::studio) fn settings_and_losses(&self) -> (Settings, Vec<String>) {
        let Salvaged { value: settings, lost }: Salvaged<Settings> = self.read_or_salvage("settings.json");
        let mut settings = settings.with_addresses_read();
        for profile in Profile::built_in() {
            if settings.profile(&profile.id).is_none() {
                settings.profiles.push(profile);
            }
        }
        settings.concurrency = settings.concurrency.clamp(1, 16);
        (settings, lost)
    }

    /// Where a file of settings is kept that cannot be read completely.
    pub(in crate::studio) fn unreadable_settings(&self) -> PathBuf {
        aside(&self.folder.join("settings.json"))
    }

    /// Reads the session.
    pub fn session(&self) -> Session {
        self.read("session.json")
    }

    /// Reads the prompt library.
    pub fn prompt_library(&self) -> PromptLibrary {
        self.read("kit.json")
    }

    /// Writes the prompt library.
    pub fn save_prompt_library(&self, library: &PromptLibrary) -> Result<(), ConfigWriteError> {
        self.write("kit.json", library)
    }

    /// Reads the models that each gateway listed last.
    pub fn models(&self) -> BTreeMap<ProfileId, Vec<ModelInfo>> {
        self.read("models.json")
    }

    /// Reads the learned capabilities.
    pub fn learned(&self) -> LearnedCapabilities {
        self.read("learned.json")
    }

    /// Writes the learned capabilities.
    pub fn save_learned(&self, learned: &LearnedCapabilities) -> Result<(), ConfigWriteError> {
        self.write("learned.json", learned)
    }

    /// Writes the settings.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), ConfigWriteError> {
        self.write("settings.json", settings)
    }

    /// Writes the session.
    pub fn save_session(&self, session: &Session) -> Result<(), ConfigWriteError> {
        self.write("session.json", session)
    }

    /// Writes the lists of models.
    pub fn save_models(&self, models: &BTreeMap<ProfileId, Vec<ModelInfo>>) -> Result<(), ConfigWriteError> {
        self.write("models.json", models)
    }

    /// Reads a file, or the default if it is missing. A broken file is renamed, not overwritten.
    fn read<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        let path = self.folder.join(name);
        let Some(text) = text(&path) else { return T::default() };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            set_aside(&path, &error);
            T::default()
        })
    }

    /// The same for an object whose fields all have defaults: a value that is unknown is lost alone.
    fn read_or_salvage<T: DeserializeOwned + Default>(&self, name: &str) -> Salvaged<T> {
        let path = self.folder.join(name);
        let whole = |value| Salvaged { value, lost: Vec::new() };
        let Some(text) = text(&path) else { return whole(T::default()) };
        let error = match serde_json::from_slice(&text) {
            Ok(value) => return whole(value),
            Err(error) => error,
        };
        let Some(salvaged) = salvage(&text) else {
            set_aside(&path, &error);
            return whole(T::default());
        };
        // The file stays until the settings are saved again, so that whoever reads it next loses the same values.
        let copied = fs::copy(&path, aside(&path)).is_ok();
        tracing::warn!(path = %path.display(), error = %chain(&error), lost = ?salvaged.lost, copied, "values of a file of the configuration are unknown");
        salvaged
    }

    fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), ConfigWriteError> {
        let path = self.folder.join(name);
        self.replace(&path, value).map_err(|error| ConfigWriteError { path, reason: Cause::new(error) })
    }

    /// Writes a temporary file and renames it, so that a crash leaves either the old or the new content.
    fn replace<T: Serialize>(&self, path: &Path, value: &T) -> io::Result<()> {
        private::keep_folder(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec_pretty(value)?)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

/// The contents of a file, if there is one.
fn text(path: &Path) -> Option<Vec<u8>> {
    match read_regular(path, u64::MAX) {
        Ok(text) => Some(text),
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(path = %path.display(), error = %chain(&error), "a file of the configuration cannot be read");
            }
            None
        }
    }
}

/// The place beside a file for what cannot be read of it.
fn aside(path: &Path) -> PathBuf {
    path.with_extension("json.unreadable")
}

fn set_aside(path: &Path, error: &serde_json::Error) {
    let moved = fs::rename(path, aside(path));
    tracing::warn!(path = %path.display(), error = %chain(error), moved = moved.is_ok(), "a file of the configuration is broken");
}

/// A file of the configuration could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} could not be written: {reason}", path.display())]
pub struct ConfigWriteError {
    /// The file.
    pub path: PathBuf,
    /// The error of the system.
    #[source]
    pub reason: Cause,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_session_round_trip() {
        let folder = tempfile::tempdir().unwrap();
        let files = ConfigStore::new(folder.path().join("not yet there"));
        assert_eq!(files.settings(), Settings::default());
        let settings = Settings { concurrency: 7, ..Settings::default() };
        let mut session = Session { search: "細節".to_owned(), ..Session::default() };
        session.composer.prompt = "a lighthouse at dusk".to_owned();
        files.save_settings(&settings).unwrap();
        files.save_session(&session).unwrap();
        assert_eq!(files.settings(), settings);
        assert_eq!(files.session(), session);
    }

    #[test]
    fn a_broken_file_is_renamed_and_the_defaults_are_used() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("settings.json"), "{\"concurrency\": ").unwrap();
        assert_eq!(ConfigStore::new(folder.path().to_owned()).settings(), Settings::default());
        assert_eq!(fs::read_to_string(folder.path().join("settings.json.unreadable")).unwrap(), "{\"concurrency\": ");
    }

    #[test]
    fn a_file_with_an_unknown_value_is_copied_and_the_rest_of_it_counts() {
        let folder = tempfile::tempdir().unwrap();
        let text = "{\"concurrency\": 7, \"theme\": \"plaid\"}";
        fs::write(folder.path().join("settings.json"), text).unwrap();
        let files = ConfigStore::new(folder.path().to_owned());
        for _ in 0..2 {
            let (settings, lost) = files.settings_and_losses();
            assert_eq!((settings.concurrency, lost), (7, vec!["theme".to_owned()]));
        }
        assert_eq!(fs::read_to_string(files.unreadable_settings()).unwrap(), text);
        files.save_settings(&files.settings()).unwrap();
        assert_eq!(files.settings_and_losses().1, Vec::<String>::new());
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let trouble = ConfigStore::new(file.join("inside")).save_settings(&Settings::default()).unwrap_err();
        assert!(trouble.path.ends_with("settings.json"));
    }
}
