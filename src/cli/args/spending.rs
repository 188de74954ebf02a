//! Arguments of `atelier spending`.

use std::path::PathBuf;

use clap::Args;

/// `atelier spending`
#[derive(Debug, Args)]
pub struct SpendingArgs {
    /// First day, such as 2026-11-01
    #[arg(long, value_name = "DATE")]
    pub since: Option<jiff::civil::Date>,
    /// Export one line per request to this CSV file
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub csv: Option<PathBuf>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}
