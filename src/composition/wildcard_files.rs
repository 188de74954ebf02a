//! The content of wildcard files.

use std::{collections::BTreeMap, sync::Arc};

use crate::prompt::{Sources, Wildcard, Wildcards};

/// The content of the user's wildcard files, and the sources of prompts parsed from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WildcardFiles {
    /// The text of each file, by the name of the wildcard.
    pub texts: Arc<BTreeMap<String, String>>,
    /// Wildcards and variables of prompts.
    pub sources: Arc<Sources>,
}

impl WildcardFiles {
    /// Parses the texts of files. `variables` has the values of variables by name.
    pub fn new(texts: BTreeMap<String, String>, variables: BTreeMap<String, String>) -> Self {
        let wildcards: Wildcards = texts.iter().map(|(name, text)| (name.as_str(), Wildcard::parse(text))).collect();
        Self { texts: Arc::new(texts), sources: Arc::new(Sources { wildcards, variables }) }
    }
}
