//! Styles from files of others, and to files for them.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    error_chain::Cause,
    library::open_regular,
    settings::{Style, StyleFileError, read_styles, write_styles},
    studio::{
        protocol::{Event, Notice, StyleFileCommand},
        runtime::{context::World, task::Task},
    },
};

/// Larger files are not styles.
const MOST: u64 = 16 << 20;

/// What the file is called unless a person says otherwise.
const SUGGESTED: &str = "atelier-styles.json";

/// Handles a command about files of styles.
pub(in crate::studio) fn handle(command: StyleFileCommand, world: &Arc<World>) {
    match command {
        StyleFileCommand::PickImport => world.choose(world.dialogs.pick_styles(), |world, path| {
            world.on_thread(Task::Styles, move |world| bring_in(world, &path), World::task_failed);
        }),
        StyleFileCommand::PickExport(styles) => world.choose(world.dialogs.save_file(SUGGESTED), |world, path| {
            world.on_thread(Task::Styles, move |world| write(world, path, &styles), World::task_failed);
        }),
    }
}

fn bring_in(world: &World, path: &Path) {
    let mut bytes = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    let styles = match read {
        Ok(_) => read_styles(&String::from_utf8_lossy(&bytes)),
        Err(error) => Err(StyleFileError::Unreadable(Cause::new(error))),
    };
    world.events.send(match styles {
        Ok(styles) => Event::StylesImported(styles),
        Err(error) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Event::Notice(Notice::StylesRefused { name, error })
        }
    });
}

fn write(world: &World, path: PathBuf, styles: &[Style]) {
    if world.library.owns(&path) {
        return world.events.send(Event::Notice(Notice::InLibrary { path }));
    }
    world.events.send(Event::Notice(match fs::write(&path, write_styles(styles)) {
        Ok(()) => Notice::StylesExported { path, count: styles.len() },
        Err(error) => Notice::CannotSave { path, reason: error.to_string() },
    }));
}
