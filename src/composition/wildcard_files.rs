//! The contents of wildcard files, and what they mean in prompts.

use std::{collections::BTreeMap, sync::Arc};

use crate::prompt::{Sources, Wildcard, Wildcards};

/// The contents of a person's wildcard files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WildcardFiles {
    /// The text of each file, by the name of the wildcard.
    pub texts: Arc<BTreeMap<String, String>>,
    /// What names of wildcards and variables mean in prompts.
    pub sources: Arc<Sources>,
}

impl WildcardFiles {
    /// Parses the texts of files. `variables` holds what variables stand for, by their names.
    pub fn new(texts: BTreeMap<String, String>, variables: BTreeMap<String, String>) -> Self {
        let wildcards: Wildcards = texts.iter().map(|(name, text)| (name.as_str(), Wildcard::parse(text))).collect();
        Self { texts: Arc::new(texts), sources: Arc::new(Sources { wildcards, variables }) }
    }
}
