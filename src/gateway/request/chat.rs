//! Chat completions: the prompt as a message, the options beside it.

use serde_json::{Map, Value, json};

use super::{Call, Encoded, ReferenceBytes, add, body, encode, in_words, plain};
use crate::recipe::{Modalities, OptionStyle, Profile, Recipe, ReferenceStyle};

pub(super) fn call(recipe: &Recipe, profile: &Profile, references: &[ReferenceBytes<'_>]) -> Call {
    let encoded = encode(references);
    let set = &recipe.parameters;
    let style = profile.option_style();
    let prompt = match style {
        OptionStyle::InWords => in_words(&recipe.words(), set.aspect, set.size),
        _ => recipe.words().into_owned(),
    };
    let mut messages = Vec::new();
    if style == OptionStyle::SystemMessage {
        let aspect = set.aspect.map(|aspect| format!("aspect_ratio={aspect}"));
        let size = set.size.map(|size| format!("image_size={size}"));
        let lines: Vec<String> = aspect.into_iter().chain(size).collect();
        if !lines.is_empty() {
            messages.push(json!({ "role": "system", "content": lines.join("\n") }));
        }
    }
    messages.push(json!({ "role": "user", "content": content(&prompt, &encoded) }));

    let mut fields = Map::new();
    fields.insert("model".to_owned(), json!(recipe.model));
    fields.insert("messages".to_owned(), Value::Array(messages));
    add_parameters(&mut fields, recipe);
    add_image_options(&mut fields, recipe, style);
    add(&mut fields, [("modalities", modalities(profile.modalities, style))]);
    if set.contents || profile.reference_style() == ReferenceStyle::ImageUrlAndContents && !encoded.is_empty() {
        fields.insert("contents".to_owned(), contents(&prompt, &encoded));
    }
    Call { path: "chat/completions".to_owned(), query: None, body: body(profile, fields) }
}

/// The user message: plain text where that is enough, because some models take nothing else.
fn content(prompt: &str, references: &[Encoded<'_>]) -> Value {
    if references.is_empty() {
        return json!(prompt);
    }
    let pictures =
        references.iter().map(|picture| json!({ "type": "image_url", "image_url": { "url": picture.data_url() } }));
    std::iter::once(json!({ "type": "text", "text": prompt })).chain(pictures).collect()
}

/// The same message the way Gemini's own API spells it.
pub(super) fn contents(prompt: &str, references: &[Encoded<'_>]) -> Value {
    let pictures = references.iter().map(Encoded::inline_data);
    let parts: Value = std::iter::once(json!({ "text": prompt })).chain(pictures).collect();
    json!([{ "role": "user", "parts": parts }])
}

fn add_parameters(fields: &mut Map<String, Value>, recipe: &Recipe) {
    let set = &recipe.parameters;
    let values = [
        ("n", plain(set.n)),
        ("temperature", plain(set.temperature)),
        ("top_p", plain(set.top_p)),
        ("max_tokens", plain(set.max_tokens)),
        ("max_completion_tokens", plain(set.max_completion_tokens)),
        ("presence_penalty", plain(set.presence_penalty)),
        ("frequency_penalty", plain(set.frequency_penalty)),
        ("logit_bias", set.logit_bias.clone()),
        ("stop", set.stop.clone()),
        ("tools", set.tools.clone()),
        ("tool_choice", set.tool_choice.clone()),
        ("response_format", set.response_format.clone()),
        ("seed", plain(set.seed)),
        ("user", plain(set.user.as_deref())),
        ("stream", plain(set.stream)),
        // Without this the token counts, and so the cost, stay unknown.
        ("stream_options", (set.stream == Some(true)).then(|| json!({ "include_usage": true }))),
    ];
    add(fields, values);
}

fn add_image_options(fields: &mut Map<String, Value>, recipe: &Recipe, style: OptionStyle) {
    let set = &recipe.parameters;
    if set.aspect.is_none() && set.size.is_none() {
        return;
    }
    let [aspect, size] = if style == OptionStyle::CamelImageConfig {
        ["aspectRatio", "imageSize"]
    } else {
        ["aspect_ratio", "image_size"]
    };
    let mut options = Map::new();
    add(&mut options, [(aspect, plain(set.aspect)), (size, plain(set.size))]);
    let (name, value) = match style {
        OptionStyle::GoogleExtraBody => ("extra_body", json!({ "google": { "image_config": options } })),
        OptionStyle::ImageConfig => ("image_config", Value::Object(options)),
        OptionStyle::CamelImageConfig => ("imageConfig", Value::Object(options)),
        // In a message already, or the dialect does not have them.
        OptionStyle::SystemMessage
        | OptionStyle::InWords
        | OptionStyle::NotSent
        | OptionStyle::PixelSize
        | OptionStyle::RatioAsSize => return,
    };
    fields.insert(name.to_owned(), value);
}

fn modalities(wanted: Modalities, style: OptionStyle) -> Option<Value> {
    match wanted {
        // Without `modalities` such a gateway answers in words alone.
        Modalities::Usual if matches!(style, OptionStyle::ImageConfig | OptionStyle::CamelImageConfig) => {
            Some(json!(["image", "text"]))
        }
        Modalities::Usual | Modalities::NotSent => None,
        Modalities::ImageAndText => Some(json!(["image", "text"])),
        Modalities::ImageOnly => Some(json!(["image"])),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{PICTURE, fox, json_of},
        *,
    };
    use crate::recipe::{ImageSize, Parameters};

    fn body(recipe: &Recipe, profile: &Profile, references: &[ReferenceBytes<'_>]) -> Value {
        json_of(&call(recipe, profile, references))
    }

    #[test]
    fn a_plain_prompt_sends_nothing_that_was_not_set() {
        assert_eq!(
            body(&fox(Parameters::default()), &Profile::dgrid(), &[]),
            json!({ "model": "maker/model", "messages": [{ "role": "user", "content": "a fox" }] })
        );
    }

    #[test]
    fn every_parameter_goes_by_its_name_on_the_wire() {
        let parameters = Parameters {
            n: Some(2),
            temperature: Some(0.5),
            top_p: Some(0.9),
            max_tokens: Some(10),
            max_completion_tokens: Some(20),
            presence_penalty: Some(-1.0),
            frequency_penalty: Some(1.0),
            logit_bias: Some(json!({ "50256": -100 })),
            stop: Some(json!(["end"])),
            tools: Some(json!([])),
            tool_choice: Some(json!("none")),
            response_format: Some(json!({ "type": "text" })),
            seed: Some(-7),
            user: Some("me".to_owned()),
            stream: Some(true),
            contents: false,
            aspect: "16:9".parse().ok(),
            size: Some(ImageSize::Two),
        };
        assert_eq!(
            body(&fox(parameters), &Profile::dgrid(), &[]),
            json!({
                "model": "maker/model",
                "messages": [{ "role": "user", "content": "a fox" }],
                "n": 2, "temperature": 0.5, "top_p": 0.9, "max_tokens": 10, "max_completion_tokens": 20,
                "presence_penalty": -1.0, "frequency_penalty": 1.0, "logit_bias": { "50256": -100 },
                "stop": ["end"], "tools": [], "tool_choice": "none", "response_format": { "type": "text" },
                "seed": -7, "user": "me", "stream": true, "stream_options": { "include_usage": true },
                "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "2K" } } },
            })
        );
    }

    #[test]
    fn stream_set_to_false_is_said_and_asks_for_no_stream_options() {
        let sent = body(&fox(Parameters { stream: Some(false), ..Parameters::default() }), &Profile::dgrid(), &[]);
        assert_eq!(sent["stream"], json!(false));
        assert_eq!(sent.get("stream_options"), None);
    }

    #[test]
    fn open_router_is_asked_for_pictures_in_its_own_way() {
        let recipe = fox(Parameters { aspect: "3:4".parse().ok(), ..Parameters::default() });
        let sent = body(&recipe, &Profile::openrouter(), &[]);
        assert_eq!(sent["modalities"], json!(["image", "text"]));
        assert_eq!(sent["image_config"], json!({ "aspect_ratio": "3:4" }));
        assert_eq!(sent.get("extra_body"), None);
    }

    #[test]
    fn references_go_as_data_urls_and_on_request_as_contents_too() {
        let recipe = fox(Parameters { contents: true, ..Parameters::default() });
        let sent = body(&recipe, &Profile::dgrid(), &[PICTURE]);
        assert_eq!(
            sent["messages"][0]["content"],
            json!([
                { "type": "text", "text": "a fox" },
                { "type": "image_url", "image_url": { "url": "data:image/png;base64,iVBORz8=" } },
            ])
        );
        assert_eq!(
            sent["contents"],
            json!([{ "role": "user", "parts": [
                { "text": "a fox" },
                { "inlineData": { "mimeType": "image/png", "data": "iVBORz8=" } },
            ] }])
        );
    }

    #[test]
    fn each_way_of_sending_options_has_its_place() {
        let parameters =
            Parameters { aspect: "16:9".parse().ok(), size: Some(ImageSize::Four), ..Parameters::default() };
        let sent = |options| body(&fox(parameters.clone()), &Profile { options, ..Profile::dgrid() }, &[]);
        assert_eq!(
            sent(OptionStyle::CamelImageConfig)["imageConfig"],
            json!({ "aspectRatio": "16:9", "imageSize": "4K" })
        );
        let in_message = sent(OptionStyle::SystemMessage);
        assert_eq!(
            in_message["messages"],
            json!([
                { "role": "system", "content": "aspect_ratio=16:9\nimage_size=4K" },
                { "role": "user", "content": "a fox" },
            ])
        );
        let in_words = sent(OptionStyle::InWords);
        assert_eq!(in_words["messages"][0]["content"], "a fox\n\nAspect ratio: 16:9. Longest side: about 4096 pixels.");
        let plain = body(&fox(Parameters::default()), &Profile::dgrid(), &[]);
        assert_eq!(sent(OptionStyle::NotSent), plain);
        // One of another dialect: the usual place of this one.
        assert_eq!(sent(OptionStyle::PixelSize)["extra_body"]["google"]["image_config"]["image_size"], "4K");
    }

    #[test]
    fn kinds_of_answer_are_asked_for_as_the_profile_says() {
        let sent = |modalities| {
            body(&fox(Parameters::default()), &Profile { modalities, ..Profile::openrouter() }, &[])["modalities"]
                .clone()
        };
        assert_eq!(sent(Modalities::Usual), json!(["image", "text"]));
        assert_eq!(sent(Modalities::ImageOnly), json!(["image"]));
        assert_eq!(sent(Modalities::NotSent), Value::Null);
    }

    #[test]
    fn a_profile_can_ask_for_contents_whenever_pictures_go_along() {
        let profile = Profile { references: ReferenceStyle::ImageUrlAndContents, ..Profile::dgrid() };
        let recipe = fox(Parameters::default());
        assert_eq!(body(&recipe, &profile, &[]).get("contents"), None);
        assert!(body(&recipe, &profile, &[PICTURE])["contents"].is_array());
    }
}
