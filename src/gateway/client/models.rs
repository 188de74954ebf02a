//! The models that a gateway offers.

use reqwest::header::{ACCEPT, HeaderValue};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{
    Client, answer,
    endpoint::{endpoint, headers},
    transport_failure,
};
use crate::{
    gateway::{clean::clean_words, failure},
    recipe::{Charge, Failure, FailureKind, Profile},
};

/// Lists longer than this many bytes are not read.
const MAX_LIST: usize = 16 << 20;

/// Parts of names that image models have.
const IMAGE_NAMES: &[&str] = &[
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
/// Parts of names that models have which only look at pictures.
const OTHER_NAMES: &[&str] = &["embed", "to-text", "2text", "caption", "rerank", "video"];

/// A model that a gateway offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Its id as the gateway spells it.
    pub id: String,
    /// Whether it makes images, going by what the gateway says of it, else by its name.
    pub makes_images: bool,
}

impl Client {
    /// The models that this key may use: those that make images first, each group by name.
    ///
    /// Asking costs nothing, whatever comes of it.
    pub async fn models(&self, profile: &Profile, base_url: &str, key: Option<&str>) -> Result<Vec<Model>, Failure> {
        let secrets: Vec<&str> = key.into_iter().collect();
        self.list(profile, base_url, key, &secrets).await.map_err(|failure| failure.charged(Charge::No))
    }

    async fn list(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
        secrets: &[&str],
    ) -> Result<Vec<Model>, Failure> {
        let url = endpoint(base_url, "models", None)?;
        let deadline = Instant::now() + self.timeouts.models;
        let request = self.connection(profile, &url)?.get(url.clone()).headers(headers(profile, &url, key)?);
        let request = request.header(ACCEPT, HeaderValue::from_static("application/json"));
        let mut response = answer(request, deadline, secrets).await?;
        let mut body = Vec::new();
        loop {
            match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
                Ok(Ok(None)) => return read_models(&body, secrets),
                Ok(Err(error)) => return Err(transport_failure(&error, secrets)),
                Err(_) => return Err(Failure::new(FailureKind::TimedOut)),
            }
            if body.len() > MAX_LIST {
                return Err(Failure::new(FailureKind::AnswerTooLarge));
            }
        }
    }
}

fn read_models(body: &[u8], secrets: &[&str]) -> Result<Vec<Model>, Failure> {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        let text = String::from_utf8_lossy(body);
        // A page instead of a list: the address is that of a website, not of its API.
        let kind = if text.trim_start().starts_with('<') { FailureKind::WrongUrl } else { FailureKind::NotUnderstood };
        return Err(Failure::new(kind).words(clean_words(&text, secrets)));
    };
    let list = ["data", "models"].iter().find_map(|name| answer.get(name)?.as_array()).or_else(|| answer.as_array());
    let says_no =
        answer.get("success") == Some(&Value::Bool(false)) || answer.get("error").is_some_and(|e| !e.is_null());
    let Some(list) = list.filter(|_| !says_no) else {
        if says_no || answer.get("message").is_some() {
            return Err(failure::within_answer(&answer));
        }
        return Err(Failure::new(FailureKind::NotUnderstood).words(clean_words(&answer.to_string(), secrets)));
    };
    let mut models: Vec<Model> = list.iter().filter_map(model).collect();
    models.sort_by(|a, b| b.makes_images.cmp(&a.makes_images).then_with(|| a.id.cmp(&b.id)));
    models.dedup_by(|a, b| a.id == b.id);
    Ok(models)
}

fn model(entry: &Value) -> Option<Model> {
    let id = entry.as_str().or_else(|| ["id", "name"].iter().find_map(|name| entry.get(name)?.as_str()))?;
    let id = id.strip_prefix("models/").unwrap_or(id).trim();
    (!id.is_empty()).then(|| Model { id: id.to_owned(), makes_images: makes_images(id, entry) })
}

fn makes_images(id: &str, entry: &Value) -> bool {
    let words = |value: Option<&Value>| -> Option<Vec<String>> {
        Some(value?.as_array()?.iter().filter_map(|word| Some(word.as_str()?.to_ascii_lowercase())).collect())
    };
    let modalities =
        words(entry.pointer("/architecture/output_modalities")).or_else(|| words(entry.get("output_modalities")));
    if let Some(modalities) = modalities {
        return modalities.iter().any(|modality| modality == "image");
    }
    let endpoints = words(entry.get("supported_endpoint_types")).unwrap_or_default();
    let id = id.to_ascii_lowercase();
    let named = |names: &[&str]| names.iter().any(|name| id.contains(name));
    // Image models behind the chat endpoint are listed as "openai" alone, so the name must help.
    endpoints.iter().any(|endpoint| endpoint == "image-generation") || (named(IMAGE_NAMES) && !named(OTHER_NAMES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Vec<(String, bool)> {
        read_models(body.as_bytes(), &[]).unwrap().into_iter().map(|model| (model.id, model.makes_images)).collect()
    }

    #[test]
    fn models_that_make_images_come_first_and_each_once() {
        let list = r#"{"object":"list","success":true,"data":[
            {"id":"openai/gpt-5","supported_endpoint_types":["openai"]},
            {"id":"google/gemini-3-pro-image","supported_endpoint_types":["openai"]},
            {"id":"maker/odd","supported_endpoint_types":["image-generation"]},
            {"id":"openai/gpt-5"}]}"#;
        let expected = [("google/gemini-3-pro-image", true), ("maker/odd", true), ("openai/gpt-5", false)];
        assert_eq!(read(list), expected.map(|(id, makes)| (id.to_owned(), makes)));
    }

    #[test]
    fn stated_modalities_weigh_more_than_names() {
        let list = r#"{"data":[
            {"id":"a/image-reader","architecture":{"output_modalities":["text"]}},
            {"id":"a/painter","architecture":{"output_modalities":["image","text"]}}]}"#;
        assert_eq!(read(list), [("a/painter".to_owned(), true), ("a/image-reader".to_owned(), false)]);
        assert_eq!(read(r#"["flux-pro"]"#), [("flux-pro".to_owned(), true)]);
        assert_eq!(read(r#"{"models":[{"name":"models/imagen-4"}]}"#), [("imagen-4".to_owned(), true)]);
    }

    #[test]
    fn what_is_no_list_is_said() {
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
