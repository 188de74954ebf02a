//! The step that a person can take after a failure, as data rather than as a sentence.

use std::time::Duration;

use url::Url;

use super::failure::{Charge, Failure, FailureKind, Retry};
use crate::recipe::profile::Profile;

/// The step that helps most after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Add credit, or raise a key's limit, where the gateway keeps its accounts.
    OpenBillingPage,
    /// Say it otherwise, or with other parameters or references.
    EditPrompt,
    /// Ask another model.
    ChooseAnotherModel,
    /// Wait so long, then ask again.
    Wait(Duration),
    /// Add or replace the key.
    CheckKey,
    /// Correct the gateway's address.
    CheckAddress,
    /// Compare the gateway's certificate with what its owner says, and trust it.
    TrustCertificate,
    /// Make room on the disk or make the library writable; what was paid for is then stored without being asked again.
    FreeDiskSpace,
    /// Read the kept response again, which costs nothing: this version, or a later one, may understand it.
    ReadAgain,
    /// Fetch the image again that the answer links to, which costs nothing.
    FetchAgain,
    /// Ask the same again.
    Retry,
}

impl Failure {
    /// What helps most.
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

    /// Whether the same request may be sent again without anybody being asked: nothing was charged, and it may work.
    pub fn is_safe_to_repeat(&self) -> bool {
        self.charged == Charge::No && self.retry == Retry::ByItself
    }
}

/// Where an account with a gateway is paid for. `None` where nobody asks for money, and where the address is none.
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
    // Gateways that people run themselves have their pages where they answer.
    matches!(url.scheme(), "http" | "https").then(|| format!("{}/", url.origin().ascii_serialization()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leads_to_what_helps() {
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
