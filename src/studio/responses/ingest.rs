//! Ingests the images of a response: writes, hashes and decodes them while their bytes arrive, and stores them when the
//! response is complete.
//!
//! Drafts are shown and then dropped, except for the last one of a response without anything better. Images that a
//! model generated while thinking are stored before the images that were requested.

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
        Bitmap, ImageError, ImageLimits, IncrementalDecoder, Probe, average_color, downscale, encode_thumbnail,
        unsupported_format,
    },
    library::{Library, LibraryError, NewImage, OriginalWriter, StoredOriginal, VisualFeatures},
    recipe::{Answer, Charge, Failure, FailureKind, ImageFacts, ImageId, Marks, Recipe, RequestId},
    studio::{
        gallery::thumbnails,
        protocol::{ImageDetails, Pixels, ThumbnailSize},
    },
};

/// Images of a response that may still be decoded or flushed while its next images arrive.
const MAX_UNSETTLED_IMAGES: usize = 2;

/// Number of first bytes of an image that are inspected to name its format.
const FORMAT_PROBE_BYTES: usize = 512;
/// How many links of a response are followed; further ones are only counted.
const MAX_LINKS_PER_RESPONSE: usize = 64;

/// The images of a response on their way to the library.
///
/// As a [`Receiver`] it gets the images from the reader of the response. Nothing is part of the library before
/// [`Self::store`]; if it is dropped before that, it leaves nothing behind.
pub struct ImageIngest {
    library: Arc<Library>,
    request: RequestId,
    recipe: Arc<Recipe>,
    new_id: Box<dyn FnMut() -> (ImageId, Timestamp) + Send>,
    /// Number of the next image.
    next_number: usize,
    current: Option<IncomingImage>,
    /// Images that have arrived completely, the oldest first. They are decoded and flushed while others arrive.
    arrived: Vec<IncomingImage>,
    received: Vec<ReceivedImage>,
    links: Vec<String>,
    /// Failures, with the image that each concerns.
    failures: Vec<(Option<FailedImage>, Failure)>,
    /// Number of links beyond those that are downloaded.
    skipped_links: usize,
    failed_links: usize,
    preview: Option<Pixels>,
    /// Whether an image was stored.
    has_stored: bool,
}

/// An image that could not be received.
struct FailedImage {
    number: usize,
    role: ImageRole,
}

/// An image that is arriving, or that is not decoded yet.
struct IncomingImage {
    number: usize,
    role: ImageRole,
    id: ImageId,
    created: Timestamp,
    writer: OriginalWriter,
    decoder: IncrementalDecoder,
    /// Its first bytes, to name the format if it cannot be decoded.
    head: Vec<u8>,
    /// The revision of the preview that was returned last.
    shown_revision: u64,
}

/// An image that was received and decoded.
struct ReceivedImage {
    number: usize,
    role: ImageRole,
    id: ImageId,
    created: Timestamp,
    writer: OriginalWriter,
    probe: Probe,
    color: [u8; 3],
    features: VisualFeatures,
    thumbnail: Arc<Bitmap>,
    encoded: Option<JoinHandle<EncodedThumbnails>>,
}

/// Both sizes of an image's encoded thumbnail; `None` if one cannot be encoded.
#[derive(Debug)]
struct EncodedThumbnails {
    large: Option<Vec<u8>>,
    small: Option<Vec<u8>>,
    small_pixels: Pixels,
}

/// An image that was stored durably, with its thumbnails in memory.
#[derive(Debug)]
pub struct StoredImage {
    /// Everything that is known about it.
    pub details: ImageDetails,
    /// Its large thumbnail.
    pub thumbnail: Arc<Bitmap>,
    /// The thread that encodes its thumbnails; `None` if it was not started.
    encoded: Option<JoinHandle<EncodedThumbnails>>,
    /// Whether it was stored now, and not by an earlier reading of the same response.
    pub is_new: bool,
}

impl StoredImage {
    /// A stored image whose thumbnails are not encoded yet.
    pub fn new(details: ImageDetails, thumbnail: Bitmap) -> Self {
        Self { details, thumbnail: Arc::new(thumbnail), encoded: None, is_new: true }
    }
}

