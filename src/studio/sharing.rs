//! Profiles to and from files that can be given to others.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::recipe::{Profile, Shared, SharedProfiles, SharingError};

use super::{Command, Event, Notice, core::Core, inbox::Note, serve::ask, world::World};

/// Larger files are not profiles.
const MOST: u64 = 4 << 20;

/// What the file is called unless a person says otherwise.
const SUGGESTED: &str = "atelier-profiles.json";

impl Core {
    /// Does what a command about sharing asks for.
    pub(super) fn share(&self, command: Command) {
        let world = Arc::clone(&self.world);
        let profiles = self.settings.profiles.clone();
        match command {
            Command::PickProfilesToImport => {
                let choice = self.world.dialogs.pick_json();
                tokio::spawn(async move {
                    if let Some(path) = ask(&world, choice).await {
                        on_thread(world, move |world| read(world, &path));
                    }
                });
            }
            Command::PickProfilesExport => {
                let choice = self.world.dialogs.save_file(SUGGESTED);
                tokio::spawn(async move {
                    if let Some(path) = ask(&world, choice).await {
                        on_thread(world, move |world| write(world, path, &profiles));
                    }
                });
            }
            Command::ImportProfiles(path) => on_thread(world, move |world| read(world, &path)),
            Command::ExportProfiles(path) => on_thread(world, move |world| write(world, path, &profiles)),
            _ => {}
        }
    }

    /// Adds profiles that were read from a file.
    pub(super) fn add_profiles(&mut self, shared: SharedProfiles) {
        let mut settings = self.settings.clone();
        let added = shared.add_to(&mut settings.profiles);
        if !added.is_empty() {
            self.change_settings(settings);
        }
        self.send(Event::Notice(Notice::ProfilesImported { added }));
    }
}

fn on_thread(world: Arc<World>, work: impl FnOnce(&World) + Send + 'static) {
    tokio::task::spawn_blocking(move || work(&world));
}

fn read(world: &World, path: &Path) {
    let mut json = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut json));
    let parsed = match read {
        Ok(_) => SharedProfiles::parse(&json),
        Err(error) => Err(SharingError::NotProfiles(error.to_string())),
    };
    match parsed {
        Ok(shared) => world.note(Note::Profiles(shared)),
        Err(error) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            world.events.send(Event::Notice(Notice::ProfilesRefused { name, error }));
        }
    }
}

fn write(world: &World, path: PathBuf, profiles: &[Profile]) {
    let Shared { file, left_out } = SharedProfiles::of(profiles);
    world.events.send(Event::Notice(match fs::write(&path, file.to_json()) {
        Ok(()) => Notice::ProfilesExported { path, left_out },
        Err(error) => Notice::CannotSave { path, reason: error.to_string() },
    }));
}
