//! The model list of a gateway, and the properties of the models in it: OpenRouter's detailed list, new-api's with
//! endpoint types, Google's own, and OpenAI's plain one.

use std::collections::BTreeSet;

use jiff::civil::Date;
use reqwest::{
    StatusCode,
    header::{ACCEPT, HeaderValue},
};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    client::Client,
    connection::{endpoint, headers},
    response::{Body, BodyLimits, ResponseHead, redirect_target, require_success, send_request},
};
use crate::{
    gateway::{
        failure::classify,
        mask::SecretMask,
        mask::{is_web_page, sanitize_message},
    },
    recipe::{
        Charge, Deprecated, Dialect, Failure, FailureDetail, FailureKind, ModelListing, Money, Parameter, Profile,
        is_invisible,
    },
};

/// The largest model list that is read, in bytes.
const MAX_LIST_BYTES: u64 = 16 << 20;

/// Parts of the names of image models.
const IMAGE_MODEL_WORDS: &[&str] = &[
    "image",
    "dall-e",
    "dalle",
    "imagen",
    "flux",
    "seedream",
    "seededit",
    "wanx",
    "banana",
    "midjourney",
    "stable-diffusion",
    "sdxl",
    "sd3",
    "ideogram",
    "recraft",
    "kolors",
    "hidream",
    "cogview",
    "jimeng",
    "photon",
    "firefly",
];
/// The longest display name that is kept, in characters.
const MAX_NAME_CHARS: usize = 120;
/// The least price, in dollars, that is read as one per image. Prices per token are far lower.
const MIN_DOLLARS_PER_IMAGE: f64 = 0.0005;

/// Parts of the names of models that take images and do not generate them.
const OTHER_MODEL_WORDS: &[&str] = &["embed", "to-text", "2text", "caption", "rerank", "video"];

/// A model that a gateway offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedModel {
    /// Its ID as the gateway spells it.
    pub id: String,
    /// Whether it generates images, according to the list, or otherwise to its name.
    pub makes_images: bool,
    /// The properties that the list contains.
    pub listed: ModelListing,
}

impl Client {
    /// The models that the key may use: first those that generate images, then the others, each group by name.
    ///
    /// The request is free of charge, whatever its result.
    pub async fn models(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
    ) -> Result<Vec<ListedModel>, Failure> {
        self.models_and_hear(profile, base_url, key, &mut ResponseHead::default()).await
    }

    /// Like [`Self::models`], and records the head of the response.
    pub async fn models_and_hear(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
        heard: &mut ResponseHead,
    ) -> Result<Vec<ListedModel>, Failure> {
        let own = profile.own_secrets();
        let secrets: Vec<&str> = key.into_iter().chain(own.iter().map(String::as_str)).collect();
        self.list(profile, base_url, key, &secrets, heard).await.map_err(|failure| failure.charged(Charge::No))
    }

    async fn list(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
        secrets: &[&str],
        heard: &mut ResponseHead,
    ) -> Result<Vec<ListedModel>, Failure> {
        let url = endpoint(base_url, "models", all_models(profile, base_url))?;
        let deadline = Instant::now() + self.timeouts.models;
        let client = self.connection(profile, &url)?;
        let headers = headers(profile, &url, key)?;
        let ask = |url: Url| {
            let request = client.get(url).headers(headers.clone());
            request.header(ACCEPT, HeaderValue::from_static("application/json"))
        };
        let mut response = send_request(ask(url.clone()), deadline, secrets).await?;
        for _ in 0..MAX_REDIRECTS {
            // Only redirects that keep the method and the origin of the key are followed.
            let keeps_request =
                matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
            let target = response.url().join(redirect_target(&response)).ok().filter(|_| keeps_request);
            let Some(redirect_target) = target.filter(|target| target.origin() == url.origin()) else { break };
            response = send_request(ask(redirect_target), deadline, secrets).await?;
        }
        let response = require_success(response, deadline, secrets, heard).await?;
        let mut list = Body::of(response, BodyLimits::both(MAX_LIST_BYTES));
        let mut body = Vec::new();
        loop {
            match timeout_at(deadline, list.chunk()).await {
                Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
                Ok(Ok(None)) => return read_models(&body, secrets),
                Ok(Err(failure)) => return Err(failure),
                Err(_) => return Err(Failure::new(FailureKind::TimedOut)),
            }
        }
    }
}