impl ImageIngest {
    /// An ingest for one response. `new_id` returns the ID and the creation time of an image.
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
            next_number: 0,
            current: None,
            arrived: Vec::new(),
            received: Vec::new(),
            links: Vec::new(),
            failures: Vec::new(),
            skipped_links: 0,
            failed_links: 0,
            preview: None,
            has_stored: false,
        }
    }

    /// The decoded rows of the arriving image, at thumbnail size. Returns the same pixels while no new rows are
    /// decoded.
    pub fn preview(&mut self) -> Option<Pixels> {
        if let Some(current) = self.current.as_mut().or_else(|| self.arrived.last_mut()) {
            let revision = current.decoder.revision();
            if revision != current.shown_revision
                && let Some((bitmap, ..)) = current.decoder.preview()
            {
                current.shown_revision = revision;
                self.preview = Some(thumbnails::to_pixels(bitmap));
            }
        }
        self.preview.clone()
    }

    /// Changes whenever [`Self::preview`] has new rows.
    pub fn revision(&self) -> u64 {
        self.current.as_ref().or_else(|| self.arrived.last()).map_or(0, |current| current.decoder.revision())
    }

    /// Whether a complete image has arrived that is not a draft. Waits for the decoder only if there are links
    /// to follow instead.
    pub fn has_images(&mut self) -> bool {
        if !self.links.is_empty() {
            self.finish_arrived(0);
        }
        let arrived = self.arrived.iter().map(|arrived| arrived.role);
        arrived
            .chain(self.received.iter().map(|received| received.role))
            .any(|role| !matches!(role, ImageRole::Draft | ImageRole::Guess))
    }

    /// The recipe of the request.
    pub fn recipe(&self) -> Arc<Recipe> {
        Arc::clone(&self.recipe)
    }

    /// Takes the links of the response, at most [`MAX_LINKS_PER_RESPONSE`] different ones.
    pub fn take_links(&mut self) -> Vec<String> {
        std::mem::take(&mut self.links)
    }

    /// Number of complete images so far, including drafts.
    pub fn arrived(&mut self) -> usize {
        self.finish_arrived(0);
        self.received.len()
    }

    /// Number of links beyond those that [`Self::take_links`] returns.
    pub fn skipped_links(&self) -> usize {
        self.skipped_links
    }

    /// Records that `count` links do not lead to images.
    pub fn record_failed_links(&mut self, count: usize, failure: Failure) {
        self.failed_links += count;
        self.record_failure(failure);
    }

    /// Number of links that do not lead to images, including skipped ones.
    pub fn failed_links(&self) -> usize {
        self.failed_links
    }

    /// Takes the first failure, if there is one. Failures of drafts do not count if an image was stored.
    pub fn take_failure(&mut self) -> Option<Failure> {
        let has_images = self.has_stored;
        let is_relevant =
            |lost: &Option<FailedImage>| !has_images || lost.as_ref().is_none_or(|lost| lost.role == ImageRole::Final);
        let first = self.failures.iter().position(|(lost, _)| is_relevant(lost))?;
        Some(self.failures.swap_remove(first).1)
    }

    /// Records a failure.
    pub fn record_failure(&mut self, failure: Failure) {
        self.failures.push((None, failure));
    }

    fn record_lost_image(&mut self, number: usize, role: ImageRole, failure: Failure) {
        self.failures.push((Some(FailedImage { number, role }), failure));
    }

    /// Stores the received images with the facts of the response, and returns when they are durable.
    ///
    /// # Errors
    /// The first image that could not be stored; all are attempted.
    pub fn store(&mut self, answer: &Answer, took: Duration) -> (Vec<StoredImage>, Option<Failure>) {
        self.finish_arrived(0);
        let finals = self.select_final();
        let count = finals.len();
        let (mut originals, mut images) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (index, received) in finals.into_iter().enumerate() {
            let ReceivedImage { number, id, created, writer, probe, color, features, thumbnail, encoded, .. } =
                received;
            let facts = ImageFacts {
                id,
                request: self.request,
                recipe: Recipe::clone(&self.recipe),
                answer: answer.for_image(number),
                format: probe.format,
                width: probe.width,
                height: probe.height,
                created,
                took,
                // The cost of the response is divided among its images.
                cost: answer.cost.map(|cost| cost.share(index, count)),
                source: None,
            };
            originals.push((writer, NewImage { facts, color, features: Some(features) }));
            images.push((features, thumbnail, encoded));
        }
        let (mut stored, mut failure) = (Vec::with_capacity(count), None);
        for (result, (features, thumbnail, encoded)) in
            self.library.images().store_originals(originals).into_iter().zip(images)
        {
            let placed =
                result.and_then(|stored| Ok((self.library.images().original_path(stored.sidecar.facts.id)?, stored)));
            match placed {
                Ok((path, StoredOriginal { sidecar, was_known })) => {
                    let details = ImageDetails {
                        palette: features.colors(),
                        ..crate::studio::gallery::details::details(sidecar, path, Marks::default())
                    };
                    // An image that occurs twice is returned once.
                    if stored.iter().all(|known: &StoredImage| known.details.facts.id != details.facts.id) {
                        stored.push(StoredImage { details, thumbnail, encoded, is_new: !was_known });
                        self.has_stored = true;
                    }
                }
                Err(error) => {
                    tracing::error!(request = %self.request, error = %chain(&error), "an image could not be stored");
                    failure.get_or_insert_with(|| library_failure(&error, Charge::Yes));
                }
            }
        }
        (stored, failure)
    }

    /// Selects the images to store. The requested ones are at the end.
    fn select_final(&mut self) -> Vec<ReceivedImage> {
        let mut received = std::mem::take(&mut self.received);
        let is_final = |received: &ReceivedImage| !matches!(received.role, ImageRole::Draft | ImageRole::Guess);
        if received.iter().any(is_final) {
            received.retain(is_final);
        } else if received.iter().any(|received| received.role == ImageRole::Guess) {
            received.retain(|received| received.role == ImageRole::Guess);
        } else if let Some(last) = received.pop() {
            received = vec![last];
        }
        received.sort_by_key(|received| received.role != ImageRole::Thought);
        // An image that occurs twice in a response is stored once, at its last position.
        let hashes: Vec<String> = received.iter().map(|received| received.writer.sha256()).collect();
        let mut at = 0;
        received.retain(|_| {
            at += 1;
            !hashes[at..].contains(&hashes[at - 1])
        });
        received
    }

    fn start(&mut self) {
        let number = self.next_number;
        self.next_number += 1;
        let (id, created) = (self.new_id)();
        match self.library.images().begin_original(id, created) {
            Ok(writer) => {
                let decoder = IncrementalDecoder::new(ImageLimits::default(), ThumbnailSize::Large.edge());
                let role = ImageRole::Final;
                let head = Vec::new();
                self.current =
                    Some(IncomingImage { number, role, id, created, writer, decoder, head, shown_revision: 0 });
            }
            Err(error) => self.record_lost_image(number, ImageRole::Final, library_failure(&error, Charge::Yes)),
        }
    }

    /// Waits until at most `limit` complete images are not decoded and flushed yet, the oldest first.
    fn finish_arrived(&mut self, limit: usize) {
        while self.arrived.len() > limit {
            let oldest = self.arrived.remove(0);
            let (number, role) = (oldest.number, oldest.role);
            if let Err(failure) = self.finish_image(oldest) {
                self.record_lost_image(number, role, failure);
            }
        }
    }

    fn finish_image(&mut self, arrived: IncomingImage) -> Result<(), Failure> {
        let IncomingImage { number, role, id, created, mut writer, decoder, head, .. } = arrived;
        let was_seen = decoder.revision() > 0;
        let decoded = decoder.finish().map_err(|error| image_failure(&error, &head))?;
        let thumbnail = Arc::new(decoded.thumbnail);
        // Thumbnails are encoded while the file is flushed. Drafts are rarely stored, so that theirs are not.
        let encoded = if role == ImageRole::Draft { None } else { begin_encoding(&thumbnail) };
        let (color, features) = (average_color(&thumbnail), VisualFeatures::of(&thumbnail));
        writer.flush().map_err(|error| library_failure(&error, Charge::Yes))?;
        if !was_seen {
            // If no rows were shown, the complete image becomes the preview.
            self.preview = Some(thumbnails::to_pixels(Bitmap::clone(&thumbnail)));
        }
        self.received.push(ReceivedImage {
            number,
            role,
            id,
            created,
            writer,
            probe: decoded.probe,
            color,
            features,
            thumbnail,
            encoded,
        });
        Ok(())
    }

    /// Drops all drafts except the last one that can be decoded, so that they do not occupy memory.
    fn drop_old_drafts(&mut self) {
        let arrived = self.arrived.iter().map(|arrived| arrived.role);
        let drafts =
            arrived.chain(self.received.iter().map(|received| received.role)).filter(|role| *role == ImageRole::Draft);
        if drafts.count() < 2 {
            return;
        }
        self.finish_arrived(0);
        let newest = self.received.iter().rposition(|received| received.role == ImageRole::Draft);
        let mut at = 0;
        self.received.retain(|received| {
            at += 1;
            received.role != ImageRole::Draft || Some(at - 1) == newest
        });
    }
}

