//! What can be said on the command line.

use std::{ffi::OsString, path::PathBuf};

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use serde_json::Value;

use crate::{
    prompt::sheet::TextEncoding,
    recipe::{AspectRatio, Dialect, Fingerprint, Flag, ImageId, ImageSize, Label, Parameters, PixelSize},
    studio::export::{Clash, ExportFormat},
};

/// A studio for making images by prompt. Without a command it opens its window.
#[derive(Debug, Parser)]
#[command(name = "atelier", version, propagate_version = true)]
pub struct Arguments {
    /// Where things are kept.
    #[command(flatten)]
    pub places: Places,
    /// What to do without a window.
    #[command(subcommand)]
    pub command: Option<Headless>,
}

impl Arguments {
    /// Reads what was said; ends the program with a sentence where it is not understood.
    pub fn read() -> Self {
        Self::parse_from(bare_library(std::env::args_os().collect()))
    }
}

/// After `doctor`, `--library` may stand without a folder: the library itself is to be looked over then.
fn bare_library(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let Some(doctor) = arguments.iter().position(|argument| argument == "doctor") else { return arguments };
    for at in doctor + 1..arguments.len() {
        let folder = arguments.get(at + 1).filter(|next| !next.to_string_lossy().starts_with('-'));
        if arguments[at] == "--library" && folder.is_none() {
            arguments[at] = "--check-library".into();
        }
    }
    arguments
}

