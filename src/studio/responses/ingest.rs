//! Where an answer's pictures land: written, hashed and decoded while their bytes arrive, stored when the answer
//! is whole.
//!
//! Drafts are shown and then dropped, but for the last one of an answer without anything better. What a model drew
//! while it was thinking is kept and goes before the pictures that were asked for.

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    error_chain::chain,
    gateway::{ImageRole, Receiver},
    imaging::{
        Bitmap, ImageError, IncrementalDecoder, Limits, Probe, average_colour, downscale, encode_thumbnail,
        foreign_format,
    },
    library::{Library, LibraryError, NewImage, OriginalWriter, StoredOriginal, VisualFeatures},
    recipe::{Answer, Charge, Failure, FailureKind, ImageFacts, ImageId, Marks, Recipe, RequestId},
    studio::{
        gallery::thumbnails,
        protocol::{ImageDetails, Pixels, ThumbnailSize},
    },
};

/// Images of one response whose bytes have come and that are still decoded or flushed while its next images are read.
const UNSETTLED: usize = 2;

/// So many of an image's first bytes are looked at to name its format.
const FORMAT_BYTES: usize = 512;
/// How many links of one answer are followed; further ones are only counted.
const MAX_LINKS: usize = 64;

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
    /// Pictures whose bytes have all come, the oldest first. They are decoded and flushed while others are read.
    arrived: Vec<InFlight>,
    landed: Vec<Landed>,
    links: Vec<String>,
    /// What went wrong, with the image that it went wrong with.
    troubles: Vec<(Option<Lost>, Failure)>,
    /// Links beyond those that are fetched.
    links_left_out: usize,
    failed_links: usize,
    preview: Option<Pixels>,
    /// Whether an image of it was stored.
    stored_any: bool,
}

/// An image that did not become one.
struct Lost {
    number: usize,
    role: ImageRole,
}

/// A picture whose bytes are arriving, or that is not decoded yet.
struct InFlight {
    number: usize,
    role: ImageRole,
    id: ImageId,
    created: Timestamp,
    writer: OriginalWriter,
    pixels: IncrementalDecoder,
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
    probe: Probe,
    colour: [u8; 3],
    look: VisualFeatures,
    thumbnail: Arc<Bitmap>,
    encoded: Option<JoinHandle<Encoded>>,
}

/// Both sizes of a picture's thumbnail as they are kept; `None` for one that cannot be encoded.
#[derive(Debug)]
struct Encoded {
    large: Option<Vec<u8>>,
    small: Option<Vec<u8>>,
    small_pixels: Pixels,
}

/// A picture that was stored durably, with its thumbnails still in memory.
#[derive(Debug)]
pub struct Stored {
    /// Everything about it.
    pub details: ImageDetails,
    /// Its large thumbnail, as decoded.
    pub thumbnail: Arc<Bitmap>,
    /// Encodes its thumbnails; `None` where that was not begun yet.
    encoded: Option<JoinHandle<Encoded>>,
    /// Whether it was stored just now, and not by an earlier reading of the same response.
    pub is_new: bool,
}

