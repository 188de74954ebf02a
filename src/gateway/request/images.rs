//! OpenAI's image endpoints: `/images/generations`, and `/images/edits` where pictures go along.

use serde_json::{Map, Value, json};

use super::{Call, CallBody, FormPart, ReferenceBytes, add, body, encode, in_words, merge, plain};
use crate::recipe::{AspectRatio, ImageSize, OptionStyle, Profile, Recipe, ReferenceStyle, numbered, short_names};

pub(super) fn call(
    recipe: &Recipe,
    profile: &Profile,
    pictures: &[ReferenceBytes<'_>],
    mask: Option<ReferenceBytes<'_>>,
) -> Call {
    // What was said before has no place here.
    let references = &pictures[pictures.len().saturating_sub(recipe.references.len())..];
    let mut fields = fields(recipe, profile);
    // A mask without a picture means nothing, and only a form has a place for it.
    let form = profile.reference_style() == ReferenceStyle::Form || mask.is_some();
    if !references.is_empty() && form {
        let mut all = profile.extra_body.clone();
        merge(&mut all, fields);
        return Call { path: "images/edits".to_owned(), query: None, body: edit_form(all, references, mask) };
    }
    if !references.is_empty() {
        let mut urls: Vec<Value> = encode(references).iter().map(|picture| json!(picture.data_url())).collect();
        let image = if urls.len() == 1 { urls.swap_remove(0) } else { Value::Array(urls) };
        fields.insert("image".to_owned(), image);
    }
    Call { path: "images/generations".to_owned(), query: None, body: body(profile, fields) }
}

fn fields(recipe: &Recipe, profile: &Profile) -> Map<String, Value> {
    let set = &recipe.parameters;
    let style = profile.option_style();
    // The pictures go along apart from the words.
    let words = numbered(&recipe.words(), &short_names(&recipe.references));
    let prompt = match style {
        OptionStyle::InWords => in_words(&words, set.aspect, set.size),
        _ => words,
    };
    let size = match style {
        OptionStyle::PixelSize => {
            pixel_size(&recipe.model, set.aspect, set.size).map(|(width, height)| json!(format!("{width}x{height}")))
        }
        OptionStyle::RatioAsSize => plain(set.aspect),
        _ => None,
    };
    let quality = set.size.filter(|size| style == OptionStyle::RatioAsSize && size.edge() > 1024);
    // The others of this family answer in base64 anyway and refuse the field; DALL·E answers with links unless asked.
    let base64 = recipe.model.contains("dall-e").then(|| json!("b64_json"));
    let mut fields = Map::new();
    add(
        &mut fields,
        [
            ("model", Some(json!(recipe.model))),
            ("prompt", Some(json!(prompt))),
            ("n", plain(set.n)),
            ("size", size),
            ("quality", plain(quality)),
            ("response_format", set.response_format.clone().filter(Value::is_string).or(base64)),
            ("seed", plain(set.seed)),
            ("user", plain(set.user.as_deref())),
            ("stream", plain(set.stream)),
        ],
    );
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
    let file = |name: &str, stem: &str, picture: &ReferenceBytes<'_>| FormPart {
        name: name.to_owned(),
        file: Some((format!("{stem}.{}", extension(picture.mime)), picture.mime.to_owned())),
        bytes: picture.bytes.to_vec(),
    };
    // Servers that take one picture only do not know the name with brackets.
    let name = if references.len() == 1 { "image" } else { "image[]" };
    let pictures = references.iter().enumerate().map(|(index, picture)| file(name, &format!("image-{index}"), picture));
    let mask = mask.iter().map(|mask| file("mask", "mask", mask));
    CallBody::Form(fields.into_iter().map(text).chain(pictures).chain(mask).collect())
}

fn extension(mime: &str) -> &str {
    match mime {
        "image/jpeg" => "jpg",
        other => other.strip_prefix("image/").unwrap_or("bin"),
    }
}

