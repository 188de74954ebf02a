//! The facts about an image, as pairs of a label and a value.

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::{
    recipe::{Parameters, PixelSize, Usage, find_mismatch},
    studio::ImageDetails,
    ui::{components::provider_name::profile_name, state::view_context::ViewContext, text::Text},
};

/// Maximum number of characters of a JSON value.
const MAX_JSON_CHARS: usize = 120;

/// A label and a value.
pub type Fact = (String, String);

/// The request, the response, and the cost and duration.
pub fn facts(details: &ImageDetails, cx: &ViewContext<'_>) -> Vec<Fact> {
    let text = cx.text;
    let recipe = &details.facts.recipe;
    let mut facts = FactList { text, list: Vec::new() };
    // Imported images have no request.
    let imported = recipe.profile.is_imported();
    if !recipe.negative.is_empty() {
        facts.add("composer-avoid", recipe.negative.clone());
    }
    if let Some(composed) = &recipe.composed {
        if !composed.styles.is_empty() {
            facts.add("styles", composed.styles.join(&text.get("list-separator")));
        }
        facts.add("fact-template", composed.template.clone());
    }
    let provider = cx.known.profile(&recipe.profile);
    let blind = cx.known.is_blind(recipe);
    if blind {
        facts.add("fact-model", text.get("fact-blind"));
    } else if !imported {
        let name = provider.map_or_else(|| recipe.profile.to_string(), |profile| profile_name(profile, cx));
        facts.add("fact-provider", name);
    }
    if !blind && (!imported || !recipe.model.is_empty()) {
        facts.add("fact-model", recipe.model.clone());
    }
    if let Some(model) = details.facts.answer.model.as_ref().filter(|model| !blind && **model != recipe.model) {
        facts.add("fact-answered-by", model.clone());
    }
    let pixels = format!("{} × {}", details.facts.width, details.facts.height);
    facts.add("fact-size", format!("{pixels} · {} · {}", details.facts.format.name(), text.bytes(details.bytes)));
    let asked: Vec<String> = [recipe.parameters.aspect.map(|aspect| aspect.to_string())]
        .into_iter()
        .chain([recipe.parameters.size.map(|size| size.to_string())])
        .flatten()
        .collect();
    if !asked.is_empty() {
        facts.add("fact-asked", asked.join(" · "));
    }
    if let Some(found) = find_mismatch(&recipe.effective().parameters, details.facts.width, details.facts.height) {
        facts.add("fact-mismatch", text.mismatch(&found));
    }
    if let Some(list) = text.left_out(recipe, &recipe.unsupported).filter(|_| !blind) {
        facts.add("fact-not-sent", list);
    }
    parameters(&mut facts, &recipe.parameters);
    if !recipe.references.is_empty() {
        facts.add("fact-references", text.count(recipe.references.len()));
    }
    if !recipe.turns.is_empty() {
        facts.add("fact-turns", text.count(recipe.turns.len()));
    }
    if let Some(tokens) = details.facts.answer.usage.as_ref().and_then(|usage| tokens(usage, text)).filter(|_| !blind) {
        facts.add("fact-tokens", tokens);
    }
    if let Some(cost) = details.facts.cost.filter(|_| !blind) {
        facts.add("fact-cost", text.price(cost));
    }
    if !imported && !blind {
        facts.add("fact-took", text.duration(details.facts.took));
    }
    let created = details.facts.created.to_zoned(TimeZone::system());
    let date = text.date(created.date());
    let time = created.strftime("%H:%M").to_string();
    facts.add("fact-created", text.with("date-and-time", [("date", date.into()), ("time", time.into())]));
    facts.list
}

struct FactList<'a> {
    text: &'a Text,
    list: Vec<Fact>,
}

