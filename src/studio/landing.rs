//! Where an answer's pictures land: written, hashed and decoded while their bytes arrive, stored when the answer
//! is whole.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    gateway::Receiver,
    imaging::{Arriving, Bitmap, Finished, ImageError, Limits, average_colour, shrink},
    library::{Library, LibraryError, OriginalWriter, SidecarFacts},
    recipe::{Answer, Charge, Failure, FailureKind, ImageId, Recipe, RequestId},
};

use super::{Details, Pixels, ThumbnailSize, thumbnails};

/// The pictures of one answer on their way to the library.
///
/// As a [`Receiver`] it is fed by the reader of the answer. Nothing is part of the library before
/// [`Self::store`]; dropped before that, it leaves nothing behind.
pub struct Landing {
    library: Arc<Library>,
    request: RequestId,
    recipe: Arc<Recipe>,
    new_id: Box<dyn FnMut() -> (ImageId, Timestamp) + Send>,
    current: Option<InFlight>,
    landed: Vec<Landed>,
    links: Vec<String>,
    trouble: Option<Failure>,
    preview: Option<Pixels>,
}

/// A picture whose bytes are arriving.
struct InFlight {
    id: ImageId,
    created: Timestamp,
    writer: OriginalWriter,
    pixels: Arriving,
    /// The revision of the preview that was given last.
    shown: u64,
}

/// A picture that has arrived and was decoded.
struct Landed {
    id: ImageId,
    created: Timestamp,
    writer: OriginalWriter,
    pixels: Finished,
}

/// A picture that was stored durably, with its thumbnails still in memory.
#[derive(Debug)]
pub struct Stored {
    /// Everything about it.
    pub details: Details,
    /// Its large thumbnail, as decoded.
    pub thumbnail: Bitmap,
}

impl Landing {
    /// A landing place for one answer. `new_id` names pictures and tells when they came.
    pub fn new(
        library: Arc<Library>,
        request: RequestId,
        recipe: Arc<Recipe>,
        new_id: impl FnMut() -> (ImageId, Timestamp) + Send + 'static,
    ) -> Self {
        Self {
            library,
            request,
            recipe,
            new_id: Box::new(new_id),
            current: None,
            landed: Vec::new(),
            links: Vec::new(),
            trouble: None,
            preview: None,
        }
    }

    /// The rows of the arriving picture that can be drawn already, at thumbnail size. The same pixels are given
    /// again while nothing new has come.
    pub fn preview(&mut self) -> Option<Pixels> {
        if let Some(current) = &mut self.current {
            let revision = current.pixels.revision();
            if revision != current.shown
                && let Some((bitmap, ..)) = current.pixels.preview()
            {
                current.shown = revision;
                self.preview = Some(thumbnails::pixels(bitmap));
            }
        }
        self.preview.clone()
    }

    /// Whether a picture has arrived whole.
    pub fn has_pictures(&self) -> bool {
        !self.landed.is_empty()
    }

    /// Links that stood in the answer instead of pictures; each is given once.
    pub fn take_links(&mut self) -> Vec<String> {
        std::mem::take(&mut self.links)
    }

    /// What went wrong with a picture, if anything did.
    pub fn take_trouble(&mut self) -> Option<Failure> {
        self.trouble.take()
    }

    /// Remembers that something went wrong; the first trouble is the one that is told.
    pub fn note_trouble(&mut self, failure: Failure) {
        self.trouble.get_or_insert(failure);
    }

    /// Stores every picture that has arrived, with what came beside them. Returns when all is durable.
    ///
    /// # Errors
    /// The first picture that could not be stored; those before it are stored, and all are tried.
    pub fn store(&mut self, answer: &Answer, took: Duration) -> (Vec<Stored>, Option<Failure>) {
        let mut stored = Vec::new();
        let mut failure = None;
        for landed in std::mem::take(&mut self.landed) {
            match self.store_one(landed, answer, took) {
                Ok(picture) => {
                    // The same picture twice in one answer is one picture.
                    if stored.iter().all(|known: &Stored| known.details.id != picture.details.id) {
                        stored.push(picture);
                    }
                }
                Err(error) => {
                    tracing::error!(request = %self.request, %error, "a picture could not be stored");
                    failure.get_or_insert_with(|| library_failure(&error, Charge::Yes));
                }
            }
        }
        (stored, failure)
    }

