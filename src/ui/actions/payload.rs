//! Values that actions carry for the panel or dialog that carries them out.

use crate::{
    recipe::{BatchId, Recipe},
    ui::{state::view_context::ViewContext, text::Text},
};

/// What a person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseChoice {
    /// Leave when everything is made that is being made.
    Wait,
    /// Leave at once.
    Now,
    /// Stay.
    Stay,
}

/// The sections of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SettingsSection {
    /// The folder of images, and responses that are kept.
    Library,
    /// Language, colors, text size, motion, announcements.
    Appearance,
    /// Gateways and their keys.
    #[default]
    Providers,
    /// How requests are sent, how much may be spent, what is said at the end.
    Queue,
    /// The list of shortcuts.
    Shortcuts,
    /// Version, licenses and folders.
    About,
}

impl SettingsSection {
    pub const ALL: [Self; 6] =
        [Self::Library, Self::Appearance, Self::Providers, Self::Queue, Self::Shortcuts, Self::About];

    /// A name that stays the same in every version and language.
    pub fn id(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Appearance => "appearance",
            Self::Providers => "providers",
            Self::Queue => "queue",
            Self::Shortcuts => "shortcuts",
            Self::About => "about",
        }
    }

    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Library => "settings-library-section",
            Self::Appearance => "settings-appearance",
            Self::Providers => "settings-providers",
            Self::Queue => "settings-queue",
            Self::Shortcuts => "settings-shortcuts",
            Self::About => "settings-about",
        }
    }

    pub fn name(self, cx: &ViewContext<'_>) -> String {
        cx.text.get(self.key())
    }
}

/// Why a command is not available now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// No image is selected that it could apply to.
    NoSelection,
    /// It works on the page with composer and gallery.
    OtherPage,
    /// There is nothing to do for it.
    NotNow,
}

impl Obstacle {
    /// What a person has to do first.
    pub fn sentence(self, text: &Text) -> String {
        text.get(match self {
            Self::NoSelection => "obstacle-selection",
            Self::OtherPage => "obstacle-page",
            Self::NotNow => "obstacle-now",
        })
    }
}

/// A part of a recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recall {
    /// All of it: the same is asked again.
    Everything,
    /// The prompt as it was sent, and what was to be avoided.
    Prompt,
    /// The template as it was written, and the styles around it.
    Template,
    /// The parameters but for the seed.
    Parameters,
    /// The seed.
    Seed,
    /// The references.
    References,
}

impl Recall {
    /// Every part, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Everything, Self::Prompt, Self::Template, Self::Parameters, Self::Seed, Self::References];

    /// Whether a recipe has this part.
    pub fn is_in(self, recipe: &Recipe) -> bool {
        match self {
            Self::Everything | Self::Prompt | Self::Parameters => true,
            Self::Template => recipe.composed.is_some(),
            Self::Seed => recipe.parameters.seed.is_some(),
            Self::References => !recipe.references.is_empty(),
        }
    }

    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Everything => "recall-everything",
            Self::Prompt => "recall-prompt",
            Self::Template => "recall-template",
            Self::Parameters => "recall-parameters",
            Self::Seed => "recall-seed",
            Self::References => "recall-references",
        }
    }
}

/// A grid that is to be exported.
#[derive(Clone, Debug, PartialEq)]
pub struct GridShape {
    /// The batch that the grid belongs to.
    pub batch: BatchId,
    /// How many columns it has.
    pub columns: usize,
    /// How many rows it has.
    pub rows: usize,
    /// Whether something stands before its rows.
    pub labeled: bool,
}
