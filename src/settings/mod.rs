//! Settings, session and prompt library. Plain data; `studio` reads and writes the files.

mod app_settings;
mod prompt_library;
mod session;
mod shortcuts;
mod style_files;

pub use app_settings::{Announcements, Language, Settings, TEXT_PERCENTS, Theme};
pub use prompt_library::{Preset, PromptLibrary, Snippet, Style, Variable, unused_name};
pub use session::{Composing, Session, Variants, WindowSize};
pub use shortcuts::{ShortcutFileError, Shortcuts, read_shortcuts, write_shortcuts};
pub use style_files::{StyleFileError, read_styles, write_styles};
