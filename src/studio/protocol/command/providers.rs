//! Commands about providers.

use crate::{
    recipe::{Profile, ProfileId, TrustedCertificate},
    studio::protocol::providers::Secret,
};

/// Manages keys and certificates of providers, and contacts their gateways.
#[derive(Debug)]
pub enum ProviderCommand {
    /// Look up whether there is a key for this profile.
    LookUpKey(ProfileId),
    /// Confirm that the key of this profile may be sent to its host.
    ConfirmHost(ProfileId),
    /// Accept this certificate at this profile's host, whatever is wrong with it.
    TrustCertificate(ProfileId, TrustedCertificate),
    /// Accept only certificates that the system trusts for this profile.
    DistrustCertificate(ProfileId),
    /// Store a key in the keychain. This also confirms the profile's host.
    StoreKey(ProfileId, Secret),
    /// Delete the key from the keychain.
    ForgetKey(ProfileId),
    /// Request the model list of a gateway and report the result. The command carries the whole profile, because it may
    /// be one that is being edited.
    TestConnection(Box<Profile>),
    /// Run the diagnostic checks on a gateway, which cost nothing. The command carries the whole profile, because it
    /// may be one that is being edited.
    Diagnose {
        /// The profile.
        profile: Box<Profile>,
        /// The model to check; if empty, the first image model that the gateway lists.
        model: String,
    },
    /// Generate one small image to test a gateway. It may be charged, and is stored like any other image.
    GenerateTestImage {
        /// The profile.
        profile: ProfileId,
        /// The model.
        model: String,
    },
    /// Refresh the model list of a profile.
    RefreshModels(ProfileId),
}
