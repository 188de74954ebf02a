//! Stores reference images from files, clipboard, links and gallery in the library, under their hash.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    error_chain::chain,
    imaging::{self, Bitmap, Encoding, ImageLimits},
    library::{Library, read_regular},
    recipe::{Failure, FailureKind, Format, ImageId, ImageInfo, Reference},
    studio::{
        gallery::thumbnails,
        protocol::{Event, Pixels, ReferenceEvent, ThumbnailSize, channel::EventSender},
    },
};

/// Maximum size of a reference file; no gateway accepts larger ones.
pub(in crate::studio) const MAX_REFERENCE_BYTES: u64 = 64 << 20;

/// Maximum number of characters of a prompt in the name of a reference.
const MAX_NAME_CHARS: usize = 40;

/// A stored reference with its thumbnail and the properties of its file.
#[derive(Debug)]
pub(in crate::studio) struct StoredReference {
    pub(in crate::studio) reference: Reference,
    pixels: Pixels,
    measured: Option<ImageInfo>,
}

impl StoredReference {
    /// Sends the reference.
    pub(in crate::studio) fn send(self, events: &EventSender) {
        let Self { reference, pixels, measured } = self;
        if let Some(measured) = measured {
            events.send(Event::References(ReferenceEvent::Measured { sha256: reference.sha256.clone(), measured }));
        }
        events.send(Event::References(ReferenceEvent::Ready { reference, pixels }));
    }
}

/// Stores an image file as a reference.
pub(in crate::studio) fn from_file(library: &Library, path: &Path) -> Result<StoredReference, InvalidReference> {
    let bytes = read_regular(path, MAX_REFERENCE_BYTES).map_err(InvalidReference::from_error)?;
    store(library, &bytes, file_name(path), None)
}

/// Keeps bytes that came from elsewhere as a reference.
pub(in crate::studio) fn from_bytes(
    library: &Library,
    bytes: &[u8],
    name: String,
) -> Result<StoredReference, InvalidReference> {
    store(library, bytes, name, None)
}

/// Stores pixels from the clipboard as a reference.
pub(in crate::studio) fn from_pixels(
    library: &Library,
    width: u32,
    height: u32,
    rgba: Vec<u8>,
) -> Result<StoredReference, InvalidReference> {
    let bitmap = Bitmap::new(width, height, rgba).ok_or(InvalidReference(None))?;
    let bytes = imaging::encode(&bitmap, Encoding::Png).map_err(InvalidReference::from_error)?;
    store(library, &bytes, String::new(), None)
}

/// Uses an image of the library as a reference, without copying its bytes.
pub(in crate::studio) fn from_image(library: &Library, id: ImageId) -> Result<StoredReference, InvalidReference> {
    let sidecar = library.images().sidecar(id).ok().flatten().ok_or(InvalidReference(None))?;
    let pixels = thumbnails::load_pixels(library, id, ThumbnailSize::Small).map_err(InvalidReference::from_error)?;
    let reference = Reference {
        sha256: sidecar.sha256.clone(),
        mime: sidecar.facts.format.mime().to_owned(),
        name: sidecar.facts.recipe.prompt.chars().take(MAX_NAME_CHARS).collect(),
        image: Some(id),
    };
    // Only a JPEG file has to be read, because it may have an orientation tag.
    let upright = sidecar.facts.format != Format::Jpeg
        || read_bytes(library, &reference).is_ok_and(|it| imaging::is_upright(&it));
    let measured = Some(ImageInfo {
        format: sidecar.facts.format,
        width: sidecar.facts.width,
        height: sidecar.facts.height,
        bytes: sidecar.bytes,
        upright,
    });
    Ok(StoredReference { reference, pixels, measured })
}

/// Sends the properties and the thumbnail of a stored reference.
pub(in crate::studio) fn send_thumbnail(library: &Library, events: &EventSender, reference: Reference) {
    let Ok(bytes) = read_bytes(library, &reference) else { return };
    let sha256 = reference.sha256;
    if let Some(measured) = read_image_info(&bytes) {
        events.send(Event::References(ReferenceEvent::Measured { sha256: sha256.clone(), measured }));
    }
    if let Ok(bitmap) = imaging::decode(&bytes, &ImageLimits::default()) {
        let pixels = thumbnails::to_pixels(imaging::downscale(&bitmap, ThumbnailSize::Small.edge()));
        events.send(Event::References(ReferenceEvent::Thumbnail { sha256, pixels }));
    }
}

/// Reads the bytes of a reference.
pub(in crate::studio) fn read_bytes(library: &Library, reference: &Reference) -> Result<Vec<u8>, Failure> {
    let unreadable = |reason: String| {
        tracing::warn!(reference = reference.sha256, reason, "a reference cannot be read");
        Failure::new(FailureKind::ReferenceUnreadable).words(reference.name.clone())
    };
    if let Some(id) = reference.image
        && let Ok(path) = library.images().original_path(id)
        && let Ok(bytes) = fs::read(path)
    {
        return Ok(bytes);
    }
    match library.references().read(&reference.sha256) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(unreadable(io::Error::from(io::ErrorKind::NotFound).to_string())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// Format, size and orientation of an image file; `None` if it is not an image.
pub(in crate::studio) fn read_image_info(bytes: &[u8]) -> Option<ImageInfo> {
    let probe = imaging::probe(bytes, &ImageLimits::default()).ok()?;
    Some(ImageInfo {
        format: probe.format,
        width: probe.width,
        height: probe.height,
        bytes: bytes.len() as u64,
        upright: imaging::is_upright(bytes),
    })
}

/// A file that cannot be used as a reference; with the name of its format if that is known and unsupported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::studio) struct InvalidReference(pub(in crate::studio) Option<&'static str>);

impl InvalidReference {
    fn from_error(error: impl std::error::Error) -> Self {
        tracing::info!(error = %chain(&error), "a reference was refused");
        Self(None)
    }
}

fn store(
    library: &Library,
    bytes: &[u8],
    name: String,
    image: Option<ImageId>,
) -> Result<StoredReference, InvalidReference> {
    let foreign = || InvalidReference(imaging::unsupported_format(bytes).map(|foreign| foreign.name));
    let format = imaging::sniff(bytes).ok_or_else(foreign)?;
    let _room = imaging::room_for(bytes);
    let bitmap = imaging::decode(bytes, &ImageLimits::default()).map_err(InvalidReference::from_error)?;
    let sha256 = library.references().put(bytes, format).map_err(InvalidReference::from_error)?;
    let pixels = thumbnails::to_pixels(imaging::downscale(&bitmap, ThumbnailSize::Small.edge()));
    let reference = Reference { sha256, mime: format.mime().to_owned(), name, image };
    Ok(StoredReference { reference, pixels, measured: read_image_info(bytes) })
}

/// The file name for display.
pub(in crate::studio) fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| PathBuf::from(path).display().to_string(), |name| name.to_string_lossy().into_owned())
}
