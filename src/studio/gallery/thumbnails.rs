//! Loads thumbnails: the most urgent ones are decoded first, and those that scrolled away are dropped.

use std::{
    collections::{HashSet, VecDeque},
    fs,
    num::NonZeroUsize,
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::{
    error_chain::chain,
    imaging::{self, Bitmap, ImageError, ImageLimits},
    library::Library,
    recipe::ImageId,
    studio::{
        protocol::{Event, GalleryEvent, ImageLoadError, Pixels, ThumbnailSize, channel::EventSender},
        runtime::task::{Task, TaskHook, catch_panic},
    },
};

/// Minimum and maximum number of workers; within these limits there is one for each processor.
const WORKER_COUNTS: RangeInclusive<usize> = 2..=16;

/// The queue of requested thumbnails. Cheap to clone; all clones share the queue.
#[derive(Clone)]
pub(in crate::studio) struct ThumbnailLoader {
    library: Arc<Library>,
    events: EventSender,
    on_task: TaskHook,
    queue: Arc<Mutex<LoadQueue>>,
    max_workers: usize,
}

#[derive(Default)]
struct LoadQueue {
    waiting: VecDeque<(ImageId, ThumbnailSize)>,
    loading: HashSet<(ImageId, ThumbnailSize)>,
    workers: usize,
}

impl ThumbnailLoader {
    pub(in crate::studio) fn new(library: Arc<Library>, events: EventSender, on_task: TaskHook) -> Self {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let max_workers = processors.clamp(*WORKER_COUNTS.start(), *WORKER_COUNTS.end());
        Self { library, events, on_task, queue: Arc::default(), max_workers }
    }

    /// Replaces the requested thumbnails. Must be called on the runtime.
    pub(in crate::studio) fn request(&self, requests: Vec<(ImageId, ThumbnailSize)>) {
        let new_workers = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.waiting = requests.into_iter().filter(|request| !queue.loading.contains(request)).collect();
            let new_workers = self.max_workers.saturating_sub(queue.workers).min(queue.waiting.len());
            queue.workers += new_workers;
            new_workers
        };
        for _ in 0..new_workers {
            let this = self.clone();
            tokio::task::spawn_blocking(move || this.run_worker());
        }
    }

    fn run_worker(&self) {
        let mut done = None;
        while let Some(request) = self.next_request(done) {
            let (id, size) = request;
            // A decoder that panics must not end its worker.
            let loaded = catch_panic(Task::Thumbnail, || {
                (self.on_task)(Task::Thumbnail);
                load_pixels(&self.library, id, size)
            });
            let pixels = loaded.unwrap_or(Err(ImageLoadError::Damaged));
            self.events.send(Event::Gallery(GalleryEvent::Thumbnail { id, size, pixels }));
            done = Some(request);
        }
    }

    /// The most urgent request; a worker without one ends.
    fn next_request(&self, done: Option<(ImageId, ThumbnailSize)>) -> Option<(ImageId, ThumbnailSize)> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(done) = done {
            queue.loading.remove(&done);
        }
        let next = queue.waiting.pop_front();
        match next {
            Some(request) => {
                queue.loading.insert(request);
            }
            None => queue.workers -= 1,
        }
        next
    }
}

/// A thumbnail from the cache, or else scaled from the larger one or the original, and cached.
pub(in crate::studio) fn load_pixels(
    library: &Library,
    id: ImageId,
    size: ThumbnailSize,
) -> Result<Pixels, ImageLoadError> {
    load(library, id, size).map(to_pixels)
}

/// A small thumbnail, loaded in the same way.
pub(in crate::studio) fn load_small(library: &Library, id: ImageId) -> Result<Bitmap, ImageLoadError> {
    load(library, id, ThumbnailSize::Small)
}

pub(in crate::studio) fn load(library: &Library, id: ImageId, size: ThumbnailSize) -> Result<Bitmap, ImageLoadError> {
    if let Some(bitmap) = read_cached(library, id, size) {
        return Ok(bitmap);
    }
    let large = if let Some(large) = read_cached(library, id, ThumbnailSize::Large) {
        large
    } else {
        let bytes = read_original(library, id)?;
        let edge = ThumbnailSize::Large.edge();
        let loaded = imaging::thumbnail(&bytes, &ImageLimits::default(), edge).map_err(|error| load_error(&error))?;
        cache(library, id, ThumbnailSize::Large, &loaded.thumbnail);
        loaded.thumbnail
    };
    if size == ThumbnailSize::Large {
        return Ok(large);
    }
    let small = imaging::downscale(&large, size.edge());
    cache(library, id, size, &small);
    Ok(small)
}

/// A thumbnail from the cache; `None` if it is missing or unreadable.
fn read_cached(library: &Library, id: ImageId, size: ThumbnailSize) -> Option<Bitmap> {
    let bytes = library
        .thumbnails()
        .read(id, size.edge())
        .inspect_err(|error| tracing::warn!(%id, error = %chain(&error), "no cache"))
        .ok()??;
    imaging::decode(&bytes, &ImageLimits::default()).ok()
}

/// Caches a thumbnail. A failure is only logged, because the thumbnail can be created again.
pub(in crate::studio) fn cache(library: &Library, id: ImageId, size: ThumbnailSize, small: &Bitmap) {
    match imaging::encode_thumbnail(small) {
        Ok(bytes) => cache_encoded(library, id, size, &bytes),
        Err(error) => tracing::warn!(%id, error = %chain(&error), "a thumbnail cannot be encoded"),
    }
}

/// Caches an encoded thumbnail in the same way.
pub(in crate::studio) fn cache_encoded(library: &Library, id: ImageId, size: ThumbnailSize, bytes: &[u8]) {
    if let Err(error) = library.thumbnails().put(id, size.edge(), bytes) {
        tracing::warn!(%id, error = %chain(&error), "a thumbnail was not cached");
    }
}

/// A full-size image of the library as premultiplied pixels.
pub(in crate::studio) fn load_full_size(library: &Library, id: ImageId) -> Result<Pixels, ImageLoadError> {
    let bytes = read_original(library, id)?;
    // Held until the pixels are converted.
    let _room = imaging::room_for(&bytes);
    imaging::decode(&bytes, &ImageLimits::default()).map(to_pixels).map_err(|error| load_error(&error))
}

/// A full-size image of the library.
pub(in crate::studio) fn decode_original(library: &Library, id: ImageId) -> Result<Bitmap, ImageLoadError> {
    imaging::decode(&read_original(library, id)?, &ImageLimits::default()).map_err(|error| load_error(&error))
}

fn read_original(library: &Library, id: ImageId) -> Result<Vec<u8>, ImageLoadError> {
    let path = library.images().original_path(id).map_err(missing)?;
    fs::read(path).map_err(missing)
}

fn missing(error: impl std::error::Error) -> ImageLoadError {
    tracing::warn!(error = %chain(&error), "an original is missing");
    ImageLoadError::Missing
}

/// Converts a decoding error to the error that the window shows.
pub(in crate::studio) fn load_error(error: &ImageError) -> ImageLoadError {
    match error {
        ImageError::TooLarge { .. } => ImageLoadError::TooLarge,
        _ => ImageLoadError::Damaged,
    }
}

/// A bitmap as premultiplied pixels.
pub(in crate::studio) fn to_pixels(bitmap: Bitmap) -> Pixels {
    let (width, height) = (bitmap.width, bitmap.height);
    Pixels { width, height, rgba: bitmap.premultiplied().into() }
}
