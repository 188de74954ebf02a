//! Builds requests for Gemini's own endpoints: `generateContent` and `streamGenerateContent`.

use serde_json::{Map, Value, json};

use super::{
    call::{Call, ReferenceBytes},
    chat::contents,
    fields::{add, body, in_words, plain},
    messages::EncodedImages,
};
use crate::recipe::{Modalities, OptionStyle, PartForm, Profile, Recipe};

pub(super) fn call(recipe: &Recipe, profile: &Profile, images: &[ReferenceBytes<'_>]) -> Call {
    let set = &recipe.parameters;
    let prompt = match profile.option_style() {
        OptionStyle::InWords => in_words(&recipe.words(), set.aspect, set.size),
        _ => recipe.words().into_owned(),
    };
    let mut config = Map::new();
    let stop = set.stop.clone().map(|stop| if stop.is_array() { stop } else { json!([stop]) });
    let values = [
        ("responseModalities", modalities(profile.modalities)),
        ("imageConfig", image_config(recipe, profile)),
        ("temperature", plain(set.temperature)),
        ("topP", plain(set.top_p)),
        ("maxOutputTokens", plain(set.max_completion_tokens.or(set.max_tokens))),
        ("presencePenalty", plain(set.presence_penalty)),
        ("frequencyPenalty", plain(set.frequency_penalty)),
        ("stopSequences", stop),
        ("seed", plain(set.seed)),
    ];
    add(&mut config, values);
    let mut fields = Map::new();
    fields.insert(
        "contents".to_owned(),
        contents(&EncodedImages::new(images).messages(recipe, &prompt, PartForm::Gemini)),
    );
    if !config.is_empty() {
        fields.insert("generationConfig".to_owned(), Value::Object(config));
    }
    add(&mut fields, [("tools", set.tools.clone())]);
    let (method, query) =
        if set.stream == Some(true) { ("streamGenerateContent", Some("alt=sse")) } else { ("generateContent", None) };
    Call { path: format!("models/{}:{method}", path_of(&recipe.model)), query, body: body(profile, fields) }
}

/// The ID of a model as part of a path. Gateways put the maker before a slash; Google's own list starts with `models/`.
fn path_of(model: &str) -> String {
    let model = model.trim().trim_start_matches('/');
    let model = model.strip_prefix("models/").unwrap_or(model);
    // Dots alone would lead to another endpoint.
    model.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<Vec<_>>().join("/")
}

fn image_config(recipe: &Recipe, profile: &Profile) -> Option<Value> {
    if profile.option_style() != OptionStyle::CamelImageConfig {
        return None;
    }
    let mut config = Map::new();
    add(&mut config, [("aspectRatio", plain(recipe.parameters.aspect)), ("imageSize", plain(recipe.parameters.size))]);
    (!config.is_empty()).then_some(Value::Object(config))
}

fn modalities(wanted: Modalities) -> Option<Value> {
    match wanted {
        // Image models of this API respond only with text unless images are requested.
        Modalities::Usual | Modalities::ImageAndText => Some(json!(["TEXT", "IMAGE"])),
        Modalities::ImageOnly => Some(json!(["IMAGE"])),
        Modalities::NotSent => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{IMAGE, fox, json_of, with},
        *,
    };
    use crate::recipe::{ImageSize, Parameters};

    #[test]
    fn parameters_have_gemini_names() {
        let parameters = Parameters {
            n: Some(3),
            temperature: Some(0.5),
            top_p: Some(0.9),
            max_tokens: Some(10),
            presence_penalty: Some(-1.0),
            frequency_penalty: Some(1.0),
            stop: Some(json!("end")),
            seed: Some(7),
            aspect: "16:9".parse().ok(),
            size: Some(ImageSize::Two),
            ..Parameters::default()
        };
        let call = call(&with(fox(parameters), &["fur"]), &Profile::google(), &[IMAGE]);
        assert_eq!((call.path.as_str(), call.query), ("models/maker/model:generateContent", None));
        assert_eq!(
            json_of(&call),
            json!({
                "contents": [{ "role": "user", "parts": [
                    { "text": "a fox" },
                    { "inlineData": { "mimeType": "image/png", "data": "iVBORz8=" } },
                ] }],
                "generationConfig": {
                    "responseModalities": ["TEXT", "IMAGE"],
                    "imageConfig": { "aspectRatio": "16:9", "imageSize": "2K" },
                    "temperature": 0.5, "topP": 0.9, "maxOutputTokens": 10,
                    "presencePenalty": -1.0, "frequencyPenalty": 1.0, "stopSequences": ["end"], "seed": 7,
                },
            })
        );
    }

    #[test]
    fn stream_has_its_own_endpoint() {
        let parameters = Parameters { stream: Some(true), ..Parameters::default() };
        let call = call(&fox(parameters), &Profile::google(), &[]);
        assert_eq!((call.path.as_str(), call.query), ("models/maker/model:streamGenerateContent", Some("alt=sse")));
    }

    #[test]
    fn model_ids_never_change_the_endpoint() {
        for (model, path) in [
            ("gemini-3-pro-image", "gemini-3-pro-image"),
            ("models/gemini-3-pro-image", "gemini-3-pro-image"),
            ("google/gemini-3-pro-image", "google/gemini-3-pro-image"),
            ("../../files", "files"),
            ("/a//b/./", "a/b"),
        ] {
            assert_eq!(path_of(model), path);
        }
    }
}
