//! Measures the window: its first frame, and its passes while the whole gallery scrolls by. Each measurement runs in a
//! process of its own, so that time and memory belong to nothing else.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    cli::display::has_display,
    studio::{self, Dependencies, NoDialogs, Paths, bench::quantile},
    ui,
};

/// Number of images that scroll by in a pass: about half a screen.
const IMAGES_PER_PASS: usize = 12;
/// Minimum and maximum number of measured passes.
const PASS_COUNTS: std::ops::RangeInclusive<usize> = 200..=20_000;
/// Interval of memory samples.
const MEMORY_SAMPLE_INTERVAL: Duration = Duration::from_millis(20);

/// The measurements of a scrolling gallery.
pub(super) struct Scrolled {
    pub(super) passes: usize,
    pub(super) p99: Duration,
    pub(super) longest: Duration,
    /// The peak memory of the process, in MB of 1,000,000 bytes; including textures.
    pub(super) rss_mb: f64,
}

impl Scrolled {
    pub(super) fn json(&self) -> Value {
        json!({
            "passes": self.passes,
            "p99_us": self.p99.as_micros() as u64,
            "longest_us": self.longest.as_micros() as u64,
            "rss_mb": self.rss_mb,
        })
    }

    fn read(value: &Value) -> Option<Self> {
        let duration = |key: &str| value[key].as_u64().map(Duration::from_micros);
        Some(Self {
            passes: value["passes"].as_u64()? as usize,
            p99: duration("p99_us")?,
            longest: duration("longest_us")?,
            rss_mb: value["rss_mb"].as_f64()?,
        })
    }
}

/// Scrolls through the gallery in this process.
pub(super) fn scroll(library: &Path, passes: usize) -> Result<Scrolled, String> {
    let config = tempfile::tempdir().map_err(|error| error.to_string())?;
    let paths = Paths { config: config.path().to_owned(), library: Some(library.to_owned()) };
    let (most, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let looking = thread::spawn({
        let (most, ended) = (Arc::clone(&most), Arc::clone(&ended));
        move || {
            while !ended.load(Ordering::Relaxed) {
                if let Some(memory) = memory_stats::memory_stats() {
                    most.fetch_max(memory.physical_mem, Ordering::Relaxed);
                }
                thread::sleep(MEMORY_SAMPLE_INTERVAL);
            }
        }
    });
    let handle = studio::start(paths, Dependencies::system(Arc::new(NoDialogs)), Arc::new(|| ()));
    let scrolled = ui::bench::scroll_through(handle, passes);
    ended.store(true, Ordering::Relaxed);
    looking.join().ok();
    let mut scrolled = scrolled?;
    Ok(Scrolled {
        passes: scrolled.passes.len(),
        p99: quantile(&mut scrolled.passes, 0.99),
        longest: quantile(&mut scrolled.passes, 1.0),
        rss_mb: most.load(Ordering::Relaxed) as f64 / 1e6,
    })
}

/// Scrolls through the gallery in a process of its own.
pub(super) fn scroll_apart(library: &Path, count: usize) -> Result<Scrolled, String> {
    let passes = (count / IMAGES_PER_PASS).clamp(*PASS_COUNTS.start(), *PASS_COUNTS.end());
    let output = Command::new(env::current_exe().map_err(|error| error.to_string())?)
        .args(["bench-library", "--count", &count.to_string(), "--scroll", &passes.to_string()])
        .env("ATELIER_LIBRARY", library)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let figures = said.lines().find_map(|line| serde_json::from_str(line).ok());
    figures.as_ref().and_then(Scrolled::read).ok_or_else(|| format!("it said {said:?}"))
}

/// The median times to the first frame: of this library, and of an empty one. None if no window can be opened.
pub(super) fn first_frames(library: &Path, rounds: usize) -> Option<(Duration, Duration)> {
    // Without a display no window would open, and the wait would never end.
    has_display().then_some(())?;
    let empty = tempfile::tempdir().ok()?;
    let (mut full_times, mut empty_times) = (Vec::new(), Vec::new());
    for _ in 0..=rounds {
        empty_times.push(first_frame(&empty.path().join("library"), &empty.path().join("config"))?);
        full_times.push(first_frame(library, &empty.path().join("other-config"))?);
    }
    // The first round warms up the disk cache and creates the empty library.
    full_times.remove(0);
    empty_times.remove(0);
    Some((quantile(&mut full_times, 0.5), quantile(&mut empty_times, 0.5)))
}

fn first_frame(library: &Path, config: &Path) -> Option<Duration> {
    let start = Instant::now();
    let mut child = Command::new(env::current_exe().ok()?)
        .env("ATELIER_LIBRARY", library)
        .env("ATELIER_CONFIG", config)
        .env("ATELIER_FIRST_FRAME", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let lines = BufReader::new(child.stdout.take()?).lines();
    let took = lines.map_while(Result::ok).find(|line| line == "first frame").map(|_| start.elapsed());
    child.wait().ok()?;
    took
}
