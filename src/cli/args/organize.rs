//! Arguments of `atelier organise`.

use clap::{ArgGroup, Args, ValueEnum};

use crate::recipe::{Flag, ImageId, Label};

/// `atelier organise`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").multiple(true).required(true))]
pub struct Organize {
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
