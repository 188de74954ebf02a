//! Events about providers.

use std::collections::BTreeMap;

use crate::{
    recipe::{Failure, LearnedModel, ProfileId},
    studio::protocol::providers::{ConnectionReport, DiagnosticStep, KeyState, ModelInfo},
};

/// Keys, models, and results of tests of providers.
#[derive(Clone, Debug)]
pub enum ProviderEvent {
    /// The state of a profile's key.
    KeyState(ProfileId, KeyState),
    /// A connection test has ended.
    ConnectionTested(ProfileId, Result<ConnectionReport, Failure>),
    /// The result of one diagnostic check.
    DiagnosticStep(ProfileId, Box<DiagnosticStep>),
    /// All diagnostic checks have ended. The result of a test image, if one was requested, follows later.
    DiagnosticsDone(ProfileId),
    /// The models of a profile, image models first.
    Models(ProfileId, Vec<ModelInfo>),
    /// The learned capabilities of a profile's models, by model ID.
    Learned(ProfileId, BTreeMap<String, LearnedModel>),
}
