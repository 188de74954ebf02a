//! The pages of the window, one of which is on screen.

use crate::ui::text::Text;

/// A page of the window; each has a tab in the top bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// Composer, gallery and inspector.
    #[default]
    Create,
    /// Prompt sheets.
    Sheet,
    /// Requests that run, wait or have failed.
    Queue,
}

impl Page {
    /// Every page, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Create, Self::Sheet, Self::Queue];

    /// The title of its tab.
    pub fn name(self, text: &Text) -> String {
        text.get(match self {
            Self::Create => "tab-create",
            Self::Sheet => "tab-sheet",
            Self::Queue => "tab-queue",
        })
    }
}