impl Stored {
    /// A stored picture whose thumbnails are not encoded yet.
    pub fn new(details: ImageDetails, thumbnail: Bitmap) -> Self {
        Self { details, thumbnail: Arc::new(thumbnail), encoded: None, is_new: true }
    }
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
            arrived: Vec::new(),
            landed: Vec::new(),
            links: Vec::new(),
            troubles: Vec::new(),
            links_left_out: 0,
            failed_links: 0,
            preview: None,
            stored_any: false,
        }
    }

    /// The rows of the arriving picture that can be drawn already, at thumbnail size. The same pixels are given
    /// again while nothing new has come.
    pub fn preview(&mut self) -> Option<Pixels> {
        if let Some(current) = self.current.as_mut().or_else(|| self.arrived.last_mut()) {
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
        self.current.as_ref().or_else(|| self.arrived.last()).map_or(0, |current| current.pixels.revision())
    }

    /// Whether a picture has arrived whole that is not only a draft. Waits for its decoder only where there are links
    /// to follow instead.
    pub fn has_pictures(&mut self) -> bool {
        if !self.links.is_empty() {
            self.settle(0);
        }
        let arrived = self.arrived.iter().map(|arrived| arrived.role);
        arrived
            .chain(self.landed.iter().map(|landed| landed.role))
            .any(|role| !matches!(role, ImageRole::Draft | ImageRole::Guess))
    }

    /// What was asked.
    pub fn recipe(&self) -> Arc<Recipe> {
        Arc::clone(&self.recipe)
    }

    /// Links that stood in the answer instead of pictures, at most [`MAX_LINKS`]; each is given once.
    pub fn take_links(&mut self) -> Vec<String> {
        std::mem::take(&mut self.links)
    }

    /// How many pictures have arrived whole so far, drafts among them.
    pub fn arrived(&mut self) -> usize {
        self.settle(0);
        self.landed.len()
    }

    /// How many links stood in the answer beyond those that [`Self::take_links`] gives.
    pub fn links_left_out(&self) -> usize {
        self.links_left_out
    }

    /// Remembers that there is no picture behind `count` links, as [`Self::note_trouble`] does.
    pub fn note_failed_links(&mut self, count: usize, failure: Failure) {
        self.failed_links += count;
        self.note_trouble(failure);
    }

    /// Behind how many links there is no picture, those that were left out among them.
    pub fn failed_links(&self) -> usize {
        self.failed_links
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
    /// The first picture that could not be stored; all are tried.
    pub fn store(&mut self, answer: &Answer, took: Duration) -> (Vec<Stored>, Option<Failure>) {
        self.settle(0);
        let worth_keeping = self.worth_keeping();
        let count = worth_keeping.len();
        let (mut originals, mut pictures) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (index, landed) in worth_keeping.into_iter().enumerate() {
            let Landed { number, id, created, writer, probe, colour, look, thumbnail, encoded, .. } = landed;
            let facts = ImageFacts {
                id,
                request: self.request,
                recipe: Recipe::clone(&self.recipe),
                answer: answer.of_picture(number),
                format: probe.format,
                width: probe.width,
                height: probe.height,
                created,
                took,
                // What the answer cost is shared among its pictures.
                cost: answer.cost.map(|cost| cost.part(index, count)),
                source: None,
            };
            originals.push((writer, NewImage { facts, color: colour, features: Some(look) }));
            pictures.push((look, thumbnail, encoded));
        }
        let (mut stored, mut failure) = (Vec::with_capacity(count), None);
        for (result, (look, thumbnail, encoded)) in
            self.library.images().store_originals(originals).into_iter().zip(pictures)
        {
            let placed =
                result.and_then(|stored| Ok((self.library.images().original_path(stored.sidecar.id)?, stored)));
            match placed {
                Ok((path, StoredOriginal { sidecar, was_known })) => {
                    let details = ImageDetails {
                        palette: look.colors(),
                        ..crate::studio::gallery::details::details(sidecar, path, Marks::default())
                    };
                    // One that an earlier run has stored already is not told twice either.
                    if stored.iter().all(|known: &Stored| known.details.id != details.id) {
                        stored.push(Stored { details, thumbnail, encoded, is_new: !was_known });
                        self.stored_any = true;
                    }
                }
                Err(error) => {
                    tracing::error!(request = %self.request, error = %chain(&error), "a picture could not be stored");
                    failure.get_or_insert_with(|| library_failure(&error, Charge::Yes));
                }
            }
        }
        (stored, failure)
    }

    /// The pictures to be stored, with the one that was asked for at the end.
    fn worth_keeping(&mut self) -> Vec<Landed> {
        let mut landed = std::mem::take(&mut self.landed);
        let is_meant = |landed: &Landed| !matches!(landed.role, ImageRole::Draft | ImageRole::Guess);
        if landed.iter().any(is_meant) {
            landed.retain(is_meant);
        } else if landed.iter().any(|landed| landed.role == ImageRole::Guess) {
            landed.retain(|landed| landed.role == ImageRole::Guess);
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

    fn start(&mut self) {
        let number = self.begun;
        self.begun += 1;
        let (id, created) = (self.new_id)();
        match self.library.images().begin_original(id, created) {
            Ok(writer) => {
                let pixels = IncrementalDecoder::new(Limits::default(), ThumbnailSize::Large.edge());
                let role = ImageRole::Final;
                let head = Vec::new();
                self.current = Some(InFlight { number, role, id, created, writer, pixels, head, shown: 0 });
            }
            Err(error) => self.lose(number, ImageRole::Final, library_failure(&error, Charge::Yes)),
        }
    }

    /// Waits for pictures whose bytes have come to be decoded and flushed, the oldest first, until so many are left.
    fn settle(&mut self, most: usize) {
        while self.arrived.len() > most {
            let oldest = self.arrived.remove(0);
            let (number, role) = (oldest.number, oldest.role);
            if let Err(failure) = self.land(oldest) {
                self.lose(number, role, failure);
            }
        }
    }

    fn land(&mut self, arrived: InFlight) -> Result<(), Failure> {
        let InFlight { number, role, id, created, mut writer, pixels, head, .. } = arrived;
        let was_seen = pixels.revision() > 0;
        let pixels = pixels.finish().map_err(|error| image_failure(&error, &head))?;
        let thumbnail = Arc::new(pixels.thumbnail);
        // What is worth keeping is encoded while the disk is waited for.
        let encoded = if role == ImageRole::Draft { None } else { begin_encoding(&thumbnail) };
        let (colour, look) = (average_colour(&thumbnail), VisualFeatures::of(&thumbnail));
        writer.flush().map_err(|error| library_failure(&error, Charge::Yes))?;
        if !was_seen {
            // Something may still be coming, and this is more than its first rows.
            self.preview = Some(thumbnails::pixels(Bitmap::clone(&thumbnail)));
        }
        self.landed.push(Landed {
            number,
            role,
            id,
            created,
            writer,
            probe: pixels.probe,
            colour,
            look,
            thumbnail,
            encoded,
        });
        Ok(())
    }

    /// Of any number of drafts only the last that can be decoded takes up room.
    fn drop_old_drafts(&mut self) {
        let arrived = self.arrived.iter().map(|arrived| arrived.role);
        let drafts =
            arrived.chain(self.landed.iter().map(|landed| landed.role)).filter(|role| *role == ImageRole::Draft);
        if drafts.count() < 2 {
            return;
        }
        self.settle(0);
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
        let Some(mut current) = self.current.take() else { return };
        if !complete {
            return self.lose(current.number, current.role, Failure::new(FailureKind::BrokenImage));
        }
        // Its file is flushed and its last rows are decoded, each on a thread of its own, while the response is read on.
        current.writer.begin_flush();
        current.pixels.end();
        self.arrived.push(current);
        self.settle(UNSETTLED);
        self.drop_old_drafts();
    }

    fn image_role(&mut self, number: usize, role: ImageRole) {
        if let Some(current) = self.current.iter_mut().chain(&mut self.arrived).find(|current| current.number == number)
        {
            current.role = role;
            self.drop_old_drafts();
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
        if self.links.iter().any(|known| known == url) {
            return;
        }
        if self.links.len() < MAX_LINKS {
            self.links.push(url.to_owned());
        } else {
            self.links_left_out += 1;
        }
    }

    fn text(&mut self, _delta: &str) {}
}

/// Begins to encode both sizes of a thumbnail; `None` where there is no thread for it.
fn begin_encoding(thumbnail: &Arc<Bitmap>) -> Option<JoinHandle<Encoded>> {
    let thumbnail = Arc::clone(thumbnail);
    thread::Builder::new().name("thumbnail encoder".to_owned()).spawn(move || encode(&thumbnail)).ok()
}

fn encode(thumbnail: &Bitmap) -> Encoded {
    let small = downscale(thumbnail, ThumbnailSize::Small.edge());
    let encode = |bitmap: &Bitmap| {
        encode_thumbnail(bitmap)
            .inspect_err(|error| tracing::warn!(error = %chain(&error), "a thumbnail cannot be encoded"))
            .ok()
    };
    Encoded { large: encode(thumbnail), small: encode(&small), small_pixels: thumbnails::pixels(small) }
}

/// Both sizes of a stored picture's thumbnail, cached and ready to be drawn.
pub fn keep_thumbnails(library: &Library, stored: Stored) -> [(ThumbnailSize, Pixels); 2] {
    let Stored { details, thumbnail, encoded, .. } = stored;
    let encoded = encoded.and_then(|thread| thread.join().ok()).unwrap_or_else(|| encode(&thumbnail));
    for (size, bytes) in [(ThumbnailSize::Large, encoded.large), (ThumbnailSize::Small, encoded.small)] {
        if let Some(bytes) = bytes {
            thumbnails::put(library, details.id, size, &bytes);
        }
    }
    let large = thumbnails::pixels(Arc::unwrap_or_clone(thumbnail));
    [(ThumbnailSize::Large, large), (ThumbnailSize::Small, encoded.small_pixels)]
}

/// What the library's trouble means for a request.
pub(in crate::studio) fn library_failure(error: &LibraryError, charged: Charge) -> Failure {
    let kind = match error {
        LibraryError::DiskFull { .. } => FailureKind::DiskFull,
        _ => FailureKind::CannotWrite,
    };
    Failure::new(kind).charged(charged).words(error.to_string())
}

fn image_failure(error: &ImageError, head: &[u8]) -> Failure {
    match error {
        ImageError::NotAnImage if let Some(format) = foreign_format(head) => {
            Failure::new(FailureKind::UnknownFormat).words(format.name)
        }
        ImageError::Unsupported(what) => Failure::new(FailureKind::UnknownFormat).words(what.to_string()),
        ImageError::TooLarge { width, height } => {
            Failure::new(FailureKind::AbsurdDimensions).words(format!("{width} × {height}"))
        }
        _ => Failure::new(FailureKind::BrokenImage),
    }
}
