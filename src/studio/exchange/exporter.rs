//! Exports images to files, one export at a time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    settings::Settings,
    studio::{
        exchange::{
            export::{self, CustomFields, ExportFailure, ExportOptions, ExportPreview},
            grid_image,
        },
        platform::typed_paths::expand_home,
        protocol::{Event, ExportCommand, ExportEvent, ExportTarget},
        runtime::{context::Context, task::Task, task_message::TaskMessage},
    },
};

/// Exports images, one export at a time.
#[derive(Default)]
pub(in crate::studio) struct Exporter {
    /// Cancels the running export.
    running: Option<Arc<AtomicBool>>,
}

impl Exporter {
    /// Handles a command about exporting images.
    pub(in crate::studio) fn handle(&mut self, command: ExportCommand, context: &Arc<Context>, settings: &Settings) {
        match command {
            ExportCommand::PickFolder => {
                let choice = context.dialogs.pick_folder();
                context.choose(choice, |context, folder| {
                    context.events.send(Event::Export(ExportEvent::FolderPicked(folder)));
                });
            }
            ExportCommand::PickFile { suggested } => {
                let choice = context.dialogs.save_file(&suggested);
                context
                    .choose(choice, |context, path| context.events.send(Event::Export(ExportEvent::FilePicked(path))));
            }
            ExportCommand::WriteGrid(order) => {
                context.spawn(Task::GridExport, grid_image::export(Arc::clone(context), order), |context| {
                    context.events.send(Event::Export(ExportEvent::GridWritten(Err(ExportFailure::InternalError))));
                });
            }
            ExportCommand::Preview(order) => {
                let order = with_home(order);
                let settings = settings.clone();
                let files = order.images.len();
                context.spawn_blocking(
                    Task::ExportPreview,
                    move |context| {
                        let preview = export::preview(&context.library, &settings, &order);
                        context.events.send(Event::Export(ExportEvent::Preview(preview)));
                    },
                    move |context| {
                        context.events.send(Event::Export(ExportEvent::Preview(ExportPreview::internal_error(files))));
                    },
                );
            }
            ExportCommand::Start(order) => self.start(with_home(order), context, settings),
            ExportCommand::Cancel => self.cancel(),
        }
    }

    /// Marks an export as running and returns its cancel flag; `None` if another one is running.
    pub(in crate::studio) fn begin(&mut self) -> Option<Arc<AtomicBool>> {
        if self.running.is_some() {
            return None;
        }
        let cancelled = Arc::new(AtomicBool::new(false));
        self.running = Some(Arc::clone(&cancelled));
        Some(cancelled)
    }

    /// The running export has ended.
    pub(in crate::studio) fn ended(&mut self) {
        self.running = None;
    }

    /// Stops the running export after the current file.
    pub(in crate::studio) fn cancel(&self) {
        if let Some(running) = &self.running {
            running.store(true, Ordering::Relaxed);
        }
    }

    fn start(&mut self, order: ExportOptions, context: &Arc<Context>, settings: &Settings) {
        let Some(cancelled) = self.begin() else { return };
        let settings = settings.clone();
        let images = order.images.clone();
        context.spawn_blocking(
            Task::Export,
            move |context| {
                let total = order.images.len();
                let report = export::write_images(
                    &context.library,
                    &settings,
                    &order,
                    &CustomFields::default(),
                    &cancelled,
                    |done| {
                        context.events.send(Event::Export(ExportEvent::Progress { done, total }));
                    },
                );
                context.notify_core(TaskMessage::ExportEnded);
                context.events.send(Event::Export(ExportEvent::Done {
                    written: report.written,
                    failed: report.failed,
                    cancelled: report.cancelled,
                }));
            },
            move |context| {
                context.notify_core(TaskMessage::ExportEnded);
                let failed = images.into_iter().map(|id| (id, ExportFailure::InternalError)).collect();
                context.events.send(Event::Export(ExportEvent::Done { written: Vec::new(), failed, cancelled: false }));
            },
        );
    }
}

/// The same export, with the person's home where they have typed `~`.
fn with_home(mut order: ExportOptions) -> ExportOptions {
    match &mut order.target {
        ExportTarget::File(path) => *path = expand_home(path),
        ExportTarget::Folder { folder, .. } => *folder = expand_home(folder),
    }
    order
}
