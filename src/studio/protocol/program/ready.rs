//! What the window needs for its first frame.

use std::{path::PathBuf, sync::Arc};

use crate::settings::{PromptLibrary, Session, Settings};

/// What the window needs for its first frame.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The settings.
    pub settings: Settings,
    /// Where the person left off.
    pub session: Session,
    /// The prompt library.
    pub prompt_library: Arc<PromptLibrary>,
    /// The library's folder.
    pub library: PathBuf,
    /// The folder of settings and session.
    pub config: PathBuf,
    /// The folder of log files, if the platform has one.
    pub logs: Option<PathBuf>,
    /// Where exported images go unless the person chooses another folder.
    pub export_folder: PathBuf,
    /// Whether files can be dropped on the window. Under Wayland the window system does not pass them on.
    pub takes_drops: bool,
    /// A newer version made the library: it can be looked at, and nothing of it is changed.
    pub read_only: bool,
    /// Base URL of the running demo gateway.
    pub demo_url: String,
}