impl Receiver for ImageIngest {
    fn image_start(&mut self, _declared_mime: Option<&str>) {
        // The declared type is ignored, because it is often wrong.
        self.start();
    }

    fn image_bytes(&mut self, bytes: &[u8]) {
        let Some(current) = &mut self.current else { return };
        current.decoder.push(bytes);
        let room = FORMAT_PROBE_BYTES.saturating_sub(current.head.len());
        current.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if let Err(error) = current.writer.write(bytes)
            && let Some(IncomingImage { number, role, .. }) = self.current.take()
        {
            self.record_lost_image(number, role, library_failure(&error, Charge::Yes));
        }
    }

    fn image_end(&mut self, complete: bool) {
        let Some(mut current) = self.current.take() else { return };
        if !complete {
            return self.record_lost_image(current.number, current.role, Failure::new(FailureKind::BrokenImage));
        }
        // The file is flushed and the last rows are decoded on other threads, while the response is read further.
        current.writer.begin_flush();
        current.decoder.end();
        self.arrived.push(current);
        self.finish_arrived(MAX_UNSETTLED_IMAGES);
        self.drop_old_drafts();
    }

    fn image_role(&mut self, number: usize, role: ImageRole) {
        if let Some(current) = self.current.iter_mut().chain(&mut self.arrived).find(|current| current.number == number)
        {
            current.role = role;
            self.drop_old_drafts();
        }
        if let Some(received) = self.received.iter_mut().find(|received| received.number == number) {
            received.role = role;
            self.drop_old_drafts();
        }
        for (lost, _) in &mut self.failures {
            if let Some(lost) = lost.as_mut().filter(|lost| lost.number == number) {
                lost.role = role;
            }
        }
    }

