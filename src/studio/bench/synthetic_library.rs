//! A synthetic library of any size, and the time that views, rows, searches and thumbnails of it take.
//!
//! Its images have rows and thumbnails, and no originals: a hundred thousand of them would fill most disks, and nothing
//! that is measured here reads them.

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
    imaging::{self, Limits},
    library::{Library, LibraryError, Query},
    recipe::{ImageId, SortOrder},
    studio::protocol::ThumbnailSize,
};

/// The file that says that a library is synthetic. No other one is ever touched.
const MARKER: &str = "synthetic.json";

/// Changes when another library is made of the same count.
const VERSION: u32 = 1;

/// The same rows every time.
const SEED: u64 = 20_261_123;

/// How many different thumbnails there are.
const LOOKS: usize = 96;

/// Rows of a screen and of what is near it.
const PAGE: usize = 100;

/// Why a library cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum CannotMeasure {
    /// There is something in the folder that was not made for measuring.
    #[error("{} is not empty and is no synthetic library; it is left as it is", .0.display())]
    NotSynthetic(PathBuf),
    /// The library cannot be made or read.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
}

/// Says where an error of the system happened.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, CannotMeasure>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, path: &Path) -> Result<T, CannotMeasure> {
        self.map_err(|error| CannotMeasure::File { path: path.to_owned(), error })
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Marker {
    version: u32,
    count: usize,
}

/// Makes a synthetic library of so many pictures, or takes the one that is there. Returns whether it was there.
///
/// # Errors
/// [`CannotMeasure::NotSynthetic`] if the folder has something else in it; the disk cannot be written.
pub fn synthetic(folder: &Path, count: usize) -> Result<bool, CannotMeasure> {
    let marker = folder.join(MARKER);
    let wanted = Marker { version: VERSION, count };
    match fs::read(&marker) {
        Ok(bytes) if serde_json::from_slice::<Marker>(&bytes).is_ok_and(|found| found == wanted) => return Ok(true),
        Ok(_) => fs::remove_dir_all(folder).at(folder)?,
        Err(_) => {
            let empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
            if !empty {
                return Err(CannotMeasure::NotSynthetic(folder.to_owned()));
            }
        }
    }
    let library = Library::open(folder)?;
    // From here on the folder may be removed again, should this be stopped before its end.
    let unfinished = serde_json::to_vec(&Marker { version: VERSION, count: 0 }).unwrap_or_default();
    fs::write(&marker, unfinished).at(&marker)?;
    library.fill_synthetic(count, SEED)?;
    fill_thumbnails(&library)?;
    drop(library);
    fs::write(&marker, serde_json::to_vec(&wanted).unwrap_or_default()).at(&marker)?;
    Ok(false)
}

fn fill_thumbnails(library: &Library) -> Result<(), LibraryError> {
    let ids = library.search().find_text("", &TimeZone::UTC)?.ids;
    let mut shares: Vec<Vec<ImageId>> = vec![Vec::new(); LOOKS];
    for (number, id) in ids.iter().enumerate() {
        if let Some(share) = shares.get_mut(number % LOOKS) {
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
        let Ok(large) = imaging::decode(&paint(&scene), &Limits::default()) else { continue };
        for size in [ThumbnailSize::Large, ThumbnailSize::Small] {
            let small = imaging::downscale(&large, size.edge());
            if let Ok(bytes) = imaging::encode_thumbnail(&small) {
                library.thumbnails().put_for_all(share, size.edge(), &bytes)?;
            }
        }
    }
    Ok(())
}

/// What was measured of an index.
#[derive(Clone, Debug)]
pub struct IndexFigures {
    /// Opening the library and reading the first page of pictures.
    pub open: Duration,
    /// Reading the rows of a screen anywhere in the library; median.
    pub page: Duration,
    /// From a keystroke in the search box to the pictures that are found; the 95th of 100.
    pub search_p95: Duration,
    /// Keystrokes that were measured.
    pub searches: usize,
    /// The same to the complete answer: which pictures, and on which days.
    pub search_complete_p95: Duration,
    /// Whether every search found what looking through every prompt finds.
    pub search_equals_oracle: bool,
}

/// A figure of many: sorted, the one at this share of them.
pub fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}

/// What a person types, key by key: words of several scripts, rare ones and ones that half of the library has.
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

/// Opens a library as the window does, and asks it what a person would.
///
/// # Errors
/// The library cannot be read.
pub fn index(folder: &Path) -> Result<IndexFigures, LibraryError> {
    let mut opens = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let library = Library::open(folder)?;
        let shown = Cell::new(None);
        // What the window shows first; the rest comes while it is looked at.
        let rest = library.search().find_cancellable(
            &Query::default(),
            SortOrder::NEWEST,
            &TimeZone::UTC,
            false,
            &|| shown.get().is_none(),
            &mut |page| {
                let rows = library.search().rows(&page.ids[..page.ids.len().min(PAGE)]);
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
        let first = ids.len().saturating_sub(PAGE) * step / 200;
        let start = Instant::now();
        library.search().rows(&ids[first..(first + PAGE).min(ids.len())])?;
        pages.push(start.elapsed());
    }
    let (mut shown, mut complete, equal) = searches(&library)?;
    Ok(IndexFigures {
        open: quantile(&mut opens, 0.5),
        page: quantile(&mut pages, 0.5),
        searches: shown.len(),
        search_p95: quantile(&mut shown, 0.95),
        search_complete_p95: quantile(&mut complete, 0.95),
        search_equals_oracle: equal,
    })
}

/// Types the searches. Returns for each key how long it took until something was shown and until all was known, and
/// whether everything was found.
fn searches(library: &Library) -> Result<(Vec<Duration>, Vec<Duration>, bool), LibraryError> {
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

/// Where a synthetic library is kept if nobody says where.
pub fn usual_folder(count: usize) -> Option<PathBuf> {
    Some(crate::studio::core::startup::project()?.cache_dir().join(format!("bench-library-{count}")))
}

/// A folder on the same disk as a library, which goes when it is dropped.
///
/// # Errors
/// It cannot be made.
pub fn scratch(library: &Path) -> Result<tempfile::TempDir, CannotMeasure> {
    let beside = library.parent().unwrap_or(library);
    tempfile::Builder::new().prefix("atelier-bench-").tempdir_in(beside).at(beside)
}
