//! What the studio tells. `ui` folds these into its state; the headless commands print them.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, civil::Date};

use crate::{
    composition::WildcardFiles,
    library::Lineage,
    recipe::{
        Answer, BatchId, Change, Collection, Coverage, Exchange, Failure, Flag, Format, ImageId, KeyFlaw, Label,
        Learned, Listed, Marks, Measured, Mismatch, Money, Order, ProfileId, Recipe, Reference, RequestId,
        SharingError, Source, Vote,
    },
    settings::{Kit, NotStyles, Session, Settings, Style},
};

use super::{
    KeptTotals, Member,
    bulk::Bulk,
    command::ThumbnailSize,
    doctor::DoctorStep,
    export::{ExportFailure, ExportPreview},
    fetching::NotFetched,
    import::Imported,
    listing::Listing,
    queue::{QueueState, RunEnded},
    sheets::SheetNews,
    signals::Signal,
    spending::SpendingReport,
    stacks::Stack,
    start::StartError,
};

/// Something that has happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The studio is ready. Always the first event, unless it could not start.
    Ready(Box<Ready>),
    /// The studio could not start. No other event follows but [`Event::Stopped`].
    CannotStart(StartError),
    /// A request is new or has changed.
    Job(Job),
    /// A request's card is gone.
    JobGone(RequestId),
    /// How the queue stands.
    Queue(Box<QueueState>),
    /// Everything that could be done is done.
    RunEnded(RunEnded),
    /// What was spent, as wished for.
    Spending(Box<SpendingReport>),
    /// How much is kept of responses that did not become images.
    Kept(KeptTotals),
    /// A picture was stored durably. Sent once for each picture, before its job is `Done`.
    Stored(Box<Details>),

    /// Styles were read from a file; the window keeps them with the others.
    Styles(Vec<Style>),
    /// The wildcard files have been read, or have changed.
    Wildcards(WildcardFiles),

    /// The first pictures of a view that was wished for and takes more than a moment to read.
    Beginning(View),
    /// The open view, new or changed.
    View(View),
    /// Rows of the open view.
    Rows {
        /// The view's revision that they belong to.
        revision: u64,
        /// Index of the first row.
        first: usize,
        /// The rows.
        rows: Vec<Row>,
    },
    /// More is known of pictures whose rows were sent before: they have to be asked for again.
    RowsChanged,
    /// A thumbnail, decoded.
    Thumbnail {
        /// Whose.
        id: ImageId,
        /// Which size.
        size: ThumbnailSize,
        /// The pixels, or why there are none.
        pixels: Result<Pixels, Unreadable>,
    },
    /// A picture at full size for the viewer.
    Full {
        /// Whose.
        id: ImageId,
        /// The pixels, or why there are none.
        pixels: Result<Pixels, Unreadable>,
    },
    /// A picture for the clipboard.
    ForClipboard {
        /// Whose.
        id: ImageId,
        /// The pixels, or why there are none.
        pixels: Result<Pixels, Unreadable>,
    },
    /// The pictures of a batch, in the order in which they came.
    Batch(BatchId, Arc<[Member]>),
    /// Every blind comparison that was decided, the oldest first.
    Votes(Arc<[Vote]>),
    /// Everything known about a picture.
    Details(Box<Details>),
    /// What went over the wire for a request; nothing if that was not kept.
    Exchange(RequestId, Option<Arc<Exchange>>),
    /// How far some work on many pictures is.
    Bulk {
        /// Which.
        bulk: Bulk,
        /// How many are done.
        done: usize,
        /// Of how many.
        total: usize,
    },
    /// Pictures went to the trash and can be brought back.
    Deleted(Vec<ImageId>),
    /// Pictures came back from the trash.
    Restored(Vec<ImageId>),
    /// So many pictures that were in the trash are gone for good.
    TrashEmptied(usize),
    /// What is said about pictures has changed, durably.
    Organised {
        /// Names the change, so that it can be taken back; nothing if it was itself the taking back of one.
        undo: Option<u64>,
        /// Which pictures.
        images: Arc<[ImageId]>,
        /// How; nothing if former values of different kinds came back.
        change: Option<Change>,
    },
    /// The collections, by name.
    Collections(Vec<Collection>),
    /// A change of the collections can be taken back by this name.
    CollectionsEdited(u64),
    /// Tags that begin as was asked, the most used first, with their numbers of pictures.
    Tags(String, Vec<(String, usize)>),

    /// A reference is ready to be used.
    ReferenceReady {
        /// The reference.
        reference: Reference,
        /// A small picture of it.
        pixels: Pixels,
    },
    /// What is known of a reference's file.
    ReferenceMeasured {
        /// Hash of the reference.
        sha256: String,
        /// Its format and size.
        measured: Measured,
    },
    /// A reference to be painted over.
    MaskGround {
        /// Hash of the reference.
        sha256: String,
        /// The picture, not larger than a screen.
        pixels: Pixels,
        /// What is covered already, smaller.
        coverage: Coverage,
    },
    /// A reference has this mask from now on; none if nothing is to be painted anew.
    MaskReady {
        /// Hash of the reference.
        sha256: String,
        /// The mask.
        mask: Option<Reference>,
    },
    /// So many references are being fetched.
    FetchingReferences(usize),
    /// A reference's small picture, as wished for.
    ReferenceThumbnail {
        /// Hash of the reference.
        sha256: String,
        /// A small picture of it.
        pixels: Pixels,
    },

    /// Something about prompt sheets.
    Sheet(SheetNews),

    /// A folder was chosen to export to.
    ExportFolder(PathBuf),
    /// A file was chosen to export to.
    ExportFile(PathBuf),
    /// What an export would write.
    ExportPreview(ExportPreview),
    /// A grid was written as one picture, or why not.
    GridExported(Result<PathBuf, ExportFailure>),
    /// How far an export is.
    ExportProgress {
        /// Files written or failed so far.
        done: usize,
        /// Files in all.
        total: usize,
    },
    /// An export has ended.
    ExportDone {
        /// Files written, in order.
        written: Vec<PathBuf>,
        /// What could not be written.
        failed: Vec<(ImageId, ExportFailure)>,
        /// Whether it was cancelled before its end.
        cancelled: bool,
    },

    /// A person has chosen files or folders to bring in. What becomes of them is still to be said.
    ImportPicked(Vec<PathBuf>),
    /// How many of the files that are being brought in are done.
    ImportProgress {
        /// Files that are done.
        done: usize,
        /// Files in all.
        total: usize,
    },
    /// Bringing in files has ended.
    ImportDone(Imported),

    /// The settings as they are now.
    Settings(Box<Settings>),
    /// What is known of a profile's key.
    Key(ProfileId, KeyState),
    /// A connection test has ended.
    Connection(ProfileId, Result<ConnectionReport, Failure>),
    /// A step of looking a gateway over.
    Doctor(ProfileId, Box<DoctorStep>),
    /// A gateway was looked over. A picture, if one was asked for, is told of later.
    DoctorDone(ProfileId),
    /// The models of a profile, image models first.
    Models(ProfileId, Vec<ModelInfo>),
    /// What was learned of the models of a profile from their pictures, by the models' ids.
    Learned(ProfileId, BTreeMap<String, Learned>),
    /// Something that a person should know and that belongs to no card.
    Notice(Notice),
    /// A signal asks the program to end. Nothing else begins; what is under way may finish within the grace.
    Ending {
        /// Which.
        signal: Signal,
        /// How long that may take.
        grace: Duration,
    },
    /// Everything is written down; the studio has stopped. Always the last event.
    Stopped,
}

