//! Arguments of `atelier import`.

use std::path::PathBuf;

use clap::Args;

/// `atelier import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Image files, or folders of them, to copy into the library: PNG, JPEG, WebP, GIF, AVIF, JPEG XL, BMP, TIFF and SVG
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Leave the files in place; the library links to them
    #[arg(long)]
    pub reference: bool,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}
