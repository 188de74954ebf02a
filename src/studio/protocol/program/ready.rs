//! What the window needs for its first frame.

use std::{path::PathBuf, sync::Arc};

use crate::settings::{Kit, Session, Settings};

/// What the window needs for its first frame.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The settings.
    pub settings: Settings,
    /// Where the person left off.
    pub session: Session,
    /// The prompt library.
    pub kit: Arc<Kit>,
    /// The library's folder.
    pub library: PathBuf,
    /// The library was created by a newer version, so that it can be read but not changed.
    pub read_only: bool,
    /// Base URL of the running demo gateway.
    pub demo_url: String,
}
