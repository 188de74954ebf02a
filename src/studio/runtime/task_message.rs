//! What the studio's tasks tell its loop.

use std::{path::PathBuf, time::Duration};

use jiff::Timestamp;

use crate::{
    library::{QueueEntry, RequestRecord},
    recipe::{Failure, ImageId, ProfileId, Recipe, RequestId, SharedProfiles, Spending},
    studio::protocol::{DiskSpace, ImageDetails, ModelInfo, Pixels, View},
};

/// Something that a task has come to.
pub(in crate::studio) enum TaskMessage {
    /// A request has come further.
    Progress(RequestId, RequestProgress),
    /// A person has asked for this one again, among others.
    Retry(RequestId),
    /// A kept response is to be read again, because there is room now.
    RereadResponse(RequestId),
    /// A request that waited ends without being sent.
    FailUnsent(RequestId, Failure),
    /// The first pictures of a view that takes longer to read.
    ViewPreview(View),
    /// The view was read anew; nothing came of it if another one was wished for.
    ViewLoaded(Result<Option<View>, String>),
    /// Pictures went to the trash or came back: the view is out of date.
    LibraryChanged,
    /// Pictures that an older version had stored were compared with what was asked for, and some differ.
    MismatchBackfillDone,
    /// A gateway that was not reached was tried; the failure says that it still is not.
    GatewayProbed(ProfileId, Option<Failure>),
    /// A gateway has listed its models.
    ModelsListed(ProfileId, Vec<ModelInfo>),
    /// A person has chosen files as references.
    ReferenceFilesPicked(Vec<PathBuf>),
    /// The disk was asked again for its room.
    DiskChecked(DiskSpace),
    /// A failed request has its card again.
    ShowFailedRequest(Box<(RequestRecord, QueueEntry, Failure)>),
    /// Kept responses of these requests were removed.
    KeptResponsesRemoved(Vec<RequestId>),
    /// Bringing in files has ended.
    ImportEnded,
    /// Profiles were read from a file.
    ProfilesRead(SharedProfiles),
    /// What rows of a sheet ask for is ready to be sent.
    Enqueue(Vec<Recipe>),
    /// The export has ended.
    ExportEnded,
}

/// How far a request has come.
pub(in crate::studio) enum RequestProgress {
    /// Its body is on its way.
    Sent { since: Timestamp },
    /// It was turned down at no cost, and waits to be sent again by itself.
    RetryScheduled { failure: Failure, at: Timestamp, attempts: u32 },
    /// It did not reach its gateway, and was put back to those that were not sent.
    Unreachable(Failure),
    /// Its gateway takes no more requests now, and it was put back to those that were not sent.
    RateLimited(Failure),
    /// Its gateway has taken it and says that it takes no more for so long.
    RateLimitReached(Duration),
    /// The disk has no room for its response; nothing was sent.
    NoDiskSpace(DiskSpace),
    /// It was put back to those that were not sent, because nothing is to be sent any more.
    Requeued,
    /// Its answer is arriving.
    Receiving { since: Timestamp, bytes: u64, total: Option<u64>, preview: Option<Pixels> },
    /// A picture was stored durably.
    ImageStored(Box<ImageDetails>),
    /// What it has come to was written down.
    CostRecorded(Box<Spending>),
    /// All of it was stored.
    Done { images: Vec<ImageId>, took: Duration },
    /// It did not work.
    Failed(Failure),
    /// A person stopped it.
    Cancelled { sent: bool },
}
