//! The context that all tasks of the studio share: the library, the client of gateways, the clock, and the channels.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use crate::{
    demo::DemoOptions,
    error_chain::chain,
    gateway::{Client, Timeouts},
    keychain::{Keychain, SystemKeychain},
    library::{Library, LibraryError},
    recipe::{BatchId, ImageId, Profile, RequestId},
    studio::{
        platform::{
            credentials::{CredentialStore, Environment},
            disk_space::{self, DiskSpaceLedger, FreeSpace},
            file_dialogs::Dialogs,
            notifications::{Notifier, SystemNotifier},
            typed_paths::TypedPaths,
        },
        protocol::{Event, Notice, channel::EventSender},
        runtime::{task::TaskHook, task_message::TaskMessage},
    },
};

/// How long a locked keychain may wait for a person before a request continues without it.
const KEYCHAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Returns the current time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Generates unique IDs that are sorted by time.
pub type IdGenerator = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// Returns a random number from 0 up to 1.
pub type Random = Arc<dyn Fn() -> f64 + Send + Sync>;

/// The folders of a studio.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The folder of settings and session.
    pub config: PathBuf,
    /// The folder of the library, if it is not the one in the settings.
    pub library: Option<PathBuf>,
}

/// The dependencies of a studio that tests and headless commands replace.
pub struct Dependencies {
    /// Stores keys.
    pub keychain: Arc<dyn Keychain>,
    /// Opens file dialogs.
    pub dialogs: Arc<dyn Dialogs>,
    /// Shows desktop notifications.
    pub notifier: Arc<dyn Notifier>,
    /// Reads environment variables.
    pub environment: Environment,
    /// The clock.
    pub clock: Clock,
    /// IDs of images, requests and batches.
    pub ids: IdGenerator,
    /// Random numbers, which spread waits.
    pub random: Random,
    /// Time limits of gateways.
    pub timeouts: Timeouts,
    /// Returns the free space of disks.
    pub free_space: FreeSpace,
    /// Options of the demo gateway.
    pub demo: DemoOptions,
    /// Called when a background task begins.
    pub on_task: TaskHook,
    /// Whether a person uses the studio in a window. Only then requests wait while a gateway is unreachable, and queued
    /// requests of the last run are resumed.
    pub interactive: bool,
}

impl Dependencies {
    /// The dependencies of the system, with the given dialogs.
    pub fn system(dialogs: Arc<dyn Dialogs>) -> Self {
        Self {
            keychain: Arc::new(SystemKeychain::new(KEYCHAIN_TIMEOUT)),
            dialogs,
            notifier: Arc::new(SystemNotifier),
            environment: Arc::new(|name| std::env::var(name).ok()),
            clock: Arc::new(Timestamp::now),
            ids: Arc::new(Uuid::now_v7),
            random: Arc::new(random_unit),
            timeouts: Timeouts::default(),
            free_space: disk_space::system(),
            demo: DemoOptions::default(),
            on_task: Arc::new(|_task| ()),
            interactive: true,
        }
    }
}

/// The context that all tasks of the studio share.
pub(in crate::studio) struct Context {
    pub(in crate::studio) library: Arc<Library>,
    pub(in crate::studio) client: Client,
    pub(in crate::studio) keys: CredentialStore,
    pub(in crate::studio) dialogs: Arc<dyn Dialogs>,
    pub(in crate::studio) typed_paths: TypedPaths,
    pub(in crate::studio) notifier: Arc<dyn Notifier>,
    pub(in crate::studio) clock: Clock,
    pub(in crate::studio) ids: IdGenerator,
    pub(in crate::studio) random: Random,
    pub(in crate::studio) disk_space: DiskSpaceLedger,
    /// Requests whose costs count although they could not be recorded.
    pub(in crate::studio) unrecorded_costs: Mutex<BTreeSet<RequestId>>,
    pub(in crate::studio) on_task: TaskHook,
    pub(in crate::studio) events: EventSender,
    pub(in crate::studio) messages: UnboundedSender<TaskMessage>,
    pub(in crate::studio) demo_url: String,
    pub(in crate::studio) interactive: bool,
}

impl Context {
    pub(in crate::studio) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(in crate::studio) fn new_image(&self) -> ImageId {
        ImageId::from_uuid((self.ids)())
    }

    pub(in crate::studio) fn new_request(&self) -> RequestId {
        RequestId::from_uuid((self.ids)())
    }

    pub(in crate::studio) fn new_batch(&self) -> BatchId {
        BatchId::from_uuid((self.ids)())
    }

    /// Sends a message to the core. It is dropped if the core has stopped, which is not an error.
    pub(in crate::studio) fn notify_core(&self, message: TaskMessage) {
        self.messages.send(message).ok();
    }

    /// Requests whose costs count although they could not be recorded.
    pub(in crate::studio) fn unrecorded_costs(&self) -> MutexGuard<'_, BTreeSet<RequestId>> {
        // Insertions and removals leave the set valid after any panic.
        self.unrecorded_costs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports an error of the library. A damaged index is rebuilt at the next start.
    pub(in crate::studio) fn report_library_error(&self, error: &LibraryError) {
        tracing::error!(error = %chain(&error), "the library reported an error");
        if error.is_about_damaged_index() {
            self.library.mark_damaged();
        }
        self.events.send(Event::Notice(Notice::LibraryFailed { reason: error.to_string() }));
    }

    /// The base URL of a profile.
    pub(in crate::studio) fn base_url<'a>(&'a self, profile: &'a Profile) -> &'a str {
        if profile.id.is_demo() { &self.demo_url } else { profile.base_url.trim() }
    }
}

/// A random number from 0 up to 1, from the random keys of the standard library's hasher.
fn random_unit() -> f64 {
    let number = RandomState::new().build_hasher().finish();
    // As many bits as a float can represent exactly.
    (number >> 11) as f64 / (1_u64 << 53) as f64
}
