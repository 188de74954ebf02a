//! The application without a face: takes [`Command`]s, sends [`Event`]s, owns the runtime.
//!
//! [`start`] wakes it up on threads of its own. One task, the core, owns everything that changes; requests travel
//! on tasks of their own ([`request_task`](self)), their pictures land in the library ([`landing`]), and everything that
//! blocks runs on threads that may.

mod background;
#[cfg(feature = "bench")]
pub mod bench;
mod blind;
mod blocking;
mod bulk;
pub mod contact_sheet;
mod core;
mod dialogs;
mod discard;
mod doctor;
pub mod export;
mod exporter;
mod fetching;
mod files;
mod fitting;
mod gallery;
mod gathering;
mod handle;
mod hosts;
mod import;
mod inbox;
mod kept;
mod keys;
pub mod landing;
mod learned;
mod links;
mod looking;
mod maintenance;
mod masking;
mod notifying;
mod organise;
mod organizer;
mod outcome;
mod protocol;
mod providers;
mod queue;
mod record;
mod recovery;
mod reference_service;
mod references;
mod request_task;
mod response;
mod retention;
mod room;
mod saving;
mod sharing;
mod sheets;
pub mod signals;
mod spending;
mod spool_reader;
mod stacks;
mod start;
mod styles;
mod task;
mod tasks;
mod thumbnails;
mod view;
mod wildcards;
mod world;

pub use crate::library::SheetImage;
pub use crate::library::{ImportMode, KeptTotals};
pub use dialogs::{Choice, Dialogs, NoDialogs, SystemDialogs};
pub use handle::{CommandSender, EventSender, Handle, Line, Wake, line};
pub use keys::Environment;
pub use learned::LearnedBook;
pub use maintenance::{check_library, rebuild};
pub use notifying::{NotShown, Notifier, SystemNotifier};
pub use protocol::{
    Ballot, Bulk, Capped, Check, Command, ComparisonCommand, ConnectionReport, Day, Details, DoctorStep, Event,
    ExportCommand, ExportEvent, Finding, GalleryCommand, GalleryEvent, Health, ImageRow, ImportCommand, ImportEvent,
    Imported, Job, JobState, KeyState, KeychainTrouble, Listing, ModelInfo, NotFetched, NotImported, NotTaken, Notice,
    Notification, Offline, OrganizeCommand, OrganizeEvent, Pixels, ProfileFileCommand, Progress, ProviderCommand,
    ProviderEvent, QueueCommand, QueueEvent, QueueState, Ready, ReferenceCommand, ReferenceEvent, ResponseCommand,
    RestReason, Resting, Room, RunEnded, Secret, SettingsCommand, SheetCommand, SheetEvent, SheetExport, SheetExported,
    Skipped, SpendingCommand, SpendingReport, Spent, Spot, Stack, StartError, StyleFileCommand, Sum, TableError,
    TableFile, ThumbnailSize, Unreadable, View, WildcardCommand,
};
pub use room::FreeSpace;
pub use start::{log_folder, start};
pub use task::{Task, TaskHook};
pub use view::{IN_TRASH, is_trash};
pub use world::{Clock, Ids, Parts, Place, Random};

/// What each model can do, for the places that offer it.
pub use crate::gateway::ModelCatalog;
/// A picture as one of those that were asked for together.
pub use crate::library::BatchMember;
/// What a picture was made with, and what was made with it.
pub use crate::library::Lineage;
/// The word of a search that finds only pictures that differ from what was asked for.
pub use crate::library::MISMATCHED;
/// What a person looks for, to be read and changed by buttons and menus.
pub use crate::library::{Compare, Filter, Has, Is, Period, Query, Term, Used};
/// What making an index anew and looking a library over have found.
pub use crate::library::{Issue, IssueKind, RebuildReport, VerifyReport};

use std::path::PathBuf;

use crate::{library::Sidecar, recipe::Marks};

/// A sidecar, and what is said about its picture, as the window knows them.
fn details(sidecar: Sidecar, path: PathBuf, marks: Marks) -> Details {
    let parents = sidecar.recipe.parents();
    let Sidecar { facts, bytes, sha256, .. } = sidecar;
    Details {
        facts,
        bytes,
        sha256,
        path,
        marks,
        palette: Vec::new(),
        lineage: Lineage { parents, ..Lineage::default() },
    }
}