/// Where things are kept.
#[derive(Clone, Debug, Args)]
pub struct Places {
    /// Folder of the pictures
    #[arg(long, global = true, value_name = "DIR", env = "ATELIER_LIBRARY")]
    pub library: Option<PathBuf>,
    /// Folder of settings and session
    #[arg(long, global = true, value_name = "DIR", env = "ATELIER_CONFIG")]
    pub config: Option<PathBuf>,
    /// Seconds that requests under way may take to finish when a signal ends the program [default: 20]
    #[arg(long, global = true, value_name = "SECONDS", env = "ATELIER_GRACE", value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub grace: Option<u64>,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Headless {
    /// Make pictures from a prompt
    Generate(Box<Generate>),
    /// Write pictures of the library to a folder
    Export(Export),
    /// Bring pictures into the library
    Import(Import),
    /// Rate, flag, label, tag, collect, delete or restore pictures
    Organise(Organise),
    /// Make the library's index anew from its files
    Rebuild {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Look a gateway over, or the library, and say what works
    Doctor(Doctor),
    /// Measure how fast a library of any size is on this machine
    #[cfg(feature = "bench")]
    BenchLibrary(BenchLibrary),
    /// Say what was spent
    Spending(Spending),
    /// List, import or export gateways
    #[command(subcommand)]
    Profiles(Profiles),
}

/// `atelier profiles`
#[derive(Debug, Subcommand)]
pub enum Profiles {
    /// Print the gateways that can be chosen
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Add the gateways of a file; nothing that is there is changed
    Import {
        /// A file that was written by `atelier profiles export`
        file: PathBuf,
    },
    /// Let the key of a gateway that came from a file be sent to its host
    Trust {
        /// Its short name, as `atelier profiles list` prints it
        name: String,
    },
    /// Accept one certificate at the host of a gateway, whoever has issued it
    #[command(group = ArgGroup::new("certificate").required(true))]
    TrustCertificate {
        /// Its short name, as `atelier profiles list` prints it
        name: String,
        /// SHA-256 fingerprint of the certificate, 64 hexadecimal digits with or without colons
        #[arg(long, value_name = "SHA256", group = "certificate")]
        fingerprint: Option<Fingerprint>,
        /// Trust it no longer
        #[arg(long, group = "certificate")]
        remove: bool,
    },
    /// Write all gateways to a file, without keys and other secrets
    Export {
        /// The file
        file: PathBuf,
    },
}

/// `atelier spending`
#[derive(Debug, Args)]
pub struct Spending {
    /// Only from this day on, such as 2026-11-01
    #[arg(long, value_name = "DATE")]
    pub since: Option<jiff::civil::Date>,
    /// Write a line for each request to this file, for spreadsheets
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub csv: Option<PathBuf>,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `atelier generate`
#[derive(Debug, Args)]
pub struct Generate {
    /// What to make; `-` reads it from standard input. With --sheet, what rows without a prompt make: `$name` in it is what
    /// the row says in that column
    #[arg(long, value_name = "TEXT", required_unless_present = "sheet")]
    pub prompt: Option<String>,
    /// Make what each row of a table asks for: CSV, TSV, XLSX or JSON lines, one row of which names the columns
    #[arg(long, value_name = "FILE", conflicts_with = "mask")]
    pub sheet: Option<PathBuf>,
    /// Encoding of the table's text, such as UTF-8, GBK, Big5, Shift-JIS, EUC-KR or windows-1252 [default: recognized]
    #[arg(long, value_name = "NAME", requires = "sheet")]
    pub encoding: Option<TextEncoding>,
    /// What is not to be seen; it is said after the prompt
    #[arg(long, value_name = "TEXT")]
    pub avoid: Option<String>,
    /// Put the words and parameters of a style around the prompt; may be given several times
    #[arg(long = "style", value_name = "NAME")]
    pub styles: Vec<String>,
    /// Gateway: dgrid, openrouter, demo, or one of your own [default: dgrid if it has a key, else demo]
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Where the gateway's API starts, for this run only
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// The family of endpoints to ask, for this run only
    #[arg(long)]
    pub dialect: Option<DialectName>,
    /// Model id as the gateway spells it [default: the gateway's first image model]
    #[arg(long, value_name = "ID")]
    pub model: Option<String>,
    /// Send these pictures along
    #[arg(long = "reference", value_name = "FILE")]
    pub references: Vec<PathBuf>,
    /// Paint only where this PNG, of the first reference's size, is transparent; for image endpoints
    #[arg(long, value_name = "FILE", requires = "references")]
    pub mask: Option<PathBuf>,
    /// What to set beside the prompt
    #[command(flatten)]
    pub parameters: ParameterArguments,
    /// Also write the pictures into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Name of the files in that folder; with --sheet, columns and `{row}` can be named too
    #[arg(long, value_name = "TEMPLATE", default_value = "{date}_{prompt:24}_{n:03}", requires = "out")]
    pub name: String,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// The families of endpoints.
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
enum Size {
    Class(ImageSize),
    Pixels(PixelSize),
}

fn size(text: &str) -> Result<Size, String> {
    let pixels = || text.parse().map(Size::Pixels).ok();
    let class = text.parse().map(Size::Class);
    class.or_else(|_not| pixels().ok_or_else(|| format!("“{text}” is not a size; write 512, 1K, 2K, 4K or 1536x1024")))
}

/// The parameters of a request. What is not given is not sent.
#[derive(Debug, Args)]
#[command(next_help_heading = "Parameters (what is not given is not sent)")]
pub struct ParameterArguments {
    /// Images to ask for
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=16))]
    n: Option<u32>,
    /// Shape, such as 16:9
    #[arg(long, value_name = "W:H")]
    aspect: Option<AspectRatio>,
    /// Resolution class: 512, 1K, 2K or 4K; or pixels, such as 1536x1024
    #[arg(long, value_parser = size)]
    size: Option<Size>,
    /// 0 to 2
    #[arg(long, value_parser = within::<0, 2>)]
    temperature: Option<f64>,
    /// 0 to 1
    #[arg(long, value_parser = within::<0, 1>)]
    top_p: Option<f64>,
    /// Makes the answer repeatable where the model supports it
    #[arg(long, allow_negative_numbers = true)]
    seed: Option<i64>,
    /// Limit on tokens in the answer
    #[arg(long)]
    max_tokens: Option<u32>,
    /// Limit on tokens in the answer, thoughts included
    #[arg(long)]
    max_completion_tokens: Option<u32>,
    /// −2 to 2
    #[arg(long, allow_negative_numbers = true, value_parser = within::<-2, 2>)]
    presence_penalty: Option<f64>,
    /// −2 to 2
    #[arg(long, allow_negative_numbers = true, value_parser = within::<-2, 2>)]
    frequency_penalty: Option<f64>,
    /// JSON object from token id to bias
    #[arg(long, value_name = "JSON", value_parser = json)]
    logit_bias: Option<Value>,
    /// Text at which the model stops; may be given several times
    #[arg(long, value_name = "TEXT")]
    stop: Vec<String>,
    /// JSON list of tools
    #[arg(long, value_name = "JSON", value_parser = json)]
    tools: Option<Value>,
    /// `auto`, `none`, `required`, or a JSON object
    #[arg(long, value_name = "JSON", value_parser = json_or_text)]
    tool_choice: Option<Value>,
    /// JSON object
    #[arg(long, value_name = "JSON", value_parser = json)]
    response_format: Option<Value>,
    /// Opaque name of the end user
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Ask for server-sent events
    #[arg(long, overrides_with = "no_stream")]
    stream: bool,
    /// Ask for one JSON body
    #[arg(long)]
    no_stream: bool,
    /// Also send the references as Gemini-style `contents`
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

/// `atelier export`
#[derive(Debug, Args)]
pub struct Export {
    /// Ids of pictures, in the order that `{n}` counts
    #[arg(value_name = "ID", required_unless_present_any = ["all", "search"])]
    pub images: Vec<ImageId>,
    /// Every picture, newest first
    #[arg(long, conflicts_with_all = ["images", "search"])]
    pub all: bool,
    /// The pictures whose prompt or model has these words, newest first
    #[arg(long, value_name = "WORDS", conflicts_with = "images")]
    pub search: Option<String>,
    /// Folder to write to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// As what to write
    #[arg(long, value_enum, default_value_t = As::Original)]
    pub format: As,
    /// 1 to 100, for JPEG and WebP; WebP at 100 is lossless
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: u8,
    /// Name of the files: {date} {time} {prompt:24} {model} {provider} {seed} {id} {n:03} {width} {height}
    #[arg(long, value_name = "TEMPLATE", default_value = "{date}_{prompt:24}_{n:03}")]
    pub name: String,
    /// What to do where a file of that name is already there
    #[arg(long, value_enum, default_value_t = OnClash::Number)]
    pub on_clash: OnClash,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

impl Export {
    /// The format with its quality.
    pub fn format(&self) -> ExportFormat {
        match self.format {
            As::Original => ExportFormat::Original,
            As::Png => ExportFormat::Png,
            As::Jpeg => ExportFormat::Jpeg { quality: self.quality },
            As::Webp => ExportFormat::Webp { quality: self.quality },
        }
    }
}

/// `atelier import`
#[derive(Debug, Args)]
pub struct Import {
    /// Files, and folders with all pictures in them: PNG, JPEG, WebP, GIF, AVIF, JPEG XL, BMP, TIFF and SVG; they are copied
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Copy nothing: the pictures stay where they are, and the library refers to them
    #[arg(long)]
    pub reference: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `atelier bench-library`
#[cfg(feature = "bench")]
#[derive(Debug, Args)]
pub struct BenchLibrary {
    /// Pictures in the synthetic library; it is made in the cache folder, or in --library, and used again
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = at_least_one)]
    pub count: usize,
    /// Pixels along the sides of the pictures that are stored and made thumbnails of
    #[arg(long, value_name = "PIXELS", value_delimiter = ',', default_values_t = [1024, 2048, 4096])]
    pub sides: Vec<u32>,
    /// How often each window is opened to its first frame
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = at_least_one)]
    pub rounds: usize,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Only let the gallery go by in so many passes, and print what that took
    #[arg(long, value_name = "PASSES", hide = true)]
    pub scroll: Option<usize>,
}

