//! Builds requests for chat completions: the prompt as a message, the options beside it.

use serde_json::{Map, Value, json};

use super::{
    call::{Call, ReferenceBytes},
    fields::{add, body, in_words, plain},
    messages::{Author, ContentPart, EncodedImages, Message},
};
use crate::recipe::{Modalities, OptionStyle, PartForm, Profile, Recipe, ReferenceStyle};

pub(super) fn call(recipe: &Recipe, profile: &Profile, images: &[ReferenceBytes<'_>]) -> Call {
    let images = EncodedImages::new(images);
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
    let conversation = images.messages(recipe, &prompt, PartForm::Chat);
    messages.extend(conversation.iter().map(message));

    let mut fields = Map::new();
    fields.insert("model".to_owned(), json!(recipe.model));
    fields.insert("messages".to_owned(), Value::Array(messages));
    add_parameters(&mut fields, recipe);
    add_image_options(&mut fields, recipe, style);
    add(&mut fields, [("modalities", modalities(profile.modalities, style))]);
    if set.contents || profile.reference_style() == ReferenceStyle::ImageUrlAndContents && !images.is_empty() {
        let conversation = images.messages(recipe, &prompt, PartForm::Gemini);
        fields.insert("contents".to_owned(), contents(&conversation));
    }
    Call { path: "chat/completions".to_owned(), query: None, body: body(profile, fields) }
}

/// A message: plain text if possible, because some models accept nothing else.
fn message(said: &Message<'_>) -> Value {
    let role = match said.who {
        Author::User => "user",
        Author::Model => "assistant",
    };
    let content = match said.parts.as_slice() {
        [ContentPart::Text(words)] => json!(words),
        parts => parts.iter().map(part).collect(),
    };
    signed(json!({ "role": role, "content": content }), said.fields)
}

fn part(of: &ContentPart<'_>) -> Value {
    match of {
        ContentPart::Text(words) => json!({ "type": "text", "text": words }),
        ContentPart::Image(image) => json!({ "type": "image_url", "image_url": { "url": image.data_url() } }),
        ContentPart::Signed(of, fields) => signed(part(of), Some(fields)),
    }
}

/// An object with the fields by which the model has signed it; existing fields are not replaced.
fn signed(mut object: Value, fields: Option<&Map<String, Value>>) -> Value {
    if let Value::Object(object) = &mut object {
        for (name, value) in fields.into_iter().flatten() {
            object.entry(name.as_str()).or_insert_with(|| value.clone());
        }
    }
    object
}

/// The same messages in the spelling of Gemini's own API.
pub(super) fn contents(conversation: &[Message<'_>]) -> Value {
    let content = |said: &Message<'_>| {
        let role = match said.who {
            Author::User => "user",
            Author::Model => "model",
        };
        json!({ "role": role, "parts": said.parts.iter().map(content_part).collect::<Vec<_>>() })
    };
    conversation.iter().map(content).collect()
}

fn content_part(of: &ContentPart<'_>) -> Value {
    match of {
        ContentPart::Text(words) => json!({ "text": words }),
        ContentPart::Image(image) => image.inline_data(),
        ContentPart::Signed(of, fields) => signed(content_part(of), Some(fields)),
    }
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
        // Without this the token counts, and so the cost, remain unknown.
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
        // They are in a message already, or the dialect does not have them.
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
        // Without `modalities` such a gateway responds only with text.
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
        super::tests::{IMAGE, fox, image, json_of, with},
        *,
    };
    use crate::recipe::{ImageSize, Parameters, Turn};

    fn body(recipe: &Recipe, profile: &Profile, references: &[ReferenceBytes<'_>]) -> Value {
        json_of(&call(recipe, profile, references))
    }

    #[test]
    fn plain_prompt_sends_no_unset_parameters() {
        assert_eq!(
            body(&fox(Parameters::default()), &Profile::dgrid(), &[]),
            json!({ "model": "maker/model", "messages": [{ "role": "user", "content": "a fox" }] })
        );
    }

    #[test]
    fn parameters_have_their_wire_names() {
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
            pixels: None,
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
    fn stream_false_is_sent_without_stream_options() {
        let sent = body(&fox(Parameters { stream: Some(false), ..Parameters::default() }), &Profile::dgrid(), &[]);
        assert_eq!(sent["stream"], json!(false));
        assert_eq!(sent.get("stream_options"), None);
    }

    #[test]
    fn open_router_requests_have_its_image_fields() {
        let recipe = fox(Parameters { aspect: "3:4".parse().ok(), ..Parameters::default() });
        let sent = body(&recipe, &Profile::openrouter(), &[]);
        assert_eq!(sent["modalities"], json!(["image", "text"]));
        assert_eq!(sent["image_config"], json!({ "aspect_ratio": "3:4" }));
        assert_eq!(sent.get("extra_body"), None);
    }

    #[test]
    fn references_are_sent_as_data_urls_and_optionally_as_contents() {
        let recipe = with(fox(Parameters { contents: true, ..Parameters::default() }), &["fur"]);
        let sent = body(&recipe, &Profile::dgrid(), &[IMAGE]);
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
    fn each_option_style_has_its_field() {
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
        // A style of another dialect falls back to the default of this one.
        assert_eq!(sent(OptionStyle::PixelSize)["extra_body"]["google"]["image_config"]["image_size"], "4K");
    }

    #[test]
    fn response_modalities_follow_the_profile() {
        let sent = |modalities| {
            body(&fox(Parameters::default()), &Profile { modalities, ..Profile::openrouter() }, &[])["modalities"]
                .clone()
        };
        assert_eq!(sent(Modalities::Usual), json!(["image", "text"]));
        assert_eq!(sent(Modalities::ImageOnly), json!(["image"]));
        assert_eq!(sent(Modalities::NotSent), Value::Null);
    }

    #[test]
    fn profile_can_enable_contents_for_requests_with_images() {
        let profile = Profile { references: ReferenceStyle::ImageUrlAndContents, ..Profile::dgrid() };
        let recipe = fox(Parameters::default());
        assert_eq!(body(&recipe, &profile, &[]).get("contents"), None);
        assert!(body(&with(recipe, &["fur"]), &profile, &[IMAGE])["contents"].is_array());
    }

    #[test]
    fn images_are_placed_where_the_prompt_mentions_them() {
        let mut recipe = with(fox(Parameters::default()), &["bottle", "table", "light"]);
        recipe.prompt = "a @table with the @bottle on it".to_owned();
        recipe.negative = "text".to_owned();
        let png = |bytes: &'static [u8]| ReferenceBytes { mime: "image/png", bytes };
        let sent = body(&recipe, &Profile::dgrid(), &[png(b"bot"), png(b"tab"), png(b"lig")]);
        let text = |text: &str| json!({ "type": "text", "text": text });
        let image = |base64: &str| json!({ "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{base64}") } });
        let expected = json!([
            text("a table"),
            image("dGFi"),
            text(" with the bottle"),
            image("Ym90"),
            text(" on it\n\nAvoid: text"),
            image("bGln"),
        ]);
        assert_eq!(sent["messages"][0]["content"], expected);
    }

    #[test]
    fn conversation_is_sent_turn_by_turn_with_its_images() {
        let turn = |prompt: &str, references: &[&str]| Turn {
            prompt: prompt.to_owned(),
            references: references.iter().map(|name| image(name)).collect(),
            image: image("came"),
            signed: None,
        };
        let recipe = Recipe {
            turns: vec![turn("a cup like @shape", &["shape"]), turn("blue", &[])],
            ..with(fox(Parameters { contents: true, ..Parameters::default() }), &["logo"])
        };
        let png = |bytes: &'static [u8]| ReferenceBytes { mime: "image/png", bytes };
        let sent = body(&recipe, &Profile::dgrid(), &[png(b"sha"), png(b"one"), png(b"two"), png(b"log")]);
        let text = |text: &str| json!({ "type": "text", "text": text });
        let image = |base64: &str| json!({ "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{base64}") } });
        assert_eq!(
            sent["messages"],
            json!([
                { "role": "user", "content": [text("a cup like shape"), image("c2hh")] },
                { "role": "assistant", "content": [image("b25l")] },
                { "role": "user", "content": "blue" },
                { "role": "assistant", "content": [image("dHdv")] },
                { "role": "user", "content": [text("a fox"), image("bG9n")] },
            ])
        );
        let inline = |base64: &str| json!({ "inlineData": { "mimeType": "image/png", "data": base64 } });
        assert_eq!(
            sent["contents"],
            json!([
                { "role": "user", "parts": [{ "text": "a cup like shape" }, inline("c2hh")] },
                { "role": "model", "parts": [inline("b25l")] },
                { "role": "user", "parts": [{ "text": "blue" }] },
                { "role": "model", "parts": [inline("dHdv")] },
                { "role": "user", "parts": [{ "text": "a fox" }, inline("bG9n")] },
            ])
        );
    }
}