    fn store_one(&self, landed: Landed, answer: &Answer, took: Duration) -> Result<Stored, LibraryError> {
        let Landed { id, created, writer, pixels } = landed;
        let colour = average_colour(&pixels.thumbnail);
        let sidecar = writer.commit(SidecarFacts {
            id,
            request: self.request,
            recipe: Recipe::clone(&self.recipe),
            answer: answer.clone(),
            format: pixels.probe.format,
            width: pixels.probe.width,
            height: pixels.probe.height,
            created,
            took,
            cost: None,
            colour,
        })?;
        let path = self.library.original_path(sidecar.id)?;
        Ok(Stored { details: super::details(sidecar, path), thumbnail: pixels.thumbnail })
    }

    fn start(&mut self) {
        let (id, created) = (self.new_id)();
        match self.library.begin_original(id, created) {
            Ok(writer) => {
                let pixels = Arriving::new(Limits::default(), ThumbnailSize::Large.edge());
                self.current = Some(InFlight { id, created, writer, pixels, shown: 0 });
            }
            Err(error) => self.note_trouble(library_failure(&error, Charge::Yes)),
        }
    }

    fn end(&mut self, current: InFlight) -> Result<(), Failure> {
        let InFlight { id, created, mut writer, pixels, .. } = current;
        // The file is flushed while the decoder, on a thread of its own, comes to its last rows.
        let flushed = writer.flush();
        let pixels = pixels.finish().map_err(|error| image_failure(&error))?;
        flushed.map_err(|error| library_failure(&error, Charge::Yes))?;
        self.landed.push(Landed { id, created, writer, pixels });
        Ok(())
    }
}

impl Receiver for Landing {
    fn image_start(&mut self, _declared_mime: Option<&str>) {
        // What the gateway declares is often wrong; the bytes tell.
        self.start();
    }

    fn image_bytes(&mut self, bytes: &[u8]) {
        let Some(current) = &mut self.current else { return };
        current.pixels.push(bytes);
        if let Err(error) = current.writer.write(bytes) {
            self.current = None;
            self.note_trouble(library_failure(&error, Charge::Yes));
        }
    }

    fn image_end(&mut self, complete: bool) {
        let Some(current) = self.current.take() else { return };
        if !complete {
            return;
        }
        if let Err(failure) = self.end(current) {
            self.note_trouble(failure);
        }
    }

    fn image_link(&mut self, url: &str) {
        if !self.links.iter().any(|known| known == url) {
            self.links.push(url.to_owned());
        }
    }

    fn text(&mut self, _delta: &str) {}
}

/// Both sizes of a stored picture's thumbnail, cached and ready to be drawn.
pub(super) fn keep_thumbnails(library: &Library, stored: Stored) -> [(ThumbnailSize, Pixels); 2] {
    let id = stored.details.id;
    let large = stored.thumbnail;
    let small = shrink(&large, ThumbnailSize::Small.edge());
    thumbnails::keep(library, id, ThumbnailSize::Large, &large);
    thumbnails::keep(library, id, ThumbnailSize::Small, &small);
    [(ThumbnailSize::Large, thumbnails::pixels(large)), (ThumbnailSize::Small, thumbnails::pixels(small))]
}

/// What the library's trouble means for a request.
pub(super) fn library_failure(error: &LibraryError, charged: Charge) -> Failure {
    let kind = match error {
        LibraryError::DiskFull { .. } => FailureKind::DiskFull,
        _ => FailureKind::CannotWrite,
    };
    Failure::new(kind).charged(charged).words(error.to_string())
}

fn image_failure(error: &ImageError) -> Failure {
    match error {
        ImageError::TooLarge { width, height } => {
            Failure::new(FailureKind::AbsurdDimensions).words(format!("{width} × {height}"))
        }
        _ => Failure::new(FailureKind::BrokenImage),
    }
}
