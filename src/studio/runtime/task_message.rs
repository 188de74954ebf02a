//! The messages of background tasks to the core.

use std::{path::PathBuf, time::Duration};

use jiff::Timestamp;

use crate::{
    library::{QueueEntry, RequestRecord},
    recipe::{Failure, ImageId, ProfileFile, ProfileId, Recipe, RequestId, Spending},
    studio::protocol::{DiskSpace, ImageDetails, ModelInfo, Pixels, View},
};

/// A message of a background task to the core.
pub(in crate::studio) enum TaskMessage {
    /// The progress of a request.
    Progress(RequestId, RequestProgress),
    /// Retry this request, which is one of several.
    Retry(RequestId),
    /// Read a kept response again, because there is disk space now.
    RereadResponse(RequestId),
    /// End a queued request with this failure without sending it.
    FailUnsent(RequestId, Failure),
    /// The first images of a view that takes longer to read.
    ViewPreview(View),
    /// The view was read; `None` if another one was requested in the meantime.
    ViewLoaded(Result<Option<View>, String>),
    /// Images were moved to or from the trash, so that the view is outdated.
    LibraryChanged,
    /// Images that an older version had stored were compared with their requests, and some differ.
    MismatchBackfillDone,
    /// An unreachable gateway was probed; the failure says that it still is.
    GatewayProbed(ProfileId, Option<Failure>),
    /// The model list of a gateway was loaded.
    ModelsListed(ProfileId, Vec<ModelInfo>),
    /// A person chose files as references in a dialog.
    ReferenceFilesPicked(Vec<PathBuf>),
    /// The free space of the disk was checked.
    DiskChecked(DiskSpace),
    /// Show the card of a failed request again.
    ShowFailedRequest(Box<(RequestRecord, QueueEntry, Failure)>),
    /// The kept responses of these requests were deleted.
    KeptResponsesRemoved(Vec<RequestId>),
    /// The import has ended.
    ImportEnded,
    /// Profiles were read from a file.
    ProfilesRead(ProfileFile),
    /// Queue the requests of a sheet's rows.
    Enqueue(Vec<Recipe>),
    /// The export has ended.
    ExportEnded,
}

/// The progress of a request, reported by its task.
pub(in crate::studio) enum RequestProgress {
    /// It is being sent.
    Sent { since: Timestamp },
    /// It failed without charge, and waits to be sent again automatically.
    RetryScheduled { failure: Failure, at: Timestamp, attempts: u32 },
    /// It could not reach its gateway, and its status was reset to queued.
    Unreachable(Failure),
    /// Its gateway rejected it because of its rate limit, and its status was reset to queued.
    RateLimited(Failure),
    /// Its gateway accepted it and announced that it accepts no more for this long.
    RateLimitReached(Duration),
    /// The disk has no space for its response; nothing was sent.
    NoDiskSpace(DiskSpace),
    /// It was put back into the queue before it was sent, because the queue is draining.
    Requeued,
    /// Its response is arriving.
    Receiving { since: Timestamp, bytes: u64, total: Option<u64>, preview: Option<Pixels> },
    /// An image was stored durably.
    ImageStored(Box<ImageDetails>),
    /// Its cost was recorded.
    CostRecorded(Box<Spending>),
    /// All of its images are stored.
    Done { images: Vec<ImageId>, took: Duration },
    /// It failed.
    Failed(Failure),
    /// A person cancelled it.
    Cancelled { sent: bool },
}
