//! Imports and exports files of styles.

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
        runtime::{context::Context, task::Task},
    },
};

/// Maximum size of a style file.
const MAX_STYLE_FILE_BYTES: u64 = 16 << 20;

/// Suggested file name.
const SUGGESTED_NAME: &str = "atelier-styles.json";

/// Handles a command about files of styles.
pub(in crate::studio) fn handle(command: StyleFileCommand, context: &Arc<Context>) {
    match command {
        StyleFileCommand::PickImport => context.choose(context.dialogs.pick_styles(), |context, path| {
            context.spawn_blocking(Task::Styles, move |context| import(context, &path), Context::report_task_panic);
        }),
        StyleFileCommand::PickExport(styles) => {
            context.choose(context.dialogs.save_file(SUGGESTED_NAME), |context, path| {
                context.spawn_blocking(
                    Task::Styles,
                    move |context| export(context, path, &styles),
                    Context::report_task_panic,
                );
            });
        }
    }
}

fn import(context: &Context, path: &Path) {
    let mut bytes = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(MAX_STYLE_FILE_BYTES).read_to_end(&mut bytes));
    let styles = match read {
        Ok(_) => read_styles(&String::from_utf8_lossy(&bytes)),
        Err(error) => Err(StyleFileError::Unreadable(Cause::new(error))),
    };
    context.events.send(match styles {
        Ok(styles) => Event::StylesImported(styles),
        Err(error) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Event::Notice(Notice::InvalidStyleFile { name, error })
        }
    });
}

fn export(context: &Context, path: PathBuf, styles: &[Style]) {
    if context.library.owns(&path) {
        return context.events.send(Event::Notice(Notice::TargetInLibrary { path }));
    }
    context.events.send(Event::Notice(match fs::write(&path, write_styles(styles)) {
        Ok(()) => Notice::StylesExported { path, count: styles.len() },
        Err(error) => Notice::SaveFailed { path, reason: error.to_string() },
    }));
}