/// What the window needs for its first frame.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The settings.
    pub settings: Settings,
    /// Where the person left off.
    pub session: Session,
    /// What the person keeps for writing prompts.
    pub kit: Arc<Kit>,
    /// Where the library is.
    pub library: PathBuf,
    /// A newer version made the library: it can be looked at, and nothing of it is changed.
    pub look_only: bool,
    /// Base URL of the running demo gateway.
    pub demo_url: String,
}

/// One request, as its card shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name.
    pub id: RequestId,
    /// What was asked.
    pub recipe: Arc<Recipe>,
    /// How far it is.
    pub state: JobState,
    /// When it was asked.
    pub asked: Timestamp,
    /// Whether it is held back while it waits.
    pub paused: bool,
    /// Not before this time it is sent.
    pub not_before: Option<Timestamp>,
    /// What it is thought to cost, where that is known.
    pub estimate: Option<Money>,
    /// What it has cost, where the gateway has said so.
    pub cost: Option<Money>,
    /// The request that it asks again, because a person said so.
    pub repeats: Option<RequestId>,
}

impl Job {
    /// A request of which nothing else is known.
    pub fn new(id: RequestId, recipe: Arc<Recipe>, state: JobState) -> Self {
        Self {
            id,
            recipe,
            state,
            asked: Timestamp::UNIX_EPOCH,
            paused: false,
            not_before: None,
            estimate: None,
            cost: None,
            repeats: None,
        }
    }
}

