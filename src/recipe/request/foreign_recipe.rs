//! The source of an imported image, and the recipe that another program has left in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Where an image came from that was not made here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The file that it was copied from, as its path was then; where it stays there, that file itself.
    pub file: String,
    /// Nothing was copied: the file stays the person's own, and the library only refers to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stays: bool,
    /// What its maker wrote into it, if that was understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<ForeignRecipe>,
}

/// How another program says that it made an image. What it does not say is empty or `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForeignRecipe {
    /// The program, as it is called.
    pub tool: String,
    /// What the image was to show.
    pub prompt: String,
    /// What it was not to show.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// The model, as the program names it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub model: String,
    /// The seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Steps of the sampler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u32>,
    /// How closely the prompt was to be followed (classifier-free guidance).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cfg: Option<f64>,
    /// The sampler, as the program names it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sampler: String,
    /// Width and height that were requested, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// What else it says, by its own names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// Which of these may be wrong: the program left several that could be meant, or none at the place where it should
    /// be.
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
    /// The steps of the sampler.
    Steps,
    /// The guidance.
    Cfg,
    /// The sampler.
    Sampler,
    /// Width and height.
    Size,
}
