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
pub(in crate::studio) const LARGEST: u64 = 64 << 20;

/// Maximum number of characters of a prompt in the name of a reference.
const NAME: usize = 40;

/// A stored reference with its thumbnail and the properties of its file.
#[derive(Debug)]
pub(in crate::studio) struct Ready {
    pub(in crate::studio) reference: Reference,
    pixels: Pixels,
    measured: Option<ImageInfo>,
}

impl Ready {
    /// Sends the reference.
    pub(in crate::studio) fn tell(self, events: &EventSender) {
        let Self { reference, pixels, measured } = self;
        if let Some(measured) = measured {
            events.send(Event::References(ReferenceEvent::Measured { sha256: reference.sha256.clone(), measured }));
        }
        events.send(Event::References(ReferenceEvent::Ready { reference, pixels }));
    }
}

/// Stores an image file as a reference.
pub(in crate::studio) fn from_file(library: &Library, path: &Path) -> Result<Ready, Refused> {
    let bytes = read_regular(path, LARGEST).map_err(Refused::because)?;
    keep(library, &bytes, name(path), None)
}

/// Keeps bytes that came from elsewhere as a reference.
pub(in crate::studio) fn from_bytes(library: &Library, bytes: &[u8], name: String) -> Result<Ready, Refused> {
    keep(library, bytes, name, None)
}

/// Stores pixels from the clipboard as a reference.
pub(in crate::studio) fn from_pixels(
    library: &Library,
    width: u32,
    height: u32,
    rgba: Vec<u8>,
) -> Result<Ready, Refused> {
    let bitmap = Bitmap::new(width, height, rgba).ok_or(Refused(None))?;
    let bytes = imaging::encode(&bitmap, Encoding::Png).map_err(Refused::because)?;
    keep(library, &bytes, String::new(), None)
}

/// Uses an image of the library as a reference, without copying its bytes.
pub(in crate::studio) fn from_image(library: &Library, id: ImageId) -> Result<Ready, Refused> {
    let sidecar = library.images().sidecar(id).ok().flatten().ok_or(Refused(None))?;
    let pixels = thumbnails::thumbnail(library, id, ThumbnailSize::Small).map_err(Refused::because)?;
    let reference = Reference {
        sha256: sidecar.sha256.clone(),
        mime: sidecar.format.mime().to_owned(),
        name: sidecar.recipe.prompt.chars().take(NAME).collect(),
        image: Some(id),
    };
    // Only a JPEG file has to be read, because it may have an orientation tag.
    let upright = sidecar.format != Format::Jpeg || bytes(library, &reference).is_ok_and(|it| imaging::is_upright(&it));
    let measured = Some(ImageInfo {
        format: sidecar.format,
        width: sidecar.width,
        height: sidecar.height,
        bytes: sidecar.bytes,
        upright,
    });
    Ok(Ready { reference, pixels, measured })
}

/// Sends the properties and the thumbnail of a stored reference.
pub(in crate::studio) fn tell_thumbnail(library: &Library, events: &EventSender, reference: Reference) {
    let Ok(bytes) = bytes(library, &reference) else { return };
    let sha256 = reference.sha256;
    if let Some(measured) = measure(&bytes) {
        events.send(Event::References(ReferenceEvent::Measured { sha256: sha256.clone(), measured }));
    }
    if let Ok(bitmap) = imaging::decode(&bytes, &ImageLimits::default()) {
        let pixels = thumbnails::pixels(imaging::downscale(&bitmap, ThumbnailSize::Small.edge()));
        events.send(Event::References(ReferenceEvent::Thumbnail { sha256, pixels }));
    }
}

/// Reads the bytes of a reference.
pub(in crate::studio) fn bytes(library: &Library, reference: &Reference) -> Result<Vec<u8>, Failure> {
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
pub(in crate::studio) fn measure(bytes: &[u8]) -> Option<ImageInfo> {
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
pub(in crate::studio) struct Refused(pub(in crate::studio) Option<&'static str>);

impl Refused {
    fn because(error: impl std::error::Error) -> Self {
        tracing::info!(error = %chain(&error), "a reference was refused");
        Self(None)
    }
}

fn keep(library: &Library, bytes: &[u8], name: String, image: Option<ImageId>) -> Result<Ready, Refused> {
    let foreign = || Refused(imaging::unsupported_format(bytes).map(|foreign| foreign.name));
    let format = imaging::sniff(bytes).ok_or_else(foreign)?;
    let _room = imaging::room_for(bytes);
    let bitmap = imaging::decode(bytes, &ImageLimits::default()).map_err(Refused::because)?;
    let sha256 = library.references().put(bytes, format).map_err(Refused::because)?;
    let pixels = thumbnails::pixels(imaging::downscale(&bitmap, ThumbnailSize::Small.edge()));
    let reference = Reference { sha256, mime: format.mime().to_owned(), name, image };
    Ok(Ready { reference, pixels, measured: measure(bytes) })
}

/// The file name for display.
pub(in crate::studio) fn name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| PathBuf::from(path).display().to_string(), |name| name.to_string_lossy().into_owned())
}
