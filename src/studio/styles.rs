//! Styles from files of others, and to files for them.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::settings::{NotStyles, Style, read_styles, write_styles};

use super::{Command, Event, Notice, core::Core, serve::ask, world::World};

/// Larger files are not styles.
const MOST: u64 = 16 << 20;

/// What the file is called unless a person says otherwise.
const SUGGESTED: &str = "atelier-styles.json";

impl Core {
    /// Does what a command about files of styles asks for.
    pub(super) fn share_styles(&self, command: Command) {
        let world = Arc::clone(&self.world);
        match command {
            Command::PickStyles => {
                let choice = self.world.dialogs.pick_styles();
                tokio::spawn(async move {
                    if let Some(path) = ask(&world, choice).await {
                        tokio::task::spawn_blocking(move || bring_in(&world, &path));
                    }
                });
            }
            Command::ExportStyles(styles) => {
                let choice = self.world.dialogs.save_file(SUGGESTED);
                tokio::spawn(async move {
                    if let Some(path) = ask(&world, choice).await {
                        tokio::task::spawn_blocking(move || write(&world, path, &styles));
                    }
                });
            }
            _ => {}
        }
    }
}

fn bring_in(world: &World, path: &Path) {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    let styles = match read {
        Ok(_) => read_styles(&String::from_utf8_lossy(&bytes)),
        Err(error) => Err(NotStyles::Unreadable(error.to_string())),
    };
    world.events.send(match styles {
        Ok(styles) => Event::Styles(styles),
        Err(error) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Event::Notice(Notice::StylesRefused { name, error })
        }
    });
}

fn write(world: &World, path: PathBuf, styles: &[Style]) {
    world.events.send(Event::Notice(match fs::write(&path, write_styles(styles)) {
        Ok(()) => Notice::StylesExported { path, count: styles.len() },
        Err(error) => Notice::CannotSave { path, reason: error.to_string() },
    }));
}
