//! What the studio can be told to do. The window and the headless commands send these and nothing else.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::{Timestamp, civil::Date};

use crate::{
    recipe::{
        BatchId, BrushStroke, Change, CollectionEdit, ImageId, Order, Profile, ProfileId, Recipe, Reference, RequestId,
        StackOf, TrustedCertificate,
    },
    settings::{Kit, Session, Settings, Style},
};

use super::{
    Bulk, Keeping, Notification, Spot, contact_sheet::SheetOrder, export::ExportOrder, secret::Secret,
    sheets::SheetWish, signals::Signal,
};

/// One thing for the studio to do. Sending never blocks; what comes of it arrives as [`super::Event`]s.
#[derive(Debug)]
pub enum Command {
    /// Ask a gateway for pictures; one request, and one card, for each recipe, in this order.
    Generate(Vec<Recipe>),
    /// The same, before all that wait for their turn.
    GenerateFirst(Vec<Recipe>),
    /// Ask several models the same, to be compared without knowing which is which: their places are drawn by lot.
    CompareBlind(Vec<Recipe>),
    /// Say which picture of a blind comparison is the best; nothing for none. It is said once.
    Vote {
        /// The comparison.
        batch: BatchId,
        /// What is said.
        ballot: Ballot,
    },
    /// Hold back everything that waits, or let it go on; what was held back one by one goes on as well then. What is
    /// under way is not touched. Holds until it is said otherwise, also after a restart.
    PauseQueue(bool),
    /// Let what is under way come to its end and nothing else begin, or no longer. What waits is not changed.
    FinishQueue(bool),
    /// Hold back requests that wait, or let them go on.
    Pause {
        /// Which.
        requests: Vec<RequestId>,
        /// Whether they are held back.
        paused: bool,
    },
    /// Send requests that wait not before a time, or whenever it is their turn.
    RunLater {
        /// Which.
        requests: Vec<RequestId>,
        /// Not before this.
        at: Option<Timestamp>,
    },
    /// Move requests that wait, in this order. Those that were asked for together take turns with others all the same,
    /// but for [`Spot::First`] and the neighbours of such.
    Move {
        /// Which.
        requests: Vec<RequestId>,
        /// Where to.
        to: Spot,
    },
    /// Stop a request at whatever stage it is.
    Cancel(RequestId),
    /// Stop requests at whatever stage they are.
    CancelMany(Vec<RequestId>),
    /// Stop everything that waits. What is under way is not touched.
    CancelWaiting,
    /// Send a request that waits to be sent again by itself at once.
    SendNow(RequestId),
    /// Read the kept response of a failed request again: store its images, and fetch those that it links to. Nothing is
    /// sent, so it costs nothing.
    ReadAgain(RequestId),
    /// Ask for a folder with a dialog, and save there what a kept response holds.
    SaveResponse(RequestId),
    /// Send how much is kept of responses that did not become images.
    WantKept,
    /// Bring the cards of kept responses back that were removed.
    ShowKept,
    /// Delete all kept responses.
    DropKept,
    /// Ask again what a failed or cancelled request asked; its card becomes the new request's.
    Retry(RequestId),
    /// The same for several.
    RetryMany(Vec<RequestId>),
    /// The same for all that have surely cost nothing.
    RetrySafe,
    /// Ask once more what a request asks; right behind it, if it waits.
    Duplicate(RequestId),
    /// Change what a request asks that waits. If it was sent in the meantime, [`super::Notice::TooLateToChange`] says so.
    EditWaiting {
        /// Which.
        request: RequestId,
        /// What it is to ask.
        recipe: Box<Recipe>,
    },
    /// Try a gateway at once that is not reached, or that asked for a pause.
    TryGateway(ProfileId),
    /// Send what was spent, from a day on or from the beginning.
    WantSpending {
        /// The first day that counts.
        since: Option<Date>,
    },
    /// Ask for a file with a save dialog, and write what was spent to it, for spreadsheets.
    PickSpendingExport {
        /// The first day that counts.
        since: Option<Date>,
    },
    /// Write what was spent to a file, for spreadsheets.
    ExportSpending {
        /// The file; what is there is replaced.
        path: PathBuf,
        /// The first day that counts.
        since: Option<Date>,
    },
    /// Remove the card of a finished, failed or cancelled request.
    Dismiss(RequestId),

