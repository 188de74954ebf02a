//! The worker thread that decodes an image while its bytes arrive.

use std::{
    io::{self, BufRead, Read, Seek, SeekFrom},
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::jpeg_preview::JpegPreviews;
use crate::imaging::{
    header::Probe,
    pixels::{ImageError, ImageLimits, guarded},
    resize::{DecodedThumbnail, fit_size, join_bands, shrink_rows, thumbnail},
};

/// The largest chunk that is passed to the decoder at once, in bytes.
pub(super) const MAX_CHUNK_BYTES: usize = 64 * 1024;

/// The number of chunks that may wait for the decoder before [`Worker::push`] blocks.
pub(super) const MAX_WAITING_CHUNKS: usize = 64;

/// The time within which an image must be complete for no preview to be made.
const FIRST_PREVIEW_DELAY: Duration = Duration::from_millis(50);

/// The pause between previews of a JPEG, as a multiple of the time that the last one took.
const PREVIEW_PAUSE_FACTOR: u32 = 3;

/// Decodes the bytes of an image of one kind on the worker thread.
pub(super) type DecodeFn = fn(ChunkReader, ImageLimits, Probe, u32) -> Result<DecodedThumbnail, ImageError>;

/// The thread that decodes rows.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) probe: Probe,
    /// The size of the thumbnail.
    pub(super) size: (u32, u32),
    /// `None` once the bytes have ended, or once the thread has stopped reading.
    pub(super) pieces: Option<SyncSender<Vec<u8>>>,
    /// `None` once it has ended.
    thread: Option<JoinHandle<Result<DecodedThumbnail, ImageError>>>,
    pub(super) shared: Arc<PreviewBuffer>,
}

/// The state that both threads share.
#[derive(Debug)]
pub(super) struct PreviewBuffer {
    /// Whether the image is not needed any more.
    abandoned: AtomicBool,
    pub(super) revision: AtomicU64,
    /// The thumbnail so far.
    rgba: Mutex<Vec<u8>>,
}

impl PreviewBuffer {
    pub(super) fn rgba(&self) -> MutexGuard<'_, Vec<u8>> {
        // Bytes cannot be inconsistent after a panic.
        self.rgba.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes rows of the thumbnail: its width, the first row, and the rows.
    fn draw(&self, width: u32, first: u32, rows: &[u8]) {
        let start = first as usize * width as usize * 4;
        if let Some(to) = self.rgba().get_mut(start..start + rows.len()) {
            to.copy_from_slice(rows);
        }
        self.revision.fetch_add(1, Ordering::Release);
    }
}

impl Worker {
    pub(super) fn start(probe: Probe, limits: ImageLimits, edge: u32, work: DecodeFn) -> io::Result<Self> {
        let size = fit_size(probe.width, probe.height, edge);
        let shared = Arc::new(PreviewBuffer {
            abandoned: AtomicBool::new(false),
            revision: AtomicU64::new(0),
            rgba: Mutex::new(vec![0; size.0 as usize * size.1 as usize * 4]),
        });
        let (sender, receiver) = sync_channel(MAX_WAITING_CHUNKS);
        let source = ChunkReader { receiver, shared: Arc::clone(&shared), piece: Vec::new(), at: 0 };
        let rows = move || guarded(|| work(source, limits, probe, edge));
        let thread = thread::Builder::new().name("image rows".into()).spawn(rows)?;
        Ok(Self { probe, size, pieces: Some(sender), thread: Some(thread), shared })
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(MAX_CHUNK_BYTES) {
            let Some(pieces) = &self.pieces else { return };
            // The thread stops reading at the image's end or at its first error.
            if pieces.send(piece.to_vec()).is_err() {
                self.pieces = None;
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<DecodedThumbnail, ImageError> {
        self.join().unwrap_or_else(|| Err(ImageError::Broken("its decoder gave up".into())))
    }

    /// Ends the bytes and waits for the thread.
    fn join(&mut self) -> Option<Result<DecodedThumbnail, ImageError>> {
        self.pieces = None;
        self.thread.take()?.join().ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // At most one chunk is still decoded, which takes only a moment.
        self.shared.abandoned.store(true, Ordering::Relaxed);
        self.join();
    }
}

pub(super) fn decode_png_rows(
    source: ChunkReader,
    limits: ImageLimits,
    probe: Probe,
    edge: u32,
) -> Result<DecodedThumbnail, ImageError> {
    let shared = Arc::clone(&source.shared);
    let out = Arc::clone(&shared);
    let opaque =
        shrink_rows(source, &limits, probe, edge, move |(width, _), first, rows| out.draw(width, first, rows))?;
    let rgba = mem::take(&mut *shared.rgba());
    join_bands(probe, fit_size(probe.width, probe.height, edge), rgba, opaque)
}

pub(super) fn decode_jpeg_with_previews(
    source: ChunkReader,
    limits: ImageLimits,
    probe: Probe,
    edge: u32,
) -> Result<DecodedThumbnail, ImageError> {
    let ChunkReader { receiver, shared, .. } = source;
    let mut bytes = Vec::new();
    let mut previews = JpegPreviews::new(probe, edge);
    let mut not_before = Instant::now() + FIRST_PREVIEW_DELAY;
    loop {
        let piece = if previews.wants(bytes.len()) {
            // All chunks that are waiting are read first, so that a fast download is not delayed.
            receiver.recv_timeout(not_before.saturating_duration_since(Instant::now()))
        } else {
            receiver.recv().map_err(RecvTimeoutError::from)
        };
        match piece {
            Ok(piece) => {
                // A little more than needed instead of twice as much.
                if bytes.capacity() - bytes.len() < piece.len() {
                    bytes.reserve_exact(piece.len() + bytes.len() / 4);
                }
                bytes.extend_from_slice(&piece);
            }
            Err(RecvTimeoutError::Timeout) => {
                let since = Instant::now();
                let width = fit_size(probe.width, probe.height, edge).0;
                previews.update(&mut bytes, |first, rows| shared.draw(width, first, rows));
                not_before = Instant::now() + since.elapsed() * PREVIEW_PAUSE_FACTOR;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if shared.abandoned.load(Ordering::Relaxed) {
        return Err(ImageError::Broken("nobody wants it".into()));
    }
    drop(previews);
    thumbnail(&bytes, &limits, edge)
}

/// The chunks as one stream of bytes, which ends when the sender was dropped.
pub(super) struct ChunkReader {
    receiver: Receiver<Vec<u8>>,
    shared: Arc<PreviewBuffer>,
    piece: Vec<u8>,
    at: usize,
}

impl BufRead for ChunkReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.piece.len() {
            if self.shared.abandoned.load(Ordering::Relaxed) {
                return Ok(&[]);
            }
            let Ok(piece) = self.receiver.recv() else { return Ok(&[]) };
            self.piece = piece;
            self.at = 0;
        }
        Ok(&self.piece[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = self.piece.len().min(self.at + count);
    }
}

impl Read for ChunkReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

/// The decoder's type requires it, although it never seeks.
impl Seek for ChunkReader {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
