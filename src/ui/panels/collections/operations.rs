//! Changes to collections, and searches in them.

use std::sync::Arc;

use crate::{
    recipe::{Collection, CollectionEdit, CollectionId, ImageId, MarkChange},
    studio::{Command, Filter, OrganizeCommand, Query, Term},
    ui::{
        actions::action::{Action, Actions},
        state::studio_state::StudioState,
    },
};

/// A collection that is dragged to another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct DraggedCollection(pub(super) CollectionId);

/// The search term for the images of a collection.
pub(super) fn term(name: &str) -> Term {
    Term::of(Filter::Collection(name.to_owned()))
}

/// The search without its terms about collections.
pub(super) fn elsewhere(query: &Query) -> Query {
    query.without(|term| matches!(term.filter, Filter::Collection(_)))
}

/// Adds images to a collection.
pub(super) fn add(images: Arc<[ImageId]>, to: CollectionId, actions: &mut Actions) {
    if !images.is_empty() {
        actions.send(Command::Organize(OrganizeCommand::Change { images, change: MarkChange::AddTo(to) }));
    }
}

/// Creates a collection with these images. Smart ones have a search instead.
pub(super) fn make(
    name: String,
    parent: Option<CollectionId>,
    query: Option<String>,
    images: Vec<ImageId>,
    actions: &mut Actions,
) {
    let id = CollectionId::from_uuid(uuid::Uuid::now_v7());
    let collection = Collection { id, name, parent, query, count: 0 };
    actions.send(Command::Organize(OrganizeCommand::EditCollections(CollectionEdit::Create { collection, images })));
}

/// Renames a collection; a view of it follows.
pub(super) fn rename(collection: &Collection, name: String, query: &Query, actions: &mut Actions) {
    let (old, new) = (term(&collection.name), term(&name));
    actions.send(Command::Organize(OrganizeCommand::EditCollections(CollectionEdit::Rename(collection.id, name))));
    if query.has(&old) {
        actions.push(Action::Search(query.toggled(&old).with(&new).to_string()));
    }
}

/// Removes a collection, and closes a view of it.
pub(super) fn remove(collection: &Collection, query: &Query, actions: &mut Actions) {
    actions.send(Command::Organize(OrganizeCommand::EditCollections(CollectionEdit::Remove(collection.id))));
    actions.push(Action::CollectionRemoved(collection.name.clone()));
    let shown = term(&collection.name);
    if query.has(&shown) {
        actions.push(Action::Search(query.toggled(&shown).to_string()));
    }
}

/// Whether a collection is another one or is inside it, at any depth.
pub(super) fn is_within(id: CollectionId, outer: CollectionId, known: &StudioState) -> bool {
    let mut at = Some(id);
    // The bound ends the loop even if there is a cycle, which must not exist.
    for _ in 0..=known.collections.len() {
        match at {
            Some(id) if id == outer => return true,
            Some(id) => at = known.collections.iter().find(|known| known.id == id).and_then(|known| known.parent),
            None => return false,
        }
    }
    false
}
