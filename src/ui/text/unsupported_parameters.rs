//! Texts about parameters that are not sent, and about images that differ from the request.

use jiff::civil::Date;

use crate::recipe::{Abilities, Deprecated, Mismatch, Parameter, Parameters, Recipe, Unsupported};

use super::messages::Text;

impl Text {
    /// The parameters that the model does not support, such as `4K, seed`; none if all are sent.
    pub fn left_out(&self, recipe: &Recipe, unsupported: &[Unsupported]) -> Option<String> {
        let parts: Vec<String> = unsupported.iter().map(|part| name(recipe, *part, unsupported, self)).collect();
        (!parts.is_empty()).then(|| parts.join(&self.get("list-separator")))
    }

    /// The parameters that are set, such as `aspect ratio 16:9, temperature 0.8`; empty if all have their defaults.
    pub fn parameters(&self, set: &Parameters) -> String {
        let values = serde_json::to_value(set).unwrap_or_default();
        let one = |parameter: Parameter| {
            let key = serde_json::to_value(parameter).ok()?;
            let value = values.get(key.as_str()?)?;
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(format!("{} {value}", self.lowered(&parameter_name(parameter, self))))
        };
        let set = Parameter::ALL.into_iter().filter(|parameter| parameter.is_set(set));
        set.filter_map(one).collect::<Vec<_>>().join(&self.get("list-separator"))
    }

    /// The effective size in pixels, if it differs from the chosen one.
    pub fn sent_as(&self, set: &Parameters, abilities: &Abilities) -> Option<String> {
        let asked = set.pixels?;
        let Some(limits) = abilities.pixels else {
            let takes = |parameter| abilities.takes(parameter) != Some(false);
            let aspect = set.aspect.filter(|_| takes(Parameter::Aspect)).map(|aspect| aspect.to_string());
            let class = set.size.filter(|_| takes(Parameter::Size)).map(|size| size.to_string());
            let size = aspect.into_iter().chain(class).collect::<Vec<_>>().join(" ");
            let words = || self.with("composer-pixels-classes", [("size", size.as_str().into())]);
            return (!abilities.shapes_unknown() && !size.is_empty()).then(words);
        };
        let nearest = limits.nearest(asked);
        let (width, height) = nearest.sides();
        let words = || self.with("composer-pixels-nearest", [("size", format!("{width} × {height}").into())]);
        (nearest != asked).then(words)
    }

    /// Says when a model will be or was shut down.
    pub fn ending(&self, ending: &Deprecated, today: Date) -> String {
        let Some(day) = ending.ends else { return self.get("model-deprecated") };
        let date = self.date(day);
        match &ending.instead {
            _ if !ending.is_over(today) => self.with("model-ends", [("date", date.into())]),
            Some(model) => self.with("model-ended-instead", [("date", date.into()), ("model", model.as_str().into())]),
            None => self.with("model-ended", [("date", date.into())]),
        }
    }

    /// How an image differs from the request, such as `asked 16:9 4K, got 1:1 1K`.
    pub fn mismatch(&self, mismatch: &Mismatch) -> String {
        self.with("mismatch", [("asked", mismatch.requested().into()), ("got", mismatch.actual().into())])
    }
}

fn name(recipe: &Recipe, part: Unsupported, all: &[Unsupported], text: &Text) -> String {
    let set = &recipe.parameters;
    match part {
        Unsupported::ReferencesBeyond(most) => {
            // If a conversation is not sent, its last image counts as a reference.
            let count = recipe.references.len() + usize::from(all.contains(&Unsupported::Turns));
            text.with("left-out-references", [("count", count.saturating_sub(most).into())])
        }
        Unsupported::Turns => text.get("left-out-turns"),
        Unsupported::TurnsBefore(count) => text.with("left-out-turns-before", [("count", count.into())]),
        Unsupported::Mask => text.get("left-out-mask"),
        Unsupported::Parameter(Parameter::Aspect) => set.aspect.map(|aspect| aspect.to_string()).unwrap_or_default(),
        Unsupported::Parameter(Parameter::Size) => match set.pixels {
            Some(pixels) => pixels.to_string(),
            None => set.size.map(|size| size.to_string()).unwrap_or_default(),
        },
        Unsupported::Parameter(parameter) => text.lowered(&parameter_name(parameter, text)),
    }
}

/// The name of a parameter, as in its row of the composer.
fn parameter_name(parameter: Parameter, text: &Text) -> String {
    text.get(match parameter {
        Parameter::Aspect => "composer-aspect",
        Parameter::Size => "composer-size",
        Parameter::N => "parameter-images",
        Parameter::Temperature => "parameter-temperature",
        Parameter::TopP => "parameter-top-p",
        Parameter::Seed => "parameter-seed",
        Parameter::Stream => "parameter-stream",
        Parameter::PresencePenalty => "parameter-presence-penalty",
        Parameter::FrequencyPenalty => "parameter-frequency-penalty",
        Parameter::MaxTokens => "parameter-max-tokens",
        Parameter::MaxCompletionTokens => "parameter-max-completion-tokens",
        Parameter::User => "parameter-user",
        Parameter::Contents => "parameter-contents",
        Parameter::Stop => "parameter-stop",
        Parameter::LogitBias => "parameter-logit-bias",
        Parameter::Tools => "parameter-tools",
        Parameter::ToolChoice => "parameter-tool-choice",
        Parameter::ResponseFormat => "parameter-response-format",
    })
}
