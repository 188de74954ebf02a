//! Arguments of `atelier bench-library`.

use clap::Args;

/// `atelier bench-library`
#[derive(Debug, Args)]
pub struct BenchLibrary {
    /// Pictures in the synthetic library; it is made in the cache folder, or in --library, and used again
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = at_least_one)]
    pub count: usize,
    /// Pixels along the sides of the pictures that are stored and made thumbnails of
    #[arg(long, value_name = "PIXELS", value_delimiter = ',', default_values_t = [1024, 2048, 4096])]
    pub sides: Vec<u32>,
    /// How often each window is opened to its first frame
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = at_least_one)]
    pub rounds: usize,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Only let the gallery go by in so many passes, and print what that took
    #[arg(long, value_name = "PASSES", hide = true)]
    pub scroll: Option<usize>,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        parsed => parsed.map_err(|error: std::num::ParseIntError| error.to_string()),
    }
}
