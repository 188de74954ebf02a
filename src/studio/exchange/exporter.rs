//! Exports images to files, one export at a time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    settings::Settings,
    studio::{
        exchange::{
            export::{self, ExportFailure, ExportOrder, ExportPreview, Values},
            grid_image,
        },
        protocol::{Event, ExportCommand, ExportEvent},
        runtime::{context::World, task::Task, task_message::Note},
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
    pub(in crate::studio) fn handle(&mut self, command: ExportCommand, world: &Arc<World>, settings: &Settings) {
        match command {
            ExportCommand::PickFolder => {
                let choice = world.dialogs.pick_folder();
                world.choose(choice, |world, folder| {
                    world.events.send(Event::Export(ExportEvent::FolderPicked(folder)));
                });
            }
            ExportCommand::PickFile { suggested } => {
                let choice = world.dialogs.save_file(&suggested);
                world.choose(choice, |world, path| world.events.send(Event::Export(ExportEvent::FilePicked(path))));
            }
            ExportCommand::WriteGrid(order) => {
                world.spawn(Task::GridExport, grid_image::export(Arc::clone(world), order), |world| {
                    world.events.send(Event::Export(ExportEvent::GridWritten(Err(ExportFailure::BrokeDown))));
                });
            }
            ExportCommand::Preview(order) => {
                let settings = settings.clone();
                let files = order.images.len();
                world.on_thread(
                    Task::ExportPreview,
                    move |world| {
                        let preview = export::preview(&world.library, &settings, &order);
                        world.events.send(Event::Export(ExportEvent::Preview(preview)));
                    },
                    move |world| {
                        world.events.send(Event::Export(ExportEvent::Preview(ExportPreview::broke_down(files))));
                    },
                );
            }
            ExportCommand::Start(order) => self.start(order, world, settings),
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

    fn start(&mut self, order: ExportOrder, world: &Arc<World>, settings: &Settings) {
        let Some(cancelled) = self.begin() else { return };
        let settings = settings.clone();
        let images = order.images.clone();
        world.on_thread(
            Task::Export,
            move |world| {
                let total = order.images.len();
                let report = export::write(&world.library, &settings, &order, &Values::default(), &cancelled, |done| {
                    world.events.send(Event::Export(ExportEvent::Progress { done, total }));
                });
                world.note(Note::ExportEnded);
                world.events.send(Event::Export(ExportEvent::Done {
                    written: report.written,
                    failed: report.failed,
                    cancelled: report.cancelled,
                }));
            },
            move |world| {
                world.note(Note::ExportEnded);
                let failed = images.into_iter().map(|id| (id, ExportFailure::BrokeDown)).collect();
                world.events.send(Event::Export(ExportEvent::Done { written: Vec::new(), failed, cancelled: false }));
            },
        );
    }
}
