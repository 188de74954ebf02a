//! Arguments of `atelier doctor`.

use clap::Args;

/// `atelier doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Check the library instead: read every image and list what is missing, changed or unused; same as --library
    /// without a folder
    #[arg(long, conflicts_with_all = ["provider", "base_url", "model", "spend"])]
    pub check_library: bool,
    /// Repair what can be repaired; nothing is deleted, and files without a place are moved to lost+found
    #[arg(long, alias = "mend", requires = "check_library")]
    pub repair: bool,
    /// Provider: dgrid, openrouter, demo, or one that you added [default: dgrid]
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// Base URL, for this run only
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Model ID [default: the last one used, else the provider's first image model]
    #[arg(long, value_name = "ID")]
    pub model: Option<String>,
    /// Also generate a test image, which may be charged; it is kept in the library
    #[arg(long)]
    pub spend: bool,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}
