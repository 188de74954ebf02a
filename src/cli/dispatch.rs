//! Runs the command that the arguments name: starts the studio, runs the command, and ends the studio.

use std::{sync::Arc, time::Duration};

use crate::{
    cli::{
        args::{Headless, PathArguments, ProfilesArgs},
        commands::{check, doctor, export, generate, import, organize, profiles, rebuild, spending},
        exit_status::ExitStatus,
        report::Report,
        session::StudioSession,
    },
    settings::Language,
    studio::{
        self, Dependencies, Event, Handle, NoDialogs, Notice, Paths, Ready, StartError,
        signals::{self, Signal, SignalEvent},
    },
    ui::text::Text,
};

/// Runs a command without a window.
pub fn run(places: PathArguments, command: &Headless) -> ExitStatus {
    let text = Text::new(Language::System);
    #[cfg(feature = "bench")]
    if let Headless::BenchLibrary(bench) = command {
        return crate::cli::bench::run(places.library, bench, &text);
    }
    let json = match command {
        Headless::Generate(generate) => generate.json,
        Headless::Export(export) => export.json,
        Headless::Import(import) => import.json,
        Headless::Organize(organise) => organise.json,
        Headless::Rebuild { json } => *json,
        Headless::Doctor(doctor) => doctor.json,
        Headless::Spending(spending) => spending.json,
        // The command has returned already.
        #[cfg(feature = "bench")]
        Headless::BenchLibrary(_) => false,
        Headless::Profiles(profiles) => matches!(profiles, ProfilesArgs::List { json: true }),
    };
    let report = Report::new(json, text);
    let grace = places.grace.map(Duration::from_secs);
    let paths = Paths::with_defaults(places.config, places.library);
    // These commands need exclusive access to the library, and can be stopped at any instant because they leave nothing
    // half changed.
    match command {
        Headless::Rebuild { json } => {
            end_on_signal(*json);
            let ending = rebuild::run(&paths, *json, &report);
            read_responses(&paths, &report);
            return ending;
        }
        Headless::Doctor(doctor) if doctor.check_library => {
            end_on_signal(doctor.json);
            if doctor.repair {
                read_responses(&paths, &report);
            }
            return check::run(&paths, doctor.repair, doctor.json, &report);
        }
        Headless::Generate(_)
        | Headless::Export(_)
        | Headless::Import(_)
        | Headless::Organize(_)
        | Headless::Doctor(_)
        | Headless::Spending(_)
        | Headless::Profiles(_) => {}
        #[cfg(feature = "bench")]
        Headless::BenchLibrary(_) => {}
    }
    let handle = start(&paths);
    let commands = handle.commands();
    let signals = signals::listen(move |heard| {
        let report = Report::new(json, Text::new(Language::System));
        match heard {
            SignalEvent::First(signal) => {
                let grace = signal.grace_period(grace);
                report.ending(signal, grace);
                commands.send(studio::Command::End { signal, grace });
            }
            SignalEvent::Repeated(signal) => report.stopped_at_once(signal),
        }
    });
    let session = StudioSession::new(handle, signals);
    let ready = match wait_for_ready(&session) {
        Ok(ready) => ready,
        Err(NotReady::Signal(signal)) => {
            report.stopped(signal);
            return ExitStatus::Signalled(signal);
        }
        Err(NotReady::CannotStart(error)) => {
            report.cannot_start(&error);
            return ExitStatus::Usage;
        }
    };
    let writes = matches!(command, Headless::Generate(_) | Headless::Import(_) | Headless::Organize(_));
    let ending = match command {
        _ if writes && ready.read_only => {
            report.cannot_start(&StartError::LibraryNewer { library: ready.library.clone() });
            ExitStatus::Usage
        }
        Headless::Generate(generate) => generate::run(&session, &ready, &paths, generate, &report),
        Headless::Export(export) => export::run(&session, export, &report),
        Headless::Import(import) => import::run(&session, import, &report),
        Headless::Organize(organise) => organize::run(&session, organise, &report),
        Headless::Doctor(doctor) => doctor::run(&session, &ready, doctor, &report),
        Headless::Spending(spending) => spending::run(&session, spending, &report),
        // These commands have returned already.
        Headless::Rebuild { .. } => ExitStatus::Done,
        #[cfg(feature = "bench")]
        Headless::BenchLibrary(_) => ExitStatus::Done,
        Headless::Profiles(profiles) => profiles::run(&session, &ready, profiles, &report),
    };
    session.end();
    match session.signal() {
        Some(signal) => {
            report.stopped(signal);
            ExitStatus::Signalled(signal)
        }
        None => ending,
    }
}

/// Ends the program immediately at a signal, with a message.
fn end_on_signal(json: bool) {
    signals::listen(move |heard| {
        if let SignalEvent::First(signal) = heard {
            Report::new(json, Text::new(Language::System)).stopped(signal);
            signals::exit(signal);
        }
    });
}

fn start(paths: &Paths) -> Handle {
    let dependencies = Dependencies { interactive: false, ..Dependencies::system(Arc::new(NoDialogs)) };
    studio::start(paths.clone(), dependencies, Arc::new(|| ()))
}

/// Reads spooled responses of unfinished requests into images: starting the studio does it. Reports the number of
/// images.
fn read_responses(paths: &Paths, report: &Report) {
    let handle = start(paths);
    handle.send(studio::Command::Shutdown);
    loop {
        match handle.next(Duration::MAX) {
            Ok(Event::Notice(notice @ (Notice::ImagesRecovered { .. } | Notice::RequestsInterrupted { .. }))) => {
                report.notice(&notice);
            }
            // The reason why it cannot start was reported before.
            Ok(Event::Stopped | Event::StartFailed(_)) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// Why the studio is not ready.
enum NotReady {
    CannotStart(StartError),
    Signal(Signal),
}

fn wait_for_ready(session: &StudioSession) -> Result<Box<Ready>, NotReady> {
    let gone = || NotReady::CannotStart(StartError::System { reason: "".into() });
    loop {
        match session.next_at_start() {
            Ok(Event::Ready(ready)) => return Ok(ready),
            Ok(Event::StartFailed(error)) => return Err(NotReady::CannotStart(error)),
            Err(Some(signal)) => return Err(NotReady::Signal(signal)),
            Ok(Event::Stopped) | Err(None) => return Err(gone()),
            Ok(_) => {}
        }
    }
}
