//! The kinds of background tasks. The end of every task is reported, also if the task panics.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// The reason to report if a task has panicked. The log has the panic itself.
pub(in crate::studio) const INTERNAL_ERROR: &str = "internal error, see the log";

/// A kind of background task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Loading rows of the open view.
    Rows,
    /// Reading the open view.
    View,
    /// Reading the images of a batch.
    Batch,
    /// Reading the details of an image.
    Details,
    /// Reading a recorded exchange.
    Exchange,
    /// Decoding an image at full size.
    FullImage,
    /// Decoding an image for the clipboard.
    Clipboard,
    /// Showing a file in the file manager.
    Reveal,
    /// Masking the report of an error.
    Report,
    /// Loading a thumbnail.
    Thumbnail,
    /// Reading reference images.
    References,
    /// Downloading a reference.
    DownloadReference,
    /// Reading the thumbnail of a reference.
    ReferenceThumbnail,
    /// Creating a mask, or reading the image that it is painted on.
    Mask,
    /// Computing what an export would write.
    ExportPreview,
    /// Exporting images.
    Export,
    /// Exporting a grid as one image.
    GridExport,
    /// Importing files.
    Import,
    /// Importing one file.
    ImportFile,
    /// Reading or writing a prompt sheet.
    Sheet,
    /// Expanding the rows of a sheet to requests.
    SheetPlan,
    /// Queueing the requests of a sheet's rows.
    SheetRequests,
    /// Exporting the images of a sheet's rows and their table.
    SheetExport,
    /// Reading or recording votes.
    Votes,
    /// Reading or writing wildcard files.
    Wildcards,
    /// Reading or writing files of styles.
    Styles,
    /// Reading or writing files of shortcuts.
    Shortcuts,
    /// Reading or writing files of profiles.
    Profiles,
    /// Computing the spending report.
    Spending,
    /// Waiting for a file dialog.
    Dialog,
    /// Reading or writing a key.
    Key,
    /// Testing a connection, or probing an unreachable gateway.
    Connection,
    /// Loading a model list.
    Models,
    /// Running diagnostic checks.
    Diagnostics,
    /// Changing marks and collections.
    Organize,
    /// Moving images to or from the trash.
    Trash,
    /// Saving configuration files.
    Save,
    /// Verifying the library.
    Verify,
    /// Checking the free disk space.
    Disk,
    /// Reading, saving or deleting kept responses.
    KeptResponses,
    /// Running a request, or downloading the links of its response.
    Request,
    /// The core task.
    Core,
    /// Computing data of images that an older version stored.
    Backfill,
}

/// Called when a task begins. Tests make it panic.
pub type TaskHook = Arc<dyn Fn(Task) + Send + Sync>;

