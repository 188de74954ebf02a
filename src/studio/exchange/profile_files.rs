//! Imports and exports files of provider profiles.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    error_chain::Cause,
    library::open_regular,
    recipe::{Profile, ProfileExport, ProfileFile, ProfileFileError},
    studio::{
        protocol::{Event, Notice, ProfileFileCommand},
        runtime::{
            context::Context,
            task::{INTERNAL_ERROR, Task},
            task_message::TaskMessage,
        },
    },
};

/// Maximum size of a profile file.
const MAX_PROFILE_FILE_BYTES: u64 = 4 << 20;

/// Suggested file name.
const SUGGESTED_NAME: &str = "atelier-profiles.json";

/// Handles a command about files of profiles.
pub(in crate::studio) fn handle(command: ProfileFileCommand, context: &Arc<Context>, profiles: &[Profile]) {
    let profiles = profiles.to_vec();
    match command {
        ProfileFileCommand::PickImport => {
            context.choose(context.dialogs.pick_json(), start_import);
        }
        ProfileFileCommand::PickExport => context.choose(context.dialogs.save_file(SUGGESTED_NAME), |context, path| {
            start_export(context, path, profiles);
        }),
        ProfileFileCommand::Import(path) => start_import(context, path),
        ProfileFileCommand::Export(path) => start_export(context, path, profiles),
    }
}

fn start_import(context: &Arc<Context>, path: PathBuf) {
    let file = path.clone();
    context.spawn_blocking(
        Task::Profiles,
        move |context| import(context, &path),
        move |context| {
            report_rejected(context, &file, ProfileFileError::NotProfiles(INTERNAL_ERROR.into()));
        },
    );
}

fn start_export(context: &Arc<Context>, path: PathBuf, profiles: Vec<Profile>) {
    let file = path.clone();
    context.spawn_blocking(
        Task::Profiles,
        move |context| export(context, path, &profiles),
        move |context| {
            context.events.send(Event::Notice(Notice::SaveFailed { path: file, reason: INTERNAL_ERROR.to_owned() }));
        },
    );
}

fn report_rejected(context: &Context, path: &Path, error: ProfileFileError) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    context.events.send(Event::Notice(Notice::InvalidProfileFile { name, error }));
}

fn import(context: &Context, path: &Path) {
    let mut json = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(MAX_PROFILE_FILE_BYTES).read_to_end(&mut json));
    let parsed = match read {
        Ok(_) => ProfileFile::parse(&json),
        Err(error) => Err(ProfileFileError::NotProfiles(Cause::new(error))),
    };
    match parsed {
        Ok(shared) => context.notify_core(TaskMessage::ProfilesRead(shared)),
        Err(error) => report_rejected(context, path, error),
    }
}

fn export(context: &Context, path: PathBuf, profiles: &[Profile]) {
    if context.library.owns(&path) {
        return context.events.send(Event::Notice(Notice::TargetInLibrary { path }));
    }
    let ProfileExport { file, left_out } = ProfileFile::from_profiles(profiles);
    context.events.send(Event::Notice(match fs::write(&path, file.to_json()) {
        Ok(()) => Notice::ProfilesExported { path, left_out },
        Err(error) => Notice::SaveFailed { path, reason: error.to_string() },
    }));
}
