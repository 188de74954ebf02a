//! Arguments of `atelier export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    recipe::ImageId,
    studio::export::{ConflictPolicy, ExportFormat},
};

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
    #[arg(long, value_enum, default_value_t = ExportAs::Original)]
    pub format: ExportAs,
    /// 1 to 100, for JPEG and WebP; WebP at 100 is lossless
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: u8,
    /// Name of the files: {date} {time} {prompt:24} {model} {provider} {seed} {id} {n:03} {width} {height}
    #[arg(long, value_name = "TEMPLATE", default_value = "{date}_{prompt:24}_{n:03}")]
    pub name: String,
    /// What to do where a file of that name is already there
    #[arg(long, value_enum, default_value_t = OnConflict::Number)]
    pub on_clash: OnConflict,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

impl Export {
    /// The format with its quality.
    pub fn format(&self) -> ExportFormat {
        match self.format {
            ExportAs::Original => ExportFormat::Original,
            ExportAs::Png => ExportFormat::Png,
            ExportAs::Jpeg => ExportFormat::Jpeg { quality: self.quality },
            ExportAs::Webp => ExportFormat::Webp { quality: self.quality },
        }
    }
}

/// As what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportAs {
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
pub enum OnConflict {
    /// Write beside it, with a number added to the name
    Number,
    /// Leave it and go on
    Skip,
    /// Replace it
    Replace,
}

impl From<OnConflict> for ConflictPolicy {
    fn from(clash: OnConflict) -> Self {
        match clash {
            OnConflict::Number => Self::Number,
            OnConflict::Skip => Self::Skip,
            OnConflict::Replace => Self::Replace,
        }
    }
}
