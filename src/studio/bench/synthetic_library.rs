//! Creates a synthetic library of any size, and measures views, rows and searches.
//!
//! Its images have rows and thumbnails but no originals, because those would fill the disk and are not measured.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{
    demo::{Scene, paint},
    imaging::{self, ImageLimits},
    library::{Library, LibraryError, Query},
    recipe::{ImageId, SortOrder},
    studio::protocol::ThumbnailSize,
};

/// The file that marks a library as synthetic. Other libraries are never changed.
const MARKER_FILE: &str = "synthetic.json";

/// Version of the content, increased with every change.
const CONTENT_VERSION: u32 = 1;

/// Seed of the rows.
const SEED: u64 = 20_261_123;

/// Number of different thumbnails.
const DISTINCT_THUMBNAILS: usize = 96;

/// Number of rows on and near the screen.
const ROWS_PER_PAGE: usize = 100;

/// Why a measurement failed.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The folder is not empty and not a synthetic library.
    #[error("{} is not empty and is no synthetic library; it is left as it is", .0.display())]
    NotSynthetic(PathBuf),
    /// The library cannot be created or read.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        error: std::io::Error,
    },
}

impl BenchError {
    /// Adds the path to an I/O error.
    pub(super) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        |error| Self::File { path: path.to_owned(), error }
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Marker {
    version: u32,
    count: usize,
}

/// Creates a synthetic library of `count` images, or reuses the existing one. Returns whether it existed.
///
/// # Errors
/// The folder contains something else, or the disk cannot be written.
pub fn open_synthetic(folder: &Path, count: usize) -> Result<bool, BenchError> {
    let marker = folder.join(MARKER_FILE);
    let wanted = Marker { version: CONTENT_VERSION, count };
    match fs::read(&marker) {
        Ok(bytes) if serde_json::from_slice::<Marker>(&bytes).is_ok_and(|found| found == wanted) => return Ok(true),
        Ok(_) => fs::remove_dir_all(folder).map_err(BenchError::at(folder))?,
        Err(_) => {
            let empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
            if !empty {
                return Err(BenchError::NotSynthetic(folder.to_owned()));
            }
        }
    }
    let library = Library::open(folder)?;
    // Marks the folder, so that it may be removed if the creation is interrupted.
    let unfinished = serde_json::to_vec(&Marker { version: CONTENT_VERSION, count: 0 }).unwrap_or_default();
    fs::write(&marker, unfinished).map_err(BenchError::at(&marker))?;
    library.fill_synthetic(count, SEED)?;
    fill_thumbnails(&library)?;
    drop(library);
    fs::write(&marker, serde_json::to_vec(&wanted).unwrap_or_default()).map_err(BenchError::at(&marker))?;
    Ok(false)
}

fn fill_thumbnails(library: &Library) -> Result<(), LibraryError> {
    let ids = library.search().find_text("", &TimeZone::UTC)?.ids;
    let mut shares: Vec<Vec<ImageId>> = vec![Vec::new(); DISTINCT_THUMBNAILS];
    for (number, id) in ids.iter().enumerate() {
        if let Some(share) = shares.get_mut(number % DISTINCT_THUMBNAILS) {
            share.push(*id);
        }
    }
    let edge = ThumbnailSize::Large.edge();
    for (seed, share) in (1_i64..).zip(&shares) {
        let scene = Scene {
            prompt: ["a city", "a forest", "the sea", "mountains", "a desert"][seed as usize % 5].to_owned(),
            model: "demo/painter".to_owned(),
            seed,
            width: edge,
            height: edge,
            references: Vec::new(),
        };
        let Ok(large) = imaging::decode(&paint(&scene), &ImageLimits::default()) else { continue };
        for size in [ThumbnailSize::Large, ThumbnailSize::Small] {
            let small = imaging::downscale(&large, size.edge());
            if let Ok(bytes) = imaging::encode_thumbnail(&small) {
                library.thumbnails().put_for_all(share, size.edge(), &bytes)?;
            }
        }
    }
    Ok(())
}

/// Measurements of the index.
#[derive(Clone, Debug)]
pub struct IndexFigures {
    /// Median time to open the library and read the first page of images.
    pub open: Duration,
    /// Median time to read the rows of a screen anywhere in the library.
    pub page: Duration,
    /// 95th percentile of the time from a keystroke in the search box to the first results.
    pub search_p95: Duration,
    /// Number of measured keystrokes.
    pub searches: usize,
    /// 95th percentile of the time to the complete result.
    pub search_complete_p95: Duration,
    /// Whether every search found the same images as a naive search.
    pub search_equals_oracle: bool,
}

/// The quantile of durations at a share from 0 to 1.
pub fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}

