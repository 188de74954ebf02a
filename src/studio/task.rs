//! Background tasks, and what is told when one of them panics: whoever waits for a task hears of its end in any case.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{Event, Notice, world::World};

/// What the system says in other cases, where a task has panicked. The log has the panic itself.
pub(super) const BROKE_DOWN: &str = "internal error, see the log";

/// Work that is done beside the studio's loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Rows of the open view.
    Rows,
    /// The open view.
    View,
    /// The images of a batch.
    Batch,
    /// Everything about an image.
    Details,
    /// What went over the wire.
    Exchange,
    /// An image at full size.
    FullImage,
    /// An image for the clipboard.
    Clipboard,
    /// A file in the file manager.
    Reveal,
    /// A thumbnail.
    Thumbnail,
    /// Reference images.
    References,
    /// A reference behind a link.
    FetchReference,
    /// A small image of a reference.
    ReferenceThumbnail,
    /// A mask, or what it is painted over.
    Mask,
    /// What an export would write.
    ExportPreview,
    /// An export.
    Export,
    /// A grid as one image.
    GridExport,
    /// An import.
    Import,
    /// One file of an import.
    ImportFile,
    /// Reading or writing a prompt sheet.
    Sheet,
    /// What the rows of a sheet come to.
    SheetPlan,
    /// The requests of a sheet's rows.
    SheetRequests,
    /// The images of a sheet's rows, and their table.
    SheetExport,
    /// How blind comparisons were decided.
    Votes,
    /// Wildcard files.
    Wildcards,
    /// Files of styles.
    Styles,
    /// Files of profiles.
    Profiles,
    /// What was spent.
    Spending,
    /// A file dialog.
    Dialog,
    /// A key.
    Key,
    /// A connection test.
    Connection,
    /// A list of models.
    Models,
    /// Checking a gateway.
    Doctor,
    /// Ratings, tags, collections.
    Organise,
    /// The trash.
    Trash,
    /// Settings and session.
    Save,
    /// Looking at the room on the disk.
    Disk,
    /// Kept responses.
    Kept,
    /// A request, or the links of its response.
    Request,
    /// The studio's loop.
    Loop,
    /// Looking at images that an older version stored.
    Looking,
}

/// Called as each task begins. Tests make it panic.
pub type TaskHook = Arc<dyn Fn(Task) + Send + Sync>;

impl World {
    /// Runs a task on a thread that may block. If it panics, `failed` tells whoever waits for it.
    pub(super) fn on_thread(
        self: &Arc<Self>,
        task: Task,
        work: impl FnOnce(&Arc<Self>) + Send + 'static,
        failed: impl FnOnce(&Self) + Send + 'static,
    ) {
        let world = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            if world.caught(task, || work(&world)).is_none() {
                failed(&world);
            }
        });
    }

    /// Runs a task that waits. If it panics, `failed` tells whoever waits for it.
    pub(super) fn spawn(
        self: &Arc<Self>,
        task: Task,
        work: impl Future<Output = ()> + Send + 'static,
        failed: impl FnOnce(&Self) + Send + 'static,
    ) {
        let world = Arc::clone(self);
        let begun = Arc::clone(self);
        let working = tokio::spawn(async move {
            (begun.on_task)(task);
            work.await;
        });
        tokio::spawn(async move {
            if let Err(error) = working.await
                && error.is_panic()
            {
                tracing::error!(?task, "a task panicked");
                failed(&world);
            }
        });
    }

    /// Runs work; nothing if it panics.
    pub(super) fn caught<T>(&self, task: Task, work: impl FnOnce() -> T) -> Option<T> {
        caught(task, || {
            (self.on_task)(task);
            work()
        })
    }

    /// Says that a task has panicked for which no other event says it.
    pub(super) fn task_failed(&self) {
        self.events.send(Event::Notice(Notice::TaskFailed));
    }

    /// Says that the library could not be read because a task has panicked.
    pub(super) fn reading_failed(&self) {
        self.events.send(Event::Notice(Notice::LibraryTrouble { reason: BROKE_DOWN.to_owned() }));
    }
}

