//! The state of the palette.

use egui::Id;

use crate::{
    settings::Language,
    ui::{
        actions::{payload::Obstacle, ui_command::UiCommand},
        state::view_context::ViewContext,
        text::Text,
    },
};

use super::{
    entry::PaletteEntry,
    list,
    matching::{self, Hit},
};

/// Maximum number of recent entries that are remembered.
const MAX_RECENT: usize = 20;

/// The state of the palette.
#[derive(Debug, Default)]
pub struct CommandPalette {
    pub(super) open: Option<OpenPalette>,
    /// The ids of the entries that were chosen last, newest first.
    recent: Vec<String>,
    /// The English names of commands, which find them in every language.
    english: Option<Text>,
}

/// The palette while it is open.
#[derive(Debug, Default)]
pub(super) struct OpenPalette {
    pub(super) query: String,
    pub(super) entries: Vec<PaletteEntry>,
    pub(super) hits: Vec<Hit>,
    /// The index of the highlighted hit.
    pub(super) at: usize,
    /// Whether to scroll to it.
    pub(super) reveal: bool,
    /// Whether it has not been drawn yet.
    pub(super) new: bool,
    /// The commands that are not available, and why.
    obstacles: Vec<(UiCommand, Obstacle)>,
    /// The names of the styles that are on.
    styles: Vec<String>,
    /// The widget that had the keyboard focus before.
    pub(super) back: Option<Id>,
}

impl CommandPalette {
    /// Opens it. `obstacles` has the commands that are not available now, `styles` the names of the active styles, and
    /// `back` the widget that gets the keyboard focus when it closes.
    pub fn open(&mut self, obstacles: Vec<(UiCommand, Obstacle)>, styles: Vec<String>, back: Option<Id>) {
        self.open = Some(OpenPalette { new: true, obstacles, styles, back, ..OpenPalette::default() });
    }

    /// Sets the query, if it is open.
    pub fn type_text(&mut self, text: String) {
        if let Some(open) = &mut self.open {
            open.query = text;
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Restores the recent entries of a saved session.
    pub fn restore(&mut self, recent: &[String]) {
        self.recent = recent.to_vec();
    }

    /// The ids of the entries that were chosen last, newest first.
    pub fn recent(&self) -> &[String] {
        &self.recent
    }

    /// Collects the entries in the first frame, and finds those that the query asks for.
    pub(super) fn refresh(&mut self, cx: &ViewContext<'_>) {
        let Some(open) = &mut self.open else { return };
        if self.english.is_none() && cx.known.settings.language != Language::English {
            self.english = Some(Text::new(Language::English));
        }
        open.entries = list::entries(&open.obstacles, &open.styles, self.english.as_ref(), cx);
        self.find();
    }

    /// Finds the entries that the query asks for.
    pub(super) fn find(&mut self) {
        if let Some(open) = &mut self.open {
            open.hits = matching::find(&open.entries, &open.query, &self.recent);
            open.at = 0;
            open.reveal = true;
        }
    }

    /// Closes it and returns the chosen entry, which becomes the most recent one.
    pub(super) fn choose(&mut self, index: usize) -> Option<PaletteEntry> {
        let open = self.open.as_ref()?;
        let entry = open.entries.get(open.hits.get(index)?.entry)?.clone();
        if entry.obstacle.is_some() {
            return None;
        }
        self.open = None;
        let id = entry.target.id();
        self.recent.retain(|other| *other != id);
        self.recent.insert(0, id);
        self.recent.truncate(MAX_RECENT);
        Some(entry)
    }
}