impl FactList<'_> {
    fn add(&mut self, key: &str, value: String) {
        self.list.push((self.text.get(key), value));
    }

    fn number(&mut self, key: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.add(key, value.to_string());
        }
    }

    fn decimal(&mut self, key: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.add(key, format!("{value:.2}"));
        }
    }

    fn json(&mut self, key: &str, value: Option<&Value>) {
        if let Some(value) = value {
            let text = value.to_string();
            let short: String = text.chars().take(MAX_JSON_CHARS).collect();
            self.add(key, if short.len() < text.len() { format!("{short}…") } else { short });
        }
    }
}

/// Adds every parameter that was set.
fn parameters(facts: &mut FactList<'_>, parameters: &Parameters) {
    let Parameters {
        n,
        temperature,
        top_p,
        max_tokens,
        max_completion_tokens,
        presence_penalty,
        frequency_penalty,
        logit_bias,
        stop,
        tools,
        tool_choice,
        response_format,
        seed,
        user,
        stream,
        contents,
        aspect: _,
        size: _,
        pixels,
    } = parameters;
    if let Some((width, height)) = pixels.map(PixelSize::sides) {
        facts.add("composer-pixels", format!("{width} × {height}"));
    }
    facts.number("parameter-seed", *seed);
    facts.number("parameter-images", *n);
    facts.decimal("parameter-temperature", *temperature);
    facts.decimal("parameter-top-p", *top_p);
    facts.decimal("parameter-presence-penalty", *presence_penalty);
    facts.decimal("parameter-frequency-penalty", *frequency_penalty);
    facts.number("parameter-max-tokens", *max_tokens);
    facts.number("parameter-max-completion-tokens", *max_completion_tokens);
    facts.json("parameter-stop", stop.as_ref());
    facts.json("parameter-logit-bias", logit_bias.as_ref());
    facts.json("parameter-tools", tools.as_ref());
    facts.json("parameter-tool-choice", tool_choice.as_ref());
    facts.json("parameter-response-format", response_format.as_ref());
    facts.number("parameter-user", user.as_ref());
    if let Some(stream) = stream {
        let word = facts.text.get(if *stream { "on" } else { "off" });
        facts.add("parameter-stream", word);
    }
    if *contents {
        let word = facts.text.get("on");
        facts.add("parameter-contents", word);
    }
}

fn tokens(usage: &Usage, text: &Text) -> Option<String> {
    let count = |tokens: u64| text.count(tokens as usize);
    match (usage.total_tokens, usage.prompt_tokens, usage.completion_tokens) {
        (total, Some(asked), Some(answered)) => {
            let total = count(total.unwrap_or(asked + answered));
            let parts = [("total", total.into()), ("in", count(asked).into()), ("out", count(answered).into())];
            Some(text.with("fact-tokens-parts", parts))
        }
        (Some(total), ..) => Some(count(total)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Language;

    #[test]
    fn every_set_parameter_is_shown() {
        let text = Text::new(Language::English);
        let mut facts = FactList { text: &text, list: Vec::new() };
        let set = Parameters {
            temperature: Some(0.7),
            seed: Some(184_772_011),
            stop: Some(serde_json::json!(["END"])),
            stream: Some(true),
            ..Parameters::default()
        };
        parameters(&mut facts, &set);
        let told: Vec<_> = facts.list.iter().map(|(label, value)| format!("{label}: {value}")).collect();
        assert_eq!(told, ["Seed: 184772011", "Temperature: 0.70", "Stop sequences: [\"END\"]", "Streaming: On"]);
    }

    #[test]
    fn known_token_counts_are_shown() {
        let text = Text::new(Language::English);
        let usage = Usage { prompt_tokens: Some(12), completion_tokens: Some(1_278), ..Usage::default() };
        assert_eq!(tokens(&usage, &text).as_deref(), Some("1,290 (12 in, 1,278 out)"));
        assert_eq!(tokens(&Usage { total_tokens: Some(5), ..Usage::default() }, &text).as_deref(), Some("5"));
        assert_eq!(tokens(&Usage::default(), &text), None);
    }
}
