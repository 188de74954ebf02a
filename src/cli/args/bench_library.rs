//! Arguments of `atelier bench-library`.

use clap::Args;

/// `atelier bench-library`
#[derive(Debug, Args)]
pub struct BenchLibrary {
    /// Number of images in the synthetic library, which is created in the cache folder or --library and reused
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = at_least_one)]
    pub count: usize,
    /// Side lengths, in pixels, of the images to store and create thumbnails of
    #[arg(long, value_name = "PIXELS", value_delimiter = ',', default_values_t = [1024, 2048, 4096])]
    pub sides: Vec<u32>,
    /// How many times to open each window
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = at_least_one)]
    pub rounds: usize,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Only scroll the gallery in this many passes and print the frame times
    #[arg(long, value_name = "PASSES", hide = true)]
    pub scroll: Option<usize>,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        parsed => parsed.map_err(|error: std::num::ParseIntError| error.to_string()),
    }
}
