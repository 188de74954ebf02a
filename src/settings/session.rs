//! Where a person left off: composer, selection, view and window. Kept in `session.json`.

use serde::{Deserialize, Serialize};

use crate::recipe::{ImageId, Recipe, SortOrder};

/// Where a person left off. Kept in `session.json`, written whenever it has changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// What stands in the composer.
    pub composer: Recipe,
    /// Images selected in the gallery.
    pub selection: Vec<ImageId>,
    /// The image that the keyboard is on.
    pub focus: Option<ImageId>,
    /// What stands in the search box.
    pub search: String,
    /// The order of the images.
    pub order: SortOrder,
    /// How far the gallery is scrolled, in points.
    pub scroll: f64,
    /// The window's inner size in points, and whether it is maximized.
    pub window: Option<WindowPlace>,
    /// Whether the composer's advanced part is open.
    pub advanced_open: bool,
    /// How the composer's prompt is read.
    pub composing: Composing,
    /// Names of the styles that are on.
    pub styles: Vec<String>,
    /// What was requested before, as it was written, newest first.
    pub history: Vec<String>,
    /// What was chosen last in the command palette, newest first.
    pub recent: Vec<String>,
}

/// How a prompt is read that may stand for several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Composing {
    /// Which of the prompts are meant.
    pub variants: Variants,
    /// How many, where they are chosen by chance.
    pub count: u32,
    /// The seed of that chance.
    pub seed: u64,
    /// Whether the models' seed goes up from request to request.
    pub count_up: bool,
    /// Whether an image that is changed in words is sent with all that was said before about it.
    pub converse: bool,
}

impl Default for Composing {
    fn default() -> Self {
        Self { variants: Variants::default(), count: 8, seed: 1, count_up: false, converse: false }
    }
}

/// Which of the prompts are meant that a prompt stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variants {
    /// Each of them.
    #[default]
    Every,
    /// Some by chance.
    Random,
    /// None: braces and dollar signs stand for themselves.
    AsWritten,
}

/// Size of the window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Inner width in points.
    pub width: f32,
    /// Inner height in points.
    pub height: f32,
    /// Whether it fills the screen.
    pub maximised: bool,
}
