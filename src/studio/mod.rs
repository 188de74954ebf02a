//! The application without a face: takes [`Command`]s, sends [`Event`]s, owns the runtime.
//!
//! [`start`] wakes it up on threads of its own. One task, the core, owns everything that changes; requests travel
//! on tasks of their own ([`request_task`](self)), their pictures land in the library ([`landing`]), and everything that
//! blocks runs on threads that may.

mod asking;
#[cfg(feature = "bench")]
pub mod bench;
mod blind;
mod bulk;
mod command;
mod confirming;
pub mod contact_sheet;
mod core;
mod dialogs;
mod discard;
mod doctor;
mod event;
pub mod export;
mod fetching;
mod files;
mod fitting;
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
mod listing;
mod looking;
mod maintenance;
mod masking;
mod notifying;
mod organise;
mod queue;
mod record;
mod recovery;
mod references;
mod request_task;
mod response;
mod retention;
mod room;
mod saving;
mod secret;
mod serve;
mod sharing;
mod sheets;
pub mod signals;
mod spending;
mod stacks;
mod start;
mod styles;
mod task;
mod tasks;
mod thumbnails;
mod trials;
mod view;
mod wildcards;
mod world;

pub use crate::library::{Keeping, KeptTotals};
pub use bulk::Bulk;
pub use command::{Ballot, Command, ThumbnailSize};
pub use dialogs::{Choice, Dialogs, NoDialogs, SystemDialogs};
pub use doctor::{Check, DoctorStep, Finding, Health};
pub use event::{
    ConnectionReport, Day, Details, Event, Job, JobState, KeyState, KeychainTrouble, ModelInfo, Notice, Pixels, Ready,
    Row, Unreadable, View,
};
pub use fetching::NotFetched;
pub use gathering::Skipped;
pub use handle::{CommandSender, EventSender, Handle, Line, Wake, line};
pub use import::{Imported, NotImported, NotTaken};
pub use keys::Environment;
pub use learned::LearnedBook;
pub use listing::Listing;
pub use maintenance::{check_library, rebuild};
pub use notifying::{NotShown, Notification, Notifier, SystemNotifier};
pub use queue::{Capped, Offline, Progress, QueueState, RestReason, Resting, RunEnded, Spent, Spot};
pub use room::{FreeSpace, Room};
pub use secret::Secret;
pub use sheets::{RowPicture, SheetExport, SheetExported, SheetNews, SheetWish, TableError, TableFile};
pub use spending::{SpendingReport, Sum};
pub use stacks::Stack;
pub use start::{StartError, log_folder, start};
pub use task::{Task, TaskHook};
pub use view::{IN_TRASH, is_trash};
pub use world::{Clock, Ids, Parts, Place, Random};

/// What each model can do, for the places that offer it.
pub use crate::gateway::Catalogue;
/// What a picture was made with, and what was made with it.
pub use crate::library::Lineage;
/// The word of a search that finds only pictures that differ from what was asked for.
pub use crate::library::MISMATCHED;
/// A picture as one of those that were asked for together.
pub use crate::library::Member;
/// What making an index anew and looking a library over have found.
pub use crate::library::{Checked, Flaw, FlawKind, Rebuilt};
/// What a person looks for, to be read and changed by buttons and menus.
pub use crate::library::{Compare, Filter, Has, Is, Period, Query, Term, Used};

use std::path::PathBuf;

use crate::{library::Sidecar, recipe::Marks};

/// A sidecar, and what is said about its picture, as the window knows them.
fn details(sidecar: Sidecar, path: PathBuf, marks: Marks) -> Details {
    let parents = sidecar.recipe.parents();
    Details {
        id: sidecar.id,
        request: sidecar.request,
        recipe: sidecar.recipe,
        answer: sidecar.answer,
        format: sidecar.format,
        width: sidecar.width,
        height: sidecar.height,
        bytes: sidecar.bytes,
        sha256: sidecar.sha256,
        created: sidecar.created,
        took: sidecar.took,
        cost: sidecar.cost,
        path,
        marks,
        palette: Vec::new(),
        source: sidecar.source,
        lineage: Lineage { parents, ..Lineage::default() },
    }
}
