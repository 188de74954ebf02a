//! The source of an imported image, and the recipe that another program wrote into it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The source of an imported image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Path of the file that was copied, or of the linked file.
    pub file: String,
    /// Whether the file is linked: it stays in its place, and the library only refers to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stays: bool,
    /// The recipe that another program wrote into it, if understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<ForeignRecipe>,
}

/// The recipe of an image as another program wrote it. Missing values are empty or `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForeignRecipe {
    /// Name of the program.
    pub tool: String,
    /// The prompt.
    pub prompt: String,
    /// The negative prompt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// Name of the model.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub model: String,
    /// The seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Number of sampling steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u32>,
    /// Guidance scale (classifier-free guidance).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cfg: Option<f64>,
    /// Name of the sampler.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sampler: String,
    /// Requested width and height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// Other values, by the program's names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// Fields that may be wrong, because several values were possible or the value was not at its usual place.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub guessed: BTreeSet<ForeignField>,
}

/// A value of a [`ForeignRecipe`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ForeignField {
    /// The prompt.
    Prompt,
    /// The negative prompt.
    Negative,
    /// The model.
    Model,
    /// The seed.
    Seed,
    /// The number of sampling steps.
    Steps,
    /// The guidance scale.
    Cfg,
    /// The sampler.
    Sampler,
    /// Width and height.
    Size,
}
