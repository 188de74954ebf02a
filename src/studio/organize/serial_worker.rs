//! Work on any number of images: done in steps, so that nothing else waits for all of it; told as it goes on; and
//! stopped between two steps when a person says so.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    library::LibraryError,
    studio::{
        protocol::{BulkOperation, Event, OrganizeEvent},
        runtime::{context::Context, task::Task},
    },
};

/// Time limit of the running step when the program ends.
const LAST_STEP_TIMEOUT: Duration = Duration::from_millis(800);

/// Runs jobs one after the other, on a thread of its own.
pub(in crate::studio) struct SerialWorker<J> {
    jobs: UnboundedSender<J>,
    worker: JoinHandle<()>,
    flags: Arc<CancelFlags>,
}

/// Flags that cancel jobs.
#[derive(Default)]
pub(in crate::studio) struct CancelFlags {
    /// Whether the running job is to stop.
    stop: AtomicBool,
    /// Whether all following jobs are skipped, because the program ends.
    ending: AtomicBool,
}

impl<J: Send + 'static> SerialWorker<J> {
    /// Starts the worker. Must be called on the runtime. If a job panics, `failed` is called and the next job runs.
    pub(in crate::studio) fn new(
        context: &Arc<Context>,
        task: Task,
        mut run: impl FnMut(&Context, &CancelFlags, J) + Send + 'static,
        failed: impl Fn(&Context) + Send + 'static,
    ) -> Self {
        let (jobs, mut received) = unbounded_channel();
        let flags = Arc::<CancelFlags>::default();
        let (context, shared) = (Arc::clone(context), Arc::clone(&flags));
        let worker = tokio::task::spawn_blocking(move || {
            let mut each = |job| {
                if context.catch_panic(task, || run(&context, &shared, job)).is_none() {
                    failed(&context);
                }
            };
            run_jobs(&shared, &mut received, &mut each);
        });
        Self { jobs, worker, flags }
    }

    /// Adds a job to the queue.
    pub(in crate::studio) fn submit(&self, job: J) {
        // This fails only when the program ends.
        self.jobs.send(job).ok();
    }

    /// Stops the running job after its current step. Finished steps are kept.
    pub(in crate::studio) fn stop(&self) {
        self.flags.stop.store(true, Ordering::Relaxed);
    }

    /// Waits until all jobs are done, but not much longer than the limit. Returns whether they are.
    pub(in crate::studio) async fn finish(self, limit: Duration) -> bool {
        let Self { jobs, mut worker, flags } = self;
        drop(jobs);
        if timeout(limit, &mut worker).await.is_ok() {
            return true;
        }
        flags.ending.store(true, Ordering::Relaxed);
        timeout(LAST_STEP_TIMEOUT, worker).await.ok();
        false
    }
}

fn run_jobs<J>(flags: &CancelFlags, received: &mut UnboundedReceiver<J>, run: &mut impl FnMut(J)) {
    while let Some(job) = received.blocking_recv() {
        if flags.ending.load(Ordering::Relaxed) {
            break;
        }
        flags.stop.store(false, Ordering::Relaxed);
        run(job);
    }
}

