//! Which images belong together in a stack, and which images a recipe derives from.

use super::{batch_role::BatchRole, recipe::Recipe, reference::Reference};
use crate::recipe::values::{ImageId, RequestId};

/// What the images of a stack have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StackKey {
    /// They came from one request.
    Request(RequestId),
    /// Batches have made them of this image, or they are it.
    Image(ImageId),
}

impl Recipe {
    /// The images that go to the model, those of the conversation before it too.
    pub fn sent_images(&self) -> Vec<Reference> {
        self.effective().images().cloned().collect()
    }

    /// The images of the library that the result derives from: the one that the recipe is about, then those that are
    /// sent, each once.
    pub fn parents(&self) -> Vec<ImageId> {
        let mut parents = Vec::new();
        for id in self.role.image().into_iter().chain(self.sent_images().iter().filter_map(|sent| sent.image)) {
            if !parents.contains(&id) {
                parents.push(id);
            }
        }
        parents
    }

    /// What its images are stacked with, if they came from this request.
    pub fn stack_key(&self, request: RequestId) -> StackKey {
        match self.role {
            BatchRole::Image(id) => StackKey::Image(id),
            BatchRole::Prompt
            | BatchRole::Edit(_)
            | BatchRole::Row { .. }
            | BatchRole::Cell { .. }
            | BatchRole::Contender { .. } => StackKey::Request(request),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::request::{stack::StackKey, unsupported::Unsupported};

    fn id(n: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn reference(image: Option<ImageId>) -> Reference {
        Reference { sha256: String::new(), mime: String::new(), name: String::new(), image }
    }

    #[test]
    fn parents_are_what_it_is_about_and_what_was_sent_along() {
        let recipe = Recipe {
            role: BatchRole::Edit(id(3)),
            references: [Some(id(1)), None, Some(id(3)), Some(id(2)), Some(id(4))].map(reference).to_vec(),
            unsupported: vec![Unsupported::ReferencesBeyond(4)],
            ..Recipe::default()
        };
        assert_eq!(recipe.parents(), [3, 1, 2].map(id));
        assert_eq!(Recipe::default().parents(), []);
    }

    #[test]
    fn only_what_a_batch_has_made_is_stacked_under_its_image() {
        let request = RequestId::from_uuid(uuid::Uuid::from_u128(9));
        let of = |role| Recipe { role, ..Recipe::default() }.stack_key(request);
        assert_eq!(of(BatchRole::Image(id(1))), StackKey::Image(id(1)));
        assert_eq!(of(BatchRole::Edit(id(1))), StackKey::Request(request));
        assert_eq!(of(BatchRole::Prompt), StackKey::Request(request));
    }
}
