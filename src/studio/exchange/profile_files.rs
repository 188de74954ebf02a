//! Profiles to and from files that can be given to others.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    error_chain::Cause,
    library::open_regular,
    recipe::{Profile, Shared, SharedProfiles, SharingError},
    studio::{
        protocol::{Event, Notice, ProfileFileCommand},
        runtime::{
            context::World,
            task::{BROKE_DOWN, Task},
            task_message::Note,
        },
    },
};

/// Larger files are not profiles.
const MOST: u64 = 4 << 20;

/// What the file is called unless a person says otherwise.
const SUGGESTED: &str = "atelier-profiles.json";

/// Handles a command about files of profiles.
pub(in crate::studio) fn handle(command: ProfileFileCommand, world: &Arc<World>, profiles: &[Profile]) {
    let profiles = profiles.to_vec();
    match command {
        ProfileFileCommand::PickImport => {
            world.choose(world.dialogs.pick_json(), begin_reading);
        }
        ProfileFileCommand::PickExport => world.choose(world.dialogs.save_file(SUGGESTED), |world, path| {
            begin_writing(world, path, profiles);
        }),
        ProfileFileCommand::Import(path) => begin_reading(world, path),
        ProfileFileCommand::Export(path) => begin_writing(world, path, profiles),
    }
}

fn begin_reading(world: &Arc<World>, path: PathBuf) {
    let file = path.clone();
    world.on_thread(
        Task::Profiles,
        move |world| read(world, &path),
        move |world| {
            refused(world, &file, SharingError::NotProfiles(BROKE_DOWN.into()));
        },
    );
}

fn begin_writing(world: &Arc<World>, path: PathBuf, profiles: Vec<Profile>) {
    let file = path.clone();
    world.on_thread(
        Task::Profiles,
        move |world| write(world, path, &profiles),
        move |world| {
            world.events.send(Event::Notice(Notice::CannotSave { path: file, reason: BROKE_DOWN.to_owned() }));
        },
    );
}

fn refused(world: &World, path: &Path, error: SharingError) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    world.events.send(Event::Notice(Notice::ProfilesRefused { name, error }));
}

fn read(world: &World, path: &Path) {
    let mut json = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(MOST).read_to_end(&mut json));
    let parsed = match read {
        Ok(_) => SharedProfiles::parse(&json),
        Err(error) => Err(SharingError::NotProfiles(Cause::new(error))),
    };
    match parsed {
        Ok(shared) => world.note(Note::Profiles(shared)),
        Err(error) => refused(world, path, error),
    }
}

fn write(world: &World, path: PathBuf, profiles: &[Profile]) {
    if world.library.owns(&path) {
        return world.events.send(Event::Notice(Notice::InLibrary { path }));
    }
    let Shared { file, left_out } = SharedProfiles::of(profiles);
    world.events.send(Event::Notice(match fs::write(&path, file.to_json()) {
        Ok(()) => Notice::ProfilesExported { path, left_out },
        Err(error) => Notice::CannotSave { path, reason: error.to_string() },
    }));
}
