//! Images on disk: originals and their sidecars, responses that are arriving, thumbnails, the trash, and an index.
//!
//! ```text
//! originals/2026/11/<id>.png    bytes as received, never rewritten
//! originals/2026/11/<id>.json   the sidecar: everything that is known about the image; without an original beside
//!                               it for a linked image
//! exchanges/2026/11/<id>.json   a request and its response as they went over the wire, redacted
//! references/<sha256>.png       reference images of prompts
//! fitted/<sha256>-….jpg         references converted for models: a cache
//! spool/<request>.body          responses that are arriving
//! thumbnails/thumbnails.pack    cache
//! sheets/<id>.jsonl             prompt sheets
//! trash/<id>.png, <id>.json     deleted, can be restored
//! library.db                    SQLite index; recorded requests
//! organising.jsonl              journal of ratings, flags, labels, tags, notes and collections
//! votes.jsonl                   decisions of blind comparisons
//! spending.jsonl                log of what requests have cost
//! library.lock                  held by the one program that has the library open; says which file the index is
//! lost+found/                   files that belong to nothing, moved here by a verification
//! ```
//!
//! The files are the truth; the rows of images can be rebuilt from them. All methods block: callers run them on threads
//! that may block.
//!
//! Submodules use only those below them:
//!
//! | submodule | contents |
//! |---|---|
//! | `bench` | code for measurements and tests, behind the feature of this name |
//! | `library` | the open library |
//! | `recovery` | repairs what a crash or a copy has left: startup repair, verification, rebuilding the index |
//! | `import` | brings files of other programs into the library |
//! | `organize` | ratings, tags, collections and the trash |
//! | `search` | the query language, its planner and its executor |
//! | `queue_store` | requests that are queued or under way, and their responses |
//! | `images` | stores images: their files and their rows in the index together |
//! | `index` | the `SQLite` index: schema, rows, full text, columns in memory |
//! | `journal` | append-only logs: marks and collections, spending, votes |
//! | `store` | files that need no index: sidecars, references, prompt sheets, thumbnails |
//! | `io` | atomic writes, the lock, errors |

#[cfg(feature = "bench")]
mod bench;
mod images;
mod import;
mod index;
mod io;
mod journal;
#[expect(clippy::module_inception, reason = "it holds the type that the module is named after")]
mod library;
mod organize;
mod queue_store;
mod recovery;
mod search;
mod store;

#[cfg(feature = "bench")]
pub use bench::NaiveSearch;
#[cfg(test)]
pub(crate) use images::fixtures::store_many;
pub use images::{
    backfill::Backfill,
    image_store::{ImageStore, StoredOriginal},
    new_image::NewImage,
    original_writer::OriginalWriter,
};
pub use import::importer::{ImageImporter, ImportError, ImportMode, ImportOutcome};
pub use index::{lineage::Lineage, sheet_images::SheetImage, visual_features::VisualFeatures};
pub use io::{
    error::LibraryError,
    regular_file::{open_regular, read_regular},
};
pub use journal::{spending_log::SpendingLog, vote_log::VoteLog};
pub use library::Library;
pub use organize::{inverse_change::InverseChange, organizer::Organizer, trash::Trash};
pub use queue_store::{
    exchange_log::ExchangeLog,
    request_record::{QueueEntry, RequestRecord, RequestStatus},
    request_table::RequestTable,
    spool::{
        KeptLimits, KeptTotals, ResponseSpool, SpoolHeader, SpoolWriter, SpooledHead, SpooledRequest, SpooledResponse,
        rescue_folder,
    },
};
pub use recovery::{
    reindex::{RebuildReport, rebuild},
    verify_report::{Issue, IssueKind, VerifyReport},
};
pub use search::{
    batch_query::BatchMember,
    image_search::ImageSearch,
    query::{Comparison, Filter, ImageExtra, ImageState, Period, Query, Term, UsedInput},
    rows::{ImageRow, MISMATCHED},
    search_results::SearchResults,
};
pub use store::{
    prompt_sheets::SheetStore, references::ReferenceStore, sidecar::Sidecar, thumbnail_pack::ThumbnailCache,
};
