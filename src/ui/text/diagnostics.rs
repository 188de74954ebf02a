//! Texts about the diagnostics of a gateway.

use crate::{
    recipe::{Dialect, Failure, Money},
    studio::{CheckResult, DiagnosticCheck, DiagnosticStep},
};

use super::messages::Text;

/// The text of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoctorText {
    /// The subject of the step.
    pub title: String,
    /// The result.
    pub sentence: String,
    /// The advice; empty if none is needed.
    pub next: String,
}

impl Text {
    /// Describes a step.
    pub fn doctor(&self, step: &DiagnosticStep) -> DoctorText {
        let (sentence, next) = self.finding(&step.result);
        DoctorText { title: self.check(step.check), sentence, next }
    }

    fn check(&self, check: DiagnosticCheck) -> String {
        self.get(match check {
            DiagnosticCheck::Address => "doctor-address",
            DiagnosticCheck::Network => "doctor-network",
            DiagnosticCheck::Encryption => "doctor-encryption",
            DiagnosticCheck::Models => "doctor-models",
            DiagnosticCheck::Key => "doctor-key",
            DiagnosticCheck::Clock => "doctor-clock",
            DiagnosticCheck::Model => "doctor-model",
            DiagnosticCheck::Image => "doctor-picture",
        })
    }

    fn finding(&self, finding: &CheckResult) -> (String, String) {
        let next = |key| self.attribute(key, "next");
        let said = |key| (self.get(key), String::new());
        let helped = |key| (self.get(key), next(key));
        match finding {
            CheckResult::Address { origin } => {
                (self.with("doctor-goes-to", [("origin", origin.as_str().into())]), String::new())
            }
            CheckResult::InvalidAddress(error) => self.address_error(error),
            CheckResult::Reachable { took } => {
                (self.with("doctor-reached", [("took", self.duration(*took).into())]), String::new())
            }
            CheckResult::UnknownHost { reason } => {
                (self.with("doctor-no-such-host", [("reason", reason.as_str().into())]), next("doctor-no-such-host"))
            }
            CheckResult::Unreachable { reason } => {
                (self.with("doctor-not-reached", [("reason", reason.as_str().into())]), next("doctor-not-reached"))
            }
            CheckResult::ThroughProxy => said("doctor-through-proxy"),
            CheckResult::Encrypted => said("doctor-encrypted"),
            CheckResult::PlainLocal => said("doctor-plain-here"),
            CheckResult::PlainRemote => helped("doctor-plain-elsewhere"),
            CheckResult::TlsFailed(failure)
            | CheckResult::KeyRejected(failure)
            | CheckResult::ModelsFailed(failure) => self.failed(failure),
            CheckResult::Models { all, image, took } => {
                let counts =
                    [("all", (*all).into()), ("image", (*image).into()), ("took", self.duration(*took).into())];
                let next = if *image == 0 { next("doctor-listed-models") } else { String::new() };
                (self.with("doctor-listed-models", counts), next)
            }
            CheckResult::KeyAccepted => said("doctor-key-taken"),
            CheckResult::KeyNotNeeded => said("doctor-key-not-needed"),
            CheckResult::KeyUnverified => helped("doctor-key-unproven"),
            CheckResult::ClockCorrect => said("doctor-clock-right"),
            CheckResult::ClockOff { seconds } => {
                let off = self.duration(std::time::Duration::from_secs(seconds.unsigned_abs()));
                let key = if *seconds > 0 { "doctor-clock-ahead" } else { "doctor-clock-behind" };
                (self.with(key, [("off", off.into())]), self.get("doctor-clock-next"))
            }
            CheckResult::ClockUnknown => said("doctor-clock-unknown"),
            CheckResult::ModelListed { model } => {
                (self.with("doctor-listed", [("model", model.as_str().into())]), String::new())
            }
            CheckResult::ModelNotListed { model } => {
                (self.with("doctor-not-listed", [("model", model.as_str().into())]), next("doctor-not-listed"))
            }
            CheckResult::NoImageModel => helped("doctor-no-image-model"),
            CheckResult::NoModelList => said("doctor-list-unknown"),
            CheckResult::Image { details, dialect, images } => {
                let mut facts = vec![
                    format!("{} · {} × {}", details.facts.format.name(), details.facts.width, details.facts.height),
                    self.bytes(details.bytes),
                    self.duration(details.facts.took),
                    endpoint(*dialect).to_owned(),
                    self.get(if details.facts.answer.streamed { "doctor-streamed" } else { "doctor-at-once" }),
                ];
                if let Some(tokens) = details.facts.answer.usage.as_ref().and_then(|usage| usage.total_tokens) {
                    facts.push(self.with("doctor-tokens", [("tokens", tokens.into())]));
                }
                facts.push(self.cost(details.facts.cost));
                let facts = facts.join(" · ");
                (self.with("doctor-came", [("count", (*images).into()), ("facts", facts.into())]), String::new())
            }
            CheckResult::ImageFailed(failure) => {
                let words = self.text_of(failure);
                (self.join(&[&words.0, &self.charge(failure.charged)]), words.1)
            }
            CheckResult::Cancelled => said("card-cancelled"),
            CheckResult::ImageNotRequested { model: Some(model), price } => {
                let price = self.doctor_price(*price);
                (
                    self.with("doctor-not-asked", [("model", model.as_str().into()), ("price", price.into())]),
                    String::new(),
                )
            }
            CheckResult::ImageNotRequested { model: None, .. } => said("doctor-no-model-to-ask"),
        }
    }

    /// The price of an image, or a note that it is unknown.
    pub fn doctor_price(&self, price: Option<Money>) -> String {
        match price {
            Some(price) => self.with("doctor-price", [("price", self.price(price).into())]),
            None => self.get("doctor-price-unknown"),
        }
    }

    fn cost(&self, cost: Option<Money>) -> String {
        cost.map_or_else(|| self.get("doctor-cost-unknown"), |cost| self.price(cost))
    }

    fn failed(&self, failure: &Failure) -> (String, String) {
        self.text_of(failure)
    }

    fn text_of(&self, failure: &Failure) -> (String, String) {
        let words = self.failure(failure);
        (words.sentence, words.next)
    }
}

fn endpoint(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat => "/chat/completions",
        Dialect::Images => "/images",
        Dialect::Gemini => ":generateContent",
    }
}
