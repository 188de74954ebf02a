//! Waking the studio up: folders, library, demo gateway, what was left undone.

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
        persistence::config_files::Files,
        platform::{credentials::Keys, disk_space::RoomLedger},
        protocol::{
            Event, Ready, StartError,
            channel::{Handle, Line, Wake, line},
        },
        runtime::{
            context::{Parts, Place, World},
            task::{BROKE_DOWN, Task, caught},
        },
    },
};

/// How long to wait at the end for what is still at work.
const LETTING_GO: Duration = Duration::from_millis(300);

/// Starts a studio on threads of its own and returns at once. Its first event is [`Event::Ready`], or
/// [`Event::StartFailed`], after which no other follows.
pub fn start(place: Place, parts: Parts, wake: Wake) -> Handle {
    let (handle, line) = line(wake);
    let events = line.events.clone();
    let spawned = thread::Builder::new().name("studio".to_owned()).spawn(move || run(&place, parts, line));
    if let Err(error) = spawned {
        events.send(Event::StartFailed(StartError::System { reason: Cause::new(error) }));
    }
    handle
}

fn run(place: &Place, parts: Parts, line: Line) {
    let events = line.events.clone();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().thread_name("studio-io").build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            events.send(Event::StartFailed(StartError::System { reason: Cause::new(error) }));
            return;
        }
    };
    // Should the loop itself panic, whoever listens hears that the studio has stopped, and does not wait for ever.
    let worked = caught(Task::Loop, || match runtime.block_on(wake_up(place, parts, line)) {
        Ok(core) => runtime.block_on(core.run()),
        Err(error) => {
            tracing::error!(error = %chain(&error), "the studio could not start");
            events.send(Event::StartFailed(error));
        }
    });
    if worked.is_none() {
        events.send(Event::StartFailed(StartError::System { reason: BROKE_DOWN.into() }));
    }
    // What is at work with the library lets go of it, so that it can be opened again at once. A long decode or an
    // open dialog must not keep the program from ending.
    runtime.shutdown_timeout(LETTING_GO);
    events.send(Event::Stopped);
}

async fn wake_up(place: &Place, parts: Parts, line: Line) -> Result<Core, StartError> {
    let files = Files::new(place.config.clone());
    files.close_to_others();
    let settings = files.settings();
    let session = files.session();
    let kit = files.kit();
    let folder = place.library.clone().or_else(|| settings.library.clone()).unwrap_or_else(default_library);
    let library = Library::open(&folder).map_err(|error| cannot_open(error, folder.clone()))?;
    let demo =
        DemoGateway::start(parts.demo).await.map_err(|error| StartError::System { reason: Cause::new(error) })?;
    let (notes, inbox) = unbounded_channel();
    let world = World {
        library: Arc::new(library),
        client: Client::new(parts.timeouts),
        keys: Keys::new(parts.keychain, parts.environment),
        dialogs: parts.dialogs,
        notifier: parts.notifier,
        clock: parts.clock,
        ids: parts.ids,
        random: parts.random,
        room: RoomLedger::new(parts.free_space, folder.clone()),
        unbooked: Mutex::default(),
        on_task: parts.on_task,
        events: line.events,
        notes,
        demo_url: demo.base_url(),
        attended: parts.attended,
    };
    world.events.send(Event::Ready(Box::new(Ready {
        settings: settings.clone(),
        session: session.clone(),
        kit: Arc::new(kit.clone()),
        look_only: world.library.is_newer(),
        library: folder,
        demo_url: world.demo_url.clone(),
    })));
    let mut core = Core::new(Arc::new(world), files, settings, session, line.commands, inbox, demo);
    core.follow_kit(&kit);
    core.resume().await;
    Ok(core)
}

pub(in crate::studio) fn cannot_open(error: LibraryError, library: PathBuf) -> StartError {
    match error {
        LibraryError::Busy { .. } => StartError::LibraryBusy { library },
        LibraryError::DiskFull { .. } => StartError::DiskFull { library },
        LibraryError::Newer { .. } => StartError::LibraryNewer { library },
        LibraryError::CannotWrite { reason, .. } => StartError::LibraryUnwritable { library, reason },
        error => StartError::LibraryBroken { library, reason: Cause::new(error) },
    }
}

impl Place {
    /// The platform's usual places, with what a person or the environment says instead.
    pub fn usual(config: Option<PathBuf>, library: Option<PathBuf>) -> Self {
        Self { config: config.unwrap_or_else(default_config), library }
    }

    /// What names in prompts mean: the wildcard files and the variables. Blocks.
    pub fn sources(&self) -> Arc<Sources> {
        read_wildcard_files(&self.config, Files::new(self.config.clone()).kit().variables()).sources
    }

    /// What is set, for a window that wants its language and theme before the studio runs. Reads one small file.
    pub fn settings(&self) -> Settings {
        Files::new(self.config.clone()).settings()
    }

    /// Where the person left off, for a window that wants its size before the studio runs. Reads one small file.
    pub fn session(&self) -> Session {
        Files::new(self.config.clone()).session()
    }
}

/// The platform's usual folders for this program.
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
