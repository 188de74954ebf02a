//! The `atelier` binary: the window, or a command without one.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use atelier::{
    cli::{
        self, ExitStatus,
        args::{Arguments, PathArguments},
    },
    core_dumps,
    error_chain::chain,
    logging,
    settings::{Language, Session},
    studio::{
        self, Command, Dependencies, Paths, SystemDialogs,
        signals::{self, SignalEvent},
    },
    ui::{self, text::Text},
};

fn main() -> ExitCode {
    core_dumps::turn_off();
    let arguments = Arguments::read();
    let _log = studio::log_folder().and_then(|folder| logging::start(&folder));
    if let Some(command) = &arguments.command {
        return cli::run(arguments.places, command).into();
    }
    let PathArguments { config, library, grace } = arguments.places;
    window(&Paths::with_defaults(config, library), grace, &arguments.files).into()
}

fn window(paths: &Paths, grace: Option<u64>, files: &[PathBuf]) -> ExitStatus {
    let text = Text::new(Language::System);
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        eprintln!("{}", text.with("cli-no-file", [("path", missing.display().to_string().into())]));
        return ExitStatus::Usage;
    }
    // The paths stay valid if the working directory changes before the studio reads them.
    let absolute = |file: &PathBuf| std::path::absolute(file).ok();
    // The window does not read disks; a separator at the end tells it that a path is a folder.
    let marked = |file: PathBuf| if file.is_dir() { file.join("") } else { file };
    let files: Vec<PathBuf> = files.iter().filter_map(absolute).map(marked).collect();
    if !cli::has_display() {
        eprintln!("{}", text.get("cli-no-display"));
        return ExitStatus::Usage;
    }
    let (settings, session) = (paths.settings(), paths.session());
    // The studio opens the library while the system opens the window.
    let waker = ui::Waker::default();
    let handle = studio::start(paths.clone(), Dependencies::system(Arc::new(SystemDialogs)), waker.wake());
    let (commands, grace) = (handle.commands(), grace.map(Duration::from_secs));
    let signals = signals::listen(move |heard| {
        if let SignalEvent::First(signal) = heard {
            let taken = commands.send(Command::End { signal, grace: signal.grace_period(grace) });
            // A window that only reports why its studio could not start has nothing to finish.
            if !taken {
                signals::exit(signal);
            }
        }
    });
    let create = move |creation: &eframe::CreationContext<'_>| {
        waker.attach(&creation.egui_ctx);
        let app = ui::App::new(&creation.egui_ctx, handle).beginning_with(&creation.egui_ctx, settings).opening(files);
        // The benchmark of the time to the first frame sets this variable.
        #[cfg(feature = "bench")]
        if std::env::var_os("ATELIER_FIRST_FRAME").is_some() {
            return Ok(Box::new(ui::bench::FirstFrame::of(app)) as Box<dyn eframe::App>);
        }
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    let opened = eframe::run_native("atelier", options(&session), Box::new(create));
    match opened {
        Ok(()) => signals.first().map_or(ExitStatus::Done, ExitStatus::Signalled),
        Err(error) => {
            tracing::error!(error = %chain(&error), "the window could not be opened");
            eprintln!("{}", text.with("cli-no-window", [("reason", error.to_string().into())]));
            ExitStatus::Usage
        }
    }
}

fn options(session: &Session) -> eframe::NativeOptions {
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Atelier")
        .with_app_id("atelier")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([960.0, 600.0]);
    if let Ok(icon) = eframe::icon_data::from_png_bytes(include_bytes!("../icons/atelier-64.png")) {
        viewport = viewport.with_icon(icon);
    }
    if let Some(window) = session.window {
        viewport = viewport.with_inner_size([window.width, window.height]).with_maximized(window.maximised);
    }
    // Dithering would put a pattern on images, which are displayed unmodified; without a graphics card it also costs as
    // much as all other drawing.
    let dithering = false;
    // The window adds fonts of the system itself, with the glyph forms of its language.
    let system_font_fallback = false;
    eframe::NativeOptions { viewport, dithering, system_font_fallback, ..eframe::NativeOptions::default() }
}
