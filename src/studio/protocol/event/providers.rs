//! Events about providers.

use std::collections::BTreeMap;

use crate::{
    recipe::{Failure, Learned, ProfileId},
    studio::protocol::providers::{ConnectionReport, DoctorStep, KeyState, ModelInfo},
};

/// What is known of providers.
#[derive(Clone, Debug)]
pub enum ProviderEvent {
    /// The state of a profile's key.
    KeyState(ProfileId, KeyState),
    /// A connection test has ended.
    ConnectionTested(ProfileId, Result<ConnectionReport, Failure>),
    /// The result of one diagnostic check.
    DiagnosticStep(ProfileId, Box<DoctorStep>),
    /// All diagnostic checks have ended. The result of a test image, if one was requested, follows later.
    DiagnosticsDone(ProfileId),
    /// The models of a profile, image models first.
    Models(ProfileId, Vec<ModelInfo>),
    /// What was learned of a profile's models from their images, by model id.
    Learned(ProfileId, BTreeMap<String, Learned>),
}