fn read_models(body: &[u8], secrets: &[&str]) -> Result<Vec<ListedModel>, Failure> {
    let Ok(mut answer) = serde_json::from_slice::<Value>(body) else {
        let text = String::from_utf8_lossy(body);
        // A web page in place of a list means that the address is that of a website, not of its API.
        let kind = if text.trim_start().starts_with('<') { FailureKind::WrongUrl } else { FailureKind::NotUnderstood };
        let failure = Failure::new(kind).words(sanitize_message(&text, secrets));
        return Err(if is_web_page(body) { failure.detail(FailureDetail::WebPage) } else { failure });
    };
    // The list is stored on disk, so secrets are masked.
    SecretMask::new(secrets).json(&mut answer);
    let list = ["data", "models"].iter().find_map(|name| answer.get(name)?.as_array()).or_else(|| answer.as_array());
    let says_no =
        answer.get("success") == Some(&Value::Bool(false)) || answer.get("error").is_some_and(|e| !e.is_null());
    let Some(list) = list.filter(|_| !says_no) else {
        if says_no || answer.get("message").is_some() {
            return Err(classify::from_body(&answer));
        }
        return Err(Failure::new(FailureKind::NotUnderstood).words(sanitize_message(&answer.to_string(), secrets)));
    };
    let mut models: Vec<ListedModel> = list.iter().filter_map(model).collect();
    models.sort_by(|a, b| b.makes_images.cmp(&a.makes_images).then_with(|| a.id.cmp(&b.id)));
    models.dedup_by(|a, b| a.id == b.id);
    Ok(models)
}

/// The query that asks for the complete list, because some gateways return only a part of it otherwise.
fn all_models(profile: &Profile, base_url: &str) -> Option<&'static str> {
    if base_url.contains("openrouter.ai") {
        // Models that return only images are left out unless requested.
        Some("output_modalities=all")
    } else if profile.dialect == Dialect::Gemini && base_url.contains("googleapis.com") {
        Some("pageSize=1000")
    } else {
        None
    }
}

fn model(entry: &Value) -> Option<ListedModel> {
    let id = entry.as_str().or_else(|| ["id", "name"].iter().find_map(|name| entry.get(name)?.as_str()))?;
    let id = id.strip_prefix("models/").unwrap_or(id).trim();
    // A model ID with invisible characters is deceptive, so it is skipped.
    (!id.is_empty() && !id.contains(is_invisible)).then(|| ListedModel {
        id: id.to_owned(),
        makes_images: makes_images(id, entry),
        listed: listed(id, entry),
    })
}

/// A list of words, in lower case.
fn words(value: Option<&Value>) -> Option<Vec<String>> {
    Some(value?.as_array()?.iter().filter_map(|word| Some(word.as_str()?.to_ascii_lowercase())).collect())
}

fn modalities(entry: &Value, which: &str) -> Option<Vec<String>> {
    let name = format!("{which}_modalities");
    words(entry.pointer(&format!("/architecture/{name}")).or_else(|| entry.get(&name)))
}

fn makes_images(id: &str, entry: &Value) -> bool {
    if let Some(modalities) = modalities(entry, "output") {
        return modalities.iter().any(|modality| modality == "image");
    }
    let endpoints = words(entry.get("supported_endpoint_types")).unwrap_or_default();
    let id = id.to_ascii_lowercase();
    let named = |names: &[&str]| names.iter().any(|name| id.contains(name));
    // Image models behind the chat endpoint are listed as "openai" only, so the name decides.
    endpoints.iter().any(|endpoint| endpoint == "image-generation")
        || (named(IMAGE_MODEL_WORDS) && !named(OTHER_MODEL_WORDS))
}

fn listed(id: &str, entry: &Value) -> ModelListing {
    // In Google's list, `name` is the ID.
    let name = ["display_name", "displayName", "name"].iter().find_map(|name| entry.get(name)?.as_str());
    let name = name.map(str::trim).filter(|name| !name.is_empty() && !name.starts_with("models/") && *name != id);
    let sees_images = modalities(entry, "input").map(|modalities| modalities.iter().any(|word| word == "image"));
    ModelListing {
        name: name.map(|name| name.chars().filter(|letter| !letter.is_control()).take(MAX_NAME_CHARS).collect()),
        sees_images,
        parameters: parameters(entry),
        price: price(entry, sees_images),
        reference_price: reference_price(entry, sees_images),
        endpoint: endpoint_of(entry),
        deprecated: deprecated(entry),
    }
}

