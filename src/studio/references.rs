//! Reference pictures: files, clipboard and gallery become bytes in the library, found again by their hash.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    imaging::{self, Bitmap, Encoding, Limits},
    library::Library,
    recipe::{Failure, FailureKind, ImageId, Reference},
};

use super::{Pixels, ThumbnailSize, thumbnails};

/// Larger files are not read: no gateway takes them.
const LARGEST: u64 = 64 << 20;

/// How much of a prompt names a reference.
const NAME: usize = 40;

/// Keeps a file's picture as a reference.
pub(super) fn from_file(library: &Library, path: &Path) -> Result<(Reference, Pixels), Refused> {
    let size = fs::metadata(path).map_err(Refused::because)?.len();
    if size > LARGEST {
        return Err(Refused);
    }
    let bytes = fs::read(path).map_err(Refused::because)?;
    keep(library, &bytes, name(path), None)
}

/// Keeps pixels from the clipboard as a reference.
pub(super) fn from_pixels(
    library: &Library,
    width: u32,
    height: u32,
    rgba: Vec<u8>,
) -> Result<(Reference, Pixels), Refused> {
    let bitmap = Bitmap::new(width, height, rgba).ok_or(Refused)?;
    let bytes = imaging::encode(&bitmap, Encoding::Png).map_err(Refused::because)?;
    keep(library, &bytes, String::new(), None)
}

/// Uses a picture of the library as a reference. Its bytes are not copied.
pub(super) fn from_image(library: &Library, id: ImageId) -> Result<(Reference, Pixels), Refused> {
    let sidecar = library.sidecar(id).ok().flatten().ok_or(Refused)?;
    let pixels = thumbnails::thumbnail(library, id, ThumbnailSize::Small).map_err(Refused::because)?;
    let reference = Reference {
        sha256: sidecar.sha256,
        mime: sidecar.format.mime().to_owned(),
        name: sidecar.recipe.prompt.chars().take(NAME).collect(),
        image: Some(id),
    };
    Ok((reference, pixels))
}

/// A small picture of a reference that is kept already.
pub(super) fn thumbnail(library: &Library, reference: &Reference) -> Option<Pixels> {
    let bytes = bytes(library, reference).ok()?;
    let bitmap = imaging::decode(&bytes, &Limits::default()).ok()?;
    Some(thumbnails::pixels(imaging::shrink(&bitmap, ThumbnailSize::Small.edge())))
}

/// A reference's bytes, to be sent.
pub(super) fn bytes(library: &Library, reference: &Reference) -> Result<Vec<u8>, Failure> {
    let unreadable = |reason: String| {
        tracing::warn!(reference = reference.sha256, reason, "a reference cannot be read");
        Failure::new(FailureKind::ReferenceUnreadable).words(reference.name.clone())
    };
    if let Some(id) = reference.image
        && let Ok(path) = library.original_path(id)
        && let Ok(bytes) = fs::read(path)
    {
        return Ok(bytes);
    }
    match library.reference(&reference.sha256) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(unreadable(io::Error::from(io::ErrorKind::NotFound).to_string())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// A file that cannot be used as a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

impl Refused {
    fn because(error: impl std::fmt::Display) -> Self {
        tracing::info!(%error, "a reference was refused");
        Self
    }
}

fn keep(library: &Library, bytes: &[u8], name: String, image: Option<ImageId>) -> Result<(Reference, Pixels), Refused> {
    let format = imaging::sniff(bytes).ok_or(Refused)?;
    let bitmap = imaging::decode(bytes, &Limits::default()).map_err(Refused::because)?;
    let sha256 = library.put_reference(bytes, format).map_err(Refused::because)?;
    let pixels = thumbnails::pixels(imaging::shrink(&bitmap, ThumbnailSize::Small.edge()));
    Ok((Reference { sha256, mime: format.mime().to_owned(), name, image }, pixels))
}

/// A file's name as a person knows it.
pub(super) fn name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| PathBuf::from(path).display().to_string(), |name| name.to_string_lossy().into_owned())
}
