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
    /// What the person keeps for writing prompts.
    pub kit: Arc<Kit>,
    /// Where the library is.
    pub library: PathBuf,
    /// A newer version made the library: it can be looked at, and nothing of it is changed.
    pub look_only: bool,
    /// Base URL of the running demo gateway.
    pub demo_url: String,
}
