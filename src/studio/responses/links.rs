//! Fetches the pictures that an answer only links to: a few at a time, and within a time and a size for all together.

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

/// Links that are followed at the same time. Their pictures are in memory until those before them have landed.
const MAX_CONCURRENT_DOWNLOADS: usize = 4;

/// Most bytes of all linked pictures of one answer together.
const MAX_LINKED_BYTES: u64 = 512 << 20;

/// Fetches the pictures that an answer links to and lets them land in the order of their links, if no picture came
/// within the answer itself. Links that lead to nothing are noted on the landing with the reason, if it `is_certain` that
/// they are to be images.
///
/// # Errors
/// Only if a thread that decodes breaks down.
pub(in crate::studio) async fn download_links(
    context: &Arc<Context>,
    mut ingest: ImageIngest,
    policy: &LinkPolicy,
    profile: Option<&Profile>,
    is_certain: bool,
) -> Result<ImageIngest, Failure> {
    // Gateways that put a picture into the answer may link to a copy of it as well.
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
            Err(failure) => tracing::info!(kind = ?failure.kind, "a link among words leads to no image"),
        }
    }
    match ingest.skipped_links() {
        0 => {}
        _ if !is_certain => {}
        count => ingest.record_failed_links(count, Failure::new(FailureKind::TooManyLinks)),
    }
    Ok(ingest)
}

/// Ends what is not done when the time for all links is over. Nothing is begun after that.
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
        // Some gateways want the key for their own files. Nobody else is given it.
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

/// Lets what was behind a link land. Pages and damaged files count as failed links.
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