    fn image_link(&mut self, url: &str) {
        if self.links.iter().any(|known| known == url) {
            return;
        }
        if self.links.len() < MAX_LINKS_PER_RESPONSE {
            self.links.push(url.to_owned());
        } else {
            self.skipped_links += 1;
        }
    }

    fn text(&mut self, _delta: &str) {}
}

/// Starts to encode both sizes of a thumbnail; `None` if no thread can be created.
fn begin_encoding(thumbnail: &Arc<Bitmap>) -> Option<JoinHandle<EncodedThumbnails>> {
    let thumbnail = Arc::clone(thumbnail);
    thread::Builder::new().name("thumbnail encoder".to_owned()).spawn(move || encode(&thumbnail)).ok()
}

fn encode(thumbnail: &Bitmap) -> EncodedThumbnails {
    let small = downscale(thumbnail, ThumbnailSize::Small.edge());
    let encode = |bitmap: &Bitmap| {
        encode_thumbnail(bitmap)
            .inspect_err(|error| tracing::warn!(error = %chain(&error), "a thumbnail cannot be encoded"))
            .ok()
    };
    EncodedThumbnails { large: encode(thumbnail), small: encode(&small), small_pixels: thumbnails::to_pixels(small) }
}

/// Caches both sizes of a stored image's thumbnail, and returns their pixels.
pub fn cache_thumbnails(library: &Library, stored: StoredImage) -> [(ThumbnailSize, Pixels); 2] {
    let StoredImage { details, thumbnail, encoded, .. } = stored;
    let encoded = encoded.and_then(|thread| thread.join().ok()).unwrap_or_else(|| encode(&thumbnail));
    for (size, bytes) in [(ThumbnailSize::Large, encoded.large), (ThumbnailSize::Small, encoded.small)] {
        if let Some(bytes) = bytes {
            thumbnails::cache_encoded(library, details.facts.id, size, &bytes);
        }
    }
    let large = thumbnails::to_pixels(Arc::unwrap_or_clone(thumbnail));
    [(ThumbnailSize::Large, large), (ThumbnailSize::Small, encoded.small_pixels)]
}

/// The failure of a request because of an error of the library.
pub(in crate::studio) fn library_failure(error: &LibraryError, charged: Charge) -> Failure {
    let kind = match error {
        LibraryError::DiskFull { .. } => FailureKind::DiskFull,
        _ => FailureKind::CannotWrite,
    };
    Failure::new(kind).charged(charged).words(error.to_string())
}

fn image_failure(error: &ImageError, head: &[u8]) -> Failure {
    match error {
        ImageError::NotAnImage if let Some(format) = unsupported_format(head) => {
            Failure::new(FailureKind::UnknownFormat).words(format.name)
        }
        ImageError::Unsupported(what) => Failure::new(FailureKind::UnknownFormat).words(what.to_string()),
        ImageError::TooLarge { width, height } => {
            Failure::new(FailureKind::AbsurdDimensions).words(format!("{width} × {height}"))
        }
        _ => Failure::new(FailureKind::BrokenImage),
    }
}
