//! What every task of the studio shares: the library, the line to gateways, the clock.

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
        },
        protocol::{Event, Notice, channel::EventSender},
        runtime::{task::TaskHook, task_message::TaskMessage},
    },
};

/// How long a locked keychain may wait for a person before a request goes on without it.
const KEYCHAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Makes names that nobody has had before, sorted by time.
pub type IdGenerator = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// Any number from 0 up to 1.
pub type Random = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Where a studio keeps its things.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The folder of settings and session.
    pub config: PathBuf,
    /// The folder of the library, if it is not the one that the settings name.
    pub library: Option<PathBuf>,
}

/// What a studio is made of where tests and headless commands differ from the window.
pub struct Dependencies {
    /// Where keys are kept.
    pub keychain: Arc<dyn Keychain>,
    /// How a person is asked for files.
    pub dialogs: Arc<dyn Dialogs>,
    /// How a person is told of something while the window is not in front.
    pub notifier: Arc<dyn Notifier>,
    /// Where environment variables are read.
    pub environment: Environment,
    /// The time.
    pub clock: Clock,
    /// Names for pictures and requests.
    pub ids: IdGenerator,
    /// Chance, by which waits are spread.
    pub random: Random,
    /// How long a gateway may take.
    pub timeouts: Timeouts,
    /// How much room is on disks.
    pub free_space: FreeSpace,
    /// How fast the demo gateway paints.
    pub demo: DemoOptions,
    /// Called as each background task begins.
    pub on_task: TaskHook,
    /// Whether a person sits before it, for whom requests wait while a gateway is not reached, and go on that waited
    /// when the program last stopped.
    pub interactive: bool,
}

impl Dependencies {
    /// The system's own parts, with given dialogs.
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

/// What every task of the studio shares.
pub(in crate::studio) struct Context {
    pub(in crate::studio) library: Arc<Library>,
    pub(in crate::studio) client: Client,
    pub(in crate::studio) keys: CredentialStore,
    pub(in crate::studio) dialogs: Arc<dyn Dialogs>,
    pub(in crate::studio) notifier: Arc<dyn Notifier>,
    pub(in crate::studio) clock: Clock,
    pub(in crate::studio) ids: IdGenerator,
    pub(in crate::studio) random: Random,
    pub(in crate::studio) disk_space: DiskSpaceLedger,
    /// Requests that count as paid for and could not be written down.
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

    /// Tells the studio's own loop. One that has stopped hears no more, which is no error.
    pub(in crate::studio) fn notify_core(&self, message: TaskMessage) {
        self.messages.send(message).ok();
    }

    /// Requests that count as paid for and could not be written down.
    pub(in crate::studio) fn unrecorded_costs(&self) -> MutexGuard<'_, BTreeSet<RequestId>> {
        // A set that is only inserted into and removed from is whole after any panic.
        self.unrecorded_costs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells that the library makes trouble. A damaged index is rebuilt at the next start.
    pub(in crate::studio) fn report_library_error(&self, error: &LibraryError) {
        tracing::error!(error = %chain(&error), "the library makes trouble");
        if error.is_about_damaged_index() {
            self.library.mark_damaged();
        }
        self.events.send(Event::Notice(Notice::LibraryFailed { reason: error.to_string() }));
    }

    /// Where a profile's gateway is.
    pub(in crate::studio) fn base_url<'a>(&'a self, profile: &'a Profile) -> &'a str {
        if profile.id.is_demo() { &self.demo_url } else { profile.base_url.trim() }
    }
}

/// A number from 0 up to 1 by chance: the standard library keys every hasher anew.
fn random_unit() -> f64 {
    let number = RandomState::new().build_hasher().finish();
    // As many bits as a float can hold exactly.
    (number >> 11) as f64 / (1_u64 << 53) as f64
}
