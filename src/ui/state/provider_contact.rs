//! Whether a provider can be reached, as far as its last request or connection test has shown.

use std::collections::BTreeMap;

use crate::{
    recipe::{Failure, FailureKind, ProfileId},
    studio::{CardState, ProviderEvent, RequestCard},
};

/// What the last contact with a provider has shown.
#[derive(Clone, Debug, PartialEq)]
pub enum ProviderContact {
    /// It has responded.
    Reached,
    /// No request can succeed until something changes.
    Trouble(Failure),
}

/// The last contact with each provider since the start. A provider that is missing was not contacted.
#[derive(Clone, Debug, Default)]
pub struct ProviderContacts(BTreeMap<ProfileId, ProviderContact>);

impl ProviderContacts {
    /// The last contact with a provider, if there was one.
    pub fn last(&self, provider: &ProfileId) -> Option<&ProviderContact> {
        self.0.get(provider)
    }

    /// Folds an event about providers into this state.
    pub(super) fn fold_providers(&mut self, event: &ProviderEvent) {
        match event {
            ProviderEvent::ConnectionTested(provider, outcome) => {
                let contact = match outcome {
                    Ok(_) => ProviderContact::Reached,
                    Err(failure) => ProviderContact::Trouble(failure.clone()),
                };
                self.0.insert(provider.clone(), contact);
            }
            // Another key may work where the last one did not.
            ProviderEvent::KeyState(provider, _) => self.forget(provider),
            ProviderEvent::DiagnosticStep(..)
            | ProviderEvent::DiagnosticsDone(_)
            | ProviderEvent::Models(..)
            | ProviderEvent::Learned(..) => {}
        }
    }

    /// Forgets a provider whose address or key has changed.
    pub(super) fn forget(&mut self, provider: &ProfileId) {
        self.0.remove(provider);
    }

    /// Notes how a request goes that was under way. One that ended before the last start shows nothing.
    pub(super) fn note(&mut self, before: Option<&RequestCard>, now: &RequestCard) {
        if before.is_none_or(|before| has_ended(&before.state)) {
            return;
        }
        let contact = match &now.state {
            CardState::Receiving { .. } | CardState::Done { .. } => Some(ProviderContact::Reached),
            CardState::RetryScheduled { failure, .. } | CardState::Failed(failure) => contact_of(failure),
            _ => None,
        };
        if let Some(contact) = contact {
            self.0.insert(now.recipe.profile.clone(), contact);
        }
    }
}

fn has_ended(state: &CardState) -> bool {
    matches!(state, CardState::Done { .. } | CardState::Failed(_) | CardState::Cancelled { .. })
}

/// What a failure says about its provider; nothing if it is about the request, or about this computer.
fn contact_of(failure: &Failure) -> Option<ProviderContact> {
    match failure.kind {
        FailureKind::NoConnection
        | FailureKind::InsecureConnection
        | FailureKind::CertificateRefused
        | FailureKind::WrongUrl
        | FailureKind::Redirected
        | FailureKind::NoKey
        | FailureKind::UnusableKey
        | FailureKind::HostNotConfirmed
        | FailureKind::WrongKey
        | FailureKind::KeyExpired
        | FailureKind::KeyLimit
        | FailureKind::NoMoney
        | FailureKind::GatewayFailed
        | FailureKind::TimedOut => Some(ProviderContact::Trouble(failure.clone())),
        FailureKind::PromptBlocked | FailureKind::ImageBlocked | FailureKind::NoImage | FailureKind::NothingDrawn => {
            Some(ProviderContact::Reached)
        }
        _ => None,
    }
}
