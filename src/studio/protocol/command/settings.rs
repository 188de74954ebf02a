//! Commands about settings, session and prompt library.

use std::path::PathBuf;

use crate::{
    recipe::Profile,
    settings::{PromptLibrary, Session, Settings, Shortcuts},
};

/// Changes what the studio keeps in its configuration folder.
#[derive(Debug)]
pub enum SettingsCommand {
    /// Change and save the settings.
    Save(Settings),
    /// Use this profile until the studio stops, whatever the settings say under its id.
    OverrideProfile(Box<Profile>),
    /// Save where the person left off.
    SaveSession(Box<Session>),
    /// Save the prompt library: styles, snippets and variables.
    SavePromptLibrary(Box<PromptLibrary>),
    /// Let the person choose a file of shortcuts in a dialog, and send its shortcuts.
    PickShortcutImport,
    /// Let the person choose a file in a save dialog, and write the shortcuts to it.
    PickShortcutExport(Shortcuts),
    /// Show a folder of the program in the system's file manager.
    OpenFolder(PathBuf),
}
