//! The differences between gateways: endpoints, and how options, references and keys are sent.

use serde::{Deserialize, Serialize};

/// The families of endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// `POST {base}/chat/completions`.
    #[default]
    Chat,
    /// `POST {base}/images/generations`, and `{base}/images/edits` where images are sent along.
    Images,
    /// `POST {base}/models/{model}:generateContent`, Gemini's own.
    Gemini,
}

impl Dialect {
    /// Every dialect, in display order.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Images, Self::Gemini];

    /// The endpoint, as documentation names it.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Images => "/images/generations",
            Self::Gemini => ":generateContent",
        }
    }

    /// The styles of sending aspect ratio and size in this dialect, the usual one first.
    pub fn option_styles(self) -> &'static [OptionStyle] {
        use OptionStyle as O;
        match self {
            Self::Chat => {
                &[O::GoogleExtraBody, O::ImageConfig, O::CamelImageConfig, O::SystemMessage, O::InWords, O::NotSent]
            }
            Self::Images => &[O::PixelSize, O::RatioAsSize, O::InWords, O::NotSent],
            Self::Gemini => &[O::CamelImageConfig, O::InWords, O::NotSent],
        }
    }

    /// The styles of sending references in this dialect, the usual one first.
    pub fn reference_styles(self) -> &'static [ReferenceStyle] {
        use ReferenceStyle as R;
        match self {
            Self::Chat => &[R::ImageUrl, R::ImageUrlAndContents],
            Self::Images => &[R::Form, R::ImageField],
            Self::Gemini => &[R::InlineData],
        }
    }

    /// Whether `modalities`, or the dialect's counterpart, can be sent.
    pub fn has_modalities(self) -> bool {
        !matches!(self, Self::Images)
    }

    /// Whether one request of this dialect can ask for several images. If not, several requests are sent.
    pub fn takes_n(self) -> bool {
        !matches!(self, Self::Gemini)
    }
}

/// How aspect ratio and size are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionStyle {
    /// `extra_body.google.image_config`, as new-api and its derivatives read it.
    #[default]
    GoogleExtraBody,
    /// `image_config` beside `messages`, as OpenRouter reads it.
    ImageConfig,
    /// `imageConfig` with `aspectRatio` and `imageSize`: beside `messages` as LiteLLM copies it, or within
    /// `generationConfig` as Gemini reads it.
    CamelImageConfig,
    /// A system message `aspect_ratio=16:9`, as AiHubMix reads it.
    SystemMessage,
    /// `size` in pixels, such as `1536x1024`, as OpenAI's image endpoints read it.
    PixelSize,
    /// `size` as a ratio, such as `16:9`, and `quality` as `2K`, as new-api reads it on image endpoints.
    RatioAsSize,
    /// A sentence at the end of the prompt, for models without a field for it.
    InWords,
    /// Not sent.
    NotSent,
}

/// How reference images are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceStyle {
    /// `image_url` parts of the message.
    #[default]
    ImageUrl,
    /// `image_url` parts, and Gemini-style `contents` beside the messages.
    ImageUrlAndContents,
    /// Files of a multipart form to `/images/edits`.
    Form,
    /// `image` with data URLs, in JSON to `/images/generations`.
    ImageField,
    /// `inlineData` parts.
    InlineData,
}

/// The response modalities that are requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modalities {
    /// Images and text where the option style needs it; otherwise not sent.
    #[default]
    Usual,
    /// Images and text.
    ImageAndText,
    /// Images only, which some models require.
    ImageOnly,
    /// Not sent.
    NotSent,
}

impl Modalities {
    /// Every choice, in display order.
    pub const ALL: [Self; 4] = [Self::Usual, Self::ImageAndText, Self::ImageOnly, Self::NotSent];
}

/// The header that holds the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyHeader {
    /// `Authorization: Bearer …`.
    #[default]
    Bearer,
    /// `x-goog-api-key`, for Google's own endpoints.
    GoogleApiKey,
}

impl KeyHeader {
    /// Every choice, in display order.
    pub const ALL: [Self; 2] = [Self::Bearer, Self::GoogleApiKey];

    /// The header's name, as documentation writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Authorization",
            Self::GoogleApiKey => "x-goog-api-key",
        }
    }
}

/// The proxy through which a gateway is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proxy {
    /// The system's proxy settings.
    #[default]
    System,
    /// No proxy.
    Direct,
    /// This proxy: `http://`, `https://`, `socks5://` or `socks5h://`, without user and password.
    Through(String),
}

/// Time limits in seconds; `None` means the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeLimits {
    /// For connecting, including TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<u32>,
    /// From sending the request to the first byte of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<u32>,
    /// Between two chunks of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between_bytes: Option<u32>,
    /// From sending the request to the last byte of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<u32>,
}

impl TimeLimits {
    /// Whether all limits are on default.
    pub fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}
