//! The session: state of composer, selection, view and window. Stored in `session.json`.

use serde::{Deserialize, Serialize};

use crate::recipe::{ImageId, Recipe, SortOrder};

/// The state to restore at the next start. Stored in `session.json`, written after every change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Content of the composer.
    pub composer: Recipe,
    /// Images selected in the gallery.
    pub selection: Vec<ImageId>,
    /// The focused image.
    pub focus: Option<ImageId>,
    /// Text of the search box.
    pub search: String,
    /// Order of the images.
    pub order: SortOrder,
    /// Scroll offset of the gallery, in points.
    pub scroll: f64,
    /// The window's inner size in points, and whether it is maximized.
    pub window: Option<WindowSize>,
    /// Whether the composer's advanced section is open.
    pub advanced_open: bool,
    /// How the composer's prompt is expanded.
    pub composing: Composing,
    /// Names of the selected styles.
    pub styles: Vec<String>,
    /// Prompts that were sent before, newest first.
    pub history: Vec<String>,
    /// What was chosen last in the command palette, newest first.
    pub recent: Vec<String>,
}

/// How a template is expanded to prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Composing {
    /// Which prompts are sent.
    pub variants: Variants,
    /// Number of random prompts.
    pub count: u32,
    /// Seed of the random selection.
    pub seed: u64,
    /// Whether the models' seed increases from request to request.
    pub count_up: bool,
    /// Whether an edit is sent with the conversation before it.
    pub converse: bool,
}

impl Default for Composing {
    fn default() -> Self {
        Self { variants: Variants::default(), count: 8, seed: 1, count_up: false, converse: false }
    }
}

/// Which prompts of a template are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variants {
    /// All of them.
    #[default]
    Every,
    /// A random selection.
    Random,
    /// The text itself: braces and dollar signs are literal.
    AsWritten,
}

/// Size and state of the window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowSize {
    /// Inner width in points.
    pub width: f32,
    /// Inner height in points.
    pub height: f32,
    /// Whether the window is maximized.
    pub maximised: bool,
}
