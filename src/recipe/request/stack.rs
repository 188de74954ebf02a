//! Stacks of images that belong together, and the parents of an image.

use super::{batch_role::BatchRole, recipe::Recipe, reference::Reference};
use crate::recipe::values::{ImageId, RequestId};

/// The key that all images of a stack share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StackKey {
    /// Images of one request.
    Request(RequestId),
    /// This image and the images that batches made from it.
    Image(ImageId),
}

impl Recipe {
    /// The images that are sent, including those of the conversation.
    pub fn sent_images(&self) -> Vec<Reference> {
        self.effective().images().cloned().collect()
    }

    /// The images of the library that the result derives from: the edited one, then those that are sent, without
    /// duplicates.
    pub fn parents(&self) -> Vec<ImageId> {
        let mut parents = Vec::new();
        for id in self.role.image().into_iter().chain(self.sent_images().iter().filter_map(|sent| sent.image)) {
            if !parents.contains(&id) {
                parents.push(id);
            }
        }
        parents
    }

    /// The stack of the images of this request.
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
    fn parents_are_the_edited_image_and_the_sent_references() {
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
    fn only_results_of_batches_are_stacked_under_their_source() {
        let request = RequestId::from_uuid(uuid::Uuid::from_u128(9));
        let of = |role| Recipe { role, ..Recipe::default() }.stack_key(request);
        assert_eq!(of(BatchRole::Image(id(1))), StackKey::Image(id(1)));
        assert_eq!(of(BatchRole::Edit(id(1))), StackKey::Request(request));
        assert_eq!(of(BatchRole::Prompt), StackKey::Request(request));
    }
}
