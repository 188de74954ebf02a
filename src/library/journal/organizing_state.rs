//! The state that a journal describes when its entries are applied one after the other. It does not depend on the
//! index, so that the marks of images whose files are temporarily missing are not lost.

use std::collections::BTreeMap;

use crate::recipe::{Collection, CollectionEdit, CollectionId, Flag, ImageId, Label, MarkChange, Marks};

use super::entry::Entry;

/// The number of images that share an entry of a compacted journal at most.
const MAX_IMAGES_PER_ENTRY: usize = 2000;

/// All marks and collections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::library) struct OrganizingState {
    /// Contains only images that have marks.
    pub(in crate::library) marks: BTreeMap<ImageId, Marks>,
    /// Contains no counts.
    pub(in crate::library) collections: BTreeMap<CollectionId, Collection>,
}

impl OrganizingState {
    /// Applies an entry.
    pub(in crate::library) fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Change { images, change } => {
                for id in images {
                    self.change(id, &change);
                }
            }
            Entry::Forget { forget } => {
                for id in forget {
                    self.marks.remove(&id);
                }
            }
            Entry::Collections(edit) => self.edit(edit),
        }
    }

    fn change(&mut self, id: ImageId, change: &MarkChange) {
        let takes = |id: &CollectionId| self.collections.get(id).is_some_and(|known| known.query.is_none());
        let may = match change {
            MarkChange::AddTo(collection) => takes(collection),
            _ => true,
        };
        let marks = self.marks.entry(id).or_default();
        if may {
            marks.change(change);
        }
        if *marks == Marks::default() {
            self.marks.remove(&id);
        }
    }

    fn edit(&mut self, edit: CollectionEdit) {
        match edit {
            CollectionEdit::Create { mut collection, images } => {
                let id = collection.id;
                if self.collections.contains_key(&id) {
                    return;
                }
                collection.count = 0;
                collection.parent = collection.parent.filter(|parent| self.may_hold(*parent, id));
                self.collections.insert(id, collection);
                for image in images {
                    self.change(image, &MarkChange::AddTo(id));
                }
            }
            CollectionEdit::Rename(id, name) => {
                if let Some(known) = self.collections.get_mut(&id) {
                    known.name = name;
                }
            }
            CollectionEdit::Search(id, query) => {
                if let Some(known) = self.collections.get_mut(&id).and_then(|known| known.query.as_mut()) {
                    *known = query;
                }
            }
            CollectionEdit::Move(id, parent) => {
                let may = parent.is_none_or(|parent| self.may_hold(parent, id));
                if let Some(known) = self.collections.get_mut(&id).filter(|_| may) {
                    known.parent = parent;
                }
            }
            CollectionEdit::Remove(id) => {
                let Some(removed) = self.collections.remove(&id) else { return };
                for other in self.collections.values_mut().filter(|other| other.parent == Some(id)) {
                    other.parent = removed.parent;
                }
                let inside = |marks: &Marks| marks.collections.contains(&id);
                let images: Vec<ImageId> =
                    self.marks.iter().filter(|(_, marks)| inside(marks)).map(|(id, _)| *id).collect();
                for image in images {
                    self.change(image, &MarkChange::RemoveFrom(id));
                }
            }
        }
    }

    /// Whether a collection exists and may contain another one. No collection may contain itself.
    fn may_hold(&self, outer: CollectionId, inner: CollectionId) -> bool {
        let up = |id: &CollectionId| self.collections.get(id).and_then(|collection| collection.parent);
        self.collections.contains_key(&outer) && !std::iter::successors(Some(outer), up).any(|id| id == inner)
    }

    /// The fewest entries that produce this state.
    pub(in crate::library) fn entries(&self) -> Vec<Entry> {
        // A collection is created before another one is moved into it.
        let create = |collection: &Collection| {
            let collection = Collection { parent: None, ..collection.clone() };
            Entry::Collections(CollectionEdit::Create { collection, images: Vec::new() })
        };
        let into_parent = |collection: &Collection| {
            let edit = CollectionEdit::Move(collection.id, Some(collection.parent?));
            Some(Entry::Collections(edit))
        };
        let collections = self.collections.values();
        let mut entries: Vec<Entry> =
            collections.clone().map(create).chain(collections.filter_map(into_parent)).collect();
        let (mut ratings, mut flags, mut labels) = (Group::default(), Group::default(), Group::default());
        let (mut tags, mut notes, mut members) = (Group::default(), Group::default(), Group::default());
        for (id, marks) in &self.marks {
            ratings.add(*id, Some(&marks.rating).filter(|rating| **rating > 0));
            flags.add(*id, Some(&marks.flag).filter(|flag| **flag != Flag::None));
            labels.add(*id, marks.label.as_ref());
            tags.add(*id, &marks.tags);
            notes.add(*id, Some(&marks.note).filter(|note| !note.is_empty()));
            members.add(*id, &marks.collections);
        }
        ratings.write(&mut entries, |rating| MarkChange::Rate(*rating));
        flags.write(&mut entries, |flag| MarkChange::Flag(*flag));
        labels.write(&mut entries, |label: &Label| MarkChange::Label(Some(*label)));
        tags.write(&mut entries, |tag: &String| MarkChange::Tag(tag.clone()));
        notes.write(&mut entries, |note: &String| MarkChange::Note(note.clone()));
        members.write(&mut entries, |collection| MarkChange::AddTo(*collection));
        entries
    }

    /// The same state, limited to these images.
    #[cfg(test)]
    pub(in crate::library) fn only(mut self, known: &std::collections::BTreeSet<ImageId>) -> Self {
        self.marks.retain(|id, _| known.contains(id));
        self
    }
}

/// Images grouped by the value of a mark.
struct Group<'a, T>(BTreeMap<&'a T, Vec<ImageId>>);

impl<T> Default for Group<'_, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'a, T: Ord> Group<'a, T> {
    fn add(&mut self, id: ImageId, values: impl IntoIterator<Item = &'a T>) {
        for value in values {
            self.0.entry(value).or_default().push(id);
        }
    }

    fn write(self, entries: &mut Vec<Entry>, change: impl Fn(&T) -> MarkChange) {
        for (value, images) in self.0 {
            let lines = images.chunks(MAX_IMAGES_PER_ENTRY);
            entries.extend(lines.map(|images| Entry::Change { images: images.to_vec(), change: change(value) }));
        }
    }
}