/// How far a request is.
#[derive(Clone, Debug, PartialEq)]
pub enum JobState {
    /// Waiting for its turn.
    Waiting,
    /// Sent; nothing has come back yet.
    Generating {
        /// When it was sent.
        since: Timestamp,
    },
    /// It was turned down at no cost, and is sent again by itself.
    Again {
        /// Why it was turned down.
        failure: Failure,
        /// When it is sent again.
        at: Timestamp,
        /// How often it was sent so far.
        tries: u32,
        /// How often it is sent at most.
        most: u32,
    },
    /// The answer is arriving.
    Receiving {
        /// When it was sent.
        since: Timestamp,
        /// Bytes received so far.
        bytes: u64,
        /// Bytes to come in all, where the gateway says so.
        total: Option<u64>,
        /// Rows of the picture that can already be drawn, at thumbnail size.
        preview: Option<Pixels>,
    },
    /// Stored.
    Done {
        /// The pictures, in the order of the answer.
        images: Vec<ImageId>,
        /// How long it took from sending to the last byte.
        took: Duration,
    },
    /// It did not work.
    Failed(Failure),
    /// A person cancelled it. If it had been sent, it may have been charged.
    Cancelled {
        /// Whether it had been sent.
        sent: bool,
    },
}

impl JobState {
    /// Whether it is final.
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Failed(_) | Self::Cancelled { .. })
    }
}

/// The open view: how many pictures there are and where days begin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Counts up with every change, so that late rows can be told apart.
    pub revision: u64,
    /// What was searched for.
    pub search: String,
    /// The order of its pictures.
    pub order: Order,
    /// Pictures in the view.
    pub total: usize,
    /// Pictures in the whole library.
    pub library_total: usize,
    /// Bytes of all originals in the library.
    pub library_bytes: u64,
    /// Pictures in the library that differ from what was asked for.
    pub library_mismatched: usize,
    /// Pictures in the trash.
    pub library_trashed: usize,
    /// The models that pictures in the library were made with, and how many each made, the most used first.
    pub library_models: Vec<(String, usize)>,
    /// Days in the order of the view; none if it is not ordered by date.
    pub days: Vec<Day>,
    /// The stacks by their first picture, if pictures of one request are shown as one.
    pub stacks: Arc<HashMap<ImageId, Stack>>,
    /// All pictures of the view, in order.
    pub ids: Listing,
    /// These are only the first pictures: the rest, and what is said of the whole library, comes in a moment.
    pub beginning: bool,
}

/// A day of the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The date in the system's time zone.
    pub date: Date,
    /// Index of its first picture.
    pub first: usize,
    /// Its number of pictures.
    pub count: usize,
}

/// What the gallery needs to know about a picture before its thumbnail is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which picture.
    pub id: ImageId,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Average colour, for the placeholder.
    pub colour: [u8; 3],
    /// The start of its prompt, for its accessible name.
    pub prompt: String,
    /// How it differs from what was asked for, if it does.
    pub mismatch: Option<Mismatch>,
    /// The request that it came from.
    pub request: RequestId,
    /// Stars; 0 is "not rated".
    pub rating: u8,
    /// Chosen, turned down, or neither.
    pub flag: Flag,
    /// Colour label.
    pub label: Option<Label>,
}

impl Row {
    /// A picture of which nothing else is known.
    pub fn new(id: ImageId, width: u32, height: u32) -> Self {
        Self {
            id,
            width,
            height,
            colour: [0; 3],
            prompt: String::new(),
            mismatch: None,
            request: RequestId::from_uuid(id.uuid()),
            rating: 0,
            flag: Flag::None,
            label: None,
        }
    }
}

/// Everything that is known about a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Details {
    /// Which picture.
    pub id: ImageId,
    /// The request that it came from.
    pub request: RequestId,
    /// What was asked.
    pub recipe: Recipe,
    /// What came back beside the picture.
    pub answer: Answer,
    /// Format found in the bytes.
    pub format: Format,
    /// Width in pixels, measured.
    pub width: u32,
    /// Height in pixels, measured.
    pub height: u32,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// When it was stored.
    pub created: Timestamp,
    /// How long it took from sending to the last byte.
    pub took: Duration,
    /// What it cost, where that is known.
    pub cost: Option<Money>,
    /// Where the file is.
    pub path: PathBuf,
    /// What is said about it.
    pub marks: Marks,
    /// The colours that stand for it, the most telling first; none if nobody has looked yet.
    pub palette: Vec<[u8; 3]>,
    /// Where it was brought in from, if it was not made here.
    pub source: Option<Source>,
    /// What it was made with, and what was made with it.
    pub lineage: Lineage,
}

/// Pixels ready to become a texture: RGBA, premultiplied, rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height * 4` bytes.
    pub rgba: Arc<[u8]>,
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixels({} × {})", self.width, self.height)
    }
}

/// Why a picture cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Its file is gone.
    #[error("its file is gone")]
    Missing,
    /// Its file is not a whole picture.
    #[error("its file is not a whole picture")]
    Broken,
    /// Its dimensions are beyond what is accepted.
    #[error("its dimensions are beyond what is accepted")]
    TooLarge,
}

