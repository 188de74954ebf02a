//! What people need who use the window by keyboard or with a screen reader: the keyboard focus in the order of the eye,
//! in dialogs and back out of them; the tree that screen readers see, and live announcements.

mod focus_keeper;
mod focus_order;
mod tree;

pub use focus_keeper::{CONTENT, FocusKeeper, area, go_to_panel, keep_tab, panel};
pub use tree::{AccessibilityTree, Urgency, announce};
