//! Settings, session, remembered models and what was learned of them as JSON files in the configuration folder.

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
    settings::{Kit, Session, Settings},
    studio::{protocol::LearnedCapabilities, protocol::ModelInfo},
};

/// The files of one configuration folder.
#[derive(Clone, Debug)]
pub struct ConfigStore {
    folder: PathBuf,
}

impl ConfigStore {
    /// The files in a folder, which is made with the first write.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Closes a folder that an earlier version left open to others. One without settings is not known to be ours.
    pub(in crate::studio) fn close_to_others(&self) {
        if self.folder.join("settings.json").exists() || self.folder.join("session.json").exists() {
            private::close_to_others(&self.folder);
        }
    }

    /// The settings, or the defaults where there are none. Built-in profiles are always among them.
    pub fn settings(&self) -> Settings {
        let settings: Settings = self.read("settings.json");
        let mut settings = settings.with_addresses_read();
        for profile in Profile::built_in() {
            if settings.profile(&profile.id).is_none() {
                settings.profiles.push(profile);
            }
        }
        settings.concurrency = settings.concurrency.clamp(1, 16);
        settings
    }

    /// Where the person left off.
    pub fn session(&self) -> Session {
        self.read("session.json")
    }

    /// What the person keeps for writing prompts.
    pub fn kit(&self) -> Kit {
        self.read("kit.json")
    }

    /// Keeps what the person keeps for writing prompts.
    pub fn save_kit(&self, kit: &Kit) -> Result<(), ConfigWriteError> {
        self.write("kit.json", kit)
    }

    /// The models that each profile listed last.
    pub fn models(&self) -> BTreeMap<ProfileId, Vec<ModelInfo>> {
        self.read("models.json")
    }

    /// What was learned of models.
    pub fn learned(&self) -> LearnedCapabilities {
        self.read("learned.json")
    }

    /// Keeps what was learned of models.
    pub fn save_learned(&self, learned: &LearnedCapabilities) -> Result<(), ConfigWriteError> {
        self.write("learned.json", learned)
    }

    /// Keeps the settings.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), ConfigWriteError> {
        self.write("settings.json", settings)
    }

    /// Keeps where the person left off.
    pub fn save_session(&self, session: &Session) -> Result<(), ConfigWriteError> {
        self.write("session.json", session)
    }

    /// Keeps the lists of models.
    pub fn save_models(&self, models: &BTreeMap<ProfileId, Vec<ModelInfo>>) -> Result<(), ConfigWriteError> {
        self.write("models.json", models)
    }

    /// A file's contents, or the default. One that cannot be understood is moved aside, not overwritten.
    fn read<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        let path = self.folder.join(name);
        let text = match read_regular(&path, u64::MAX) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(path = %path.display(), error = %chain(&error), "a file of the configuration cannot be read");
                }
                return T::default();
            }
        };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            let aside = path.with_extension("json.unreadable");
            let moved = fs::rename(&path, &aside);
            tracing::warn!(path = %path.display(), error = %chain(&error), moved = moved.is_ok(), "a file of the configuration is broken");
            T::default()
        })
    }

    fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), ConfigWriteError> {
        let path = self.folder.join(name);
        self.replace(&path, value).map_err(|error| ConfigWriteError { path, reason: Cause::new(error) })
    }

    /// Writes a temporary file and renames it, so that a crash leaves the old contents or the new ones.
    fn replace<T: Serialize>(&self, path: &Path, value: &T) -> io::Result<()> {
        private::keep_folder(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec_pretty(value)?)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

/// A file of the configuration could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} could not be written: {reason}", path.display())]
pub struct ConfigWriteError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub reason: Cause,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_session_come_back_as_they_were_written() {
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
    fn a_broken_file_is_kept_aside_and_the_defaults_are_used() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("settings.json"), "{\"concurrency\": ").unwrap();
        assert_eq!(ConfigStore::new(folder.path().to_owned()).settings(), Settings::default());
        assert_eq!(fs::read_to_string(folder.path().join("settings.json.unreadable")).unwrap(), "{\"concurrency\": ");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let trouble = ConfigStore::new(file.join("inside")).save_settings(&Settings::default()).unwrap_err();
        assert!(trouble.path.ends_with("settings.json"));
    }
}
