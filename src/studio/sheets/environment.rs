//! The environment of sheet plans: the lists of models, and files on disk.

use std::{collections::BTreeMap, path::Path};

use crate::{
    composition::SheetEnvironment,
    gateway::ModelCatalog,
    recipe::{Abilities, Profile, ProfileId},
    studio::protocol::ModelInfo,
};

/// The models that the providers list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ModelEnvironment {
    pub(super) models: BTreeMap<ProfileId, Vec<ModelInfo>>,
}

impl SheetEnvironment for ModelEnvironment {
    fn abilities(&self, profile: &Profile, model: &str) -> Abilities {
        let listed = self.models.get(&profile.id).and_then(|models| models.iter().find(|info| info.id == model));
        // Without learned capabilities: they do not affect prices and counts of requests, and change with every image.
        ModelCatalog::built_in().abilities(profile, model, listed.map(|info| &info.listed), None)
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }
}