/// What is known of a profile's key. The key itself never leaves the studio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// The keychain is being asked.
    Asking,
    /// There is none.
    Missing,
    /// It is in the system's keychain.
    Stored {
        /// Its last four characters.
        last_four: String,
    },
    /// It is in memory only, until the window closes, because there is no usable keychain.
    SessionOnly {
        /// Its last four characters.
        last_four: String,
        /// Why it is not in the keychain.
        reason: KeychainTrouble,
    },
    /// It comes from an environment variable.
    FromEnvironment {
        /// Its last four characters.
        last_four: String,
        /// The variable's name.
        variable: String,
    },
    /// There is something that cannot be a key.
    Unusable {
        /// What is wrong with it.
        flaw: KeyFlaw,
        /// The environment variable that it comes from; `None` if it is in the keychain.
        variable: Option<String>,
    },
    /// The keychain could not be asked.
    Unreachable(KeychainTrouble),
}

/// Why the keychain cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainTrouble {
    /// The system has none.
    None,
    /// It is locked and nobody unlocked it in time.
    Silent,
    /// It refused.
    Refused,
}

/// What a connection test found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionReport {
    /// From sending to the whole answer.
    pub took: Duration,
    /// Models that make images.
    pub image_models: usize,
    /// All models.
    pub models: usize,
}

/// A model that a gateway offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ModelInfo {
    /// Its id as the gateway spells it.
    pub id: String,
    /// Whether it is known or likely to make images.
    pub makes_images: bool,
    /// What the gateway's list says of it.
    #[serde(default)]
    pub listed: Listed,
}

impl ModelInfo {
    /// A model that makes images, of which nothing else is said.
    pub fn image(id: impl Into<String>) -> Self {
        Self { id: id.into(), makes_images: true, listed: Listed::default() }
    }
}

/// Something that a person should know and that belongs to no card.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A file could not be used as a reference.
    ReferenceRefused {
        /// Name of the file.
        name: String,
    },
    /// A file is in a format that cannot be opened here, so that it cannot be used as a reference.
    ReferenceForeign {
        /// Name of the file.
        name: String,
        /// Name of the format.
        format: &'static str,
    },
    /// There is no picture behind a link.
    ReferenceNotFetched {
        /// Where the link leads; empty if nowhere.
        host: String,
        /// What is wrong.
        why: NotFetched,
    },
    /// The file manager could not be opened.
    CannotReveal,
    /// The file dialog could not be opened.
    NoDialog,
    /// Profiles came in from a file.
    ProfilesImported {
        /// Those that are new; none if all were there already.
        added: Vec<ProfileId>,
    },
    /// A file does not hold profiles.
    ProfilesRefused {
        /// Name of the file.
        name: String,
        /// Why.
        error: SharingError,
    },
    /// A file does not hold wildcards.
    WildcardsRefused {
        /// Name of the file.
        name: String,
        /// Why.
        reason: String,
    },
    /// A file does not hold styles.
    StylesRefused {
        /// Name of the file.
        name: String,
        /// Why.
        error: NotStyles,
    },
    /// Styles were written to a file.
    StylesExported {
        /// The file.
        path: PathBuf,
        /// How many.
        count: usize,
    },
    /// What was spent was written to a file.
    SpendingExported {
        /// The file.
        path: PathBuf,
        /// How many requests.
        count: usize,
    },
    /// Profiles were written to a file.
    ProfilesExported {
        /// The file.
        path: PathBuf,
        /// What was left out because it may be secret.
        left_out: Vec<String>,
    },
    /// A file of the configuration or of profiles could not be written.
    CannotSave {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// What a kept response holds was saved to these files.
    ResponseSaved {
        /// The files.
        files: Vec<PathBuf>,
    },
    /// A response is no longer kept.
    NothingKept,
    /// What a kept response holds could not be saved.
    ResponseNotSaved {
        /// What the system said.
        reason: String,
    },
    /// A file was not written because it would lie among the library's own files.
    InLibrary {
        /// The file.
        path: PathBuf,
    },
    /// A task broke down on an internal error; the log has the details. What it was doing is not finished.
    TaskFailed,
    /// What is said about pictures could not be written down, and has not changed.
    CannotOrganise {
        /// What the system said.
        reason: String,
    },
    /// Pictures could not be moved to or from the trash.
    CannotDelete {
        /// What the system said.
        reason: String,
    },
    /// The library could not be read.
    LibraryTrouble {
        /// What the system said.
        reason: String,
    },
    /// Requests were under way when the application last stopped.
    Interrupted {
        /// How many.
        count: usize,
    },
    /// Requests waited when the application last stopped, and are held back until a person lets them go on.
    Held {
        /// How many.
        count: usize,
    },
    /// A request that was to be changed was sent before that.
    TooLateToChange,
    /// Answers that had arrived before the application last stopped were stored now.
    Recovered {
        /// How many pictures.
        count: usize,
    },
}
