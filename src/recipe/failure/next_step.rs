//! The next step after a failure, as data rather than as a sentence.

use std::time::Duration;

use url::Url;

use super::failure::{Charge, Failure, FailureKind, Retry};
use crate::recipe::profile::Profile;

/// The step that helps most after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Add credit or raise a key's limit on the gateway's billing page.
    OpenBillingPage,
    /// Change the prompt, the parameters or the references.
    EditPrompt,
    /// Choose another model.
    ChooseAnotherModel,
    /// Wait so long, then retry.
    Wait(Duration),
    /// Add or replace the key.
    CheckKey,
    /// Correct the gateway's address.
    CheckAddress,
    /// Compare the gateway's certificate with the fingerprint that its owner publishes, and trust it.
    TrustCertificate,
    /// Free disk space or make the library writable; the paid response is then stored without another request.
    FreeDiskSpace,
    /// Read the kept response again, which costs nothing: this version or a later one may understand it.
    ReadAgain,
    /// Download the linked image again, which costs nothing.
    FetchAgain,
    /// Send the same request again.
    Retry,
}

impl Failure {
    /// The step that helps most.
    pub fn next_step(&self) -> NextStep {
        use FailureKind as K;
        match self.kind {
            K::EmptyAnswer
            | K::BrokenImage
            | K::UnknownFormat
            | K::AbsurdDimensions
            | K::AnswerTooLarge
            | K::UnpacksTooLarge
            | K::ImageTooLarge
            | K::TooManyLinks
            | K::GatewayFailed
            | K::DiskFull
            | K::CannotWrite
            | K::Cancelled
                if self.kept.is_some() =>
            {
                NextStep::ReadAgain
            }
            K::NoMoney | K::KeyLimit => NextStep::OpenBillingPage,
            K::NoKey | K::UnusableKey | K::HostNotConfirmed | K::WrongKey | K::KeyExpired => NextStep::CheckKey,
            K::CertificateRefused
                if self.refused_certificate().is_some_and(|refused| refused.as_trusted().is_some()) =>
            {
                NextStep::TrustCertificate
            }
            K::CertificateRefused
            | K::NoConnection
            | K::InsecureConnection
            | K::WrongUrl
            | K::Redirected
            | K::NotFound
            | K::NotUnderstood => NextStep::CheckAddress,
            K::NotAllowed | K::UnknownModel | K::ToolCalled => NextStep::ChooseAnotherModel,
            K::TooLarge
            | K::BadRequest
            | K::PromptBlocked
            | K::ImageBlocked
            | K::NoImage
            | K::NothingDrawn
            | K::EmptyAnswer
            | K::AnswerTooLarge
            | K::UnpacksTooLarge
            | K::ImageTooLarge
            | K::TooManyLinks
            | K::AbsurdDimensions
            | K::ReferenceUnreadable => NextStep::EditPrompt,
            K::DiskFull | K::CannotWrite => NextStep::FreeDiskSpace,
            K::LinkFailed | K::LinkRefused | K::LinksTimedOut | K::TaskUnfinished | K::TaskNotFound => {
                NextStep::FetchAgain
            }
            K::RateLimited | K::GatewayFailed | K::TimedOut => self.wait.map_or(NextStep::Retry, NextStep::Wait),
            K::NoProgress
            | K::TookTooLong
            | K::CutOff
            | K::BrokenImage
            | K::UnknownFormat
            | K::KeychainSilent
            | K::OverCap
            | K::Interrupted
            | K::Cancelled => NextStep::Retry,
        }
    }

    /// Whether the same request may be sent again without confirmation: nothing was charged, and it may succeed.
    pub fn is_safe_to_repeat(&self) -> bool {
        self.charged == Charge::No && self.retry == Retry::ByItself
    }
}

/// The address of a gateway's billing page. `None` if the gateway is free or its base URL is invalid.
pub fn billing_page(profile: &Profile) -> Option<String> {
    if profile.id.is_demo() {
        return None;
    }
    let url = Url::parse(profile.base_url.trim()).ok()?;
    let host = url.host_str()?.to_ascii_lowercase();
    let at = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    if at("dgrid.ai") {
        return Some("https://dgrid.ai/".to_owned());
    }
    if at("openrouter.ai") {
        return Some("https://openrouter.ai/settings/credits".to_owned());
    }
    if at("openai.com") {
        return Some("https://platform.openai.com/settings/organization/billing/overview".to_owned());
    }
    if at("googleapis.com") {
        return Some("https://aistudio.google.com/usage".to_owned());
    }
    // Self-hosted gateways have their pages at their own address.
    matches!(url.scheme(), "http" | "https").then(|| format!("{}/", url.origin().ascii_serialization()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_a_helpful_next_step() {
        let step = |kind| Failure::new(kind).next_step();
        assert_eq!(step(FailureKind::NoMoney), NextStep::OpenBillingPage);
        assert_eq!(step(FailureKind::KeyExpired), NextStep::CheckKey);
        assert_eq!(step(FailureKind::UnknownModel), NextStep::ChooseAnotherModel);
        assert_eq!(step(FailureKind::ImageBlocked), NextStep::EditPrompt);
        assert_eq!(step(FailureKind::RateLimited), NextStep::Retry);
        let wait = Duration::from_mins(5);
        assert_eq!(Failure::new(FailureKind::RateLimited).wait(Some(wait)).next_step(), NextStep::Wait(wait));
    }

    #[test]
    fn every_gateway_has_its_billing_page() {
        let page = |base: &str| billing_page(&Profile { base_url: base.to_owned(), ..Profile::dgrid() });
        assert_eq!(page("https://api.dgrid.ai/v1").as_deref(), Some("https://dgrid.ai/"));
        assert_eq!(page("https://openrouter.ai/api/v1").as_deref(), Some("https://openrouter.ai/settings/credits"));
        assert!(page("https://api.openai.com/v1").is_some_and(|page| page.contains("/billing")));
        assert!(page("https://generativelanguage.googleapis.com/v1beta").is_some_and(|page| page.contains("aistudio")));
        assert_eq!(page("https://ai.example:8443/v1/x").as_deref(), Some("https://ai.example:8443/"));
        assert_eq!(page("https://fakeopenai.com/v1").as_deref(), Some("https://fakeopenai.com/"));
        assert_eq!(page("not an address"), None);
        assert_eq!(billing_page(&Profile::demo()), None);
    }
}
