//! Converts references to what a model supports: upright, in a supported format, and within its size limits.
//!
//! A reference that the model takes is sent byte for byte. Anything else is re-encoded once for each format and size, and
//! cached in the library. The original file is only read.

use std::sync::{Mutex, PoisonError};

use crate::{
    error_chain::{Cause, chain},
    gateway::ReferenceBytes,
    imaging::{self, Bitmap, Encoding, ImageLimits},
    library::Library,
    recipe::{Failure, FailureKind, Format, FormatSet, Recipe, Reference, ReferenceLimits, RequiredConversion},
    studio::references::reference_store,
};

/// JPEG qualities to try, best first, before the image is downscaled.
const JPEG_QUALITIES: [u8; 3] = [95, 90, 82];
/// Factor of the longer side for each downscaling step.
const DOWNSCALE_FACTOR: f64 = 0.8;
/// Minimum length of the longer side after downscaling, in pixels.
const MIN_SIDE_PX: u32 = 64;

/// Allows one conversion at a time, so that requests with the same image convert it once, and because large images need
/// much memory.
static CONVERSION_LOCK: Mutex<()> = Mutex::new(());

/// An image that is ready to be sent.
pub(in crate::studio) struct ConvertedImage {
    pub(in crate::studio) mime: String,
    pub(in crate::studio) bytes: Vec<u8>,
}

impl ConvertedImage {
    /// The image as a part of a request.
    pub(in crate::studio) fn reference_bytes(&self) -> ReferenceBytes<'_> {
        ReferenceBytes { mime: &self.mime, bytes: &self.bytes }
    }
}

/// The converted images of a recipe in the order of [`Recipe::images`], and its mask.
pub(in crate::studio) fn convert_images(
    library: &Library,
    recipe: &Recipe,
    limits: ReferenceLimits,
) -> Result<(Vec<ConvertedImage>, Option<ConvertedImage>), Failure> {
    let read = |reference| reference_store::read_bytes(library, reference);
    let originals: Vec<Vec<u8>> = recipe.images().map(read).collect::<Result<_, _>>()?;
    let together = originals.iter().map(|bytes| bytes.len() as u64).sum();
    let limits = limits.shared_among(originals.len(), together);
    // The mask belongs to the first reference, which has to be a PNG of the same size.
    let masked = recipe.mask.as_ref().map(|_| originals.len() - recipe.references.len());
    let fit = |(index, (reference, bytes)): (usize, (&Reference, Vec<u8>))| {
        let limits =
            if masked == Some(index) { ReferenceLimits { formats: Some(FormatSet::PNG), ..limits } } else { limits };
        convert(library, reference, bytes, limits)
    };
    let images: Vec<ConvertedImage> = recipe.images().zip(originals).enumerate().map(fit).collect::<Result<_, _>>()?;
    let mask = match (&recipe.mask, masked.and_then(|index| images.get(index))) {
        (Some(mask), Some(image)) => Some(fit_mask(read(mask)?, mask, image)?),
        _ => None,
    };
    Ok((images, mask))
}

/// Converts a reference within the limits, or reads the cached conversion.
fn convert(
    library: &Library,
    reference: &Reference,
    bytes: Vec<u8>,
    limits: ReferenceLimits,
) -> Result<ConvertedImage, Failure> {
    let Some(measured) = reference_store::read_image_info(&bytes) else {
        return Err(unreadable(reference, "it is no image"));
    };
    if limits.required_conversion(&measured) == RequiredConversion::Unchanged {
        return Ok(ConvertedImage { mime: measured.format.mime().to_owned(), bytes });
    }
    let way = variant_name(limits);
    let kept = || {
        library.references().converted(&reference.sha256, &way).unwrap_or_else(|error| {
            tracing::warn!(error = %chain(&error), "what a reference was made into cannot be read");
            None
        })
    };
    let ready = |(format, bytes): (Format, Vec<u8>)| ConvertedImage { mime: format.mime().to_owned(), bytes };
    if let Some(kept) = kept() {
        return Ok(ready(kept));
    }
    let _at_work = CONVERSION_LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = kept() {
        return Ok(ready(kept));
    }
    let _room = imaging::room_for(&bytes);
    let bitmap = imaging::decode(&bytes, &ImageLimits::default()).map_err(|error| unreadable(reference, error))?;
    let (format, bytes) =
        encode_within(&bitmap, measured.format, limits).map_err(|error| unreadable(reference, error))?;
    if let Err(error) = library.references().save_converted(&reference.sha256, &way, format, &bytes) {
        tracing::warn!(error = %chain(&error), "what a reference was made into cannot be kept");
    }
    Ok(ready((format, bytes)))
}

/// Name of the cached conversion for these limits.
fn variant_name(limits: ReferenceLimits) -> String {
    let formats: Vec<Format> = limits.formats().into();
    let formats: Vec<&str> = formats.into_iter().map(Format::extension).collect();
    format!("{}-{}-{}", limits.side.unwrap_or(0), limits.bytes.unwrap_or(0), formats.join("-"))
}