/// `atelier organise`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").multiple(true).required(true))]
pub struct Organise {
    /// Ids of pictures
    #[arg(value_name = "ID", required_unless_present = "search")]
    pub images: Vec<ImageId>,
    /// The pictures that a search finds
    #[arg(long, value_name = "QUERY", conflicts_with = "images")]
    pub search: Option<String>,
    /// Stars, 0 to 5; 0 is "not rated"
    #[arg(long, value_name = "STARS", group = "change", value_parser = clap::value_parser!(u8).range(0..=5))]
    pub rate: Option<u8>,
    /// Choose them, turn them down, or neither
    #[arg(long, group = "change", value_enum)]
    pub flag: Option<FlagName>,
    /// Colour label: red, yellow, green, blue, purple or none
    #[arg(long, group = "change", value_enum)]
    pub label: Option<LabelName>,
    /// Add a tag; may be given several times
    #[arg(long, group = "change", value_name = "TAG")]
    pub tag: Vec<String>,
    /// Take a tag away; may be given several times
    #[arg(long, group = "change", value_name = "TAG")]
    pub untag: Vec<String>,
    /// Set the note; an empty one is none
    #[arg(long, group = "change", value_name = "TEXT")]
    pub note: Option<String>,
    /// Put them into a collection, which is made if there is none of that name; may be given several times
    #[arg(long, group = "change", value_name = "NAME")]
    pub add_to: Vec<String>,
    /// Take them out of a collection; may be given several times
    #[arg(long, group = "change", value_name = "NAME")]
    pub remove_from: Vec<String>,
    /// Move them to the trash
    #[arg(long, group = "change")]
    pub delete: bool,
    /// Bring them back from the trash
    #[arg(long, group = "change", conflicts_with = "delete")]
    pub restore: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// Whether pictures are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FlagName {
    /// Chosen
    Picked,
    /// Turned down
    Rejected,
    /// Neither
    None,
}

impl From<FlagName> for Flag {
    fn from(name: FlagName) -> Self {
        match name {
            FlagName::Picked => Self::Picked,
            FlagName::Rejected => Self::Rejected,
            FlagName::None => Self::None,
        }
    }
}

/// Colour labels, and none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LabelName {
    /// Red
    Red,
    /// Yellow
    Yellow,
    /// Green
    Green,
    /// Blue
    Blue,
    /// Purple
    Purple,
    /// No label
    None,
}

