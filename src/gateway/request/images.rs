//! Builds requests for OpenAI's image endpoints: `/images/generations`, and `/images/edits` with images.

use serde_json::{Map, Value, json};

use super::{
    call::{Call, CallBody, FormPart, ReferenceBytes},
    fields::{EncodedImage, add, body, encode, in_words, merge, plain},
};
use crate::{
    gateway::model_catalog::{ImageFields, ModelCatalog, ReferenceField, SizeField},
    recipe::{
        ImageSize, OptionStyle, Parameters, PixelSize, Profile, Recipe, ReferenceStyle, number_mentions, short_names,
    },
};

pub(super) fn call(
    recipe: &Recipe,
    profile: &Profile,
    images: &[ReferenceBytes<'_>],
    mask: Option<ReferenceBytes<'_>>,
) -> Call {
    // Earlier messages have no field here.
    let references = &images[images.len().saturating_sub(recipe.references.len())..];
    let wants = ModelCatalog::built_in().image_fields(&recipe.model);
    let mut fields = fields(recipe, profile, wants);
    let place = wants.references.filter(|_| profile.reference_style() == ReferenceStyle::Form && mask.is_none());
    if let Some(ReferenceField::Objects) = place
        && !references.is_empty()
    {
        let object = |image: &EncodedImage<'_>| json!({ "type": "image_url", "url": image.data_url() });
        let mut objects: Vec<Value> = encode(references).iter().map(object).collect();
        let (name, value) =
            if objects.len() == 1 { ("image", objects.swap_remove(0)) } else { ("images", Value::Array(objects)) };
        fields.insert(name.to_owned(), value);
        return Call { path: "images/edits".to_owned(), query: None, body: body(profile, fields) };
    }
    // A mask without an image has no meaning, and only a form has a field for it.
    let form = place.is_none() && profile.reference_style() == ReferenceStyle::Form || mask.is_some();
    if !references.is_empty() && form {
        let mut all = profile.extra_body.clone();
        merge(&mut all, fields);
        return Call { path: "images/edits".to_owned(), query: None, body: edit_form(all, references, mask) };
    }
    if !references.is_empty() {
        let mut urls: Vec<Value> = encode(references).iter().map(|image| json!(image.data_url())).collect();
        let image = if urls.len() == 1 { urls.swap_remove(0) } else { Value::Array(urls) };
        fields.insert("image".to_owned(), image);
    }
    Call { path: "images/generations".to_owned(), query: None, body: body(profile, fields) }
}

fn fields(recipe: &Recipe, profile: &Profile, wants: ImageFields) -> Map<String, Value> {
    let set = &recipe.parameters;
    let style = profile.option_style();
    // The images are sent apart from the text.
    let words = number_mentions(&recipe.words(), &short_names(&recipe.references));
    let prompt = match style {
        OptionStyle::InWords => in_words(&words, set.aspect, set.size),
        _ => words,
    };
    let size = match style {
        OptionStyle::PixelSize => match (wants.size, set.aspect, set.size) {
            (SizeField::Resolution, ..) => None,
            (SizeField::Class, None, Some(class)) if set.pixels.is_none() => Some(json!(class)),
            (SizeField::Class | SizeField::Pixels, ..) => plain(pixel_size(&recipe.model, set)),
        },
        OptionStyle::RatioAsSize => plain(set.aspect),
        _ => None,
    };
    let quality = set.size.filter(|size| style == OptionStyle::RatioAsSize && size.edge() > 1024);
    // The other models of this family respond in base64 anyway and reject the field; DALL·E responds with links unless
    // asked.
    let base64 = recipe.model.contains("dall-e").then(|| json!("b64_json"));
    let mut fields = Map::new();
    add(
        &mut fields,
        [
            ("model", Some(json!(recipe.model))),
            ("prompt", Some(json!(prompt))),
            ("n", plain(set.n.filter(|_| !wants.series))),
            ("size", size),
            ("quality", plain(quality)),
            ("response_format", set.response_format.clone().filter(Value::is_string).or(base64)),
            ("seed", plain(set.seed)),
            ("user", plain(set.user.as_deref())),
            ("stream", plain(set.stream)),
        ],
    );
    if style == OptionStyle::PixelSize && wants.size == SizeField::Resolution {
        let resolution = set.size.map(|size| size.as_str().to_lowercase());
        add(&mut fields, [("aspect_ratio", plain(set.aspect)), ("resolution", plain(resolution))]);
    }
    if wants.series
        && let Some(count) = set.n.filter(|count| *count > 1)
    {
        let options = json!({ "max_images": count });
        let series = [("sequential_image_generation", json!("auto")), ("sequential_image_generation_options", options)];
        add(&mut fields, series.map(|(name, value)| (name, Some(value))));
    }
    let drafts = wants.drafts.filter(|_| set.stream == Some(true));
    let unless_set = [("partial_images", plain(drafts)), ("watermark", wants.watermark.then_some(Value::Bool(false)))];
    add(&mut fields, unless_set.into_iter().filter(|(name, _)| !profile.extra_body.contains_key(*name)));
    fields
}

fn edit_form(
    fields: Map<String, Value>,
    references: &[ReferenceBytes<'_>],
    mask: Option<ReferenceBytes<'_>>,
) -> CallBody {
    let text = |(name, value): (String, Value)| FormPart {
        name,
        file: None,
        bytes: match value {
            Value::String(text) => text.into_bytes(),
            other => other.to_string().into_bytes(),
        },
    };
    let file = |name: &str, stem: &str, image: &ReferenceBytes<'_>| FormPart {
        name: name.to_owned(),
        file: Some((format!("{stem}.{}", extension(image.mime)), image.mime.to_owned())),
        bytes: image.bytes.to_vec(),
    };
    // Servers that accept only one image do not know the name with brackets.
    let name = if references.len() == 1 { "image" } else { "image[]" };
    let images = references.iter().enumerate().map(|(index, image)| file(name, &format!("image-{index}"), image));
    let mask = mask.iter().map(|mask| file("mask", "mask", mask));
    CallBody::Form(fields.into_iter().map(text).chain(images).chain(mask).collect())
}

fn extension(mime: &str) -> &str {
    match mime {
        "image/jpeg" => "jpg",
        other => other.strip_prefix("image/").unwrap_or("bin"),
    }
}

/// The requested size in pixels: as it is, or for an aspect ratio and a size class; `None` if nothing was requested.
///
/// If the limits of a model are known, it is the nearest size within them. OpenAI's older models accept three sizes
/// each; for those the one of the nearest aspect ratio is chosen. For others it is a size of that aspect ratio, with
/// the pixels of a square of that class, and sides that are multiples of 16, as diffusion models require.
fn pixel_size(model: &str, set: &Parameters) -> Option<PixelSize> {
    const GPT_IMAGE_1: [(u16, u16); 3] = [(1024, 1024), (1536, 1024), (1024, 1536)];
    const DALL_E_3: [(u16, u16); 3] = [(1024, 1024), (1792, 1024), (1024, 1792)];
    const DALL_E_2: [(u16, u16); 3] = [(256, 256), (512, 512), (1024, 1024)];

    if set.aspect.is_none() && set.size.is_none() && set.pixels.is_none() {
        return None;
    }
    let ratio = match set.pixels {
        Some(pixels) => f64::from(pixels.shape().value()),
        None => set.aspect.map_or(1.0, |aspect| f64::from(aspect.value())),
    };
    let edge = match set.pixels {
        Some(pixels) => f64::from(pixels.pixels()).sqrt(),
        None => f64::from(set.size.map_or(1024, ImageSize::edge)),
    };
    let nearest = |sizes: [(u16, u16); 3]| {
        let distance = |size: &PixelSize| {
            let shape = (f64::from(size.shape().value()) / ratio).ln().abs();
            // The aspect ratio has priority over the size.
            shape * 100.0 + (f64::from(size.pixels()).sqrt() / edge).ln().abs()
        };
        let sizes = sizes.into_iter().filter_map(|(width, height)| PixelSize::new(width, height));
        sizes.min_by(|a, b| distance(a).total_cmp(&distance(b)))
    };
    if model.contains("dall-e-2") {
        return nearest(DALL_E_2);
    }
    if model.contains("dall-e") {
        return nearest(DALL_E_3);
    }
    let limits = ModelCatalog::built_in().pixel_limits(model);
    if limits.is_none() && (model.contains("gpt-image-1") || model.contains("chatgpt-image")) {
        return nearest(GPT_IMAGE_1);
    }
    let side = |pixels: f64| (pixels / 16.0).round().max(1.0) * 16.0;
    let wanted = set.pixels.unwrap_or_else(|| PixelSize::near(side(edge * ratio.sqrt()), side(edge / ratio.sqrt())));
    Some(limits.map_or(wanted, |limits| limits.nearest(wanted)))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{IMAGE, fox, json_of, with},
        *,
    };

    fn of(model: &str, parameters: Parameters) -> Recipe {
        Recipe { model: model.to_owned(), ..fox(parameters) }
    }

    #[test]
    fn prompt_is_sent_to_generations() {
        let parameters = Parameters {
            n: Some(2),
            temperature: Some(1.0),
            seed: Some(7),
            stream: Some(true),
            aspect: "3:2".parse().ok(),
            ..Parameters::default()
        };
        let call = call(&of("gpt-image-1", parameters), &Profile::openai(), &[], None);
        assert_eq!((call.path.as_str(), call.query), ("images/generations", None));
        assert_eq!(
            json_of(&call),
            json!({
                "model": "gpt-image-1", "prompt": "a fox", "n": 2, "size": "1536x1024", "seed": 7, "stream": true,
                "partial_images": 2,
            })
        );
    }

    #[test]
    fn dall_e_requests_ask_for_base64() {
        let sent = json_of(&call(&of("openai/dall-e-3", Parameters::default()), &Profile::openai(), &[], None));
        assert_eq!(sent["response_format"], "b64_json");
        let sent = json_of(&call(&of("gpt-image-1", Parameters::default()), &Profile::openai(), &[], None));
        assert_eq!(sent.get("response_format"), None);
    }

    #[test]
    fn images_and_a_mask_are_sent_to_edits_as_a_form() {
        let jpeg = ReferenceBytes { mime: "image/jpeg", bytes: b"\xFF\xD8\xFF" };
        let mut profile = Profile::openai();
        profile.extra_body = serde_json::from_str(r#"{"background":"transparent","n":9}"#).unwrap();
        let mut recipe = with(of("gpt-image-1", Parameters { n: Some(2), ..Parameters::default() }), &["fur", "snow"]);
        recipe.prompt = "a fox with this @fur".to_owned();
        let call = call(&recipe, &profile, &[IMAGE, jpeg], Some(IMAGE));
        assert_eq!(call.path, "images/edits");
        let CallBody::Form(mut parts) = call.body else { panic!("not a form") };
        let files = parts.split_off(4);
        let texts: Vec<(&str, &str)> =
            parts.iter().map(|part| (part.name.as_str(), std::str::from_utf8(&part.bytes).unwrap())).collect();
        assert_eq!(
            texts,
            [
                ("background", "transparent"),
                ("model", "gpt-image-1"),
                ("n", "2"),
                ("prompt", "a fox with this fur (image 1)")
            ]
        );
        let files: Vec<(&str, &str, &str)> = files
            .iter()
            .map(|part| {
                let (name, mime) = part.file.as_ref().unwrap();
                (part.name.as_str(), name.as_str(), mime.as_str())
            })
            .collect();
        assert_eq!(
            files,
            [
                ("image[]", "image-0.png", "image/png"),
                ("image[]", "image-1.jpg", "image/jpeg"),
                ("mask", "mask.png", "image/png"),
            ]
        );
    }

    #[test]
    fn images_can_be_sent_as_json() {
        let profile =
            Profile { references: ReferenceStyle::ImageField, options: OptionStyle::RatioAsSize, ..Profile::openai() };
        let parameters =
            Parameters { aspect: "16:9".parse().ok(), size: Some(ImageSize::Two), ..Parameters::default() };
        let recipe = of("gemini-3-pro-image", parameters);
        let one = call(&with(recipe.clone(), &["one"]), &profile, &[IMAGE], None);
        assert_eq!(one.path, "images/generations");
        let sent = json_of(&one);
        assert_eq!(sent["image"], "data:image/png;base64,iVBORz8=");
        assert_eq!((&sent["size"], &sent["quality"]), (&json!("16:9"), &json!("2K")));
        let two = json_of(&call(&with(recipe, &["one", "two"]), &profile, &[IMAGE, IMAGE], None));
        assert_eq!(two["image"].as_array().map(Vec::len), Some(2));
    }

    fn sized(aspect: &str, size: Option<ImageSize>, pixels: &str) -> Parameters {
        Parameters { aspect: aspect.parse().ok(), size, pixels: pixels.parse().ok(), ..Parameters::default() }
    }

    #[test]
    fn pixel_sizes_are_those_supported_by_the_model() {
        for (model, aspect, class, pixels, sent) in [
            ("gpt-image-1", "16:9", Some(ImageSize::Four), "", "1536x1024"),
            ("gpt-image-1", "9:16", None, "", "1024x1536"),
            ("gpt-image-1.5", "", None, "1000x1700", "1024x1536"),
            ("openai/dall-e-3", "9:16", None, "", "1024x1792"),
            ("dall-e-2", "1:1", Some(ImageSize::Half), "", "512x512"),
            ("flux-dev", "1:1", Some(ImageSize::Two), "", "2048x2048"),
            ("flux-dev", "16:9", None, "", "1360x768"),
            ("flux-dev", "", None, "1000x700", "1000x700"),
            ("flux-dev", "", None, "", ""),
            ("gpt-image-2", "16:9", Some(ImageSize::Four), "", "3840x2160"),
            ("gpt-image-2", "1:1", None, "", "1024x1024"),
            ("openai/gpt-image-2.6-sunburst", "21:9", Some(ImageSize::Two), "", "3136x1344"),
            ("gpt-image-2-2026-04-21", "", None, "2048x1152", "2048x1152"),
            ("gpt-image-2.5-flare", "", None, "9000x9000", "2880x2880"),
            ("seedream-4-5-251128", "16:9", Some(ImageSize::Two), "", "2736x1536"),
            ("seedream-4-5-251128", "", Some(ImageSize::Four), "", "4K"),
            ("seedream-4-5-251128", "", Some(ImageSize::Four), "2304x1728", "2304x1728"),
            ("seedream-4-5-251128", "", None, "1024x1024", "1920x1920"),
        ] {
            let recipe = of(model, sized(aspect, class, pixels));
            let body = json_of(&call(&recipe, &Profile::openai(), &[], None));
            assert_eq!(body["size"].as_str().unwrap_or_default(), sent, "{model} {aspect} {pixels}");
        }
    }

    #[test]
    fn grok_requests_have_its_fields() {
        let recipe = of("xai/grok-imagine-image", sized("16:9", Some(ImageSize::Two), ""));
        let sent = json_of(&call(&recipe, &Profile::openai(), &[], None));
        assert_eq!((&sent["aspect_ratio"], &sent["resolution"]), (&json!("16:9"), &json!("2k")));
        assert_eq!(sent.get("size"), None);
        let one = call(&with(recipe.clone(), &["fur"]), &Profile::openai(), &[IMAGE], None);
        assert_eq!(one.path, "images/edits");
        let image = json!({ "type": "image_url", "url": "data:image/png;base64,iVBORz8=" });
        assert_eq!(json_of(&one)["image"], image);
        let two = json_of(&call(&with(recipe, &["a", "b"]), &Profile::openai(), &[IMAGE, IMAGE], None));
        assert_eq!((&two["images"], two.get("image")), (&json!([image, image]), None));
    }

    #[test]
    fn seedream_requests_a_series_without_a_watermark() {
        let parameters = Parameters { n: Some(4), ..Parameters::default() };
        let recipe = with(of("doubao-seedream-4-0-250828", parameters), &["fur"]);
        let sent = call(&recipe, &Profile::openai(), &[IMAGE], None);
        assert_eq!(sent.path, "images/generations");
        let sent = json_of(&sent);
        assert_eq!(sent["image"], "data:image/png;base64,iVBORz8=");
        assert_eq!(sent["watermark"], false);
        assert_eq!(sent["sequential_image_generation"], "auto");
        assert_eq!(sent["sequential_image_generation_options"], json!({ "max_images": 4 }));
        assert_eq!(sent.get("n"), None);
        // Fields that the user added to the profile have priority.
        let mut profile = Profile::openai();
        profile.extra_body = serde_json::from_str(r#"{"watermark":true}"#).unwrap();
        let sent = json_of(&call(&of("seedream-4-0", Parameters::default()), &profile, &[], None));
        assert_eq!((&sent["watermark"], sent.get("sequential_image_generation")), (&json!(true), None));
        let other = json_of(&call(&of("flux-dev", Parameters::default()), &Profile::openai(), &[], None));
        assert_eq!(other.get("watermark"), None);
    }

    #[test]
    fn drafts_are_requested_if_the_model_streams_them() {
        let sent = |model, stream| {
            let parameters = Parameters { stream, ..Parameters::default() };
            json_of(&call(&of(model, parameters), &Profile::openai(), &[], None))["partial_images"].clone()
        };
        assert_eq!(sent("gpt-image-2.6-flare", Some(true)), 2);
        assert_eq!(sent("gpt-image-1.5", Some(true)), 2);
        assert_eq!(sent("gpt-image-2", None), Value::Null);
        assert_eq!(sent("gpt-image-2", Some(false)), Value::Null);
        assert_eq!(sent("flux-dev", Some(true)), Value::Null, "others may refuse what they do not know");
    }
}