    /// Show the pictures that a search finds; an empty one shows all.
    OpenView {
        /// What to look for, as a person writes it.
        search: String,
        /// In which order.
        order: Order,
    },
    /// Show all pictures of a stack, or only its first one again.
    OpenStack(StackOf, bool),
    /// Send these rows of the open view.
    WantRows(std::ops::Range<usize>),
    /// What is on screen now: thumbnails in order of urgency. Replaces the previous wish; what is no
    /// longer wanted is dropped.
    WantThumbnails(Vec<(ImageId, ThumbnailSize)>),
    /// Send the pictures of a batch, with their places in it.
    WantBatch(BatchId),
    /// Send everything known about a picture.
    Describe(ImageId),
    /// Send what went over the wire for a request.
    WantExchange(RequestId),
    /// Decode a picture at full size for the viewer. Replaces the previous wish.
    OpenFull(ImageId),
    /// Decode a picture at full size for the clipboard.
    CopyImage(ImageId),
    /// Show the picture's file in the system's file manager.
    Reveal(ImageId),
    /// Move pictures to the trash.
    Delete(Vec<ImageId>),
    /// Bring pictures back from the trash.
    Restore(Vec<ImageId>),
    /// Delete what is in the trash for good.
    EmptyTrash,

    /// Change what is said about pictures.
    Organise {
        /// Which.
        images: Arc<[ImageId]>,
        /// How.
        change: Change,
    },
    /// Change the collections.
    EditCollections(CollectionEdit),
    /// Take back a change that [`super::Event::Organised`] has told of.
    UndoOrganising(u64),
    /// Stop this work on many pictures after the piece that it is at. What is done by then stays done.
    StopBulk(Bulk),
    /// Send the tags that begin like this, the most used first.
    WantTags(String),

