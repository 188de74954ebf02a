//! What the dialog that edits wildcard files remembers.

use crate::{
    prompt::is_name,
    studio::Command,
    ui::{actions::action::Actions, state::view_context::ViewContext},
};

/// The dialog that edits wildcard files.
#[derive(Debug, Default)]
pub struct WildcardEditor {
    pub(in crate::ui::panels::composer) open: bool,
    /// The file whose text is shown, or the one that is being made.
    pub(in crate::ui::panels::composer) name: String,
    pub(in crate::ui::panels::composer) text: String,
    /// What was read of it.
    pub(in crate::ui::panels::composer) saved: Option<String>,
    /// Where to go once the person has said what becomes of the changes.
    pub(in crate::ui::panels::composer) leaving: Option<NextWildcard>,
}

/// Where the dialog goes from the file that it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextWildcard {
    /// To a file; to a new one if the name is empty.
    File(String),
    /// Away.
    Close,
}

impl WildcardEditor {
    /// Whether the dialog is on screen.
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

    /// Goes on at once, or asks first what becomes of the changes.
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
        actions.send(Command::SaveWildcard { name: self.name.clone(), text: self.text.clone() });
    }

    pub(in crate::ui::panels::composer) fn may_save(&self) -> bool {
        self.changed() && is_name(&self.name) && !self.name.contains('*')
    }
}