/// The parameters in OpenRouter's names. An empty list means nothing.
fn parameters(entry: &Value) -> Option<BTreeSet<Parameter>> {
    let names = words(entry.get("supported_parameters")).filter(|names| !names.is_empty())?;
    let parameter = |name: String| serde_json::from_value(Value::String(name)).ok();
    Some(names.into_iter().filter_map(parameter).collect())
}

/// The price of a generated image. Most prices in lists are per token, and that of `image` is for images that are sent
/// with the prompt.
fn price(entry: &Value, sees_images: Option<bool>) -> Option<Money> {
    let pricing = entry.get("pricing")?;
    let dollars = |name: &str| {
        let value = pricing.get(name)?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|value| value.is_finite())
    };
    let image = dollars("image").filter(|_| sees_images == Some(false));
    [dollars("image_output"), dollars("request"), image]
        .into_iter()
        .flatten()
        .find(|dollars| (MIN_DOLLARS_PER_IMAGE..1000.0).contains(dollars))
        .map(Money::from_dollars)
}

/// The price of an image that is sent with the prompt, if the list has one: it is far higher than that of a token.
fn reference_price(entry: &Value, sees_images: Option<bool>) -> Option<Money> {
    let price = Money::read(entry.get("pricing")?.get("image")?).filter(|_| sees_images != Some(false));
    price.filter(|price| (Money::from_micros(10)..Money::from_dollars(10.0)).contains(price))
}

fn endpoint_of(entry: &Value) -> Option<Dialect> {
    let types = words(entry.get("supported_endpoint_types")).unwrap_or_default();
    let answers = |names: &[&str]| types.iter().any(|kind| names.contains(&kind.as_str()));
    if answers(&["openai", "chat"]) {
        // If a model supports several endpoints, the chat endpoint supports the most parameters.
        return Some(Dialect::Chat);
    }
    if answers(&["image-generation"]) {
        return Some(Dialect::Images);
    }
    let methods = words(entry.get("supportedGenerationMethods")).unwrap_or_default();
    let gemini = answers(&["gemini"]) || methods.iter().any(|method| method == "generatecontent");
    gemini.then_some(Dialect::Gemini)
}

fn deprecated(entry: &Value) -> Option<Deprecated> {
    let names = ["expiration_date", "deprecation_date", "shutdown_date", "deprecated_at"];
    let day = |name: &&str| entry.get(name)?.as_str()?.get(..10)?.parse::<Date>().ok();
    let ends = names.iter().find_map(day);
    let says_so = entry.get("deprecated") == Some(&Value::Bool(true));
    (ends.is_some() || says_so).then_some(Deprecated { ends, instead: None })
}