    /// Ask for reference files with a file dialog.
    PickReferences,
    /// Read dropped or pasted files as references.
    AddReferenceFiles(Vec<PathBuf>),
    /// Fetch the picture behind a link, or in a data URL, as a reference.
    AddReferenceUrl(String),
    /// Use bytes from the clipboard as a reference: RGBA pixels, not premultiplied.
    AddReferencePixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// `width * height * 4` bytes.
        rgba: Vec<u8>,
    },
    /// Do something with prompt sheets.
    Sheet(SheetWish),

    /// Use pictures of the library as references.
    AddReferenceImages(Vec<ImageId>),
    /// Send a reference to be painted over, and what its mask covers.
    WantMaskGround {
        /// The picture.
        reference: Reference,
        /// Its mask, if it has one.
        mask: Option<Reference>,
    },
    /// Make a mask for a reference.
    MakeMask {
        /// The picture.
        reference: Reference,
        /// The mask that these strokes go on from.
        base: Option<Reference>,
        /// What was painted.
        strokes: Vec<BrushStroke>,
    },
    /// Send a small picture of a reference (after a restart, when only its hash is known).
    WantReferenceThumbnail(Reference),

    /// Ask for a folder to export to with a dialog.
    PickExportFolder,
    /// Ask for the one file to export to with a save dialog, suggesting a name.
    PickExportFile {
        /// File name to suggest.
        suggested: String,
    },
    /// Ask for a file with a save dialog, and write a grid to it as one picture.
    ExportGrid(SheetOrder),
    /// Say what an export would write. Replaces the previous wish.
    PreviewExport(ExportOrder),
    /// Write pictures to disk.
    Export(ExportOrder),
    /// Stop the running export after the file that it is at.
    CancelExport,

    /// Bring the pictures of files and folders into the library.
    Import {
        /// Which.
        paths: Vec<PathBuf>,
        /// Whether they are copied.
        keeping: Keeping,
    },
    /// Ask for pictures to bring in with a dialog.
    PickImport {
        /// For whole folders of them.
        folders: bool,
    },
    /// Stop bringing in files after the one that it is at. What is there by then stays.
    CancelImport,

    /// Change the settings and keep them.
    SaveSettings(Settings),
    /// Reach a gateway in this way until the studio stops, whatever the settings say under its id.
    UseProfile(Box<Profile>),
    /// Keep where the person left off.
    SaveSession(Box<Session>),

    /// Ask for a file of profiles with a dialog, and add what is in it.
    PickProfilesToImport,
    /// Ask for a file with a save dialog, and write all profiles to it without their secrets.
    PickProfilesExport,
    /// Add the profiles of a file. Nothing that is there is changed.
    ImportProfiles(PathBuf),
    /// Write all profiles to a file, without their secrets.
    ExportProfiles(PathBuf),

    /// Keep what the person keeps for writing prompts.
    SaveKit(Box<Kit>),
    /// Ask for a file of styles with a dialog, and send what is in it.
    PickStyles,
    /// Ask for a file with a save dialog, and write styles to it.
    ExportStyles(Vec<Style>),

    /// Read the wildcard files again.
    ReadWildcards,
    /// Write a wildcard file.
    SaveWildcard {
        /// Its name, which may be in folders: `place/city`.
        name: String,
        /// What is in it.
        text: String,
    },
    /// Put a wildcard file aside.
    DeleteWildcard(String),
    /// Ask for wildcard files of other programs with a dialog, and add what is in them.
    PickWildcards,

    /// Ask the keychain whether there is a key for this profile.
    LookUpKey(ProfileId),
    /// Confirm that the key of this profile may be sent to its host.
    ConfirmHost(ProfileId),
    /// Accept this certificate at this profile's host, whatever is wrong with it.
    TrustCertificate(ProfileId, TrustedCertificate),
    /// Accept no other certificates for this profile than those that this computer trusts.
    DistrustCertificate(ProfileId),
    /// Put a key into the keychain, which confirms the profile's host as well.
    StoreKey(ProfileId, Secret),
    /// Take the key out of the keychain.
    ForgetKey(ProfileId),
    /// Ask a gateway for its models and say how it went. The profile is given whole, because it may
    /// be one that is being edited.
    TestConnection(Box<Profile>),
    /// Look a gateway over, which costs nothing. The profile is given whole, because it may be one that is being
    /// edited.
    Examine {
        /// Which.
        profile: Box<Profile>,
        /// The model that is to be used; if empty, the first image model that the gateway lists.
        model: String,
    },
    /// Ask a gateway for one small picture, to see whether it works. It may cost money, and is kept like any other.
    TryPicture {
        /// Which.
        profile: ProfileId,
        /// The model to ask.
        model: String,
    },
    /// Refresh the list of models of a profile.
    RefreshModels(ProfileId),

    /// Tell a person of something by way of the desktop.
    Notify(Notification),

    /// A signal asks the program to end: let nothing else begin, and tell it as [`super::Event::Ending`].
    End {
        /// Which.
        signal: Signal,
        /// How long requests under way may take to finish.
        grace: Duration,
    },
    /// Write everything down and stop.
    Shutdown,
}

/// What a person says about the pictures of a blind comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ballot {
    /// This one is the best.
    Best(ImageId),
    /// None is better than the others.
    Tie,
    /// Nothing; only which is which is to be shown.
    Skip,
}

/// The sizes in which thumbnails are kept: the longest side in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThumbnailSize {
    /// 256 pixels.
    Small,
    /// 512 pixels.
    Large,
}

impl ThumbnailSize {
    /// The longest side in pixels.
    pub fn edge(self) -> u32 {
        match self {
            Self::Small => 256,
            Self::Large => 512,
        }
    }
}
