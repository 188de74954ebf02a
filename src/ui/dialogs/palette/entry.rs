//! What the palette offers: an entry for each thing that can be done or opened.

use egui::KeyboardShortcut;

use crate::{
    recipe::ProfileId,
    ui::{
        actions::{action::Action, payload::SettingsSection, settings_row::SettingsRow, ui_command::UiCommand},
        text::Text,
    },
};

/// The kinds of entries; the list has a heading for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EntryGroup {
    /// What was chosen last.
    Recent,
    /// Commands of the window.
    Commands,
    /// Sections and rows of the settings.
    Settings,
    /// Models of every provider.
    Models,
    /// Collections and saved searches.
    Collections,
    /// Styles of the prompt library.
    Styles,
    /// Texts that are put into the prompt: wildcards, variables and snippets.
    Inserts,
}

impl EntryGroup {
    /// The heading of the group.
    pub(super) fn heading(self, text: &Text) -> String {
        text.get(match self {
            Self::Recent => "palette-recent",
            Self::Commands => "palette-commands",
            Self::Settings => "palette-settings",
            Self::Models => "palette-models",
            Self::Collections => "palette-collections",
            Self::Styles => "palette-styles",
            Self::Inserts => "palette-inserts",
        })
    }
}

/// What happens when an entry is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EntryTarget {
    /// Run a command.
    Command(UiCommand),
    /// Open the settings at a section.
    Settings(SettingsSection),
    /// Open the settings at a row.
    SettingsRow(SettingsRow),
    /// Use this model of this provider.
    Model(ProfileId, String),
    /// Search the library.
    Search(String),
    /// Switch a style on or off.
    Style(String),
    /// Put a text into the prompt.
    Insert(String),
}

impl EntryTarget {
    /// The action that carries it out.
    pub(super) fn action(self) -> Action {
        match self {
            Self::Command(command) => Action::Run(command),
            Self::Settings(section) => Action::OpenSettings(section),
            Self::SettingsRow(row) => Action::OpenSettingsRow(row),
            Self::Model(profile, model) => Action::UseModel(profile, model),
            Self::Search(search) => Action::Search(search),
            Self::Style(name) => Action::ToggleStyle(name),
            Self::Insert(words) => Action::InsertIntoPrompt(words),
        }
    }

    /// A name that stays the same from start to start, for the list of recent entries.
    pub(super) fn id(&self) -> String {
        match self {
            Self::Command(command) => format!("command:{}", command.id()),
            Self::Settings(section) => format!("settings:{}", section.id()),
            Self::SettingsRow(row) => format!("setting:{}", row.key()),
            Self::Model(profile, model) => format!("model:{}/{model}", profile.as_str()),
            Self::Search(search) => format!("search:{search}"),
            Self::Style(name) => format!("style:{name}"),
            Self::Insert(words) => format!("insert:{words}"),
        }
    }
}

/// An entry of the palette.
#[derive(Clone, Debug)]
pub(super) struct PaletteEntry {
    pub(super) group: EntryGroup,
    pub(super) icon: &'static str,
    pub(super) name: String,
    /// Faint words after the name: the provider of a model, or whether a style is on.
    pub(super) detail: String,
    /// Words that also find the entry and are not drawn, such as its English name.
    pub(super) keywords: String,
    pub(super) keys: Option<KeyboardShortcut>,
    /// Why it cannot be chosen now.
    pub(super) obstacle: Option<String>,
    pub(super) target: EntryTarget,
}

impl PaletteEntry {
    /// Creates an entry with a name and what it does.
    pub(super) fn new(group: EntryGroup, icon: &'static str, name: String, target: EntryTarget) -> Self {
        Self { group, icon, name, detail: String::new(), keywords: String::new(), keys: None, obstacle: None, target }
    }

    /// Adds faint words after the name.
    pub(super) fn detail(self, detail: String) -> Self {
        Self { detail, ..self }
    }
}
