//! Arguments of `atelier export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    recipe::ImageId,
    studio::export::{ConflictPolicy, ExportFormat},
};

/// `atelier export`
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// IDs of images, in the order that `{n}` counts
    #[arg(value_name = "ID", required_unless_present_any = ["all", "search"])]
    pub images: Vec<ImageId>,
    /// All images, newest first
    #[arg(long, conflicts_with_all = ["images", "search"])]
    pub all: bool,
    /// Images that match a search, newest first
    #[arg(long, value_name = "WORDS", conflicts_with = "images")]
    pub search: Option<String>,
    /// Folder to export to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// File format
    #[arg(long, value_enum, default_value_t = ExportAs::Original)]
    pub format: ExportAs,
    /// Quality of JPEG and WebP, 1 to 100; WebP at 100 is lossless
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: u8,
    /// File name template: {date} {time} {prompt:24} {model} {provider} {seed} {id} {n:03} {width} {height}
    #[arg(long, value_name = "TEMPLATE", default_value = "{date}_{prompt:24}_{n:03}")]
    pub name: String,
    /// What to do if a file already exists
    #[arg(long, value_enum, default_value_t = OnConflict::Number)]
    pub on_clash: OnConflict,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}

impl ExportArgs {
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

/// File format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportAs {
    /// Exact copy of the received file
    Original,
    /// PNG
    Png,
    /// JPEG
    Jpeg,
    /// WebP
    Webp,
}

/// What to do if a file already exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnConflict {
    /// Add a number to the name
    Number,
    /// Skip the image
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
