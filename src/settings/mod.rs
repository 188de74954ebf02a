//! Settings, session and prompt library. Plain data; `studio` reads and writes the files. Plain data; `studio` reads
//! and writes the files.

mod prompt_library;
mod session;
mod settings;
mod style_files;

pub use prompt_library::{Kit, Preset, Snippet, Style, Variable, free_name};
pub use session::{Composing, Session, Variants, WindowPlace};
pub use settings::{Language, Settings, Theme};
pub use style_files::{StyleFileError, read_styles, write_styles};
