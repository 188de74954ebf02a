//! The command line: what can be said, and the studio without a window.

pub mod args;
mod bench_library;
mod check;
mod doctor;
mod export;
mod generate;
mod import;
mod organise;
mod profiles;
mod rebuild;
mod report;
mod sheet;
mod spending;

use std::{process::ExitCode, sync::Arc, time::Duration};

use crate::{
    settings::Language,
    studio::{self, Event, Handle, NoDialogs, Notice, Parts, Place, Ready, StartError},
    ui::text::Text,
};

use args::{Headless, Places, Profiles};
use report::Report;

/// How a headless command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Something failed; each failure was printed.
    Failed,
    /// What was asked for cannot be done like that, or the configuration is at fault.
    Usage,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::Failed => Self::from(1),
            Ending::Usage => Self::from(2),
        }
    }
}

/// Runs a command without a window.
pub fn run(places: Places, command: &Headless) -> Ending {
    let text = Text::new(Language::System);
    if let Headless::BenchLibrary(bench) = command {
        return bench_library::run(places.library, bench, &text);
    }
    let json = match command {
        Headless::Generate(generate) => generate.json,
        Headless::Export(export) => export.json,
        Headless::Import(import) => import.json,
        Headless::Organise(organise) => organise.json,
        Headless::Rebuild { json } => *json,
        Headless::Doctor(doctor) => doctor.json,
        Headless::Spending(spending) => spending.json,
        // It has gone its own way already.
        Headless::BenchLibrary(_) => false,
        Headless::Profiles(profiles) => matches!(profiles, Profiles::List { json: true }),
    };
    let report = Report::new(json, text);
    let place = Place::usual(places.config, places.library);
    // These want the library for themselves.
    match command {
        Headless::Rebuild { json } => {
            let ending = rebuild::run(&place, *json, &report);
            read_responses(&place, &report);
            return ending;
        }
        Headless::Doctor(doctor) if doctor.check_library => {
            if doctor.mend {
                read_responses(&place, &report);
            }
            return check::run(&place, doctor.mend, doctor.json, &report);
        }
        _ => {}
    }
    let handle = start(&place);
    let ready = match wait_for_ready(&handle) {
        Ok(ready) => ready,
        Err(error) => {
            report.cannot_start(&error);
            return Ending::Usage;
        }
    };
    let writes = matches!(command, Headless::Generate(_) | Headless::Import(_) | Headless::Organise(_));
    let ending = match command {
        _ if writes && ready.look_only => {
            report.cannot_start(&StartError::LibraryNewer { library: ready.library.clone() });
            Ending::Usage
        }
        Headless::Generate(generate) => generate::run(&handle, &ready, &place, generate, &report),
        Headless::Export(export) => export::run(&handle, export, &report),
        Headless::Import(import) => import::run(&handle, import, &report),
        Headless::Organise(organise) => organise::run(&handle, organise, &report),
        Headless::Doctor(doctor) => doctor::run(&handle, &ready, doctor, &report),
        Headless::Spending(spending) => spending::run(&handle, spending, &report),
        // They have gone their own ways already.
        Headless::Rebuild { .. } | Headless::BenchLibrary(_) => Ending::Done,
        Headless::Profiles(profiles) => profiles::run(&handle, &ready, profiles, &report),
    };
    handle.send(studio::Command::Shutdown);
    while !matches!(next(&handle), Event::Stopped) {}
    ending
}

fn start(place: &Place) -> Handle {
    let parts = Parts { attended: false, ..Parts::system(Arc::new(NoDialogs)) };
    studio::start(place.clone(), parts, Arc::new(|| ()))
}

/// Reads responses into images that are in the spool and belong to requests that are not finished: starting the studio
/// does it. Says how many images came of it.
fn read_responses(place: &Place, report: &Report) {
    let handle = start(place);
    // What keeps it from starting was said before.
    if wait_for_ready(&handle).is_err() {
        return;
    }
    handle.send(studio::Command::Shutdown);
    loop {
        match next(&handle) {
            Event::Notice(notice @ (Notice::Recovered { .. } | Notice::Interrupted { .. })) => report.notice(&notice),
            Event::Stopped => return,
            _ => {}
        }
    }
}

/// Whether a window can be shown at all.
pub fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET")
}

fn wait_for_ready(handle: &Handle) -> Result<Box<Ready>, StartError> {
    loop {
        match next(handle) {
            Event::Ready(ready) => return Ok(ready),
            Event::CannotStart(error) => return Err(error),
            Event::Stopped => return Err(StartError::System { reason: String::new() }),
            _ => {}
        }
    }
}

/// The next event, however long it takes: every wait inside the studio has its own limit. A studio that has gone
/// has stopped.
fn next(handle: &Handle) -> Event {
    handle.next(Duration::MAX).unwrap_or(Event::Stopped)
}
