//! Texts about the diagnostics of a gateway.

use crate::{
    recipe::{Dialect, Failure, Money},
    studio::{Check, DoctorStep, Finding},
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
    pub fn doctor(&self, step: &DoctorStep) -> DoctorText {
        let (sentence, next) = self.finding(&step.finding);
        DoctorText { title: self.check(step.check), sentence, next }
    }

    fn check(&self, check: Check) -> String {
        self.get(match check {
            Check::Address => "doctor-address",
            Check::Network => "doctor-network",
            Check::Encryption => "doctor-encryption",
            Check::Models => "doctor-models",
            Check::Key => "doctor-key",
            Check::Clock => "doctor-clock",
            Check::Model => "doctor-model",
            Check::Picture => "doctor-picture",
        })
    }

    fn finding(&self, finding: &Finding) -> (String, String) {
        let next = |key| self.attribute(key, "next");
        let said = |key| (self.get(key), String::new());
        let helped = |key| (self.get(key), next(key));
        match finding {
            Finding::Address { origin } => {
                (self.with("doctor-goes-to", [("origin", origin.as_str().into())]), String::new())
            }
            Finding::WrongAddress(error) => self.address_error(error),
            Finding::Reached { took } => {
                (self.with("doctor-reached", [("took", self.duration(*took).into())]), String::new())
            }
            Finding::NoSuchHost { reason } => {
                (self.with("doctor-no-such-host", [("reason", reason.as_str().into())]), next("doctor-no-such-host"))
            }
            Finding::NotReached { reason } => {
                (self.with("doctor-not-reached", [("reason", reason.as_str().into())]), next("doctor-not-reached"))
            }
            Finding::ThroughProxy => said("doctor-through-proxy"),
            Finding::Encrypted => said("doctor-encrypted"),
            Finding::PlainHere => said("doctor-plain-here"),
            Finding::PlainElsewhere => helped("doctor-plain-elsewhere"),
            Finding::NotEncrypted(failure) | Finding::KeyRefused(failure) | Finding::NoModels(failure) => {
                self.failed(failure)
            }
            Finding::Models { all, image, took } => {
                let counts =
                    [("all", (*all).into()), ("image", (*image).into()), ("took", self.duration(*took).into())];
                let next = if *image == 0 { next("doctor-listed-models") } else { String::new() };
                (self.with("doctor-listed-models", counts), next)
            }
            Finding::KeyTaken => said("doctor-key-taken"),
            Finding::KeyNotNeeded => said("doctor-key-not-needed"),
            Finding::KeyUnproven => helped("doctor-key-unproven"),
            Finding::ClockRight => said("doctor-clock-right"),
            Finding::ClockOff { seconds } => {
                let off = self.duration(std::time::Duration::from_secs(seconds.unsigned_abs()));
                let key = if *seconds > 0 { "doctor-clock-ahead" } else { "doctor-clock-behind" };
                (self.with(key, [("off", off.into())]), self.get("doctor-clock-next"))
            }
            Finding::ClockUnknown => said("doctor-clock-unknown"),
            Finding::Listed { model } => {
                (self.with("doctor-listed", [("model", model.as_str().into())]), String::new())
            }
            Finding::NotListed { model } => {
                (self.with("doctor-not-listed", [("model", model.as_str().into())]), next("doctor-not-listed"))
            }
            Finding::NoImageModel => helped("doctor-no-image-model"),
            Finding::ListUnknown => said("doctor-list-unknown"),
            Finding::Picture { details, dialect, pictures } => {
                let mut facts = vec![
                    format!("{} · {} × {}", details.format.name(), details.width, details.height),
                    self.bytes(details.bytes),
                    self.duration(details.took),
                    endpoint(*dialect).to_owned(),
                    self.get(if details.answer.streamed { "doctor-streamed" } else { "doctor-at-once" }),
                ];
                if let Some(tokens) = details.answer.usage.as_ref().and_then(|usage| usage.total_tokens) {
                    facts.push(self.with("doctor-tokens", [("tokens", tokens.into())]));
                }
                facts.push(self.cost(details.cost));
                let facts = facts.join(" · ");
                (self.with("doctor-came", [("count", (*pictures).into()), ("facts", facts.into())]), String::new())
            }
            Finding::NoPicture(failure) => {
                let words = self.text_of(failure);
                (self.join(&[&words.0, &self.charge(failure.charged)]), words.1)
            }
            Finding::Cancelled => said("card-cancelled"),
            Finding::NotAsked { model: Some(model), price } => {
                let price = self.doctor_price(*price);
                (
                    self.with("doctor-not-asked", [("model", model.as_str().into()), ("price", price.into())]),
                    String::new(),
                )
            }
            Finding::NotAsked { model: None, .. } => said("doctor-no-model-to-ask"),
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
