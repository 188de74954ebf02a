//! Downloads images behind pasted links and adds them as references.
//!
//! No key is sent. The user chose the link, so it may lead to a private network; redirects are followed to public
//! addresses only.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use url::Url;

use crate::{
    gateway::LinkPolicy,
    recipe::{Failure, FailureKind},
    studio::{
        protocol::{DownloadError, Event, Notice, ReferenceEvent},
        references::reference_store,
        runtime::{blocking::blocking, context::Context, task::Task},
    },
};

/// A base64 decoder that accepts missing padding, which some data URLs lack.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Downloads the image behind a link, or decodes a data URL, and adds it as a reference.
pub(in crate::studio) fn download_reference(shared: &Arc<Context>, downloading: &Arc<AtomicUsize>, link: String) {
    let (context, under_way) = (Arc::clone(shared), Arc::clone(downloading));
    let count = under_way.fetch_add(1, Ordering::SeqCst) + 1;
    context.events.send(Event::References(ReferenceEvent::Downloading(count)));
    let (host, counted) = (host_of(&link), Arc::clone(&under_way));
    let not_fetched = move |context: &Context, error| {
        tracing::info!(?error, "a link gave no reference");
        context.events.send(Event::Notice(Notice::ReferenceDownloadFailed { host, error }));
    };
    let told = not_fetched.clone();
    let work = async move {
        if let Err(why) = load_link(&context, &link).await {
            not_fetched(&context, why);
        }
        let left = finish_one(&under_way);
        context.events.send(Event::References(ReferenceEvent::Downloading(left)));
    };
    shared.spawn(Task::DownloadReference, work, move |context| {
        told(context, DownloadError::NotAnImage);
        context.events.send(Event::References(ReferenceEvent::Downloading(finish_one(&counted))));
    });
}

fn finish_one(under_way: &AtomicUsize) -> usize {
    under_way.fetch_sub(1, Ordering::SeqCst).saturating_sub(1)
}

async fn load_link(context: &Arc<Context>, link: &str) -> Result<(), DownloadError> {
    let url = Url::parse(link.trim()).map_err(|_error| DownloadError::InvalidAddress)?;
    let bytes = if url.scheme() == "data" { decode_data_url(&url)? } else { download(context, &url).await? };
    let name = file_name(&url);
    let keeper = Arc::clone(context);
    let kept = blocking(move || reference_store::from_bytes(&keeper.library, &bytes, name)).await;
    match kept {
        Ok(Ok(ready)) => {
            ready.send(&context.events);
            Ok(())
        }
        Ok(Err(reference_store::InvalidReference(_))) | Err(_) => Err(DownloadError::NotAnImage),
    }
}

/// Downloads the bytes behind an address.
async fn download(context: &Context, url: &Url) -> Result<Vec<u8>, DownloadError> {
    let why = |failure: Failure| match failure.kind {
        FailureKind::ImageTooLarge => DownloadError::TooLarge,
        FailureKind::LinkRefused => DownloadError::PrivateNetwork,
        _ => DownloadError::NoResponse(failure.words.unwrap_or_default()),
    };
    let mut incoming =
        context.client.fetch_image(url.as_str(), &LinkPolicy::chosen(url.as_str())).await.map_err(why)?;
    if incoming.length.is_some_and(|length| length > reference_store::MAX_REFERENCE_BYTES) {
        return Err(DownloadError::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = incoming.chunk().await.map_err(why)? {
        if (bytes.len() + chunk.len()) as u64 > reference_store::MAX_REFERENCE_BYTES {
            return Err(DownloadError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Decodes the bytes of a data URL.
fn decode_data_url(url: &Url) -> Result<Vec<u8>, DownloadError> {
    let (header, payload) = url.path().split_once(',').ok_or(DownloadError::InvalidAddress)?;
    if payload.len() as u64 / 4 * 3 > reference_store::MAX_REFERENCE_BYTES {
        return Err(DownloadError::TooLarge);
    }
    if !header.to_ascii_lowercase().ends_with(";base64") {
        return Err(DownloadError::NotAnImage);
    }
    let plain: String = payload.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    LENIENT_BASE64.decode(plain.trim()).map_err(|_error| DownloadError::NotAnImage)
}

/// The name of a linked image: the last segment of its path.
fn file_name(url: &Url) -> String {
    if url.scheme() == "data" {
        return String::new();
    }
    let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).unwrap_or_default();
    // A plus sign in a path is literal.
    let last = last.replace('+', "%2B");
    url::form_urlencoded::parse(last.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

/// The host of a link, for messages.
fn host_of(link: &str) -> String {
    Url::parse(link.trim()).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn data_urls_are_decoded() {
        for written in
            ["data:image/png;base64,iVBORz8=", "data:image/png;charset=x;BASE64,iVBORz8", "data:;base64,iVBORz8%3D"]
        {
            assert_eq!(decode_data_url(&url(written)), Ok(b"\x89PNG?".to_vec()), "{written}");
        }
        assert_eq!(decode_data_url(&url("data:text/plain,hello")), Err(DownloadError::NotAnImage));
        assert_eq!(decode_data_url(&url("data:image/png;base64")), Err(DownloadError::InvalidAddress));
        assert_eq!(decode_data_url(&url("data:image/png;base64,!!!")), Err(DownloadError::NotAnImage));
    }

    #[test]
    fn a_download_is_named_after_the_last_path_segment() {
        assert_eq!(file_name(&url("https://example.com/a/red%20cup.png?width=9#x")), "red cup.png");
        assert_eq!(file_name(&url("https://example.com/a/")), "a");
        assert_eq!(file_name(&url("https://example.com")), "");
        assert_eq!(host_of("https://example.com/a?key=secret"), "example.com");
    }
}