/// Encodes an image in a supported format, with as many pixels as the limits allow.
fn encode_within(
    bitmap: &Bitmap,
    format: Format,
    limits: ReferenceLimits,
) -> Result<(Format, Vec<u8>), imaging::ImageError> {
    let room = limits.bytes.unwrap_or(u64::MAX);
    let mut side = bitmap.width.max(bitmap.height).min(limits.side.unwrap_or(u32::MAX)).max(1);
    let encodings = candidate_encodings(format, bitmap.opaque, limits.formats());
    loop {
        let smaller = imaging::downscale(bitmap, side);
        let mut last = None;
        for (format, encoding) in &encodings {
            let bytes = imaging::encode(&smaller, *encoding)?;
            if bytes.len() as u64 <= room {
                return Ok((*format, bytes));
            }
            last = Some((*format, bytes));
        }
        if let Some(last) = last.filter(|_| side <= MIN_SIDE_PX) {
            // Still too large: the gateway may accept it.
            return Ok(last);
        }
        side = ((f64::from(side) * DOWNSCALE_FACTOR) as u32).max(MIN_SIDE_PX.min(side));
    }
}

/// Encodings to try, best quality first.
fn candidate_encodings(format: Format, opaque: bool, taken: FormatSet) -> Vec<(Format, Encoding)> {
    let jpeg = JPEG_QUALITIES.map(|quality| (Format::Jpeg, Encoding::Jpeg { quality }));
    let webp = [100, 90].map(|quality| (Format::Webp, Encoding::Webp { quality }));
    let png = [(Format::Png, Encoding::Png)];
    let mut ways: Vec<(Format, Encoding)> = match (format, opaque) {
        // A lossless encoding of a lossy image wastes space.
        (Format::Jpeg, _) => [&jpeg[..], &png, &webp].concat(),
        (_, true) => [&png[..], &jpeg, &webp].concat(),
        // Encodings without transparency come last.
        (_, false) => [&png[..], &webp, &jpeg].concat(),
    };
    let better = ways.iter().any(|(format, _)| *format != Format::Jpeg && taken.contains(*format));
    ways.retain(|(format, _)| taken.contains(*format) && (opaque || !better || *format != Format::Jpeg));
    if ways.is_empty() { png.to_vec() } else { ways }
}

/// Scales a mask to the size of its converted image.
fn fit_mask(bytes: Vec<u8>, mask: &Reference, image: &ConvertedImage) -> Result<ConvertedImage, Failure> {
    let size = |bytes: &[u8]| imaging::probe(bytes, &ImageLimits::default()).map_err(|error| unreadable(mask, error));
    let (own, wanted) = (size(&bytes)?, size(&image.bytes)?);
    let mime = Format::Png.mime().to_owned();
    if (own.width, own.height) == (wanted.width, wanted.height) && own.format == Format::Png {
        return Ok(ConvertedImage { mime, bytes });
    }
    let _room = imaging::room_for(&bytes);
    let bitmap = imaging::decode(&bytes, &ImageLimits::default()).map_err(|error| unreadable(mask, error))?;
    let scaled = imaging::scale(&bitmap, wanted.width, wanted.height);
    let bytes = imaging::encode(&scaled, Encoding::Png).map_err(|error| unreadable(mask, error))?;
    Ok(ConvertedImage { mime, bytes })
}

