//! Texts about failures.

use std::time::Duration;

use crate::recipe::{Charge, Failure, FailureKind, KeptLocation, NextStep};

use super::messages::Text;

/// The text of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureText {
    /// The heading.
    pub title: String,
    /// What happened, with the gateway's own message if there is one.
    pub sentence: String,
    /// What to do next.
    pub next: String,
    /// Whether the request was charged.
    pub charge: String,
}

impl Text {
    /// The text of a failure.
    pub fn failure(&self, failure: &Failure) -> FailureText {
        let key = key(failure.kind);
        let mut sentence = self.attribute(key, "what");
        let detail = failure.detail.as_deref().map(|detail| self.failure_detail(detail));
        if let Some((what, _)) = &detail {
            // The failure of a link begins with saying so.
            sentence = if failure.kind.is_about_links() { self.join(&[&sentence, what]) } else { what.clone() };
        }
        if failure.stored > 0 {
            let stored = self.with("failure-some-stored", [("count", failure.stored.into())]);
            sentence = self.join(&[&stored, &sentence]);
        }
        if let Some(words) = &failure.words {
            let (key, name) = match failure.kind {
                FailureKind::UnknownFormat => ("failure-format", "format"),
                FailureKind::TaskUnfinished | FailureKind::TaskNotFound => ("failure-task", "task"),
                _ => ("failure-words", "words"),
            };
            sentence = self.join(&[&sentence, &self.with(key, [(name, words.as_str().into())])]);
        }
        if let Some(wait) = failure.wait {
            let duration = self.duration(wait);
            sentence = self.join(&[&sentence, &self.with("failure-wait", [("duration", duration.into())])]);
        }
        let next = match failure.next_step() {
            NextStep::ReadAgain if !is_about_disk(failure) => self.get("failure-kept"),
            NextStep::ReadAgain | NextStep::FetchAgain => self.attribute(key, "next"),
            _ if let Some((_, next)) = &detail => match &failure.kept {
                Some(_) => self.join(&[next, &self.get("failure-kept")]),
                None => next.clone(),
            },
            _ if failure.kept.is_some() => self.join(&[&self.attribute(key, "next"), &self.get("failure-kept")]),
            _ => self.attribute(key, "next"),
        };
        let next = match failure.kept.as_ref().map(|kept| &kept.place) {
            None | Some(KeptLocation::Library) => next,
            Some(KeptLocation::Temporary(path)) => {
                self.join(&[&next, &self.with("failure-kept-temporary", [("path", path.as_str().into())])])
            }
            Some(KeptLocation::Memory) => self.join(&[&next, &self.get("failure-kept-memory")]),
        };
        FailureText { title: self.get(key), sentence, next, charge: self.charge(failure.charged) }
    }

    /// Says when a request is retried automatically.
    pub fn again(&self, failure: &Failure, wait: Duration) -> String {
        // The countdown is rounded up, because zero seconds while it still waits would look stuck.
        let time = self.seconds(Duration::from_secs(wait.as_millis().div_ceil(1_000) as u64));
        self.with("card-again", [("title", self.get(key(failure.kind)).into()), ("time", time.into())])
    }

    /// Whether something cost money.
    pub fn charge(&self, charge: Charge) -> String {
        self.get(match charge {
            Charge::No => "charge-no",
            Charge::Maybe => "charge-maybe",
            Charge::Yes => "charge-yes",
        })
    }
}

fn is_about_disk(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::DiskFull | FailureKind::CannotWrite)
}

fn key(kind: FailureKind) -> &'static str {
    use FailureKind as K;
    match kind {
        K::NoConnection => "failure-no-connection",
        K::InsecureConnection => "failure-insecure-connection",
        K::CertificateRefused => "failure-certificate-refused",
        K::WrongUrl => "failure-wrong-url",
        K::Redirected => "failure-redirected",
        K::NoKey => "failure-no-key",
        K::UnusableKey => "failure-unusable-key",
        K::HostNotConfirmed => "failure-host-not-confirmed",
        K::WrongKey => "failure-wrong-key",
        K::KeyExpired => "failure-key-expired",
        K::KeyLimit => "failure-key-limit",
        K::NoMoney => "failure-no-money",
        K::NotAllowed => "failure-not-allowed",
        K::UnknownModel => "failure-unknown-model",
        K::NotFound => "failure-not-found",
        K::RateLimited => "failure-rate-limited",
        K::TooLarge => "failure-too-large",
        K::BadRequest => "failure-bad-request",
        K::PromptBlocked => "failure-prompt-blocked",
        K::ImageBlocked => "failure-image-blocked",
        K::NoImage => "failure-no-image",
        K::NothingDrawn => "failure-nothing-drawn",
        K::ToolCalled => "failure-tool-called",
        K::EmptyAnswer => "failure-empty-answer",
        K::NotUnderstood => "failure-not-understood",
        K::GatewayFailed => "failure-gateway-failed",
        K::TimedOut => "failure-timed-out",
        K::NoProgress => "failure-no-progress",
        K::TookTooLong => "failure-took-too-long",
        K::CutOff => "failure-cut-off",
        K::AnswerTooLarge => "failure-answer-too-large",
        K::UnknownFormat => "failure-unknown-format",
        K::UnpacksTooLarge => "failure-unpacks-too-large",
        K::ImageTooLarge => "failure-image-too-large",
        K::BrokenImage => "failure-broken-image",
        K::AbsurdDimensions => "failure-absurd-dimensions",
        K::LinkFailed => "failure-link-failed",
        K::LinkRefused => "failure-link-refused",
        K::LinksTimedOut => "failure-links-timed-out",
        K::TooManyLinks => "failure-too-many-links",
        K::TaskUnfinished => "failure-task-unfinished",
        K::TaskNotFound => "failure-task-not-found",
        K::ReferenceUnreadable => "failure-reference-unreadable",
        K::DiskFull => "failure-disk-full",
        K::CannotWrite => "failure-cannot-write",
        K::KeychainSilent => "failure-keychain-silent",
        K::OverCap => "failure-over-cap",
        K::Interrupted => "failure-interrupted",
        K::Cancelled => "failure-cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Language;

    #[test]
    fn failure_text_has_reason_cost_and_next_step() {
        let failure = Failure::new(FailureKind::NoImage).words("I can't create that.");
        let english = Text::new(Language::English).failure(&failure);
        assert_eq!(english.title, "No image in the response");
        assert_eq!(english.sentence, "The model responded with text only. Provider message: “I can't create that.”");
        assert_eq!(english.charge, "You were charged.");
        let chinese = Text::new(Language::TraditionalChinese).failure(&failure);
        assert_eq!(chinese.sentence, "模型只以文字回應。供應商訊息：「I can't create that.」");
        assert!(!chinese.next.is_empty());
    }
}
