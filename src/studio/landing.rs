//! Where an answer's pictures land: written, hashed and decoded while their bytes arrive, stored when the answer
//! is whole.
//!
//! Drafts are shown and then dropped, but for the last one of an answer without anything better. What a model drew
//! while it was thinking is kept and goes before the pictures that were asked for.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    gateway::{ImageRole, Receiver},
    imaging::{Arriving, Bitmap, Finished, ImageError, Limits, average_colour, foreign_format, shrink},
    library::{Library, LibraryError, Look, OriginalWriter, SidecarFacts},
    recipe::{Answer, Charge, Failure, FailureKind, ImageId, Marks, Money, Recipe, RequestId},
};

use super::{Details, Pixels, ThumbnailSize, thumbnails};

/// So many of an image's first bytes are looked at to name its format.
const FORMAT_BYTES: usize = 512;

/// The pictures of one answer on their way to the library.
///
/// As a [`Receiver`] it is fed by the reader of the answer. Nothing is part of the library before
/// [`Self::store`]; dropped before that, it leaves nothing behind.
pub struct Landing {
    library: Arc<Library>,
    request: RequestId,
    recipe: Arc<Recipe>,
    new_id: Box<dyn FnMut() -> (ImageId, Timestamp) + Send>,
    /// How many pictures have begun.
    begun: usize,
    current: Option<InFlight>,
    landed: Vec<Landed>,
    links: Vec<String>,
    /// What went wrong, with the image that it went wrong with.
    troubles: Vec<(Option<Lost>, Failure)>,
    preview: Option<Pixels>,
    /// Whether an image of it was stored.
    stored_any: bool,
}

/// An image that did not become one.
struct Lost {
    number: usize,
    role: ImageRole,
}

/// A picture whose bytes are arriving.
struct InFlight {
    number: usize,
    role: ImageRole,
    id: ImageId,
    created: Timestamp,
    writer: OriginalWriter,
    pixels: Arriving,
    /// Its first bytes, which tell the format of what cannot be decoded.
    head: Vec<u8>,
    /// The revision of the preview that was given last.
    shown: u64,
}

/// A picture that has arrived and was decoded.
struct Landed {
    number: usize,
    role: ImageRole,
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
    /// Whether it was stored just now, and not by an earlier reading of the same response.
    pub is_new: bool,
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
            begun: 0,
            current: None,
            landed: Vec::new(),
            links: Vec::new(),
            troubles: Vec::new(),
            preview: None,
            stored_any: false,
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

    /// Changes whenever [`Self::preview`] has something new of the arriving picture.
    pub fn revision(&self) -> u64 {
        self.current.as_ref().map_or(0, |current| current.pixels.revision())
    }

    /// Whether a picture has arrived whole that is not only a draft.
    pub fn has_pictures(&self) -> bool {
        self.landed.iter().any(|landed| landed.role != ImageRole::Draft)
    }

    /// What was asked.
    pub fn recipe(&self) -> Arc<Recipe> {
        Arc::clone(&self.recipe)
    }

    /// Links that stood in the answer instead of pictures; each is given once.
    pub fn take_links(&mut self) -> Vec<String> {
        std::mem::take(&mut self.links)
    }

    /// The first thing that went wrong, if anything did. Drafts that are broken are none where an image came.
    pub fn take_trouble(&mut self) -> Option<Failure> {
        let has_images = self.stored_any;
        let counts =
            |lost: &Option<Lost>| !has_images || lost.as_ref().is_none_or(|lost| lost.role == ImageRole::Final);
        let first = self.troubles.iter().position(|(lost, _)| counts(lost))?;
        Some(self.troubles.swap_remove(first).1)
    }

    /// Remembers that something went wrong.
    pub fn note_trouble(&mut self, failure: Failure) {
        self.troubles.push((None, failure));
    }

    fn lose(&mut self, number: usize, role: ImageRole, failure: Failure) {
        self.troubles.push((Some(Lost { number, role }), failure));
    }

