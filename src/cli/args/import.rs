//! Arguments of `atelier import`.

use std::path::PathBuf;

use clap::Args;

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