/// Searches that are typed key by key: words of several scripts, rare and frequent ones.
const SEARCHES: [&str; 12] = [
    "lighthouse",
    "soft light through",
    "fox 🦊 snow",
    "möwe gegen",
    "straßencafé",
    "電影感光線",
    "雨夜的台北",
    "夕暮れの光",
    "自転車",
    "눈 덮인",
    "gemini fog",
    "zzz",
];

/// Measures opening a library, reading rows and searching, like the window does.
///
/// # Errors
/// The library cannot be read.
pub fn measure_index(folder: &Path) -> Result<IndexFigures, LibraryError> {
    let mut opens = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let library = Library::open(folder)?;
        let shown = Cell::new(None);
        // The first page, which the window shows while the rest is read.
        let rest = library.search().find_cancellable(
            &Query::default(),
            SortOrder::NEWEST,
            &TimeZone::UTC,
            false,
            &|| shown.get().is_none(),
            &mut |page| {
                let rows = library.search().rows(&page.ids[..page.ids.len().min(ROWS_PER_PAGE)]);
                shown.set(rows.ok().map(|_| start.elapsed()));
            },
        )?;
        drop(rest);
        opens.push(shown.get().unwrap_or_else(|| start.elapsed()));
    }
    let library = Library::open(folder)?;
    let ids = library.search().find_text("", &TimeZone::UTC)?.ids;
    let mut pages = Vec::new();
    for step in 0..200 {
        let first = ids.len().saturating_sub(ROWS_PER_PAGE) * step / 200;
        let start = Instant::now();
        library.search().rows(&ids[first..(first + ROWS_PER_PAGE).min(ids.len())])?;
        pages.push(start.elapsed());
    }
    let (mut shown, mut complete, equal) = measure_searches(&library)?;
    Ok(IndexFigures {
        open: quantile(&mut opens, 0.5),
        page: quantile(&mut pages, 0.5),
        searches: shown.len(),
        search_p95: quantile(&mut shown, 0.95),
        search_complete_p95: quantile(&mut complete, 0.95),
        search_equals_oracle: equal,
    })
}

/// Types the searches. Returns for each key the time to the first and to the complete result, and whether all results
/// were correct.
fn measure_searches(library: &Library) -> Result<(Vec<Duration>, Vec<Duration>, bool), LibraryError> {
    let oracle = library.oracle()?;
    let (mut shown, mut complete, mut equal) = (Vec::new(), Vec::new(), true);
    for search in SEARCHES {
        for (end, c) in search.char_indices() {
            let typed = &search[..end + c.len_utf8()];
            let start = Instant::now();
            let mut first = None;
            let query = Query::parse(typed);
            let found = library.search().find_cancellable(
                &query,
                SortOrder::NEWEST,
                &TimeZone::UTC,
                false,
                &|| true,
                &mut |_| {
                    first.get_or_insert_with(|| start.elapsed());
                },
            )?;
            complete.push(start.elapsed());
            shown.push(first.unwrap_or_else(|| start.elapsed()));
            equal &= found.is_some_and(|found| found.complete && found.ids == oracle.find(typed));
        }
    }
    Ok((shown, complete, equal))
}

/// The default folder of a synthetic library.
pub fn default_folder(count: usize) -> Option<PathBuf> {
    Some(crate::studio::core::startup::project()?.cache_dir().join(format!("bench-library-{count}")))
}

/// A temporary folder on the same disk as a library.
///
/// # Errors
/// The folder cannot be created.
pub fn temporary_folder(library: &Path) -> Result<tempfile::TempDir, BenchError> {
    let beside = library.parent().unwrap_or(library);
    tempfile::Builder::new().prefix("atelier-bench-").tempdir_in(beside).map_err(BenchError::at(beside))
}
