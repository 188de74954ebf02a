//! Everything that is known about an image.

use std::{ops::Deref, path::PathBuf};

use crate::{
    library::Lineage,
    recipe::{AspectRatio, ImageFacts, ImageSize, Marks, Recipe},
};

/// Everything that is known about a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Details {
    /// Its facts.
    pub facts: ImageFacts,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// Where the file is.
    pub path: PathBuf,
    /// What is said about it.
    pub marks: Marks,
    /// The colours that stand for it, the most telling first; none if nobody has looked yet.
    pub palette: Vec<[u8; 3]>,
    /// What it was made with, and what was made with it.
    pub lineage: Lineage,
}

impl Deref for Details {
    type Target = ImageFacts;

    fn deref(&self) -> &ImageFacts {
        &self.facts
    }
}

impl Details {
    /// What of its recipe [`Self::for_reuse`] leaves behind; the model apart, which depends on what there is.
    pub fn not_taken(&self) -> Vec<NotTaken> {
        let Some(foreign) = self.source.as_ref().and_then(|source| source.recipe.as_ref()) else { return Vec::new() };
        let common = [
            (foreign.steps.is_some(), NotTaken::Steps),
            (!foreign.sampler.is_empty(), NotTaken::Sampler),
            (foreign.cfg.is_some(), NotTaken::Guidance),
        ];
        let common = common.into_iter().filter_map(|(said, what)| said.then_some(what));
        common.chain(foreign.extra.keys().cloned().map(NotTaken::Named)).collect()
    }

    /// Its recipe as a composer takes it. Of a picture that another program has made, shape and size are
    /// those of its pixels.
    pub fn for_reuse(&self) -> Recipe {
        let mut recipe = self.recipe.clone();
        if !recipe.profile.is_imported() {
            return recipe;
        }
        let foreign = self.source.as_ref().and_then(|source| source.recipe.as_ref());
        if let Some(foreign) = foreign {
            recipe.negative.clone_from(&foreign.negative);
        }
        let ratio = self.width.max(1) as f32 / self.height.max(1) as f32;
        let away = |aspect: &AspectRatio| (aspect.value() / ratio).ln().abs();
        recipe.parameters.aspect =
            AspectRatio::COMMON.into_iter().chain(AspectRatio::MORE).min_by(|a, b| away(a).total_cmp(&away(b)));
        let side = self.width.max(self.height);
        recipe.parameters.size = ImageSize::ALL.into_iter().min_by_key(|size| size.edge().abs_diff(side));
        recipe
    }
}

/// What of another program's recipe has no place in a recipe here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The steps of its sampler.
    Steps,
    /// The sampler.
    Sampler,
    /// How closely the prompt was to be followed.
    Guidance,
    /// Something by the program's own name for it, such as its `LoRA`s.
    Named(String),
}
