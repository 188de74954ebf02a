//! Benchmarks of the time to the first frame of Atelier's window, compared with an empty eframe window in the same run.
//!
//! Needs a display; under `xvfb-run` the software renderer draws both. Each start is a process of its own, measured
//! from `exec` to the end of the first frame's user-interface pass.
//!
//! ```text
//! xvfb-run -a cargo bench --bench window
//! ```

use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Set in the child process that opens the empty window.
const EMPTY_WINDOW_VARIABLE: &str = "ATELIER_BENCH_EMPTY_WINDOW";
/// The line that both children print when their first frame is finished.
const FIRST_FRAME_LINE: &str = "first frame";

struct EmptyApp {
    frames: u32,
}

impl eframe::App for EmptyApp {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.frames += 1;
        // The second pass begins when the first frame is on screen.
        if self.frames == 1 {
            ui.request_repaint();
        } else {
            println!("{FIRST_FRAME_LINE}");
            ui.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }
}

fn open_empty_window() -> eframe::Result {
    let viewport = egui::ViewportBuilder::default().with_inner_size([1440.0, 900.0]);
    eframe::run_native(
        "Empty",
        eframe::NativeOptions { viewport, ..Default::default() },
        Box::new(|_| Ok(Box::new(EmptyApp { frames: 0 }))),
    )
}

/// Starts a process and measures the time until it prints that its first frame is finished.
fn first_frame(command: &mut Command) -> Duration {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the process starts");
    let lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
    let took = lines.map_while(Result::ok).find(|line| line == FIRST_FRAME_LINE).map(|_| start.elapsed());
    child.wait().expect("the process ends");
    took.expect("the window draws its first frame; is there a display?")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() -> eframe::Result {
    if env::var_os(EMPTY_WINDOW_VARIABLE).is_some() {
        return open_empty_window();
    }
    let rounds: usize = env::var("ATELIER_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(9);
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut empty_times = Vec::new();
    let mut atelier_times = Vec::new();
    for _ in 0..rounds {
        let mut empty = Command::new(env::current_exe().expect("the bench knows its own path"));
        empty_times.push(first_frame(empty.env(EMPTY_WINDOW_VARIABLE, "1")));
        let mut atelier = Command::new(env!("CARGO_BIN_EXE_atelier"));
        atelier
            .env("ATELIER_LIBRARY", place.path().join("library"))
            .env("ATELIER_CONFIG", place.path().join("config"))
            .env("ATELIER_FIRST_FRAME", "1");
        atelier_times.push(first_frame(&mut atelier));
    }
    let (empty, atelier) = (median(empty_times), median(atelier_times));
    println!("empty eframe window   {:>7.1} ms", empty.as_secs_f64() * 1e3);
    println!("Atelier               {:>7.1} ms", atelier.as_secs_f64() * 1e3);
    println!("ratio                 {:>7.2}   (goal: at most 1.50)", atelier.as_secs_f64() / empty.as_secs_f64());
    Ok(())
}
