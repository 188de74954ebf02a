//! Changes of marks and collections, in the order of the commands, and undoing them.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    error_chain::chain,
    library::{InverseChange, LibraryError},
    recipe::{CollectionEdit, ImageId, MarkChange},
    studio::{
        organize::serial_worker::CancelFlags,
        protocol::{BulkOperation, Event, GalleryEvent, Notice, OrganizeEvent},
        runtime::{context::Context, task::INTERNAL_ERROR, task_message::TaskMessage},
    },
};

/// Maximum number of changes that can be undone.
const MAX_UNDO_STEPS: usize = 200;

/// Maximum number of suggested tags.
const MAX_SUGGESTED_TAGS: usize = 50;

/// Number of images that are changed in one step.
const IMAGES_PER_STEP: usize = 1_000;

/// A job of the marks worker.
pub(in crate::studio) enum OrganizeJob {
    /// Changes marks of images.
    Change(Arc<[ImageId]>, MarkChange),
    /// Edits the collections.
    Collections(CollectionEdit),
    /// Undoes a change by its number.
    Undo(u64),
    /// Sends the collections.
    SendCollections,
    /// Sends tags that begin with a text.
    SuggestTags(String),
}

/// Changes that can be undone, oldest first.
#[derive(Default)]
pub(in crate::studio) struct UndoHistory {
    next: u64,
    entries: VecDeque<(u64, Arc<[ImageId]>, Vec<InverseChange>)>,
}

impl UndoHistory {
    /// Adds the inverse of a change, unless it is empty. Returns its number.
    fn push(&mut self, images: &Arc<[ImageId]>, undo: Vec<InverseChange>) -> Option<u64> {
        if undo.is_empty() {
            return None;
        }
        self.next += 1;
        self.entries.push_back((self.next, Arc::clone(images), undo));
        if self.entries.len() > MAX_UNDO_STEPS {
            self.entries.pop_front();
        }
        Some(self.next)
    }

    fn take(&mut self, number: u64) -> Option<(Arc<[ImageId]>, Vec<InverseChange>)> {
        let at = self.entries.iter().position(|(known, ..)| *known == number)?;
        self.entries.remove(at).map(|(_, images, undo)| (images, undo))
    }

    /// Runs a job and sends its result. If it stops half-way, the result covers the finished part, which can be undone.
    pub(in crate::studio) fn run(&mut self, context: &Context, flags: &CancelFlags, job: OrganizeJob) {
        self.try_run(context, flags, job).unwrap_or_else(|error| report_error(context, &error));
    }

    fn try_run(&mut self, context: &Context, flags: &CancelFlags, job: OrganizeJob) -> Result<(), LibraryError> {
        match job {
            OrganizeJob::Change(images, change) => {
                let mut undo = Vec::new();
                let (done, result) =
                    flags.in_steps((context, BulkOperation::ChangeMarks), &images, IMAGES_PER_STEP, |step| {
                        undo.extend(context.library.organizer().change(step, &change)?);
                        Ok(())
                    });
                let images = if done < images.len() { images[..done].into() } else { images };
                let collections = matches!(change, MarkChange::AddTo(_) | MarkChange::RemoveFrom(_));
                let number = self.push(&images, undo);
                // Sent first, so that a front end that waits for the change knows that it is incomplete.
                result.unwrap_or_else(|error| report_error(context, &error));
                context.events.send(Event::Organize(OrganizeEvent::Changed {
                    undo: number,
                    images,
                    change: Some(change),
                }));
                send_changes(context, collections)
            }
            OrganizeJob::Collections(edit) => {
                let undo = context.library.organizer().edit_collections(&edit)?;
                if let Some(undo) = self.push(&Arc::default(), undo) {
                    context.events.send(Event::Organize(OrganizeEvent::CollectionsEdited { undo, edit }));
                }
                send_changes(context, true)
            }
            OrganizeJob::Undo(number) => {
                let Some((images, undo)) = self.take(number) else { return Ok(()) };
                // The rest can still be undone.
                let mut left = split_into_steps(undo);
                let steps = left.iter().map(|step| (image_count(step), step.clone())).collect();
                let (_, result) = flags.run_steps((context, BulkOperation::ChangeMarks), steps, |step| {
                    context.library.organizer().undo(step)?;
                    left.pop_front();
                    Ok(())
                });
                let number = self.push(&images, left.into_iter().flatten().collect());
                result.unwrap_or_else(|error| report_error(context, &error));
                context.events.send(Event::Organize(OrganizeEvent::Changed { undo: number, images, change: None }));
                send_changes(context, true)
            }
            OrganizeJob::SendCollections => {
                context
                    .events
                    .send(Event::Organize(OrganizeEvent::Collections(context.library.organizer().collections()?)));
                Ok(())
            }
            OrganizeJob::SuggestTags(beginning) => {
                let tags = context.library.organizer().tags(&beginning, MAX_SUGGESTED_TAGS)?;
                context.events.send(Event::Organize(OrganizeEvent::TagSuggestions(beginning, tags)));
                Ok(())
            }
        }
    }
}

