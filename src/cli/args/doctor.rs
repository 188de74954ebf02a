//! Arguments of `atelier doctor`.

use clap::Args;

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
