//! Downloads the images that a response links to: a few at a time, and within a time and a size for all together.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::FuturesOrdered};
use tokio::time::{Instant, timeout_at};

use crate::{
    gateway::{self, LinkPolicy, Receiver as _},
    recipe::{Charge, Failure, FailureKind, Profile},
    studio::{
        responses::ingest::ImageIngest,
        runtime::{blocking::blocking, context::Context},
    },
};

/// Concurrent downloads. Their images are in memory until the earlier ones are ingested.
const MAX_CONCURRENT_DOWNLOADS: usize = 4;

/// Maximum size of all linked images of one response together, in bytes.
const MAX_LINKED_BYTES: u64 = 512 << 20;

/// Downloads the images that a response links to and ingests them in the order of their links, if the response itself
/// contains no image. Failed links are recorded in `ingest` with the reason, if it `is_certain` that they lead to
/// images.
///
/// # Errors
/// A decoding thread panicked.
pub(in crate::studio) async fn download_links(
    context: &Arc<Context>,
    mut ingest: ImageIngest,
    policy: &LinkPolicy,
    profile: Option<&Profile>,
    is_certain: bool,
) -> Result<ImageIngest, Failure> {
    // Gateways that embed an image in the response may also link to a copy of it.
    if ingest.has_images() {
        return Ok(ingest);
    }
    let deadline = Instant::now() + context.client.links_limit();
    let remaining_bytes = AtomicU64::new(MAX_LINKED_BYTES);
    let mut links = ingest.take_links().into_iter();
    let mut under_way = FuturesOrdered::new();
    loop {
        while under_way.len() < MAX_CONCURRENT_DOWNLOADS
            && let Some(link) = links.next()
        {
            under_way.push_back(with_deadline(deadline, download(context, link, policy, profile, &remaining_bytes)));
        }
        let Some(downloaded) = under_way.next().await else { break };
        match downloaded {
            Ok(chunks) => ingest = blocking(move || ingest_file(ingest, &chunks)).await?,
            Err(failure) if is_certain => ingest.record_failed_links(1, failure),
            Err(failure) => tracing::info!(kind = ?failure.kind, "a link in a text does not lead to an image"),
        }
    }
    match ingest.skipped_links() {
        0 => {}
        _ if !is_certain => {}
        count => ingest.record_failed_links(count, Failure::new(FailureKind::TooManyLinks)),
    }
    Ok(ingest)
}

/// Ends a download at the deadline of all links. After the deadline no download starts.
async fn with_deadline<T>(deadline: Instant, fetch: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let late = || Failure::new(FailureKind::LinksTimedOut);
    if Instant::now() >= deadline {
        return Err(late());
    }
    timeout_at(deadline, fetch).await.unwrap_or_else(|_elapsed| Err(late()))
}

async fn download(
    context: &Context,
    link: String,
    policy: &LinkPolicy,
    profile: Option<&Profile>,
    remaining_bytes: &AtomicU64,
) -> Result<Vec<Bytes>, Failure> {
    let charged = |failure: Failure| failure.charged(Charge::Yes);
    let mut incoming = match context.client.fetch_image(&link, policy).await {
        // Some gateways require the key for their own files. No other host gets it.
        Err(refusal) if matches!(refusal.http_status, Some(401 | 403)) => {
            let Some(profile) = profile else { return Err(charged(refusal)) };
            let Ok(Some(key)) = context.keys.key(profile).await else { return Err(charged(refusal)) };
            let again = context.client.fetch_own_image(&link, policy, profile, key.reveal()).await;
            again.map_err(|_failure| charged(refusal))?
        }
        first => first.map_err(charged)?,
    };
    let mut chunks = Vec::new();
    while let Some(chunk) = incoming.chunk().await.map_err(charged)? {
        let size = chunk.len() as u64;
        remaining_bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |remaining_bytes| remaining_bytes.checked_sub(size))
            .map_err(|_room| charged(Failure::new(FailureKind::ImageTooLarge)))?;
        chunks.push(chunk);
    }
    match gateway::page_instead(chunks.first().map_or(&[][..], |chunk| &chunk[..])) {
        Some(failure) => Err(charged(failure)),
        None => Ok(chunks),
    }
}

/// Ingests a downloaded file. Pages and damaged files count as failed links.
fn ingest_file(mut ingest: ImageIngest, chunks: &[Bytes]) -> ImageIngest {
    let before = ingest.arrived();
    ingest.image_start(None);
    for chunk in chunks {
        ingest.image_bytes(chunk);
    }
    ingest.image_end(true);
    if ingest.arrived() == before {
        ingest.record_failed_links(1, Failure::new(FailureKind::BrokenImage));
    }
    ingest
}