/// Splits an undo into steps of limited size; edits of collections stay in one step.
fn split_into_steps(undo: Vec<InverseChange>) -> VecDeque<Vec<InverseChange>> {
    if !undo.iter().all(|undo| matches!(undo, InverseChange::Change(..))) {
        return [undo].into();
    }
    let mut steps = VecDeque::from([Vec::new()]);
    let mut room = IMAGES_PER_STEP;
    for undo in undo {
        let InverseChange::Change(images, change) = undo else { continue };
        let mut rest = images.as_slice();
        while !rest.is_empty() {
            if room == 0 {
                steps.push_back(Vec::new());
                room = IMAGES_PER_STEP;
            }
            let (images, after) = rest.split_at(rest.len().min(room));
            if let Some(step) = steps.back_mut() {
                step.push(InverseChange::Change(images.to_vec(), change.clone()));
            }
            room -= images.len();
            rest = after;
        }
    }
    steps
}

/// Number of images in a step.
fn image_count(step: &[InverseChange]) -> usize {
    let images = |undo: &InverseChange| match undo {
        InverseChange::Change(images, _) => images.len(),
        InverseChange::Collections(_) => 0,
    };
    step.iter().map(images).sum()
}

fn report_error(context: &Context, error: &LibraryError) {
    tracing::error!(error = %chain(&error), "what was said about images could not be written down");
    context.events.send(Event::Notice(Notice::OrganizeFailed { reason: error.to_string() }));
}

/// Reports that a job has panicked. Its progress is unknown, so the window reads the library again.
pub(in crate::studio) fn report_panic(context: &Context) {
    context.events.send(Event::Notice(Notice::OrganizeFailed { reason: INTERNAL_ERROR.to_owned() }));
    context.events.send(Event::Organize(OrganizeEvent::Changed { undo: None, images: Arc::default(), change: None }));
    if let Err(error) = send_changes(context, false) {
        tracing::warn!(error = %chain(&error), "the collections cannot be read");
    }
}

fn send_changes(context: &Context, collections: bool) -> Result<(), LibraryError> {
    context.events.send(Event::Gallery(GalleryEvent::RowsChanged));
    context.notify_core(TaskMessage::LibraryChanged);
    if collections {
        context.events.send(Event::Organize(OrganizeEvent::Collections(context.library.organizer().collections()?)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        library::Library,
        recipe::{Collection, CollectionId},
        studio::{
            core::startup::start,
            platform::file_dialogs::NoDialogs,
            protocol::{Command, OrganizeCommand},
            runtime::context::{Dependencies, Paths},
        },
    };

    #[test]
    fn changes_just_before_the_shutdown_are_saved() {
        let place = tempfile::tempdir().unwrap();
        let library = place.path().join("library");
        let studio = Paths { config: place.path().join("config"), library: Some(library.clone()) };
        let handle = start(studio, Dependencies::system(Arc::new(NoDialogs)), Arc::new(|| ()));
        let count = 100;
        for number in 0..count {
            let id = CollectionId::from_uuid(uuid::Uuid::from_u128(number));
            let collection = Collection { id, name: number.to_string(), parent: None, query: None, count: 0 };
            let images = Vec::new();
            handle.send(Command::Organize(OrganizeCommand::EditCollections(CollectionEdit::Create {
                collection,
                images,
            })));
        }
        handle.send(Command::Shutdown);
        while !matches!(handle.next(Duration::from_secs(30)).unwrap(), Event::Stopped) {}
        assert_eq!(Library::open(&library).unwrap().organizer().collections().unwrap().len(), count as usize);
    }
}