    /// Stores every picture that has arrived, with what came beside them. Returns when all is durable.
    ///
    /// # Errors
    /// The first picture that could not be stored; those before it are stored, and all are tried.
    pub fn store(&mut self, answer: &Answer, took: Duration) -> (Vec<Stored>, Option<Failure>) {
        let mut stored = Vec::new();
        let mut failure = None;
        // In the order of the answer: what a stop in between leaves to the next start is named later than what is stored.
        let worth_keeping = self.worth_keeping();
        let count = worth_keeping.len();
        for (index, landed) in worth_keeping.into_iter().enumerate() {
            // What the answer cost is shared among its pictures.
            let cost = answer.cost.map(|cost| cost.part(index, count));
            match self.store_one(landed, answer, cost, took) {
                Ok(picture) => {
                    // One that an earlier run has stored already is not told twice either.
                    if stored.iter().all(|known: &Stored| known.details.id != picture.details.id) {
                        stored.push(picture);
                        self.stored_any = true;
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

    /// The pictures to be stored, with the one that was asked for at the end.
    fn worth_keeping(&mut self) -> Vec<Landed> {
        let mut landed = std::mem::take(&mut self.landed);
        if landed.iter().any(|landed| landed.role != ImageRole::Draft) {
            landed.retain(|landed| landed.role != ImageRole::Draft);
        } else if let Some(last) = landed.pop() {
            landed = vec![last];
        }
        landed.sort_by_key(|landed| landed.role != ImageRole::Thought);
        // The same picture twice in one answer is one picture, at the place of its last coming.
        let hashes: Vec<String> = landed.iter().map(|landed| landed.writer.sha256()).collect();
        let mut at = 0;
        landed.retain(|_| {
            at += 1;
            !hashes[at..].contains(&hashes[at - 1])
        });
        landed
    }

    fn store_one(
        &self,
        landed: Landed,
        answer: &Answer,
        cost: Option<Money>,
        took: Duration,
    ) -> Result<Stored, LibraryError> {
        let Landed { id, created, writer, pixels, .. } = landed;
        let colour = average_colour(&pixels.thumbnail);
        let look = Look::of(&pixels.thumbnail);
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
            cost,
            colour,
            look: Some(look),
            source: None,
        })?;
        let path = self.library.original_path(sidecar.id)?;
        let details = Details { palette: look.colours(), ..super::details(sidecar, path, Marks::default()) };
        Ok(Stored { is_new: details.id == id, details, thumbnail: pixels.thumbnail })
    }

    fn start(&mut self) {
        let number = self.begun;
        self.begun += 1;
        let (id, created) = (self.new_id)();
        match self.library.begin_original(id, created) {
            Ok(writer) => {
                let pixels = Arriving::new(Limits::default(), ThumbnailSize::Large.edge());
                let role = ImageRole::Final;
                let head = Vec::new();
                self.current = Some(InFlight { number, role, id, created, writer, pixels, head, shown: 0 });
            }
            Err(error) => self.lose(number, ImageRole::Final, library_failure(&error, Charge::Yes)),
        }
    }

    fn end(&mut self, current: InFlight) -> Result<(), Failure> {
        let InFlight { number, role, id, created, mut writer, pixels, head, .. } = current;
        // The file is flushed while the decoder, on a thread of its own, comes to its last rows.
        let flushed = writer.flush();
        let pixels = pixels.finish().map_err(|error| image_failure(&error, &head))?;
        flushed.map_err(|error| library_failure(&error, Charge::Yes))?;
        // Something may still be coming, and this is more than its first rows.
        self.preview = Some(thumbnails::pixels(pixels.thumbnail.clone()));
        self.landed.push(Landed { number, role, id, created, writer, pixels });
        self.drop_old_drafts();
        Ok(())
    }

    /// Of any number of drafts only the last takes up room.
    fn drop_old_drafts(&mut self) {
        let newest = self.landed.iter().rposition(|landed| landed.role == ImageRole::Draft);
        let mut at = 0;
        self.landed.retain(|landed| {
            at += 1;
            landed.role != ImageRole::Draft || Some(at - 1) == newest
        });
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
        let room = FORMAT_BYTES.saturating_sub(current.head.len());
        current.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if let Err(error) = current.writer.write(bytes)
            && let Some(InFlight { number, role, .. }) = self.current.take()
        {
            self.lose(number, role, library_failure(&error, Charge::Yes));
        }
    }

    fn image_end(&mut self, complete: bool) {
        let Some(current) = self.current.take() else { return };
        let (number, role) = (current.number, current.role);
        let ended = if complete { self.end(current) } else { Err(Failure::new(FailureKind::BrokenImage)) };
        if let Err(failure) = ended {
            self.lose(number, role, failure);
        }
    }

    fn image_role(&mut self, number: usize, role: ImageRole) {
        if let Some(current) = self.current.as_mut().filter(|current| current.number == number) {
            current.role = role;
        }
        if let Some(landed) = self.landed.iter_mut().find(|landed| landed.number == number) {
            landed.role = role;
            self.drop_old_drafts();
        }
        for (lost, _) in &mut self.troubles {
            if let Some(lost) = lost.as_mut().filter(|lost| lost.number == number) {
                lost.role = role;
            }
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

fn image_failure(error: &ImageError, head: &[u8]) -> Failure {
    match error {
        ImageError::NotAnImage if let Some(format) = foreign_format(head) => {
            Failure::new(FailureKind::UnknownFormat).words(format)
        }
        ImageError::TooLarge { width, height } => {
            Failure::new(FailureKind::AbsurdDimensions).words(format!("{width} × {height}"))
        }
        _ => Failure::new(FailureKind::BrokenImage),
    }
}
