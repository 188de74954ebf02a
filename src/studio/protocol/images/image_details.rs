//! Everything that is known about an image.

use std::path::PathBuf;

use crate::{
    library::Lineage,
    recipe::{AspectRatio, ImageFacts, ImageSize, Marks, Recipe},
};

/// Everything that is known about an image.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageDetails {
    /// The facts of the image.
    pub facts: ImageFacts,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// Path of the file.
    pub path: PathBuf,
    /// Rating, flag, label, tags and note.
    pub marks: Marks,
    /// The dominant colors, the most characteristic first; empty until they are computed.
    pub palette: Vec<[u8; 3]>,
    /// The images that it was made from, and that were made from it.
    pub lineage: Lineage,
}

impl ImageDetails {
    /// The settings of another program that [`Self::for_reuse`] omits. The model is not among them, because whether it
    /// can be used depends on the providers.
    pub fn unsupported_settings(&self) -> Vec<UnsupportedSetting> {
        let Some(foreign) = self.facts.source.as_ref().and_then(|source| source.recipe.as_ref()) else {
            return Vec::new();
        };
        let common = [
            (foreign.steps.is_some(), UnsupportedSetting::Steps),
            (!foreign.sampler.is_empty(), UnsupportedSetting::Sampler),
            (foreign.cfg.is_some(), UnsupportedSetting::Guidance),
        ];
        let common = common.into_iter().filter_map(|(is_set, setting)| is_set.then_some(setting));
        common.chain(foreign.extra.keys().cloned().map(UnsupportedSetting::Other)).collect()
    }

    /// The recipe as the composer loads it. For an image of another program, aspect ratio and size are those of its
    /// pixels.
    pub fn for_reuse(&self) -> Recipe {
        let mut recipe = self.facts.recipe.clone();
        if !recipe.profile.is_imported() {
            return recipe;
        }
        let foreign = self.facts.source.as_ref().and_then(|source| source.recipe.as_ref());
        if let Some(foreign) = foreign {
            recipe.negative.clone_from(&foreign.negative);
        }
        let ratio = self.facts.width.max(1) as f32 / self.facts.height.max(1) as f32;
        let away = |aspect: &AspectRatio| (aspect.value() / ratio).ln().abs();
        recipe.parameters.aspect =
            AspectRatio::COMMON.into_iter().chain(AspectRatio::MORE).min_by(|a, b| away(a).total_cmp(&away(b)));
        let side = self.facts.width.max(self.facts.height);
        recipe.parameters.size = ImageSize::ALL.into_iter().min_by_key(|size| size.edge().abs_diff(side));
        recipe
    }
}

/// A setting of another program that recipes do not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnsupportedSetting {
    /// Sampler steps.
    Steps,
    /// The sampler.
    Sampler,
    /// Guidance scale.
    Guidance,
    /// Any other setting, under the program's own name, such as `LoRA`.
    Other(String),
}