/// Runs work; nothing if it panics. What the work shares with others is kept behind locks that are used again after a
/// panic, or in files that are whole at every instant, so that the state after it is as good as after an error.
pub(super) fn caught<T>(task: Task, work: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Some(done),
        Err(_panic) => {
            tracing::error!(?task, "a task panicked");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, time::Duration};

    use uuid::Uuid;

    use super::*;
    use crate::{
        keychain::MemoryKeychain,
        recipe::{
            BatchId, Change, FailureKind, ImageId, Order, Profile, Recipe, Reference, RequestId, RowId, Sheet,
            SheetHead, SheetId, SheetRow,
        },
        settings::Settings,
        studio::{
            Command, Handle, JobState, NoDialogs, Parts, Place, SheetExport, SheetNews, SheetWish, ThumbnailSize,
            export::{Clash, ExportFailure, ExportFormat, ExportOrder, ExportTarget, TemplateTrouble},
            start,
        },
    };

    /// A studio whose tasks of this kind panic.
    fn studio(folder: &std::path::Path, broken: Task) -> Handle {
        let place = Place { config: folder.join("config"), library: Some(folder.join("library")) };
        let mut parts = Parts::system(Arc::new(NoDialogs));
        parts.keychain = Arc::new(MemoryKeychain::default());
        parts.on_task = Arc::new(move |task| assert_ne!(task, broken, "as if this task had a fault"));
        start(place, parts, Arc::new(|| ()))
    }

    fn until(handle: &Handle, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = handle.next(Duration::from_mins(1)).expect("whoever waits hears of the end");
            if wanted(&event) {
                return event;
            }
        }
    }

    fn image() -> ImageId {
        ImageId::from_uuid(Uuid::from_u128(7))
    }

    fn order() -> ExportOrder {
        let target = ExportTarget::Folder { folder: PathBuf::from("/nowhere"), template: "{n}".to_owned() };
        ExportOrder { images: vec![image()], target, format: ExportFormat::Original, clash: Clash::Number }
    }

    fn sheet() -> Arc<Sheet> {
        let row = SheetRow { id: RowId::from_uuid(Uuid::from_u128(2)), cells: vec!["a fox".to_owned()] };
        let base = Recipe { model: "demo/painter".to_owned(), ..Recipe::default() };
        Arc::new(Sheet {
            id: SheetId::from_uuid(Uuid::from_u128(1)),
            head: SheetHead { name: "foxes".to_owned(), base, ..SheetHead::default() },
            columns: vec!["prompt".to_owned()],
            rows: vec![Arc::new(row)],
        })
    }

    fn sheet_export() -> SheetExport {
        SheetExport { sheet: sheet(), folder: PathBuf::from("/nowhere"), template: "{n}".to_owned() }
    }

    fn reference() -> Reference {
        Reference { sha256: "00".to_owned(), mime: "image/png".to_owned(), name: "cup".to_owned(), image: None }
    }

    type Ended = fn(&Event) -> bool;
    type Case = (Task, fn() -> Command, Ended);

    fn is_failed(event: &Event) -> bool {
        matches!(event, Event::Notice(Notice::TaskFailed))
    }

    fn is_unread(event: &Event) -> bool {
        matches!(event, Event::Notice(Notice::LibraryTrouble { .. }))
    }

    /// Every task that a command begins, the command, and what its end is told by.
    fn all() -> Vec<Case> {
        vec![
            (Task::Rows, || Command::WantRows(0..3), is_unread),
            (Task::View, || Command::OpenView { search: String::new(), order: Order::NEWEST }, is_unread),
            (Task::Batch, || Command::WantBatch(BatchId::from_uuid(Uuid::nil())), is_unread),
            (Task::Details, || Command::Describe(image()), is_unread),
            (
                Task::Exchange,
                || Command::WantExchange(RequestId::from_uuid(Uuid::nil())),
                |event| matches!(event, Event::Exchange(_, None)),
            ),
            (
                Task::FullImage,
                || Command::OpenFull(image()),
                |event| matches!(event, Event::Full { pixels: Err(_), .. }),
            ),
            (
                Task::Clipboard,
                || Command::CopyImage(image()),
                |event| matches!(event, Event::ForClipboard { pixels: Err(_), .. }),
            ),
            (Task::Reveal, || Command::Reveal(image()), |event| matches!(event, Event::Notice(Notice::CannotReveal))),
            (
                Task::Thumbnail,
                || Command::WantThumbnails(vec![(image(), ThumbnailSize::Small)]),
                |event| matches!(event, Event::Thumbnail { pixels: Err(_), .. }),
            ),
            (Task::References, || Command::AddReferenceFiles(vec![PathBuf::from("a.png")]), is_failed),
            (
                Task::FetchReference,
                || Command::AddReferenceUrl("data:,".to_owned()),
                |event| matches!(event, Event::FetchingReferences(0)),
            ),
            (Task::ReferenceThumbnail, || Command::WantReferenceThumbnail(reference()), is_failed),
            (
                Task::Mask,
                || Command::WantMaskGround { reference: reference(), mask: None },
                |event| matches!(event, Event::Notice(Notice::ReferenceRefused { .. })),
            ),
            (
                Task::ExportPreview,
                || Command::PreviewExport(order()),
                |event| matches!(event, Event::ExportPreview(preview) if preview.trouble == Some(TemplateTrouble::BrokeDown)),
            ),
            (
                Task::Export,
                || Command::Export(order()),
                |event| match event {
                    Event::ExportDone { failed, .. } => *failed == [(image(), ExportFailure::BrokeDown)],
                    _ => false,
                },
            ),
            (
                Task::Import,
                || Command::Import { paths: vec![PathBuf::from("a.png")], keeping: super::super::Keeping::Copied },
                |event| matches!(event, Event::ImportDone(imported) if imported.failed.len() == 1),
            ),
            (
                Task::Sheet,
                || Command::Sheet(SheetWish::ReadTable { path: PathBuf::from("a.csv"), encoding: None }),
                |event| matches!(event, Event::Sheet(SheetNews::NoTable(..))),
            ),
            (Task::SheetPlan, || Command::Sheet(SheetWish::Plan { sheet: sheet(), revision: 1 }), is_failed),
            (
                Task::SheetRequests,
                || Command::Sheet(SheetWish::Ask { sheet: sheet(), rows: vec![sheet().rows[0].id] }),
                |event| matches!(event, Event::Sheet(SheetNews::Refused(_, rows)) if rows.len() == 1),
            ),
            (
                Task::SheetExport,
                || Command::Sheet(SheetWish::Export(sheet_export())),
                |event| matches!(event, Event::Sheet(SheetNews::Exported(exported)) if exported.table.is_none()),
            ),
            (
                Task::SheetExport,
                || Command::Sheet(SheetWish::CheckExport(sheet_export())),
                |event| matches!(event, Event::Sheet(SheetNews::ExportChecked(Some(TemplateTrouble::BrokeDown)))),
            ),
            (Task::Wildcards, || Command::ReadWildcards, is_failed),
            (
                Task::Profiles,
                || Command::ImportProfiles(PathBuf::from("a.json")),
                |event| matches!(event, Event::Notice(Notice::ProfilesRefused { .. })),
            ),
            (
                Task::Profiles,
                || Command::ExportProfiles(PathBuf::from("a.json")),
                |event| matches!(event, Event::Notice(Notice::CannotSave { .. })),
            ),
            (Task::Spending, || Command::WantSpending { since: None }, is_unread),
            (Task::Dialog, || Command::PickExportFolder, |event| matches!(event, Event::Notice(Notice::NoDialog))),
            (
                Task::Key,
                || Command::LookUpKey(Profile::dgrid().id),
                |event| matches!(event, Event::Key(_, super::super::KeyState::Unreachable(_))),
            ),
            (
                Task::Connection,
                || Command::TestConnection(Box::new(Profile::demo())),
                |event| matches!(event, Event::Connection(_, Err(failure)) if failure.kind == FailureKind::NotUnderstood),
            ),
            (
                Task::Doctor,
                || Command::Examine { profile: Box::new(Profile::demo()), model: String::new() },
                |event| matches!(event, Event::DoctorDone(_)),
            ),
            (
                Task::Organise,
                || Command::Organise { images: [image()].into(), change: Change::Rate(3) },
                |event| matches!(event, Event::Notice(Notice::CannotOrganise { .. })),
            ),
            (
                Task::Trash,
                || Command::Delete(vec![image()]),
                |event| matches!(event, Event::Notice(Notice::CannotDelete { .. })),
            ),
            (Task::Save, || Command::SaveSettings(Settings::default()), is_failed),
        ]
    }

    #[test]
    fn every_task_that_panics_tells_its_end_and_the_next_one_has_its_turn() {
        for (task, command, ended) in all() {
            let folder = tempfile::tempdir().unwrap();
            let handle = studio(folder.path(), task);
            // What is done in a line has to go on with the next wish.
            let rounds = if matches!(task, Task::Organise | Task::Trash | Task::Save) { 2 } else { 1 };
            for _ in 0..rounds {
                handle.send(command());
                until(&handle, ended);
            }
            handle.send(Command::Shutdown);
            until(&handle, |event| matches!(event, Event::Stopped));
        }
    }

    #[test]
    fn a_file_at_which_a_decoder_panics_does_not_end_its_import() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a.png", "b.png"].map(|name| folder.path().join(name));
        for path in &paths {
            std::fs::write(path, "an image").unwrap();
        }
        let handle = studio(folder.path(), Task::ImportFile);
        handle.send(Command::Import { paths: paths.to_vec(), keeping: super::super::Keeping::Copied });
        let Event::ImportDone(imported) = until(&handle, |event| matches!(event, Event::ImportDone(_))) else {
            panic!("it was waited for")
        };
        let broken = paths.map(|path| (path, super::super::NotImported::Broken));
        assert_eq!(imported.failed, broken);
    }

    #[test]
    fn a_studio_whose_loop_panics_has_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { config: folder.path().join("config"), library: Some(folder.path().join("library")) };
        let mut parts = Parts::system(Arc::new(NoDialogs));
        parts.ids = Arc::new(|| panic!("as if the loop had a fault"));
        let handle = start(place, parts, Arc::new(|| ()));
        handle.send(Command::Generate(vec![Recipe { prompt: "sea".to_owned(), ..Recipe::default() }]));
        let stopped = until(&handle, |event| match event {
            Event::Job(job) => matches!(job.state, JobState::Done { .. }),
            event => matches!(event, Event::Stopped),
        });
        assert!(matches!(stopped, Event::Stopped));
    }
}
