//! Arguments of `atelier spending`.

use std::path::PathBuf;

use clap::Args;

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