/// The number of redirects of a `GET` that are followed.
pub(super) const MAX_REDIRECTS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Vec<(String, bool)> {
        read_models(body.as_bytes(), &[]).unwrap().into_iter().map(|model| (model.id, model.makes_images)).collect()
    }

    #[test]
    fn image_models_are_listed_first_without_duplicates() {
        let list = r#"{"object":"list","success":true,"data":[
            {"id":"openai/gpt-5","supported_endpoint_types":["openai"]},
            {"id":"google/gemini-3-pro-image","supported_endpoint_types":["openai"]},
            {"id":"maker/odd","supported_endpoint_types":["image-generation"]},
            {"id":"openai/gpt-5"}]}"#;
        let expected = [("google/gemini-3-pro-image", true), ("maker/odd", true), ("openai/gpt-5", false)];
        assert_eq!(read(list), expected.map(|(id, makes)| (id.to_owned(), makes)));
    }

    #[test]
    fn stated_modalities_override_guesses_from_names() {
        let list = r#"{"data":[
            {"id":"a/image-reader","architecture":{"output_modalities":["text"]}},
            {"id":"a/painter","architecture":{"output_modalities":["image","text"]}}]}"#;
        assert_eq!(read(list), [("a/painter".to_owned(), true), ("a/image-reader".to_owned(), false)]);
        assert_eq!(read(r#"["flux-pro"]"#), [("flux-pro".to_owned(), true)]);
        assert_eq!(read(r#"{"models":[{"name":"models/imagen-4"}]}"#), [("imagen-4".to_owned(), true)]);
    }

    fn listed_of(body: &str) -> ModelListing {
        read_models(body.as_bytes(), &[]).unwrap().remove(0).listed
    }

    #[test]
    fn open_router_list_has_capabilities_and_expiry() {
        let listed = listed_of(
            r#"{"data":[{"id":"google/gemini-2.5-flash-image","name":"Google: Nano Banana",
                "description":"…","architecture":{"input_modalities":["image","text"],"output_modalities":["image","text"]},
                "supported_parameters":["max_tokens","seed","structured_outputs","temperature"],
                "pricing":{"prompt":"0.0000003","completion":"0.0000025","image":"0.001238","request":"0",
                "image_output":"0.00003"},"expiration_date":"2027-03-15"}]}"#,
        );
        assert_eq!(listed.name.as_deref(), Some("Google: Nano Banana"));
        assert_eq!(listed.sees_images, Some(true));
        let parameters = [Parameter::MaxTokens, Parameter::Seed, Parameter::Temperature];
        assert_eq!(listed.parameters, Some(parameters.into()));
        assert_eq!(listed.price, None, "prices by the token say nothing of an image");
        assert_eq!(listed.reference_price, Some(Money::from_micros(1_238)));
        assert_eq!(listed.deprecated.unwrap().ends, Some("2027-03-15".parse().unwrap()));
    }

    #[test]
    fn price_per_image_is_read_only_if_unambiguous() {
        let price = |pricing: &str, input: &str| {
            let entry = format!(
                r#"{{"data":[{{"id":"a/flux","architecture":{{"input_modalities":[{input}],"output_modalities":["image"]}},
                "pricing":{pricing}}}]}}"#
            );
            listed_of(&entry).price
        };
        let dollars = |dollars| Some(Money::from_dollars(dollars));
        assert_eq!(price(r#"{"image_output":"0.04"}"#, ""), dollars(0.04));
        assert_eq!(price(r#"{"request":0.03,"image":"0.01"}"#, r#""text","image""#), dollars(0.03));
        assert_eq!(price(r#"{"image":"0.05"}"#, r#""text""#), dollars(0.05));
        assert_eq!(price(r#"{"image":"0.05"}"#, r#""text","image""#), None);
        assert_eq!(price(r#"{"image_output":"-1","request":"NaN","image":{}}"#, r#""text""#), None);
    }

    #[test]
    fn shortened_model_lists_are_requested_in_full() {
        let query = |profile: Profile| all_models(&profile, &profile.base_url);
        assert_eq!(query(Profile::openrouter()), Some("output_modalities=all"));
        assert_eq!(query(Profile::google()), Some("pageSize=1000"));
        assert_eq!(query(Profile::google_openai()), None);
        assert_eq!(query(Profile::dgrid()), None);
    }

    #[test]
    fn lists_of_other_gateways_are_parsed() {
        let google = listed_of(
            r#"{"models":[{"name":"models/gemini-3-pro-image","displayName":"Nano Banana Pro","version":"3",
                "supportedGenerationMethods":["generateContent","countTokens"]}]}"#,
        );
        assert_eq!((google.name.as_deref(), google.endpoint), (Some("Nano Banana Pro"), Some(Dialect::Gemini)));
        let endpoint = |kinds: &str| {
            listed_of(&format!(r#"{{"data":[{{"id":"m","supported_endpoint_types":[{kinds}]}}]}}"#)).endpoint
        };
        assert_eq!(endpoint(r#""openai","image-generation""#), Some(Dialect::Chat));
        assert_eq!(endpoint(r#""image-generation""#), Some(Dialect::Images));
        assert_eq!(endpoint(r#""openai-response""#), None);
        assert_eq!(listed_of(r#"{"object":"list","data":[{"id":"sd","object":"model"}]}"#), ModelListing::default());
        assert_eq!(listed_of(r#"{"data":[{"id":"a","deprecated":true}]}"#).deprecated, Some(Deprecated::default()));
    }

    #[test]
    fn response_that_is_not_a_list_is_an_error() {
        let fail = |body: &str| {
            let failure = read_models(body.as_bytes(), &[]).unwrap_err();
            (failure.kind, failure.words.unwrap_or_default())
        };
        assert_eq!(fail("<html><title>Sign in</title>"), (FailureKind::WrongUrl, "Sign in".to_owned()));
        assert_eq!(fail("hello").0, FailureKind::NotUnderstood);
        assert_eq!(
            fail(r#"{"success":false,"message":"no models"}"#),
            (FailureKind::GatewayFailed, "no models".to_owned())
        );
        assert_eq!(fail(r#"{"x":1}"#).0, FailureKind::NotUnderstood);
    }
}
