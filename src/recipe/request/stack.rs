//! Which images belong together in a stack, and which images a recipe derives from.

use super::{batch_role::Part, recipe::Recipe, reference::Reference};
use crate::recipe::values::{ImageId, RequestId};

/// What the images of a stack have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StackOf {
    /// They came from one request.
    Request(RequestId),
    /// Batches have made them of this image, or they are it.
    Picture(ImageId),
}

impl Recipe {
    /// The images that go to the model, those of the conversation before it too.
    pub fn sent_pictures(&self) -> Vec<Reference> {
        self.as_sent().pictures().cloned().collect()
    }

    /// The images of the library that the result derives from: the one that the recipe is about, then those that are
    /// sent, each once.
    pub fn parents(&self) -> Vec<ImageId> {
        let mut parents = Vec::new();
        for id in self.part.picture().into_iter().chain(self.sent_pictures().iter().filter_map(|sent| sent.image)) {
            if !parents.contains(&id) {
                parents.push(id);
            }
        }
        parents
    }

    /// What its images are stacked with, if they came from this request.
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
    use crate::recipe::request::{not_sent::NotSent, stack::StackOf};

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