fn unreadable(reference: &Reference, reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    tracing::warn!(reference = reference.sha256, reason = %chain(&Cause::new(reason)), "a reference cannot be made ready");
    Failure::new(FailureKind::ReferenceUnreadable).words(reference.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise, which no format compresses well.
    fn noise(width: u32, height: u32, opaque: bool) -> Bitmap {
        let mut state = 7_u32;
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let pixels = (0..width * height).flat_map(|_| [byte(), byte(), byte(), if opaque { 255 } else { byte() }]);
        Bitmap::new(width, height, pixels.collect()).unwrap()
    }

    fn reference(library: &Library, bytes: &[u8]) -> Reference {
        let format = imaging::sniff(bytes).unwrap();
        let sha256 = library.references().put(bytes, format).unwrap();
        Reference { sha256, mime: format.mime().to_owned(), name: "noise".to_owned(), image: None }
    }

    #[test]
    fn large_references_are_downscaled_once_and_their_files_are_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let png = imaging::encode(&noise(400, 200, true), Encoding::Png).unwrap();
        let large = reference(&library, &png);
        let recipe = Recipe { references: vec![large.clone()], ..Recipe::default() };
        let limits = ReferenceLimits { bytes: Some(20_000), side: Some(300), ..ReferenceLimits::default() };
        let sent = || convert_images(&library, &recipe, limits).unwrap().0.remove(0);
        let first = sent();
        assert!(first.bytes.len() <= 20_000 && first.mime == "image/jpeg", "{} {}", first.bytes.len(), first.mime);
        let measured = reference_store::read_image_info(&first.bytes).unwrap();
        assert!(measured.width <= 300 && measured.width == 2 * measured.height, "{measured:?}");
        // The cached conversion is used: converting again would not yield these bytes.
        let kept: Vec<_> =
            std::fs::read_dir(folder.path().join("fitted")).unwrap().map(|file| file.unwrap().path()).collect();
        std::fs::write(&kept[0], b"kept").unwrap();
        assert_eq!((kept.len(), sent().bytes), (1, b"kept".to_vec()));
        assert_eq!(library.references().read(&large.sha256).unwrap().unwrap(), png);
        let all = convert_images(&library, &recipe, ReferenceLimits::default()).unwrap().0.remove(0);
        assert_eq!((all.bytes, all.mime), (png, "image/png".to_owned()));
    }

    #[test]
    fn encoded_images_are_within_the_limits_and_keep_transparency() {
        for opaque in [true, false] {
            for format in [Format::Png, Format::Jpeg, Format::Gif, Format::Webp] {
                for taken in [&[Format::Png][..], &[Format::Jpeg], &[Format::Jpeg, Format::Png], &Format::ALL, &[]] {
                    let formats = FormatSet::of(taken);
                    let limits =
                        ReferenceLimits { bytes: Some(14_000), formats: Some(formats), ..ReferenceLimits::default() };
                    let (made, bytes) = encode_within(&noise(90, 70, opaque), format, limits).unwrap();
                    assert!(formats.contains(made) || taken.is_empty(), "{format:?} as {taken:?}: {made:?}");
                    assert_eq!(imaging::sniff(&bytes), Some(made));
                    assert!(bytes.len() <= 14_000, "{format:?} as {taken:?}: {}", bytes.len());
                    let keeps = !opaque && formats.contains(Format::Png);
                    assert!(!keeps || made != Format::Jpeg, "transparency is kept where it can be");
                }
            }
        }
    }

    #[test]
    fn unsupported_formats_are_converted() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='2000' height='1000'><circle r='900'/></svg>";
        let mut bmp = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(30, 20).write_to(&mut bmp, image::ImageFormat::Bmp).unwrap();
        let mut tiff = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgba16(30, 20).write_to(&mut tiff, image::ImageFormat::Tiff).unwrap();
        let cases = [(svg.to_vec(), (2000, 1000)), (bmp.into_inner(), (30, 20)), (tiff.into_inner(), (30, 20))];
        for (file, size) in cases {
            let kept = reference(&library, &file);
            let recipe = Recipe { references: vec![kept.clone()], ..Recipe::default() };
            for formats in [None, Some(FormatSet::PNG), Some(FormatSet::of(&[Format::Jpeg]))] {
                let limits = ReferenceLimits { formats, ..ReferenceLimits::default() };
                let sent = convert_images(&library, &recipe, limits).unwrap().0.remove(0);
                let measured = reference_store::read_image_info(&sent.bytes).unwrap();
                assert!(limits.formats().contains(measured.format), "{} as {:?}", kept.mime, measured.format);
                assert_eq!((sent.mime.as_str(), (measured.width, measured.height)), (measured.format.mime(), size));
            }
            assert_eq!(library.references().read(&kept.sha256).unwrap().unwrap(), file, "it is kept as it was");
        }
    }

    #[test]
    fn a_mask_has_the_size_of_its_image_which_is_a_png() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let jpeg = imaging::encode(&noise(300, 200, true), Encoding::Jpeg { quality: 90 }).unwrap();
        let image = reference(&library, &jpeg);
        let mut clear = Bitmap::new(300, 200, [0, 0, 0, 255].repeat(300 * 200)).unwrap();
        clear.rgba[..300 * 100 * 4].fill(0);
        clear.opaque = false;
        let mask = reference(&library, &imaging::encode(&clear, Encoding::Png).unwrap());
        let recipe = Recipe { references: vec![image.clone(), image], mask: Some(mask), ..Recipe::default() };
        let limits = ReferenceLimits { side: Some(150), ..ReferenceLimits::default() };
        let (sent, mask) = convert_images(&library, &recipe, limits).unwrap();
        let mask = mask.unwrap();
        assert_eq!(
            (sent[0].mime.as_str(), sent[1].mime.as_str(), mask.mime.as_str()),
            ("image/png", "image/jpeg", "image/png")
        );
        let bitmap = imaging::decode(&mask.bytes, &ImageLimits::default()).unwrap();
        assert_eq!((bitmap.width, bitmap.height), (150, 100));
        let alpha = |x: usize, y: usize| bitmap.rgba[(y * 150 + x) * 4 + 3];
        assert_eq!((alpha(75, 20), alpha(75, 80)), (0, 255));
    }
}