impl From<LabelName> for Option<Label> {
    fn from(name: LabelName) -> Self {
        match name {
            LabelName::Red => Some(Label::Red),
            LabelName::Yellow => Some(Label::Yellow),
            LabelName::Green => Some(Label::Green),
            LabelName::Blue => Some(Label::Blue),
            LabelName::Purple => Some(Label::Purple),
            LabelName::None => None,
        }
    }
}

/// `atelier doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// Look the library over instead: read every picture, and find what is missing, altered or belongs to nothing;
    /// the same as --library without a folder
    #[arg(long, conflicts_with_all = ["provider", "base_url", "model", "spend"])]
    pub check_library: bool,
    /// Mend what can be mended; nothing is deleted, what has no place goes to lost+found
    #[arg(long, requires = "check_library")]
    pub mend: bool,
    /// Gateway: dgrid, openrouter, demo, or one of your own [default: dgrid]
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// Where the gateway's API starts, for this run only
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Model id as the gateway spells it [default: the one used last, else the gateway's first image model]
    #[arg(long, value_name = "ID")]
    pub model: Option<String>,
    /// Also ask for one picture, which may cost money; it is kept in the library
    #[arg(long)]
    pub spend: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// As what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum As {
    /// The bytes as received
    Original,
    /// PNG
    Png,
    /// JPEG
    Jpeg,
    /// WebP
    Webp,
}

/// What to do where a file of that name is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnClash {
    /// Write beside it, with a number added to the name
    Number,
    /// Leave it and go on
    Skip,
    /// Replace it
    Replace,
}

impl From<OnClash> for Clash {
    fn from(clash: OnClash) -> Self {
        match clash {
            OnClash::Number => Self::Number,
            OnClash::Skip => Self::Skip,
            OnClash::Replace => Self::Replace,
        }
    }
}

fn within<const LOW: i32, const HIGH: i32>(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|error| format!("“{text}” is not a number: {error}"))?;
    if (f64::from(LOW)..=f64::from(HIGH)).contains(&value) {
        Ok(value)
    } else {
        Err(format!("{value} is not between {LOW} and {HIGH}"))
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        parsed => parsed.map_err(|error: std::num::ParseIntError| error.to_string()),
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn json_or_text(text: &str) -> Result<Value, String> {
    if text.starts_with(['{', '[', '"']) { json(text) } else { Ok(Value::from(text)) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn generate(arguments: &[&str]) -> Result<Generate, clap::Error> {
        let all = ["atelier", "generate", "--prompt", "sea"].iter().chain(arguments);
        match Arguments::try_parse_from(all)?.command {
            Some(Headless::Generate(generate)) => Ok(*generate),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_library_without_a_folder_is_looked_over() {
        let doctor = |arguments: &[&str]| {
            let all = ["atelier"].iter().chain(arguments).map(OsString::from).collect();
            let arguments = Arguments::try_parse_from(bare_library(all)).unwrap();
            match arguments.command {
                Some(Headless::Doctor(doctor)) => (doctor.check_library, doctor.mend, arguments.places.library),
                other => panic!("{other:?}"),
            }
        };
        let folder = || Some(PathBuf::from("here"));
        assert_eq!(doctor(&["doctor", "--library", "here"]), (false, false, folder()));
        assert!(doctor(&["doctor", "--library"]).0);
        assert_eq!(doctor(&["doctor", "--library", "--mend", "--library", "here"]), (true, true, folder()));
        assert_eq!(doctor(&["--library", "here", "doctor", "--library", "--json"]), (true, false, folder()));
    }

    #[test]
    fn only_what_was_given_is_set() {
        assert_eq!(generate(&[]).unwrap().parameters.parameters(), Parameters::default());
        let given = generate(&["--aspect", "16:9", "--size", "2k", "--seed", "-7", "--no-stream", "--stop", "a"]);
        let expected = Parameters {
            aspect: AspectRatio::new(16, 9),
            size: Some(ImageSize::Two),
            seed: Some(-7),
            stream: Some(false),
            stop: Some(Value::from("a")),
            ..Parameters::default()
        };
        assert_eq!(given.unwrap().parameters.parameters(), expected);
    }

    #[test]
    fn an_encoding_is_named_with_a_table_only() {
        let encoding = generate(&["--sheet", "a.csv", "--encoding", "cp950"]).unwrap().encoding;
        assert_eq!(encoding.map(TextEncoding::name), Some("Big5"));
        assert!(generate(&["--encoding", "Big5"]).is_err());
        let error = generate(&["--sheet", "a.csv", "--encoding", "klingon"]).unwrap_err().to_string();
        assert!(error.contains("klingon") && error.contains("Shift_JIS"), "{error}");
    }

    #[test]
    fn what_no_gateway_takes_is_refused() {
        for wrong in [["--temperature", "3"], ["--aspect", "wide"], ["--n", "0"], ["--tools", "[{"], ["--size", "8K"]] {
            assert!(generate(&wrong).is_err(), "{wrong:?}");
        }
    }
}
