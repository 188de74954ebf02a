//! The prompt: its field, and the menus that write into it.

mod completion;
pub(super) mod diff;
pub mod history_menu;
pub mod insertion;
pub(super) mod prompt_section;
pub(super) mod styles;
pub(super) mod wildcards;
