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
    /// Every dialect, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Images, Self::Gemini];

    /// The endpoint, as documentation names it.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Images => "/images/generations",
            Self::Gemini => ":generateContent",
        }
    }

    /// The ways in which aspect ratio and size can be sent in this dialect, the usual one first.
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

    /// The ways in which references can be sent in this dialect, the usual one first.
    pub fn reference_styles(self) -> &'static [ReferenceStyle] {
        use ReferenceStyle as R;
        match self {
            Self::Chat => &[R::ImageUrl, R::ImageUrlAndContents],
            Self::Images => &[R::Form, R::ImageField],
            Self::Gemini => &[R::InlineData],
        }
    }

    /// Whether `modalities`, or what the dialect has in its place, can be sent.
    pub fn has_modalities(self) -> bool {
        !matches!(self, Self::Images)
    }

    /// Whether a request of this dialect may ask for several images at once. Where not, several requests are sent.
    pub fn takes_n(self) -> bool {
        !matches!(self, Self::Gemini)
    }
}

/// How aspect ratio and size are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionStyle {
    /// `extra_body.google.image_config`, as new-api and gateways made from it read it.
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
    /// A sentence at the end of the prompt, for models that know no field for it.
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
    /// The same, and Gemini-style `contents` beside the messages.
    ImageUrlAndContents,
    /// Files of a multipart form to `/images/edits`.
    Form,
    /// `image` with data URLs, in JSON to `/images/generations`.
    ImageField,
    /// `inlineData` parts.
    InlineData,
}

/// Which kinds of answer a model is requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modalities {
    /// Images and text where the way of sending options goes with it, else nothing is said.
    #[default]
    Usual,
    /// Images and text.
    ImageAndText,
    /// Images alone, which some models insist on.
    ImageOnly,
    /// Nothing is said.
    NotSent,
}

impl Modalities {
    /// Every choice, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Usual, Self::ImageAndText, Self::ImageOnly, Self::NotSent];
}

/// The header that holds the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyHeader {
    /// `Authorization: Bearer …`.
    #[default]
    Bearer,
    /// `x-goog-api-key`, as Google's own endpoints take it.
    GoogleApiKey,
}

impl KeyHeader {
    /// Every choice, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Bearer, Self::GoogleApiKey];

    /// The header's name, as documentation writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Authorization",
            Self::GoogleApiKey => "x-goog-api-key",
        }
    }
}

/// How a gateway is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proxy {
    /// As the system is set.
    #[default]
    System,
    /// Without any.
    Direct,
    /// Through this one: `http://`, `https://`, `socks5://` or `socks5h://`, without user and password.
    Through(String),
}

/// How long to wait for what, in seconds; where nothing is set, the usual time holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeLimits {
    /// For a connection, encryption included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<u32>,
    /// From sending the request to the first byte of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<u32>,
    /// Between any two pieces of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between_bytes: Option<u32>,
    /// For the whole answer, from sending the request to its last byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<u32>,
}

impl TimeLimits {
    /// Whether nothing is set.
    pub fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}