/// Runs work and returns its result; `None` if it panics. State that the work shares with others is behind locks that
/// are used again after a panic, or in files that are valid at every instant, so that a panic leaves no worse state
/// than an error.
pub(in crate::studio) fn catch_panic<T>(task: Task, work: impl FnOnce() -> T) -> Option<T> {
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
            BatchId, FailureKind, ImageId, MarkChange, Profile, Recipe, Reference, RequestId, RowId, Sheet, SheetHead,
            SheetId, SheetRow, SortOrder,
        },
        settings::Settings,
        studio::{
            core::startup::start,
            exchange::export::{
                ConflictPolicy, ExportFailure, ExportFormat, ExportOptions, ExportTarget, TemplateError,
            },
            platform::file_dialogs::NoDialogs,
            protocol::{
                CardState, Command, Event, ExportCommand, ExportEvent, GalleryCommand, GalleryEvent, ImportCommand,
                ImportEvent, Notice, OrganizeCommand, ProfileFileCommand, ProviderCommand, ProviderEvent, QueueCommand,
                QueueEvent, ReferenceCommand, ReferenceEvent, SettingsCommand, SheetCommand, SheetEvent,
                SheetExportOptions, SpendingCommand, ThumbnailSize, WildcardCommand, channel::Handle,
            },
            runtime::context::{Dependencies, Paths},
        },
    };

    /// A studio whose tasks of this kind panic.
    fn studio(folder: &std::path::Path, broken: Task) -> Handle {
        let paths = Paths { config: folder.join("config"), library: Some(folder.join("library")) };
        let mut dependencies = Dependencies::system(Arc::new(NoDialogs));
        dependencies.keychain = Arc::new(MemoryKeychain::default());
        dependencies.on_task = Arc::new(move |task| assert_ne!(task, broken, "as if this task had a fault"));
        start(paths, dependencies, Arc::new(|| ()))
    }

    fn until(handle: &Handle, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = handle.next(Duration::from_mins(1)).expect("the end is reported");
            if wanted(&event) {
                return event;
            }
        }
    }

    fn image() -> ImageId {
        ImageId::from_uuid(Uuid::from_u128(7))
    }

    fn order() -> ExportOptions {
        let target = ExportTarget::Folder { folder: PathBuf::from("/nowhere"), template: "{n}".to_owned() };
        ExportOptions {
            images: vec![image()],
            target,
            format: ExportFormat::Original,
            on_conflict: ConflictPolicy::Number,
        }
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

    fn sheet_export() -> SheetExportOptions {
        SheetExportOptions { sheet: sheet(), folder: PathBuf::from("/nowhere"), template: "{n}".to_owned() }
    }

    fn reference() -> Reference {
        Reference { sha256: "00".to_owned(), mime: "image/png".to_owned(), name: "cup".to_owned(), image: None }
    }

    type Ended = fn(&Event) -> bool;
    type Case = (Task, fn() -> Command, Ended);

    fn is_failed(event: &Event) -> bool {
        matches!(event, Event::Notice(Notice::InternalError))
    }

    fn is_unread(event: &Event) -> bool {
        matches!(event, Event::Notice(Notice::LibraryFailed { .. }))
    }

    /// Every task that a command starts, the command, and the event that reports its end.
    fn all() -> Vec<Case> {
        vec![
            (Task::Rows, || Command::Gallery(GalleryCommand::LoadRows(0..3)), is_unread),
            (
                Task::View,
                || Command::Gallery(GalleryCommand::OpenView { search: String::new(), order: SortOrder::NEWEST }),
                is_unread,
            ),
            (Task::Batch, || Command::Gallery(GalleryCommand::LoadBatch(BatchId::from_uuid(Uuid::nil()))), is_unread),
            (Task::Details, || Command::Gallery(GalleryCommand::LoadDetails(image())), is_unread),
            (
                Task::Exchange,
                || Command::Gallery(GalleryCommand::LoadExchange(RequestId::from_uuid(Uuid::nil()))),
                |event| matches!(event, Event::Gallery(GalleryEvent::Exchange(_, None))),
            ),
            (
                Task::FullImage,
                || Command::Gallery(GalleryCommand::LoadImage(image())),
                |event| matches!(event, Event::Gallery(GalleryEvent::Image { pixels: Err(_), .. })),
            ),
            (
                Task::Clipboard,
                || Command::Gallery(GalleryCommand::CopyImage(image())),
                |event| matches!(event, Event::Gallery(GalleryEvent::ClipboardImage { pixels: Err(_), .. })),
            ),
            (
                Task::Reveal,
                || Command::Gallery(GalleryCommand::Reveal(image())),
                |event| matches!(event, Event::Notice(Notice::RevealFailed)),
            ),
            (Task::Report, || Command::MaskReport("an error".to_owned()), is_failed),
            (
                Task::Thumbnail,
                || Command::Gallery(GalleryCommand::LoadThumbnails(vec![(image(), ThumbnailSize::Small)])),
                |event| matches!(event, Event::Gallery(GalleryEvent::Thumbnail { pixels: Err(_), .. })),
            ),
            (
                Task::References,
                || Command::References(ReferenceCommand::AddFiles(vec![PathBuf::from("a.png")])),
                is_failed,
            ),
            (
                Task::DownloadReference,
                || Command::References(ReferenceCommand::AddUrl("data:,".to_owned())),
                |event| matches!(event, Event::References(ReferenceEvent::Downloading(0))),
            ),
            (Task::ReferenceThumbnail, || Command::References(ReferenceCommand::LoadThumbnail(reference())), is_failed),
            (
                Task::Mask,
                || Command::References(ReferenceCommand::LoadMaskBase { reference: reference(), mask: None }),
                |event| matches!(event, Event::Notice(Notice::InvalidReference { .. })),
            ),
            (
                Task::ExportPreview,
                || Command::Export(ExportCommand::Preview(order())),
                |event| matches!(event, Event::Export(ExportEvent::Preview(preview)) if preview.template_error == Some(TemplateError::InternalError)),
            ),
            (
                Task::Export,
                || Command::Export(ExportCommand::Start(order())),
                |event| match event {
                    Event::Export(ExportEvent::Done { failed, .. }) => {
                        *failed == [(image(), ExportFailure::InternalError)]
                    }
                    _ => false,
                },
            ),
            (
                Task::Import,
                || {
                    Command::Import(ImportCommand::Start {
                        paths: vec![PathBuf::from("a.png")],
                        mode: crate::library::ImportMode::Copy,
                    })
                },
                |event| matches!(event, Event::Import(ImportEvent::Done(imported)) if imported.failed.len() == 1),
            ),
            (
                Task::Sheet,
                || Command::Sheets(SheetCommand::ReadTable { path: PathBuf::from("a.csv"), encoding: None }),
                |event| matches!(event, Event::Sheets(SheetEvent::TableFailed(..))),
            ),
            (Task::SheetPlan, || Command::Sheets(SheetCommand::Plan { sheet: sheet(), revision: 1 }), is_failed),
            (
                Task::SheetRequests,
                || Command::Sheets(SheetCommand::Generate { sheet: sheet(), rows: vec![sheet().rows[0].id] }),
                |event| matches!(event, Event::Sheets(SheetEvent::RowsRejected(_, rows)) if rows.len() == 1),
            ),
            (
                Task::SheetExport,
                || Command::Sheets(SheetCommand::Export(sheet_export())),
                |event| matches!(event, Event::Sheets(SheetEvent::Exported(exported)) if exported.table.is_none()),
            ),
            (
                Task::SheetExport,
                || Command::Sheets(SheetCommand::CheckExport(sheet_export())),
                |event| matches!(event, Event::Sheets(SheetEvent::ExportChecked(Some(TemplateError::InternalError)))),
            ),
            (Task::Wildcards, || Command::Wildcards(WildcardCommand::Reload), is_failed),
            (
                Task::Profiles,
                || Command::Profiles(ProfileFileCommand::Import(PathBuf::from("a.json"))),
                |event| matches!(event, Event::Notice(Notice::InvalidProfileFile { .. })),
            ),
            (
                Task::Profiles,
                || Command::Profiles(ProfileFileCommand::Export(PathBuf::from("a.json"))),
                |event| matches!(event, Event::Notice(Notice::SaveFailed { .. })),
            ),
            (Task::Spending, || Command::Spending(SpendingCommand::LoadReport { since: None }), is_unread),
            (
                Task::Dialog,
                || Command::Export(ExportCommand::PickFolder),
                |event| matches!(event, Event::Notice(Notice::DialogFailed)),
            ),
            (
                Task::Key,
                || Command::Providers(ProviderCommand::LookUpKey(Profile::dgrid().id)),
                |event| {
                    matches!(
                        event,
                        Event::Providers(ProviderEvent::KeyState(_, crate::studio::protocol::KeyState::Unreachable(_)))
                    )
                },
            ),
            (
                Task::Connection,
                || Command::Providers(ProviderCommand::TestConnection(Box::new(Profile::demo()))),
                |event| matches!(event, Event::Providers(ProviderEvent::ConnectionTested(_, Err(failure))) if failure.kind == FailureKind::NotUnderstood),
            ),
            (
                Task::Diagnostics,
                || {
                    Command::Providers(ProviderCommand::Diagnose {
                        profile: Box::new(Profile::demo()),
                        model: String::new(),
                    })
                },
                |event| matches!(event, Event::Providers(ProviderEvent::DiagnosticsDone(_))),
            ),
            (
                Task::Organize,
                || Command::Organize(OrganizeCommand::Change { images: [image()].into(), change: MarkChange::Rate(3) }),
                |event| matches!(event, Event::Notice(Notice::OrganizeFailed { .. })),
            ),
            (
                Task::Trash,
                || Command::Organize(OrganizeCommand::MoveToTrash(vec![image()])),
                |event| matches!(event, Event::Notice(Notice::TrashFailed { .. })),
            ),
            (Task::Save, || Command::Settings(SettingsCommand::Save(Settings::default())), is_failed),
        ]
    }

    #[test]
    fn the_end_of_every_task_that_panics_is_reported_and_the_next_one_runs() {
        for (task, command, ended) in all() {
            let folder = tempfile::tempdir().unwrap();
            let handle = studio(folder.path(), task);
            // Serial workers must continue with the next job.
            let rounds = if matches!(task, Task::Organize | Task::Trash | Task::Save) { 2 } else { 1 };
            for _ in 0..rounds {
                handle.send(command());
                until(&handle, ended);
            }
            handle.send(Command::Shutdown);
            until(&handle, |event| matches!(event, Event::Stopped));
        }
    }

    #[test]
    fn a_file_whose_decoder_panics_does_not_end_the_import() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a.png", "b.png"].map(|name| folder.path().join(name));
        for path in &paths {
            std::fs::write(path, "an image").unwrap();
        }
        let handle = studio(folder.path(), Task::ImportFile);
        handle.send(Command::Import(ImportCommand::Start {
            paths: paths.to_vec(),
            mode: crate::library::ImportMode::Copy,
        }));
        let Event::Import(ImportEvent::Done(imported)) =
            until(&handle, |event| matches!(event, Event::Import(ImportEvent::Done(_))))
        else {
            panic!("until returns only this event")
        };
        let broken = paths.map(|path| (path, crate::studio::protocol::ImportFailure::Damaged));
        assert_eq!(imported.failed, broken);
    }

    #[test]
    fn a_studio_whose_core_panics_reports_that_it_has_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths { config: folder.path().join("config"), library: Some(folder.path().join("library")) };
        let mut dependencies = Dependencies::system(Arc::new(NoDialogs));
        dependencies.ids = Arc::new(|| panic!("as if the core had a fault"));
        let handle = start(paths, dependencies, Arc::new(|| ()));
        handle.send(Command::Queue(QueueCommand::Generate(vec![Recipe {
            prompt: "sea".to_owned(),
            ..Recipe::default()
        }])));
        let stopped = until(&handle, |event| match event {
            Event::Queue(QueueEvent::RequestChanged(job)) => matches!(job.state, CardState::Done { .. }),
            event => matches!(event, Event::Stopped),
        });
        assert!(matches!(stopped, Event::Stopped));
    }
}
