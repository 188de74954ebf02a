//! Starts a studio: opens folders and library, starts the demo gateway, and resumes unfinished requests.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use directories::ProjectDirs;
use tokio::sync::mpsc::unbounded_channel;

use crate::{
    demo::DemoGateway,
    error_chain::{Cause, chain},
    gateway::Client,
    library::{Library, LibraryError},
    prompt::Sources,
    settings::{Session, Settings},
    studio::{
        core::core::Core,
        exchange::wildcard_folder::read_wildcard_files,
        persistence::config_files::ConfigStore,
        platform::{
            appearance,
            credentials::CredentialStore,
            disk_space::DiskSpaceLedger,
            file_dialogs::Dialogs,
            typed_paths::{DialogsOrTyped, TypedPaths, default_export_folder},
        },
        protocol::{
            Event, Notice, Ready, StartError,
            channel::{Handle, StudioChannels, WakeFn, studio_channels},
        },
        runtime::{
            context::{Context, Dependencies, Paths},
            task::{INTERNAL_ERROR, Task, catch_panic},
        },
    },
};

/// How long the end waits for tasks that still run.
const RUNTIME_SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(300);

/// Starts a studio on its own threads and returns immediately. Its first event is [`Event::Ready`], or
/// [`Event::StartFailed`], after which no other follows.
pub fn start(paths: Paths, dependencies: Dependencies, wake: WakeFn) -> Handle {
    let (handle, channels) = studio_channels(wake);
    let events = channels.events.clone();
    let spawned = thread::Builder::new().name("studio".to_owned()).spawn(move || run(&paths, dependencies, channels));
    if let Err(error) = spawned {
        events.send(Event::StartFailed(StartError::System { reason: Cause::new(error) }));
    }
    handle
}

fn run(paths: &Paths, dependencies: Dependencies, channels: StudioChannels) {
    let events = channels.events.clone();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().thread_name("studio-io").build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            events.send(Event::StartFailed(StartError::System { reason: Cause::new(error) }));
            return;
        }
    };
    // If the core itself panics, the front end is informed that the studio has stopped, so that it does not wait for
    // ever.
    let result = catch_panic(Task::Core, || match runtime.block_on(initialize(paths, dependencies, channels)) {
        Ok(core) => runtime.block_on(core.run()),
        Err(error) => {
            tracing::error!(error = %chain(&error), "the studio could not start");
            events.send(Event::StartFailed(error));
        }
    });
    if result.is_none() {
        events.send(Event::StartFailed(StartError::System { reason: INTERNAL_ERROR.into() }));
    }
    // Running tasks get time to release the library, so that it can be opened again immediately. A long decode or an
    // open dialog must not keep the program from ending.
    runtime.shutdown_timeout(RUNTIME_SHUTDOWN_TIMEOUT);
    events.send(Event::Stopped);
}

async fn initialize(paths: &Paths, dependencies: Dependencies, channels: StudioChannels) -> Result<Core, StartError> {
    let files = ConfigStore::new(paths.config.clone());
    files.close_to_others();
    let (settings, lost) = files.settings_and_losses();
    let session = files.session();
    let prompt_library = files.prompt_library();
    let folder = paths.library.clone().or_else(|| settings.library.clone()).unwrap_or_else(default_library);
    let library = Library::open(&folder).map_err(|error| cannot_open(error, folder.clone()))?;
    let demo = DemoGateway::start(dependencies.demo)
        .await
        .map_err(|error| StartError::System { reason: Cause::new(error) })?;
    let (messages, inbox) = unbounded_channel();
    let typed_paths = TypedPaths::default();
    let dialogs: Arc<dyn Dialogs> = if dependencies.interactive {
        Arc::new(DialogsOrTyped::new(dependencies.dialogs, typed_paths.clone(), channels.events.clone()))
    } else {
        dependencies.dialogs
    };
    let context = Context {
        library: Arc::new(library),
        client: Client::new(dependencies.timeouts),
        keys: CredentialStore::new(dependencies.keychain, dependencies.environment),
        dialogs,
        typed_paths,
        notifier: dependencies.notifier,
        clock: dependencies.clock,
        ids: dependencies.ids,
        random: dependencies.random,
        disk_space: DiskSpaceLedger::new(dependencies.free_space, folder.clone()),
        unrecorded_costs: Mutex::default(),
        on_task: dependencies.on_task,
        events: channels.events,
        messages,
        demo_url: demo.base_url(),
        interactive: dependencies.interactive,
    };
    context.events.send(Event::Ready(Box::new(Ready {
        settings: settings.clone(),
        session: session.clone(),
        prompt_library: Arc::new(prompt_library.clone()),
        read_only: context.library.is_newer(),
        library: folder,
        config: paths.config.clone(),
        logs: log_folder(),
        takes_drops: !is_wayland(),
        export_folder: default_export_folder().unwrap_or_default(),
        demo_url: context.demo_url.clone(),
    })));
    if context.interactive {
        appearance::follow(context.events.clone());
    }
    if !lost.is_empty() {
        let copy = files.unreadable_settings();
        context.events.send(Event::Notice(Notice::SettingsLost { values: lost, copy }));
    }
    let mut core = Core::new(Arc::new(context), files, settings, session, channels.commands, inbox, demo);
    core.apply_prompt_library(&prompt_library);
    core.resume().await;
    Ok(core)
}

/// Whether the window is opened under Wayland, which it prefers to X11.
fn is_wayland() -> bool {
    let is_set = |variable: &str| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "linux") && (is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET"))
}

pub(in crate::studio) fn cannot_open(error: LibraryError, library: PathBuf) -> StartError {
    match error {
        LibraryError::Busy { .. } => StartError::LibraryBusy { library },
        LibraryError::DiskFull { .. } => StartError::DiskFull { library },
        LibraryError::Newer { .. } => StartError::LibraryNewer { library },
        LibraryError::CannotWrite { reason, .. } => StartError::LibraryUnwritable { library, reason },
        error => StartError::LibraryDamaged { library, reason: Cause::new(error) },
    }
}

impl Paths {
    /// The given folders, or the platform's default ones.
    pub fn with_defaults(config: Option<PathBuf>, library: Option<PathBuf>) -> Self {
        Self { config: config.unwrap_or_else(default_config), library }
    }

    /// Reads the wildcard files and variables that prompts may use. Blocks.
    pub fn sources(&self) -> Arc<Sources> {
        read_wildcard_files(&self.config, ConfigStore::new(self.config.clone()).prompt_library().variables()).sources
    }

    /// Reads the settings, because the window needs language and theme before the studio runs. Reads one small file.
    pub fn settings(&self) -> Settings {
        ConfigStore::new(self.config.clone()).settings()
    }

    /// Reads the session, because the window needs its size before the studio runs. Reads one small file.
    pub fn session(&self) -> Session {
        ConfigStore::new(self.config.clone()).session()
    }
}

/// The platform's folders for this program.
pub(in crate::studio) fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "atelier")
}

fn default_config() -> PathBuf {
    project().map_or_else(|| PathBuf::from("atelier-config"), |project| project.config_dir().to_owned())
}

pub(in crate::studio) fn default_library() -> PathBuf {
    project().map_or_else(|| PathBuf::from("atelier-library"), |project| project.data_dir().join("library"))
}

/// The folder of the log files.
pub fn log_folder() -> Option<PathBuf> {
    let project = project()?;
    Some(project.state_dir().unwrap_or_else(|| project.data_local_dir()).join("logs"))
}
