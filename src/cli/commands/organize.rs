//! `atelier organise`: sets ratings, tags and collections without a window.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use crate::{
    cli::{
        args::OrganizeArgs,
        exit_status::ExitStatus,
        report::{Report, line, object},
        session::StudioSession,
    },
    recipe::{Collection, CollectionEdit, CollectionId, ImageId, MarkChange},
    studio::{BulkOperation, Command, Event, Notice, OrganizeCommand, OrganizeEvent},
};

use super::export::found;

/// An operation.
enum OrganizeStep {
    Make(Collection),
    Change(MarkChange),
    Delete,
    Restore,
}

pub(in crate::cli) fn run(handle: &StudioSession, arguments: &OrganizeArgs, report: &Report) -> ExitStatus {
    // The collections are the first event after the studio is ready.
    let Some(collections) = collections(handle) else { return ExitStatus::Failed };
    let images: Arc<[ImageId]> = match &arguments.search {
        None => arguments.images.clone().into(),
        Some(search) => found(handle, search.clone()).into(),
    };
    if handle.is_ending() {
        return ExitStatus::Failed;
    }
    if images.is_empty() {
        report.usage(&report.text().get("cli-nothing-to-export"));
        return ExitStatus::Usage;
    }
    let Some(steps) = steps(arguments, &collections, report) else { return ExitStatus::Usage };
    for step in steps {
        if handle.is_ending() {
            return ExitStatus::Failed;
        }
        let outcome = match &step {
            OrganizeStep::Make(collection) => {
                let edit = CollectionEdit::Create { collection: collection.clone(), images: Vec::new() };
                handle.send(Command::Organize(OrganizeCommand::EditCollections(edit)));
                wait(handle, |event| {
                    matches!(event, Event::Organize(OrganizeEvent::CollectionsEdited { .. })).then(Vec::new)
                })
            }
            OrganizeStep::Change(change) => {
                handle.send(Command::Organize(OrganizeCommand::Change {
                    images: Arc::clone(&images),
                    change: change.clone(),
                }));
                wait(handle, |event| match event {
                    Event::Organize(OrganizeEvent::Changed { images, .. }) => Some(images.to_vec()),
                    _ => None,
                })
            }
            OrganizeStep::Delete => {
                handle.send(Command::Organize(OrganizeCommand::MoveToTrash(images.to_vec())));
                wait(handle, |event| match event {
                    Event::Organize(OrganizeEvent::MovedToTrash(images)) => Some(images.clone()),
                    _ => None,
                })
            }
            OrganizeStep::Restore => {
                handle.send(Command::Organize(OrganizeCommand::RestoreFromTrash(images.to_vec())));
                wait(handle, |event| match event {
                    Event::Organize(OrganizeEvent::RestoredFromTrash(images)) => Some(images.clone()),
                    _ => None,
                })
            }
        };
        match outcome {
            // A step that a signal has ended is reported as far as it was done.
            Ok(done) => print_result(&step, &done, arguments.json),
            Err(notice) => {
                if let Some(notice) = notice {
                    report.refused(&notice);
                }
                return ExitStatus::Failed;
            }
        }
    }
    if !arguments.json {
        line(&report.text().with("cli-organised", [("count", images.len().into())]));
    }
    ExitStatus::Done
}

fn print_result(step: &OrganizeStep, images: &[ImageId], json: bool) {
    if !json {
        return;
    }
    match step {
        OrganizeStep::Make(collection) => object(&json!({ "event": "collection", "collection": collection })),
        OrganizeStep::Change(change) => object(&json!({ "event": "organised", "change": change, "images": images })),
        OrganizeStep::Delete => object(&json!({ "event": "deleted", "images": images })),
        OrganizeStep::Restore => object(&json!({ "event": "restored", "images": images })),
    }
}

fn steps(arguments: &OrganizeArgs, collections: &[Collection], report: &Report) -> Option<Vec<OrganizeStep>> {
    let mut steps = Vec::new();
    let change = |change| OrganizeStep::Change(change);
    steps.extend(arguments.rate.map(MarkChange::Rate).map(change));
    steps.extend(arguments.flag.map(|flag| change(MarkChange::Flag(flag.into()))));
    steps.extend(arguments.label.map(|label| change(MarkChange::Label(label.into()))));
    steps.extend(arguments.tag.iter().cloned().map(MarkChange::Tag).map(change));
    steps.extend(arguments.untag.iter().cloned().map(MarkChange::Untag).map(change));
    steps.extend(arguments.note.clone().map(MarkChange::Note).map(change));
    // Images cannot be added to smart collections.
    let known = |name: &String| collections.iter().find(|known| known.name == *name && known.query.is_none());
    for name in &arguments.add_to {
        let id = known(name).map_or_else(
            || {
                let id = CollectionId::from_uuid(Uuid::now_v7());
                steps.push(OrganizeStep::Make(Collection {
                    id,
                    name: name.clone(),
                    parent: None,
                    query: None,
                    count: 0,
                }));
                id
            },
            |known| known.id,
        );
        steps.push(OrganizeStep::Change(MarkChange::AddTo(id)));
    }
    for name in &arguments.remove_from {
        let Some(collection) = known(name) else {
            report.usage(&report.text().with("cli-no-collection", [("name", name.as_str().into())]));
            return None;
        };
        steps.push(OrganizeStep::Change(MarkChange::RemoveFrom(collection.id)));
    }
    steps.extend(arguments.delete.then_some(OrganizeStep::Delete));
    steps.extend(arguments.restore.then_some(OrganizeStep::Restore));
    Some(steps)
}

fn collections(handle: &StudioSession) -> Option<Vec<Collection>> {
    loop {
        match handle.next() {
            Event::Organize(OrganizeEvent::Collections(collections)) => return Some(collections),
            Event::Ending { .. } | Event::Stopped => return None,
            _ => {}
        }
    }
}

/// Waits until an action ends and returns the changed images, or why it failed; `Err(None)` if the studio has stopped.
fn wait(handle: &StudioSession, done: impl Fn(&Event) -> Option<Vec<ImageId>>) -> Result<Vec<ImageId>, Option<Notice>> {
    loop {
        let event = handle.next();
        if let Some(images) = done(&event) {
            return Ok(images);
        }
        match event {
            Event::Ending { .. } => {
                for bulk in [BulkOperation::ChangeMarks, BulkOperation::MoveToTrash, BulkOperation::Restore] {
                    handle.send(Command::Organize(OrganizeCommand::Stop(bulk)));
                }
            }
            Event::Notice(
                notice @ (Notice::OrganizeFailed { .. } | Notice::TrashFailed { .. } | Notice::LibraryFailed { .. }),
            ) => return Err(Some(notice)),
            Event::Stopped => return Err(None),
            _ => {}
        }
    }
}
