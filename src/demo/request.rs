//! What a request asks for.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyper::StatusCode;
use serde_json::Value;

use super::palette::Rgb;

/// Most pictures in one answer.
const MOST: u64 = 8;

/// What a request asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    pub(super) model: String,
    pub(super) prompt: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) count: u32,
    pub(super) seed: Option<i64>,
    pub(super) stream: bool,
    /// Mean colours of the references, in order.
    pub(super) references: Vec<Rgb>,
}

impl Asked {
    /// Reads a chat request. What is wrong with it is said as gateways say it.
    pub(super) fn read(body: &Value) -> Result<Self, String> {
        let messages = body["messages"].as_array().ok_or("messages is required")?;
        let mut asked = Self {
            model: body["model"].as_str().filter(|model| !model.is_empty()).ok_or("model is required")?.to_owned(),
            count: body["n"].as_u64().unwrap_or(1).clamp(1, MOST) as u32,
            seed: body["seed"].as_i64(),
            stream: body["stream"].as_bool().unwrap_or(false),
            ..Self::default()
        };
        for message in messages.iter().filter(|message| message["role"] == "user") {
            match &message["content"] {
                Value::String(text) => asked.prompt.push_str(text),
                Value::Array(parts) => {
                    for part in parts {
                        if let Some(text) = part["text"].as_str() {
                            asked.prompt.push_str(text);
                        } else if let Some(url) = part["image_url"]["url"].as_str() {
                            asked.references.push(mean_colour(url)?);
                        }
                    }
                }
                _ => {}
            }
        }
        if asked.prompt.trim().is_empty() {
            return Err("the prompt is empty".to_owned());
        }
        let options = [&body["extra_body"]["google"]["image_config"], &body["image_config"]];
        let option = |name: &str| options.iter().find_map(|options| options[name].as_str());
        (asked.width, asked.height) =
            size(option("aspect_ratio").unwrap_or("1:1"), option("image_size").unwrap_or("1K"))?;
        Ok(asked)
    }

    /// Whether the prompt has a word of mischief.
    pub(super) fn says(&self, word: &str) -> bool {
        self.prompt.to_lowercase().contains(word)
    }

    /// The status that `[fail:503]` asks for.
    pub(super) fn wanted_status(&self) -> Option<StatusCode> {
        let (_, rest) = self.prompt.split_once("[fail:")?;
        rest.split_once(']')?.0.parse::<u16>().ok().and_then(|status| StatusCode::from_u16(status).ok())
    }
}

/// Pixels of a shape: as many as a square of that class has, in steps of 16.
fn size(aspect: &str, class: &str) -> Result<(u32, u32), String> {
    let edge = match class {
        "512" | "0.5K" => 512.0,
        "1K" => 1024.0,
        "2K" => 2048.0,
        "4K" => 4096.0,
        other => return Err(format!("image_size {other} is not supported")),
    };
    let ratio = aspect
        .split_once(':')
        .and_then(|(width, height)| Some(width.parse::<f64>().ok()? / height.parse::<f64>().ok()?))
        .filter(|ratio| (0.1..=10.0).contains(ratio))
        .ok_or_else(|| format!("aspect_ratio {aspect} is not supported"))?;
    let step = |side: f64| ((side / 16.0).round() * 16.0).clamp(16.0, 4096.0) as u32;
    let longest = f64::min(edge * ratio.max(1.0 / ratio).sqrt(), 4096.0);
    let (long, short) = (step(longest), step(longest / ratio.max(1.0 / ratio)));
    Ok(if ratio >= 1.0 { (long, short) } else { (short, long) })
}

fn mean_colour(url: &str) -> Result<Rgb, String> {
    let (_, data) = url.split_once(";base64,").ok_or("image_url is no data URL")?;
    let bytes = BASE64_STANDARD.decode(data).map_err(|error| format!("image_url is broken: {error}"))?;
    let picture = image::load_from_memory(&bytes).map_err(|error| format!("image_url is no picture: {error}"))?;
    let mean = picture.thumbnail(24, 24).into_rgb8();
    let count = mean.pixels().len().max(1) as u32;
    let sums = mean
        .pixels()
        .fold([0_u32; 3], |sums, pixel| std::array::from_fn(|channel| sums[channel] + u32::from(pixel.0[channel])));
    Ok(Rgb(sums.map(|sum| (sum / count) as u8)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shapes_have_the_pixels_of_their_class() {
        assert_eq!(size("1:1", "1K"), Ok((1024, 1024)));
        assert_eq!(size("16:9", "1K"), Ok((1360, 768)));
        assert_eq!(size("9:16", "1K"), Ok((768, 1360)));
        assert_eq!(size("1:1", "4K"), Ok((4096, 4096)));
        assert_eq!(size("16:9", "4K"), Ok((4096, 2304)));
        assert!(size("wide", "1K").is_err());
        assert!(size("1:1", "9K").is_err());
    }

    #[test]
    fn a_request_is_read_as_gateways_read_it() {
        let body = json!({
            "model": "m", "n": 3, "seed": 7, "stream": true,
            "messages": [{ "role": "user", "content": [{ "type": "text", "text": "sea [fail:503]" }] }],
            "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "512" } } }
        });
        let asked = Asked::read(&body).unwrap();
        assert_eq!((asked.count, asked.seed, asked.stream, asked.width), (3, Some(7), true, 688));
        assert_eq!(asked.wanted_status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert!(Asked::read(&json!({ "model": "m", "messages": [] })).is_err());
        assert!(Asked::read(&json!({ "messages": [{ "role": "user", "content": "sea" }] })).is_err());
    }
}