/// The size in pixels for a shape and a class of size; none if neither was asked for.
///
/// OpenAI's models take three sizes each; for those the one of the nearest shape is chosen. For others it is a size of
/// that shape, with the pixels of a square of that class, and sides that are multiples of 16, as diffusion models want.
fn pixel_size(model: &str, aspect: Option<AspectRatio>, size: Option<ImageSize>) -> Option<(u32, u32)> {
    const GPT_IMAGE: [(u32, u32); 3] = [(1024, 1024), (1536, 1024), (1024, 1536)];
    const DALL_E_3: [(u32, u32); 3] = [(1024, 1024), (1792, 1024), (1024, 1792)];
    const DALL_E_2: [(u32, u32); 3] = [(256, 256), (512, 512), (1024, 1024)];

    if aspect.is_none() && size.is_none() {
        return None;
    }
    let ratio = aspect.map_or(1.0, |aspect| f64::from(aspect.value()));
    let edge = f64::from(size.map_or(1024, ImageSize::edge));
    let nearest = |sizes: [(u32, u32); 3]| {
        let distance = |&(width, height): &(u32, u32)| {
            let shape = (f64::from(width) / f64::from(height) / ratio).ln().abs();
            // Shape counts before size.
            shape * 100.0 + (f64::from(width * height).sqrt() / edge).ln().abs()
        };
        sizes.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    };
    if model.contains("dall-e-2") {
        return nearest(DALL_E_2);
    }
    if model.contains("dall-e") {
        return nearest(DALL_E_3);
    }
    if model.contains("gpt-image") || model.contains("chatgpt-image") {
        return nearest(GPT_IMAGE);
    }
    let side = |pixels: f64| ((pixels / 16.0).round() as u32).max(1) * 16;
    Some((side(edge * ratio.sqrt()), side(edge / ratio.sqrt())))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{PICTURE, fox, json_of, with},
        *,
    };
    use crate::recipe::Parameters;

    fn of(model: &str, parameters: Parameters) -> Recipe {
        Recipe { model: model.to_owned(), ..fox(parameters) }
    }

    #[test]
    fn a_prompt_goes_to_generations() {
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
            })
        );
    }

    #[test]
    fn dall_e_is_asked_for_bytes_and_not_for_links() {
        let sent = json_of(&call(&of("openai/dall-e-3", Parameters::default()), &Profile::openai(), &[], None));
        assert_eq!(sent["response_format"], "b64_json");
        let sent = json_of(&call(&of("gpt-image-1", Parameters::default()), &Profile::openai(), &[], None));
        assert_eq!(sent.get("response_format"), None);
    }

    #[test]
    fn pictures_and_a_mask_go_to_edits_as_a_form() {
        let jpeg = ReferenceBytes { mime: "image/jpeg", bytes: b"\xFF\xD8\xFF" };
        let mut profile = Profile::openai();
        profile.extra_body = serde_json::from_str(r#"{"background":"transparent","n":9}"#).unwrap();
        let mut recipe = with(of("gpt-image-1", Parameters { n: Some(2), ..Parameters::default() }), &["fur", "snow"]);
        recipe.prompt = "a fox with this @fur".to_owned();
        let call = call(&recipe, &profile, &[PICTURE, jpeg], Some(PICTURE));
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
    fn pictures_can_go_in_json_too() {
        let profile =
            Profile { references: ReferenceStyle::ImageField, options: OptionStyle::RatioAsSize, ..Profile::openai() };
        let parameters =
            Parameters { aspect: "16:9".parse().ok(), size: Some(ImageSize::Two), ..Parameters::default() };
        let recipe = of("gemini-3-pro-image", parameters);
        let one = call(&with(recipe.clone(), &["one"]), &profile, &[PICTURE], None);
        assert_eq!(one.path, "images/generations");
        let sent = json_of(&one);
        assert_eq!(sent["image"], "data:image/png;base64,iVBORz8=");
        assert_eq!((&sent["size"], &sent["quality"]), (&json!("16:9"), &json!("2K")));
        let two = json_of(&call(&with(recipe, &["one", "two"]), &profile, &[PICTURE, PICTURE], None));
        assert_eq!(two["image"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn sizes_in_pixels_are_those_that_a_model_takes() {
        let size = |model, aspect: &str, size| pixel_size(model, aspect.parse().ok(), size);
        assert_eq!(size("gpt-image-1", "16:9", Some(ImageSize::Four)), Some((1536, 1024)));
        assert_eq!(size("gpt-image-1", "9:16", None), Some((1024, 1536)));
        assert_eq!(size("openai/dall-e-3", "9:16", None), Some((1024, 1792)));
        assert_eq!(size("dall-e-2", "1:1", Some(ImageSize::Half)), Some((512, 512)));
        assert_eq!(size("flux-dev", "1:1", Some(ImageSize::Two)), Some((2048, 2048)));
        assert_eq!(size("flux-dev", "16:9", None), Some((1360, 768)));
        assert_eq!(size("flux-dev", "", None), None);
    }
}
