//! Arguments of `atelier organize`.

use clap::{ArgGroup, Args, ValueEnum};

use crate::recipe::{Flag, ImageId, Label};

/// `atelier organize`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").multiple(true).required(true))]
pub struct OrganizeArgs {
    /// IDs of images
    #[arg(value_name = "ID", required_unless_present = "search")]
    pub images: Vec<ImageId>,
    /// Images that match a search
    #[arg(long, value_name = "QUERY", conflicts_with = "images")]
    pub search: Option<String>,
    /// Rating from 0 to 5 stars; 0 removes it
    #[arg(long, value_name = "STARS", group = "change", value_parser = clap::value_parser!(u8).range(0..=5))]
    pub rate: Option<u8>,
    /// Flag
    #[arg(long, group = "change", value_enum)]
    pub flag: Option<FlagName>,
    /// Color label
    #[arg(long, group = "change", value_enum)]
    pub label: Option<LabelName>,
    /// Add a tag; can be repeated
    #[arg(long, group = "change", value_name = "TAG")]
    pub tag: Vec<String>,
    /// Remove a tag; can be repeated
    #[arg(long, group = "change", value_name = "TAG")]
    pub untag: Vec<String>,
    /// Set the note; an empty text removes it
    #[arg(long, group = "change", value_name = "TEXT")]
    pub note: Option<String>,
    /// Add the images to a collection, which is created if it does not exist; can be repeated
    #[arg(long, group = "change", value_name = "NAME")]
    pub add_to: Vec<String>,
    /// Remove the images from a collection; can be repeated
    #[arg(long, group = "change", value_name = "NAME")]
    pub remove_from: Vec<String>,
    /// Move the images to the trash
    #[arg(long, group = "change")]
    pub delete: bool,
    /// Restore the images from the trash
    #[arg(long, group = "change", conflicts_with = "delete")]
    pub restore: bool,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}

/// A flag, and none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FlagName {
    /// Picked
    Picked,
    /// Rejected
    Rejected,
    /// No flag
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

/// Color labels, and none.
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
