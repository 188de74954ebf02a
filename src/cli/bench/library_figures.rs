//! Takes and prints the figures of `atelier bench-library`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    cli::{args::BenchLibrary, exit_status::ExitStatus},
    error_chain::chain,
    studio::bench::{self as measure, BenchError, IndexFigures, IngestFigures},
    ui::text::Text,
};

use super::window::{self, Scrolled};

/// The image size of `ingest_ms`, `png_decode_ms` and `thumbnails_per_s`, if it is among the measured ones.
const REPORTED_SIDE_PX: u32 = 2048;

/// All measurements.
struct Figures {
    count: usize,
    first_frame: Option<(Duration, Duration)>,
    scroll: Option<Scrolled>,
    index: IndexFigures,
    ingest: Vec<IngestFigures>,
}

/// Measures and prints the figures.
pub(in crate::cli) fn run(library: Option<PathBuf>, bench: &BenchLibrary, text: &Text) -> ExitStatus {
    if let Some(passes) = bench.scroll {
        return match library
            .ok_or_else(|| text.get("bench-no-library"))
            .and_then(|library| window::scroll(&library, passes))
        {
            Ok(scrolled) => {
                crate::cli::report::object(&scrolled.json());
                ExitStatus::Done
            }
            Err(reason) => fail(&reason),
        };
    }
    let Some(folder) = library.or_else(|| measure::default_folder(bench.count)) else {
        return fail(&text.get("bench-no-library"));
    };
    match figures(&folder, bench, text) {
        Ok(figures) if bench.json => {
            crate::cli::report::object(&figures.json());
            ExitStatus::Done
        }
        Ok(figures) => {
            for line in figures.lines(text) {
                crate::cli::report::line(&line);
            }
            ExitStatus::Done
        }
        Err(error @ BenchError::NotSynthetic(_)) => {
            eprintln!("{}", text.with("bench-not-synthetic", [("path", folder.display().to_string().into())]));
            tracing::warn!(error = %chain(&error), "nothing was measured");
            ExitStatus::Usage
        }
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(reason: &str) -> ExitStatus {
    eprintln!("{reason}");
    ExitStatus::Failed
}

fn figures(folder: &Path, bench: &BenchLibrary, text: &Text) -> Result<Figures, BenchError> {
    let say = |key: &str| {
        if !bench.json {
            eprintln!("{}", text.get(key));
        }
    };
    say("bench-making");
    measure::open_synthetic(folder, bench.count)?;
    say("bench-searching");
    let index = measure::measure_index(folder)?;
    say("bench-scrolling");
    let scroll = window::scroll_apart(folder, bench.count)
        .inspect_err(|error| tracing::warn!(error, "the gallery was not scrolled"))
        .ok();
    say("bench-opening");
    let first_frame = window::first_frames(folder, bench.rounds);
    if first_frame.is_none() {
        say("bench-no-window");
    }
    say("bench-storing");
    let place = measure::temporary_folder(folder)?;
    let ingest =
        bench.sides.iter().map(|side| measure::measure_images(place.path(), *side)).collect::<Result<_, _>>()?;
    Ok(Figures { count: bench.count, first_frame, scroll, index, ingest })
}

impl Figures {
    fn usual(&self) -> Option<&IngestFigures> {
        self.ingest.iter().find(|figures| figures.side == REPORTED_SIDE_PX).or_else(|| self.ingest.first())
    }

    fn json(&self) -> Value {
        let scroll = self.scroll.as_ref();
        let sizes: Vec<Value> = self
            .ingest
            .iter()
            .map(|size| {
                json!({
                    "side": size.side,
                    "ingest_ms": milliseconds(size.ingest),
                    "png_decode_ms": milliseconds(size.png_decode),
                    "thumbnails_per_s": size.thumbnails_per_second,
                    "peers_thumbnails_per_s": size.peers.iter().copied().collect::<BTreeMap<_, _>>(),
                })
            })
            .collect();
        json!({
            "event": "bench_library",
            "count": self.count,
            "first_frame_ms": self.first_frame.map(|(full, _)| milliseconds(full)),
            "empty_library_first_frame_ms": self.first_frame.map(|(_, empty)| milliseconds(empty)),
            "scroll_passes": scroll.map(|scroll| scroll.passes),
            "scroll_pass_p99_ms": scroll.map(|scroll| milliseconds(scroll.p99)),
            "scroll_pass_max_ms": scroll.map(|scroll| milliseconds(scroll.longest)),
            "rss_mb": scroll.map(|scroll| scroll.rss_mb),
            "search_p95_ms": milliseconds(self.index.search_p95),
            "search_complete_p95_ms": milliseconds(self.index.search_complete_p95),
            "searches": self.index.searches,
            "search_equals_oracle": self.index.search_equals_oracle,
            "page_ms": milliseconds(self.index.page),
            "open_ms": milliseconds(self.index.open),
            "ingest_ms": self.usual().map(|size| milliseconds(size.ingest)),
            "png_decode_ms": self.usual().map(|size| milliseconds(size.png_decode)),
            "thumbnails_per_s": self.usual().map(|size| size.thumbnails_per_second),
            "sizes": sizes,
        })
    }

    fn lines(&self, text: &Text) -> Vec<String> {
        let line = |key: &str, value: String| format!("{:<58} {value:>10}", text.get(key));
        let ms = |duration: Duration| format!("{:.1} ms", milliseconds(duration));
        let mut lines = Vec::new();
        if let Some((full, empty)) = self.first_frame {
            lines.push(line("bench-first-frame", ms(full)));
            lines.push(line("bench-first-frame-empty", ms(empty)));
        }
        if let Some(scroll) = &self.scroll {
            lines.push(line("bench-scroll-p99", ms(scroll.p99)));
            lines.push(line("bench-scroll-max", ms(scroll.longest)));
            lines.push(line("bench-rss", format!("{:.0} MB", scroll.rss_mb)));
        }
        lines.push(line("bench-open", ms(self.index.open)));
        lines.push(line("bench-page", ms(self.index.page)));
        lines.push(line("bench-search", ms(self.index.search_p95)));
        let equal = if self.index.search_equals_oracle { "bench-yes" } else { "bench-no" };
        lines.push(line("bench-oracle", text.get(equal)));
        for size in &self.ingest {
            let side = size.side;
            let ratio = size.ingest.as_secs_f64() / size.png_decode.as_secs_f64().max(f64::EPSILON);
            lines.push(line(
                "bench-ingest",
                format!("{side}² {} = {ratio:.2} × {}", ms(size.ingest), ms(size.png_decode)),
            ));
            let own = [("Atelier", size.thumbnails_per_second)];
            for (name, speed) in own.iter().chain(&size.peers) {
                lines.push(line("bench-thumbnails", format!("{side}² {name} {speed:.1}")));
            }
        }
        lines
    }
}

fn milliseconds(duration: Duration) -> f64 {
    // Microseconds are as precise as the measurements.
    duration.as_micros() as f64 / 1e3
}
