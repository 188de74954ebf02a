//! Creates masks: PNG images that are transparent where the reference is to be generated again.

use crate::{
    error_chain::chain,
    imaging::{self, Bitmap, Encoding, ImageLimits},
    library::Library,
    recipe::{BrushStroke, Coverage, Format, Reference},
    studio::{
        gallery::thumbnails,
        protocol::{Event, Notice, Pixels, ReferenceEvent},
        references::reference_store,
        runtime::context::Context,
    },
};

/// Maximum side of the image under the brush, in pixels.
const MAX_BASE_SIDE_PX: u32 = 1600;
/// Maximum side of the coverage on screen, in pixels.
const MAX_COVERAGE_SIDE_PX: u32 = 800;

/// Sends the image to paint on and the current coverage.
pub(in crate::studio) fn send_mask_base(context: &Context, reference: &Reference, mask: Option<&Reference>) {
    let Some((pixels, coverage)) = load_mask_base(&context.library, reference, mask) else {
        context.events.send(Event::Notice(Notice::InvalidReference { name: reference.name.clone() }));
        return;
    };
    context.events.send(Event::References(ReferenceEvent::MaskBase {
        sha256: reference.sha256.clone(),
        pixels,
        coverage,
    }));
}

/// Creates a mask and sends it; `None` if nothing is covered.
pub(in crate::studio) fn create_mask(
    context: &Context,
    reference: &Reference,
    base: Option<&Reference>,
    strokes: &[BrushStroke],
) {
    match store_mask(&context.library, reference, base, strokes) {
        Ok(mask) => {
            context
                .events
                .send(Event::References(ReferenceEvent::MaskReady { sha256: reference.sha256.clone(), mask }));
        }
        Err(MaskError) => {
            context.events.send(Event::Notice(Notice::InvalidReference { name: reference.name.clone() }));
        }
    }
}

/// A mask could not be read or written; the log has the reason.
struct MaskError;

fn load_mask_base(library: &Library, reference: &Reference, mask: Option<&Reference>) -> Option<(Pixels, Coverage)> {
    let bytes = reference_store::read_bytes(library, reference).ok()?;
    let _room = imaging::room_for(&bytes);
    let bitmap = imaging::decode(&bytes, &ImageLimits::default()).ok()?;
    let small = imaging::downscale(&bitmap, MAX_BASE_SIDE_PX);
    let scale = f64::from(MAX_COVERAGE_SIDE_PX) / f64::from(bitmap.width.max(bitmap.height));
    let side = |side: u32| ((f64::from(side) * scale.min(1.0)).round() as u32).max(1);
    let (width, height) = (side(bitmap.width), side(bitmap.height));
    let coverage = mask
        .and_then(|mask| read_coverage(library, mask))
        .map_or_else(|| Coverage::new(width, height), |coverage| coverage.scaled(width, height));
    Some((thumbnails::to_pixels(small), coverage))
}

/// The coverage of a stored mask.
fn read_coverage(library: &Library, mask: &Reference) -> Option<Coverage> {
    let bytes = reference_store::read_bytes(library, mask).ok()?;
    let bitmap = imaging::decode(&bytes, &ImageLimits::default()).ok()?;
    let covered = bitmap.rgba.as_chunks::<4>().0.iter().map(|[.., alpha]| *alpha < 128).collect();
    Some(Coverage { width: bitmap.width, height: bitmap.height, covered })
}

fn store_mask(
    library: &Library,
    reference: &Reference,
    base: Option<&Reference>,
    strokes: &[BrushStroke],
) -> Result<Option<Reference>, MaskError> {
    let bytes = reference_store::read_bytes(library, reference).map_err(|_failure| MaskError)?;
    let size = reference_store::read_image_info(&bytes).ok_or(MaskError)?;
    let mut coverage = match base {
        Some(base) => read_coverage(library, base).ok_or(MaskError)?.scaled(size.width, size.height),
        None => Coverage::new(size.width, size.height),
    };
    for stroke in strokes {
        coverage.paint(stroke);
    }
    if coverage.is_empty() {
        return Ok(None);
    }
    let pixels = coverage.covered.iter().flat_map(|covered| [0, 0, 0, if *covered { 0 } else { 255 }]).collect();
    let bitmap = Bitmap::new(size.width, size.height, pixels).ok_or(MaskError)?;
    let png = imaging::encode(&bitmap, Encoding::Png).map_err(|error| {
        tracing::warn!(error = %chain(&error), "a mask cannot be encoded");
        MaskError
    })?;
    let sha256 = library.references().put(&png, Format::Png).map_err(|error| {
        tracing::warn!(error = %chain(&error), "a mask cannot be kept");
        MaskError
    })?;
    Ok(Some(Reference { sha256, mime: Format::Png.mime().to_owned(), name: "mask".to_owned(), image: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_has_the_size_of_its_image_and_is_transparent_where_it_was_painted() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let image = Bitmap::new(90, 60, [200, 90, 20, 255].repeat(90 * 60)).unwrap();
        let png = imaging::encode(&image, Encoding::Png).unwrap();
        let sha256 = library.references().put(&png, Format::Png).unwrap();
        let reference = Reference { sha256, mime: "image/png".to_owned(), name: "cup".to_owned(), image: None };
        let stroke = |x: f32, erases| BrushStroke { points: vec![[x, 0.5]], radius: 0.1, erases };
        let alpha = |mask: &Reference| {
            let bitmap =
                imaging::decode(&library.references().read(&mask.sha256).unwrap().unwrap(), &ImageLimits::default())
                    .unwrap();
            assert_eq!((bitmap.width, bitmap.height), (90, 60));
            [22, 67].map(|x: usize| bitmap.rgba[(30 * 90 + x) * 4 + 3])
        };
        let Ok(Some(mask)) = store_mask(&library, &reference, None, &[stroke(0.25, false)]) else {
            panic!("it is made")
        };
        assert_eq!(alpha(&mask), [0, 255]);
        // One goes on from what was painted before.
        let strokes = [stroke(0.75, false), stroke(0.25, true)];
        let Ok(Some(more)) = store_mask(&library, &reference, Some(&mask), &strokes) else { panic!("it is made") };
        assert_eq!(alpha(&more), [255, 0]);
        assert!(matches!(store_mask(&library, &reference, Some(&mask), &[stroke(0.25, true)]), Ok(None)));
        let (pixels, coverage) = load_mask_base(&library, &reference, Some(&more)).unwrap();
        assert_eq!((pixels.width, coverage.width), (90, 90));
        assert!(coverage.covered[30 * 90 + 67] && !coverage.covered[30 * 90 + 22]);
    }
}
