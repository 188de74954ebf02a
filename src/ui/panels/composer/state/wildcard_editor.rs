//! The state of the dialog that edits wildcard files.

use crate::{
    prompt::is_name,
    studio::{Command, WildcardCommand},
    ui::{actions::action::Actions, state::view_context::ViewContext},
};

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct WildcardEditor {
    pub(in crate::ui::panels::composer) open: bool,
    /// The name of the shown or new file.
    pub(in crate::ui::panels::composer) name: String,
    pub(in crate::ui::panels::composer) text: String,
    /// The saved text.
    pub(in crate::ui::panels::composer) saved: Option<String>,
    /// Where to go after the question about unsaved changes.
    pub(in crate::ui::panels::composer) leaving: Option<NextWildcard>,
}

/// What the dialog shows next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextWildcard {
    /// A file; a new one if the name is empty.
    File(String),
    /// Nothing: it closes.
    Close,
}

impl WildcardEditor {
    /// Whether the dialog is open.
    pub(in crate::ui::panels::composer) fn is_open(&self) -> bool {
        self.open
    }

    pub(in crate::ui::panels::composer) fn show(&mut self, name: &str, cx: &ViewContext<'_>) {
        name.clone_into(&mut self.name);
        self.saved = cx.known.wildcards.get(name).cloned();
        self.text = self.saved.clone().unwrap_or_default();
    }

    pub(in crate::ui::panels::composer) fn changed(&self) -> bool {
        self.saved.as_deref().unwrap_or_default() != self.text
    }

    /// Goes on immediately, or asks about unsaved changes first.
    pub(in crate::ui::panels::composer) fn go(&mut self, next: NextWildcard, cx: &ViewContext<'_>) {
        if self.changed() {
            self.leaving = Some(next);
        } else {
            self.leave(&next, cx);
        }
    }

    pub(in crate::ui::panels::composer) fn leave(&mut self, next: &NextWildcard, cx: &ViewContext<'_>) {
        self.leaving = None;
        match next {
            NextWildcard::File(name) => self.show(name, cx),
            NextWildcard::Close => *self = Self::default(),
        }
    }

    pub(in crate::ui::panels::composer) fn save(&self, actions: &mut Actions) {
        actions.send(Command::Wildcards(WildcardCommand::Save { name: self.name.clone(), text: self.text.clone() }));
    }

    pub(in crate::ui::panels::composer) fn may_save(&self) -> bool {
        self.changed() && is_name(&self.name) && !self.name.contains('*')
    }
}
