//! What a request is one of: requests that were asked for together share a batch, and each has its place in it.

use serde::{Deserialize, Serialize};

use super::{ImageId, Recipe, Reference, RequestId, RowId, SheetId};

/// The place of a request in its batch. A request that is asked again keeps its place, so that its pictures are found
/// where the person looks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// One of the prompts that the composer's prompt stood for.
    #[default]
    Prompt,
    /// What a batch has made of this picture: it is stacked under it.
    Picture(ImageId),
    /// A change of this picture in words.
    Edit(ImageId),
    /// A row of a prompt sheet.
    Row {
        /// The sheet.
        sheet: SheetId,
        /// Its row.
        row: RowId,
        /// Tells what the row asked for, so that it is seen when it has changed since.
        #[serde(default)]
        asked: String,
    },
    /// A cell of a parameter grid, the batch being the grid.
    Cell {
        /// Index of its column, from the left.
        column: u32,
        /// Index of its row, from the top.
        row: u32,
        /// What stands above its column.
        column_label: String,
        /// What stands before its row.
        row_label: String,
    },
    /// One model of a blind comparison, the batch being the comparison.
    Contender {
        /// Its place among the others, which was drawn by lot: it tells nothing of the model.
        place: u32,
    },
}

impl Part {
    /// Whether it is the usual one, which nobody needs to be told.
    pub fn is_prompt(&self) -> bool {
        *self == Self::Prompt
    }

    /// The picture that it is about, if it is about one.
    pub fn picture(&self) -> Option<ImageId> {
        match self {
            Self::Picture(id) | Self::Edit(id) => Some(*id),
            _ => None,
        }
    }
}

/// What the pictures of a stack have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StackOf {
    /// They came from one request.
    Request(RequestId),
    /// Batches have made them of this picture, or they are it.
    Picture(ImageId),
}

impl Recipe {
    /// The pictures that go to the model, those of the conversation before it too.
    pub fn sent_pictures(&self) -> Vec<Reference> {
        self.as_sent().pictures().cloned().collect()
    }

    /// The pictures of the library that it makes another one of: the one that it is about, then those that go along,
    /// each once.
    pub fn parents(&self) -> Vec<ImageId> {
        let mut parents = Vec::new();
        for id in self.part.picture().into_iter().chain(self.sent_pictures().iter().filter_map(|sent| sent.image)) {
            if !parents.contains(&id) {
                parents.push(id);
            }
        }
        parents
    }

    /// What its pictures are stacked with, if they came from this request.
    pub fn stack_of(&self, request: RequestId) -> StackOf {
        match self.part {
            Part::Picture(id) => StackOf::Picture(id),
            _ => StackOf::Request(request),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::NotSent;

    fn id(n: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn reference(image: Option<ImageId>) -> Reference {
        Reference { sha256: String::new(), mime: String::new(), name: String::new(), image }
    }

    #[test]
    fn parents_are_what_it_is_about_and_what_was_sent_along() {
        let recipe = Recipe {
            part: Part::Edit(id(3)),
            references: [Some(id(1)), None, Some(id(3)), Some(id(2)), Some(id(4))].map(reference).to_vec(),
            not_sent: vec![NotSent::ReferencesBeyond(4)],
            ..Recipe::default()
        };
        assert_eq!(recipe.parents(), [3, 1, 2].map(id));
        assert_eq!(Recipe::default().parents(), []);
    }

    #[test]
    fn only_what_a_batch_has_made_is_stacked_under_its_picture() {
        let request = RequestId::from_uuid(uuid::Uuid::from_u128(9));
        let of = |part| Recipe { part, ..Recipe::default() }.stack_of(request);
        assert_eq!(of(Part::Picture(id(1))), StackOf::Picture(id(1)));
        assert_eq!(of(Part::Edit(id(1))), StackOf::Request(request));
        assert_eq!(of(Part::Prompt), StackOf::Request(request));
    }
}