impl CancelFlags {
    /// Whether the running job is to stop.
    pub(in crate::studio) fn is_cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.ending.load(Ordering::Relaxed)
    }

    /// Processes images in steps of `size`, until all are done, one step fails, or the job is canceled. Returns the
    /// number of processed images and the error.
    pub(in crate::studio) fn in_steps<T>(
        &self,
        (context, operation): (&Context, BulkOperation),
        all: &[T],
        size: usize,
        each: impl FnMut(&[T]) -> Result<(), LibraryError>,
    ) -> (usize, Result<(), LibraryError>) {
        self.run_steps((context, operation), all.chunks(size).map(|step| (step.len(), step)).collect(), each)
    }

    /// Processes these steps, each with its number of images, in the same way.
    pub(in crate::studio) fn run_steps<P>(
        &self,
        (context, operation): (&Context, BulkOperation),
        steps: Vec<(usize, P)>,
        mut each: impl FnMut(P) -> Result<(), LibraryError>,
    ) -> (usize, Result<(), LibraryError>) {
        let total = steps.iter().map(|(count, _)| count).sum();
        let many = steps.len() > 1;
        let mut done = 0;
        for (count, step) in steps {
            if self.is_cancelled() {
                break;
            }
            if many {
                context.events.send(Event::Organize(OrganizeEvent::Progress { operation, done, total }));
            }
            if let Err(error) = each(step) {
                return (done, Err(error));
            }
            done += count;
        }
        (done, Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        library::{Library, store_many},
        recipe::{ImageId, MarkChange},
        studio::{
            core::startup::start,
            platform::file_dialogs::NoDialogs,
            protocol::{Command, OrganizeCommand, channel::Handle},
            runtime::context::{Dependencies, Paths},
        },
    };

    /// A studio with a library of `count` images.
    fn studio(folder: &std::path::Path, count: u128) -> (Handle, Vec<ImageId>) {
        let library = folder.join("library");
        let ids = store_many(&library, count);
        let place = Paths { config: folder.join("config"), library: Some(library) };
        (start(place, Dependencies::system(Arc::new(NoDialogs)), Arc::new(|| ())), ids)
    }

    /// The events up to and including the last one.
    fn until(handle: &Handle, last: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut told = Vec::new();
        loop {
            let event = handle.next(Duration::from_mins(1)).expect("the work comes to an end");
            told.push(event);
            if told.last().is_some_and(&last) {
                return told;
            }
        }
    }

    /// Stops the studio and opens its library.
    fn ended(handle: &Handle, folder: &std::path::Path) -> Library {
        handle.send(Command::Shutdown);
        until(handle, |event| matches!(event, Event::Stopped));
        Library::open(&folder.join("library")).unwrap()
    }

    fn progress(told: &[Event]) -> Vec<(BulkOperation, usize, usize)> {
        let progress = |event: &Event| match event {
            Event::Organize(OrganizeEvent::Progress { operation, done, total }) => Some((*operation, *done, *total)),
            _ => None,
        };
        told.iter().filter_map(progress).collect()
    }

    #[test]
    fn many_images_are_moved_to_the_trash_and_back_in_steps() {
        let folder = tempfile::tempdir().unwrap();
        let (handle, ids) = studio(folder.path(), 600);
        handle.send(Command::Organize(OrganizeCommand::MoveToTrash(ids.clone())));
        let told = until(
            &handle,
            |event| matches!(event, Event::Organize(OrganizeEvent::MovedToTrash(deleted)) if *deleted == ids),
        );
        assert_eq!(progress(&told), [0, 250, 500].map(|done| (BulkOperation::MoveToTrash, done, 600)));
        handle.send(Command::Organize(OrganizeCommand::RestoreFromTrash(ids.clone())));
        let told = until(
            &handle,
            |event| matches!(event, Event::Organize(OrganizeEvent::RestoredFromTrash(restored)) if *restored == ids),
        );
        assert_eq!(progress(&told), [0, 250, 500].map(|done| (BulkOperation::Restore, done, 600)));
        handle.send(Command::Organize(OrganizeCommand::MoveToTrash(ids)));
        handle.send(Command::Organize(OrganizeCommand::EmptyTrash));
        let told = until(&handle, |event| matches!(event, Event::Organize(OrganizeEvent::TrashEmptied(600))));
        assert_eq!(progress(&told).last(), Some(&(BulkOperation::EmptyTrash, 500, 600)));
    }

    #[test]
    fn a_stopped_job_reports_the_finished_part() {
        let folder = tempfile::tempdir().unwrap();
        let (handle, ids) = studio(folder.path(), 600);
        handle.send(Command::Organize(OrganizeCommand::MoveToTrash(ids.clone())));
        until(&handle, |event| matches!(event, Event::Organize(OrganizeEvent::Progress { .. })));
        handle.send(Command::Organize(OrganizeCommand::Stop(BulkOperation::MoveToTrash)));
        let told = until(&handle, |event| matches!(event, Event::Organize(OrganizeEvent::MovedToTrash(_))));
        let Some(Event::Organize(OrganizeEvent::MovedToTrash(deleted))) = told.last() else { panic!("{told:?}") };
        assert_eq!(deleted[..], ids[..deleted.len()], "from the first on, as far as it came");
        assert_eq!(ended(&handle, folder.path()).trash().totals().unwrap().0, deleted.len());
    }

    #[test]
    fn one_undo_reverts_a_change_of_many_images() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library");
        let library = Library::open(&path).unwrap();
        library.fill_synthetic(3_500, 7).unwrap();
        let ids = library.search().find_text("", &jiff::tz::TimeZone::UTC).unwrap().ids;
        let ratings = |library: &Library| -> Vec<u8> {
            ids.iter().map(|id| library.organizer().marks(*id).unwrap().rating).collect()
        };
        let before = ratings(&library);
        drop(library);
        let place = Paths { config: folder.path().join("config"), library: Some(path) };
        let handle = start(place, Dependencies::system(Arc::new(NoDialogs)), Arc::new(|| ()));
        handle.send(Command::Organize(OrganizeCommand::Change {
            images: ids.clone().into(),
            change: MarkChange::Rate(4),
        }));
        let told = until(&handle, |event| matches!(event, Event::Organize(OrganizeEvent::Changed { .. })));
        assert_eq!(progress(&told), [0, 1_000, 2_000, 3_000].map(|done| (BulkOperation::ChangeMarks, done, 3_500)));
        let Some(Event::Organize(OrganizeEvent::Changed { undo: Some(name), .. })) = told.last() else {
            panic!("{told:?}")
        };
        handle.send(Command::Organize(OrganizeCommand::Undo(*name)));
        until(&handle, |event| matches!(event, Event::Organize(OrganizeEvent::Changed { undo: None, .. })));
        assert_eq!(ratings(&ended(&handle, folder.path())), before, "each has what it had");
    }
}
