//! Ratings, flags, labels, tags, notes and collections of a library.

use std::{collections::HashMap, sync::Arc};

use crate::{
    library::{
        index::database::IndexDb,
        io::{error::LibraryError, library_folder::LibraryFolder},
        journal::entry::Entry,
    },
    recipe::{Collection, CollectionEdit, CollectionId, ImageId, MarkChange, Marks, RequestId},
};

use super::{inverse_change::InverseChange, marks, organizing_log::OrganizingLog};

/// The marks and collections of a library.
#[derive(Debug)]
pub struct Organizer {
    index: Arc<IndexDb>,
    log: OrganizingLog,
}

impl Organizer {
    /// Opens the marks and collections of a library.
    ///
    /// # Errors
    /// [`LibraryError::Newer`] if a newer version made the journal; else it cannot be read or written.
    pub(in crate::library) fn open(folder: Arc<LibraryFolder>, index: Arc<IndexDb>) -> Result<Self, LibraryError> {
        Ok(Self { log: OrganizingLog::open(folder, Arc::clone(&index))?, index })
    }

    /// Changes a mark of images, of all or none; durable when it returns. Returns the inverse changes, which restore
    /// the former mark of each image; none for images that had the mark already.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn change(&self, images: &[ImageId], change: &MarkChange) -> Result<Vec<InverseChange>, LibraryError> {
        self.log.apply(vec![Entry::Change { images: images.to_vec(), change: change.clone() }])
    }

    /// Changes the collections; durable when it returns. Returns the inverse changes.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn edit_collections(&self, edit: &CollectionEdit) -> Result<Vec<InverseChange>, LibraryError> {
        self.log.apply(vec![Entry::Collections(edit.clone())])
    }

    /// Undoes changes, all or none. Returns the changes that redo them.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn undo(&self, changes: Vec<InverseChange>) -> Result<Vec<InverseChange>, LibraryError> {
        let entry = |change| match change {
            InverseChange::Change(images, change) => Entry::Change { images, change },
            InverseChange::Collections(edit) => Entry::Collections(edit),
        };
        self.log.apply(changes.into_iter().map(entry).collect())
    }

    /// Removes the marks of images that were deleted for good.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub(super) fn forget(&self, images: Vec<ImageId>) -> Result<(), LibraryError> {
        self.log.apply(vec![Entry::Forget { forget: images }]).map(drop)
    }

    /// Applies the rest of the journal to the index. If `new_images` were inserted that were not in the index before,
    /// applies all entries again, because some may be about them.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub(in crate::library) fn sync(&self, new_images: bool) -> Result<(), LibraryError> {
        self.log.sync(new_images)
    }

    /// The collections, by name.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn collections(&self) -> Result<Vec<Collection>, LibraryError> {
        marks::collections(&self.index.reader())
    }

    /// The collections that contain images of requests, without those in the trash.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn collections_of_requests(
        &self,
        requests: impl IntoIterator<Item = RequestId>,
    ) -> Result<HashMap<RequestId, Vec<CollectionId>>, LibraryError> {
        marks::collections_of_requests(&self.index.reader(), requests)
    }

    /// The marks of an image.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn marks(&self, id: ImageId) -> Result<Marks, LibraryError> {
        Ok(marks::marks(&self.index.reader(), id)?)
    }

    /// At most `most` tags that begin with a text, in any case, the most used first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn tags(&self, beginning: &str, most: usize) -> Result<Vec<(String, usize)>, LibraryError> {
        marks::tags(&self.index.reader(), beginning, most)
    }

    /// The journal alone, for tests.
    #[cfg(test)]
    pub(super) fn journal(
        &self,
    ) -> std::sync::MutexGuard<'_, Option<crate::library::journal::organizing_journal::OrganizingJournal>> {
        self.log.journal()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::*;
    use crate::{
        library::{
            Library,
            images::fixtures::{facts, store},
        },
        recipe::{Flag, Label},
    };

    fn id(number: u128) -> ImageId {
        ImageId::from_uuid(Uuid::from_u128(number))
    }

    fn library(folder: &std::path::Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        for number in 1..=3 {
            store(&library, facts(number, "sea"), &number.to_be_bytes());
        }
        library
    }

    #[test]
    fn line_torn_inside_a_character_hides_no_other_line() {
        let folder = tempfile::tempdir().unwrap();
        let note = |text: &str| MarkChange::Note(text.to_owned());
        drop(library(folder.path()).organizer().change(&[id(1)], &note("濕")).unwrap());
        let path = folder.path().join("organising.jsonl");
        let mut text = std::fs::read(&path).unwrap();
        text.extend("{\"note\":\"濕".as_bytes().split_last().unwrap().1);
        std::fs::write(&path, &text).unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.organizer().marks(id(1)).unwrap().note, "濕");
        library.organizer().change(&[id(2)], &note("乾")).unwrap();
        drop(library);
        // A line in the middle that is not text is skipped, and kept.
        let mut text = std::fs::read(&path).unwrap();
        text.extend(b"{\"note\":\"\xff\"}\n");
        std::fs::write(&path, &text).unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.organizer().change(&[id(3)], &note("風")).unwrap();
        assert_eq!([1, 2, 3].map(|number| library.organizer().marks(id(number)).unwrap().note), ["濕", "乾", "風"]);
    }

    #[test]
    fn undo_restores_the_previous_value_of_each_image() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        library.organizer().change(&[id(1)], &MarkChange::Rate(2)).unwrap();
        library.organizer().change(&[id(2)], &MarkChange::Rate(5)).unwrap();
        let undo = library.organizer().change(&[id(1), id(2), id(3)], &MarkChange::Rate(5)).unwrap();
        let rating = |number| library.organizer().marks(id(number)).unwrap().rating;
        assert_eq!([1, 2, 3].map(rating), [5, 5, 5]);
        library.organizer().undo(undo).unwrap();
        assert_eq!([1, 2, 3].map(rating), [2, 5, 0]);
    }

    #[test]
    fn every_organizing_change_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let place = Collection {
            id: CollectionId::from_uuid(Uuid::from_u128(9)),
            name: "客戶 A".to_owned(),
            parent: None,
            query: None,
            count: 1,
        };
        library
            .organizer()
            .edit_collections(&CollectionEdit::Create { collection: place.clone(), images: Vec::new() })
            .unwrap();
        for change in [
            MarkChange::Flag(Flag::Rejected),
            MarkChange::Label(Some(Label::Blue)),
            MarkChange::Tag("wet glass".to_owned()),
            MarkChange::Tag("abend".to_owned()),
            MarkChange::Note("for Monday".to_owned()),
            MarkChange::AddTo(place.id),
        ] {
            assert_eq!(library.organizer().change(&[id(1)], &change).unwrap().len(), 1, "{change:?}");
            assert_eq!(library.organizer().change(&[id(1)], &change).unwrap(), [], "{change:?} was said already");
        }
        let marks = Marks {
            rating: 0,
            flag: Flag::Rejected,
            label: Some(Label::Blue),
            tags: vec!["abend".to_owned(), "wet glass".to_owned()],
            note: "for Monday".to_owned(),
            collections: vec![place.id],
        };
        assert_eq!(library.organizer().marks(id(1)).unwrap(), marks);
        assert_eq!(library.organizer().collections().unwrap(), [place]);
        assert_eq!(library.organizer().tags("WET", 5).unwrap(), [("wet glass".to_owned(), 1)]);
    }

    #[test]
    fn removed_collection_is_restored_with_its_images() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let make = |number: u128, parent: Option<CollectionId>| {
            let name = number.to_string();
            let collection = Collection {
                id: CollectionId::from_uuid(Uuid::from_u128(number)),
                name,
                parent,
                query: None,
                count: 0,
            };
            library
                .organizer()
                .edit_collections(&CollectionEdit::Create { collection: collection.clone(), images: vec![id(2)] })
                .unwrap();
            collection.id
        };
        let outer = make(10, None);
        let middle = make(11, Some(outer));
        let inner = make(12, Some(middle));
        assert_eq!(
            library.organizer().edit_collections(&CollectionEdit::Move(outer, Some(inner))).unwrap(),
            [],
            "into itself"
        );
        let before = library.organizer().collections().unwrap();
        let undo = library.organizer().edit_collections(&CollectionEdit::Remove(middle)).unwrap();
        assert_eq!(library.organizer().collections().unwrap()[1].parent, Some(outer), "what was in it moves up");
        library.organizer().undo(undo).unwrap();
        assert_eq!(library.organizer().collections().unwrap(), before);
    }
}
