//! Arguments of `atelier generate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::{
    prompt::sheet::TextEncoding,
    recipe::{AspectRatio, Dialect, ImageSize, Parameters, PixelSize},
};

use super::values::within;

/// `atelier generate`
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// Prompt; `-` reads it from standard input. With --sheet, the prompt of rows without one: `$name` takes the value of
    /// that column
    #[arg(long, value_name = "TEXT", required_unless_present = "sheet")]
    pub prompt: Option<String>,
    /// Prompt sheet with one request per row: CSV, TSV, XLSX or JSON Lines, with a row of column names
    #[arg(long, value_name = "FILE", conflicts_with = "mask")]
    pub sheet: Option<PathBuf>,
    /// Encoding of the table's text, such as UTF-8, GBK, Big5, Shift-JIS, EUC-KR or windows-1252 [default: detected]
    #[arg(long, value_name = "NAME", requires = "sheet")]
    pub encoding: Option<TextEncoding>,
    /// Negative prompt: things to leave out, sent as text after the prompt
    #[arg(long = "negative-prompt", alias = "avoid", value_name = "TEXT")]
    pub avoid: Option<String>,
    /// Apply a style; can be repeated
    #[arg(long = "style", value_name = "NAME")]
    pub styles: Vec<String>,
    /// Provider: dgrid, openrouter, demo, or one that you added [default: dgrid if it has a key, else demo]
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Base URL, for this run only
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Endpoint, for this run only
    #[arg(long)]
    pub dialect: Option<DialectName>,
    /// Model ID [default: the provider's first image model]
    #[arg(long, value_name = "ID")]
    pub model: Option<String>,
    /// Reference image; can be repeated
    #[arg(long = "reference", value_name = "FILE")]
    pub references: Vec<PathBuf>,
    /// Mask for inpainting: a PNG of the first reference image's size, transparent where the model may paint; for image
    /// endpoints
    #[arg(long, value_name = "FILE", requires = "references")]
    pub mask: Option<PathBuf>,
    /// Parameters
    #[command(flatten)]
    pub parameters: ParameterArguments,
    /// Also export the images to this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// File name template for that folder; with --sheet, column names and `{row}` can be used too
    #[arg(long, value_name = "TEMPLATE", default_value = "{date}_{prompt:24}_{n:03}", requires = "out")]
    pub name: String,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}

/// Endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DialectName {
    /// `/chat/completions`
    Chat,
    /// `/images/generations` and `/images/edits`
    Images,
    /// `:generateContent`
    Gemini,
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::Chat => Self::Chat,
            DialectName::Images => Self::Images,
            DialectName::Gemini => Self::Gemini,
        }
    }
}

/// A size as it can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Class(ImageSize),
    Pixels(PixelSize),
}

pub(super) fn size(text: &str) -> Result<Size, String> {
    let pixels = || text.parse().map(Size::Pixels).ok();
    let class = text.parse().map(Size::Class);
    class.or_else(|_not| pixels().ok_or_else(|| format!("“{text}” is not a size; enter 512, 1K, 2K, 4K or 1536x1024")))
}

/// The parameters of a request. What is not given is not sent.
#[derive(Debug, Args)]
#[command(next_help_heading = "Parameters (only sent if given)")]
pub struct ParameterArguments {
    /// Number of images
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=16))]
    n: Option<u32>,
    /// Aspect ratio, such as 16:9
    #[arg(long, value_name = "W:H")]
    aspect: Option<AspectRatio>,
    /// Size: 512, 1K, 2K or 4K, or pixels such as 1536x1024
    #[arg(long, value_parser = size)]
    size: Option<Size>,
    /// Temperature, 0 to 2
    #[arg(long, value_parser = within::<0, 2>)]
    temperature: Option<f64>,
    /// Top-p, 0 to 1
    #[arg(long, value_parser = within::<0, 1>)]
    top_p: Option<f64>,
    /// Seed: the same seed gives the same image with models that support it
    #[arg(long, allow_negative_numbers = true)]
    seed: Option<i64>,
    /// Max tokens in the response
    #[arg(long)]
    max_tokens: Option<u32>,
    /// Max tokens in the response, reasoning included
    #[arg(long)]
    max_completion_tokens: Option<u32>,
    /// Presence penalty, −2 to 2
    #[arg(long, allow_negative_numbers = true, value_parser = within::<-2, 2>)]
    presence_penalty: Option<f64>,
    /// Frequency penalty, −2 to 2
    #[arg(long, allow_negative_numbers = true, value_parser = within::<-2, 2>)]
    frequency_penalty: Option<f64>,
    /// JSON object that maps token IDs to biases
    #[arg(long, value_name = "JSON", value_parser = json)]
    logit_bias: Option<Value>,
    /// Stop sequence; can be repeated
    #[arg(long, value_name = "TEXT")]
    stop: Vec<String>,
    /// JSON list of tools
    #[arg(long, value_name = "JSON", value_parser = json)]
    tools: Option<Value>,
    /// Tool choice: `auto`, `none`, `required` or a JSON object
    #[arg(long, value_name = "JSON", value_parser = json_or_text)]
    tool_choice: Option<Value>,
    /// Response format as a JSON object
    #[arg(long, value_name = "JSON", value_parser = json)]
    response_format: Option<Value>,
    /// Opaque ID of the end user
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Stream the response (server-sent events)
    #[arg(long, overrides_with = "no_stream")]
    stream: bool,
    /// Receive the response as one JSON body
    #[arg(long)]
    no_stream: bool,
    /// Also send prompt and references as Gemini-style `contents`
    #[arg(long)]
    contents: bool,
}

impl ParameterArguments {
    /// The parameters that were given.
    pub fn parameters(&self) -> Parameters {
        let mut parameters = Parameters {
            n: self.n,
            temperature: self.temperature,
            top_p: self.top_p,
            max_tokens: self.max_tokens,
            max_completion_tokens: self.max_completion_tokens,
            presence_penalty: self.presence_penalty,
            frequency_penalty: self.frequency_penalty,
            logit_bias: self.logit_bias.clone(),
            stop: match self.stop.as_slice() {
                [] => None,
                [one] => Some(Value::from(one.clone())),
                many => Some(Value::from(many.to_vec())),
            },
            tools: self.tools.clone(),
            tool_choice: self.tool_choice.clone(),
            response_format: self.response_format.clone(),
            seed: self.seed,
            user: self.user.clone(),
            stream: if self.stream { Some(true) } else { self.no_stream.then_some(false) },
            contents: self.contents,
            aspect: self.aspect,
            ..Parameters::default()
        };
        match self.size {
            Some(Size::Class(size)) => parameters.size = Some(size),
            Some(Size::Pixels(pixels)) => {
                parameters.set_pixels(pixels);
                parameters.aspect = self.aspect.or(parameters.aspect);
                parameters.keep_pixels_in_shape();
            }
            None => {}
        }
        parameters
    }
}

pub(super) fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn json_or_text(text: &str) -> Result<Value, String> {
    if text.starts_with(['{', '[', '"']) { json(text) } else { Ok(Value::from(text)) }
}
