//! Images for tests.

use std::{path::Path, sync::Arc, time::Duration};

use uuid::Uuid;

use crate::{
    library::{Library, store::sidecar::Sidecar},
    recipe::{Answer, Format, ImageFacts, ImageId, Recipe, RequestId},
};

use super::new_image::NewImage;

pub(in crate::library) fn facts(number: u128, prompt: &str) -> ImageFacts {
    ImageFacts {
        id: ImageId::from_uuid(Uuid::from_u128(number)),
        request: RequestId::from_uuid(Uuid::from_u128(1000 + number)),
        recipe: Recipe { prompt: prompt.to_owned(), model: "Gemini-Image".to_owned(), ..Recipe::default() },
        answer: Answer::default(),
        format: Format::Png,
        width: 640,
        height: 480,
        created: "2026-11-23T10:00:00Z".parse().unwrap(),
        took: Duration::from_millis(1500),
        cost: None,
        source: None,
    }
}

impl From<ImageFacts> for NewImage {
    fn from(facts: ImageFacts) -> Self {
        Self { facts, color: [1, 2, 3], features: None }
    }
}

pub(in crate::library) fn store(library: &Arc<Library>, image: impl Into<NewImage>, bytes: &[u8]) -> Sidecar {
    let image = image.into();
    let mut writer = library.images().begin_original(image.facts.id, image.facts.created).unwrap();
    for piece in bytes.chunks(3) {
        writer.write(piece).unwrap();
    }
    library.images().store_original(writer, image).unwrap()
}

/// Stores `count` small images in a new library. Returns their IDs.
pub(crate) fn store_many(folder: &Path, count: u128) -> Vec<ImageId> {
    let library = Arc::new(Library::open(folder).unwrap());
    (1..=count).map(|number| store(&library, facts(number, "sea"), &number.to_be_bytes()).facts.id).collect()
}
