//! Keys of commands from a file, and to a file for other computers.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    error_chain::Cause,
    library::open_regular,
    settings::{ShortcutFileError, Shortcuts, read_shortcuts, write_shortcuts},
    studio::{
        protocol::{Event, Notice},
        runtime::{context::Context, task::Task},
    },
};

/// Larger files are not shortcuts.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The suggested name of the file.
const SUGGESTED_NAME: &str = "atelier-shortcuts.json";

/// Lets the person choose a file, and reads it.
pub(in crate::studio) fn pick_import(context: &Arc<Context>) {
    context.choose(context.dialogs.pick_json(), |context, path| {
        context.spawn_blocking(Task::Shortcuts, move |context| import(context, &path), Context::report_task_panic);
    });
}

/// Lets the person choose a file, and writes the shortcuts to it.
pub(in crate::studio) fn pick_export(shortcuts: Shortcuts, context: &Arc<Context>) {
    context.choose(context.dialogs.save_file(SUGGESTED_NAME), |context, path| {
        context.spawn_blocking(
            Task::Shortcuts,
            move |context| export(context, path, &shortcuts),
            Context::report_task_panic,
        );
    });
}

fn import(context: &Context, path: &Path) {
    let mut bytes = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes));
    let shortcuts = match read {
        Ok(_) => read_shortcuts(&String::from_utf8_lossy(&bytes)),
        Err(error) => Err(ShortcutFileError::Unreadable(Cause::new(error))),
    };
    context.events.send(match shortcuts {
        Ok(shortcuts) => Event::ShortcutsImported(shortcuts),
        Err(error) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Event::Notice(Notice::InvalidShortcutFile { name, error })
        }
    });
}

fn export(context: &Context, path: PathBuf, shortcuts: &Shortcuts) {
    if context.library.owns(&path) {
        return context.events.send(Event::Notice(Notice::TargetInLibrary { path }));
    }
    context.events.send(Event::Notice(match fs::write(&path, write_shortcuts(shortcuts)) {
        Ok(()) => Notice::ShortcutsExported { path },
        Err(error) => Notice::SaveFailed { path, reason: error.to_string() },
    }));
}
