//! Parses chat completion requests.

use hyper::StatusCode;
use serde_json::Value;

use super::reference_colors::ReferenceColors;

/// The number of images in a response at most.
const MAX_IMAGES_PER_RESPONSE: u64 = 8;

/// A parsed request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ChatRequest {
    pub(super) model: String,
    pub(super) prompt: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) count: u32,
    pub(super) seed: Option<i64>,
    pub(super) stream: bool,
    /// The colors of the references, in order.
    pub(super) references: Vec<ReferenceColors>,
}

impl ChatRequest {
    /// Parses a chat request and decodes its references, which is slow. Errors are phrased like those of gateways.
    pub(super) fn read(body: &Value) -> Result<Self, String> {
        let messages = body["messages"].as_array().ok_or("messages is required")?;
        let mut asked = Self {
            model: body["model"].as_str().filter(|model| !model.is_empty()).ok_or("model is required")?.to_owned(),
            count: body["n"].as_u64().unwrap_or(1).clamp(1, MAX_IMAGES_PER_RESPONSE) as u32,
            seed: body["seed"].as_i64(),
            stream: body["stream"].as_bool().unwrap_or(false),
            ..Self::default()
        };
        for message in messages.iter().filter(|message| message["role"] == "user" || message["role"] == "assistant") {
            // Only the last message is painted, because the images of the earlier ones were delivered.
            asked.prompt.clear();
            match &message["content"] {
                Value::String(text) => asked.prompt.push_str(text),
                Value::Array(parts) => {
                    for part in parts {
                        if let Some(text) = part["text"].as_str() {
                            asked.prompt.push_str(text);
                        } else if let Some(url) = part["image_url"]["url"].as_str() {
                            asked.references.push(ReferenceColors::read(url)?);
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

    /// Whether the prompt contains a word that requests misbehavior.
    pub(super) fn says(&self, word: &str) -> bool {
        self.prompt.to_lowercase().contains(word)
    }

    /// The status that `[fail:503]` requests.
    pub(super) fn wanted_status(&self) -> Option<StatusCode> {
        let (_, rest) = self.prompt.split_once("[fail:")?;
        rest.split_once(']')?.0.parse::<u16>().ok().and_then(|status| StatusCode::from_u16(status).ok())
    }
}

/// The aspect ratios of Gemini's image models, with their sizes in the class 1K. Others have as many pixels as a
/// square.
const ASPECT_RATIO_SIZES: [((u32, u32), (u32, u32)); 10] = [
    ((1, 1), (1024, 1024)),
    ((2, 3), (848, 1264)),
    ((3, 2), (1264, 848)),
    ((3, 4), (896, 1200)),
    ((4, 3), (1200, 896)),
    ((4, 5), (928, 1152)),
    ((5, 4), (1152, 928)),
    ((9, 16), (768, 1376)),
    ((16, 9), (1376, 768)),
    ((21, 9), (1584, 672)),
];

/// The longest side of a painting, in pixels.
const MAX_SIDE_PIXELS: f64 = 4096.0;

/// The size of an aspect ratio in a class, in multiples of 16.
fn size(aspect: &str, class: &str) -> Result<(u32, u32), String> {
    let scale = match class {
        "512" | "0.5K" => 0.5,
        "1K" => 1.0,
        "2K" => 2.0,
        "4K" => 4.0,
        other => return Err(format!("image_size {other} is not supported")),
    };
    let sides = aspect.split_once(':').and_then(|(wide, high)| Some((wide.parse().ok()?, high.parse().ok()?)));
    let known = sides.and_then(|sides| ASPECT_RATIO_SIZES.iter().find(|(shape, _)| *shape == sides));
    let (width, height) = match (known, sides) {
        (Some((_, (width, height))), _) => (f64::from(*width), f64::from(*height)),
        (None, Some((wide @ 1.., high @ 1..))) if wide.max(high) / wide.min(high) <= 10 => {
            let ratio = (f64::from(wide) / f64::from(high)).sqrt();
            (1024.0 * ratio, 1024.0 / ratio)
        }
        _ => return Err(format!("aspect_ratio {aspect} is not supported")),
    };
    let scale = f64::min(scale, MAX_SIDE_PIXELS / width.max(height));
    let step = |side: f64| ((side * scale / 16.0).round() * 16.0).max(16.0) as u32;
    Ok((step(width), step(height)))
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use serde_json::json;

    use super::*;

    #[test]
    fn aspect_ratios_have_the_pixels_of_their_size() {
        assert_eq!(size("1:1", "1K"), Ok((1024, 1024)));
        assert_eq!(size("16:9", "1K"), Ok((1376, 768)));
        assert_eq!(size("9:16", "2K"), Ok((1536, 2752)));
        assert_eq!(size("16:9", "512"), Ok((688, 384)));
        assert_eq!(size("1:1", "4K"), Ok((4096, 4096)));
        assert_eq!(size("16:9", "4K"), Ok((4096, 2288)));
        assert_eq!(size("8:1", "1K"), Ok((2896, 368)));
        for (wide, high) in [(1, 1), (2, 3), (21, 9), (1, 8), (7, 5)] {
            for class in ["512", "1K", "2K", "4K"] {
                let (width, height) = size(&format!("{wide}:{high}"), class).unwrap();
                assert!(width.max(height) <= 4096 && width % 16 == 0 && height % 16 == 0, "{wide}:{high} {class}");
                let wanted = f64::from(wide) / f64::from(high);
                let got = f64::from(width) / f64::from(height);
                assert!((got / wanted - 1.0).abs() < 0.05, "{wide}:{high} {class}: {width} × {height}");
            }
        }
        for wrong in ["wide", "0:1", "1:0", "1:100", "-1:1", ""] {
            assert!(size(wrong, "1K").is_err(), "{wrong}");
        }
        assert!(size("1:1", "9K").is_err());
    }

    #[test]
    fn request_is_parsed_as_by_gateways() {
        let body = json!({
            "model": "m", "n": 3, "seed": 7, "stream": true,
            "messages": [{ "role": "user", "content": [{ "type": "text", "text": "sea [fail:503]" }] }],
            "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "512" } } }
        });
        let asked = ChatRequest::read(&body).unwrap();
        assert_eq!((asked.count, asked.seed, asked.stream, asked.width), (3, Some(7), true, 688));
        assert_eq!(asked.wanted_status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert!(ChatRequest::read(&json!({ "model": "m", "messages": [] })).is_err());
        assert!(ChatRequest::read(&json!({ "messages": [{ "role": "user", "content": "sea" }] })).is_err());
    }

    #[test]
    fn reference_colors_are_used_and_an_invalid_reference_is_rejected() {
        let image = image::RgbImage::from_fn(30, 30, |_, y| image::Rgb(if y < 15 { [0, 0, 200] } else { [200, 0, 0] }));
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let url = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(bytes.into_inner()));
        let ask = |url: &str| {
            let parts =
                json!([{ "type": "text", "text": "sea" }, { "type": "image_url", "image_url": { "url": url } }]);
            ChatRequest::read(&json!({ "model": "m", "messages": [{ "role": "user", "content": parts }] }))
        };
        let lent = ask(&url).unwrap().references[0];
        assert_eq!((lent.top, lent.bottom), ([0, 0, 200], [200, 0, 0]));
        assert!(ask("https://example.org/a.png").is_err());
        assert!(ask("data:image/png;base64,AAAA").is_err());
    }
}
