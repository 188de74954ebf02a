//! The size in pixels at which an SVG is rendered.

use quick_xml::{Reader, events::Event};

use crate::imaging::pixels::ImageLimits;

/// The least length of the longer side in pixels, because a small drawing would look jagged when it is enlarged.
const MIN_LONGER_SIDE_PIXELS: f64 = 1024.0;
/// The greatest length of a side in pixels.
const MAX_SIDE_PIXELS: f64 = 8192.0;
/// The number of pixels of a drawing at most. Each layer takes four bytes per pixel.
const MAX_PIXELS: f64 = (1 << 25) as f64;

/// The size at which an SVG is rendered: its own or that of its view box, scaled into the limits. `None` if its root
/// element has not arrived.
pub(crate) fn svg_size(bytes: &[u8], limits: &ImageLimits) -> Option<(u32, u32)> {
    let root = Root::read(bytes)?;
    let (width, height) = root.size();
    let longer = width.max(height);
    let most_pixels = MAX_PIXELS.min(limits.max_pixels as f64).min(limits.max_bytes as f64 / 4.0);
    let scale = (MIN_LONGER_SIDE_PIXELS / longer)
        .max(1.0)
        .min(MAX_SIDE_PIXELS.min(f64::from(limits.max_side)) / longer)
        .min((most_pixels / (width * height)).sqrt());
    let side = |side: f64| ((side * scale + 1e-6).floor() as u32).max(1);
    let rounded = |side: f64| ((side * scale).round() as u32).max(1);
    let size = (rounded(width), rounded(height));
    let fits = f64::from(size.0) * f64::from(size.1) <= most_pixels;
    Some(if fits { size } else { (side(width), side(height)) })
}

/// The size in the root element, in pixels.
struct Root {
    width: Option<f64>,
    height: Option<f64>,
    view: Option<(f64, f64)>,
}

impl Root {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::from_reader(bytes);
        let root = loop {
            match reader.read_event().ok()? {
                Event::Start(root) | Event::Empty(root) => break root,
                Event::Eof => return None,
                _ => {}
            }
        };
        let mut found = Self { width: None, height: None, view: None };
        for attribute in root.attributes().with_checks(false).flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "width" => found.width = length(value),
                "height" => found.height = length(value),
                "viewBox" => found.view = view(value),
                _ => {}
            }
        }
        Some(found)
    }

    fn size(&self) -> (f64, f64) {
        match (self.width, self.height, self.view) {
            (Some(width), Some(height), _) => (width, height),
            (Some(width), None, Some(view)) => (width, width * view.1 / view.0),
            (None, Some(height), Some(view)) => (height * view.0 / view.1, height),
            (None, None, Some(view)) => view,
            (Some(side), None, None) | (None, Some(side), None) => (side, side),
            (None, None, None) => (MIN_LONGER_SIDE_PIXELS, MIN_LONGER_SIDE_PIXELS),
        }
    }
}

/// A length in pixels. A relative length is ignored, because there is nothing to which it could relate.
fn length(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 9] = [
        ("px", 1.0),
        ("pt", 4.0 / 3.0),
        ("pc", 16.0),
        ("mm", 96.0 / 25.4),
        ("cm", 96.0 / 2.54),
        ("in", 96.0),
        ("em", 12.0),
        ("ex", 6.0),
        ("Q", 96.0 / 101.6),
    ];
    let text = text.trim();
    let unit = UNITS.iter().find_map(|(unit, pixels)| Some((text.strip_suffix(unit)?, *pixels)));
    let (number, pixels) = unit.unwrap_or((text, 1.0));
    side(number.trim_end().parse::<f64>().ok()? * pixels)
}

fn view(text: &str) -> Option<(f64, f64)> {
    let mut numbers = text.split([',', ' ', '\t', '\r', '\n']).filter(|number| !number.is_empty());
    let (width, height) = (numbers.nth(2)?.parse().ok()?, numbers.next()?.parse().ok()?);
    Some((side(width)?, side(height)?))
}

/// A valid side length.
fn side(pixels: f64) -> Option<f64> {
    (1e-3..=1e9).contains(&pixels).then_some(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn svg_size_is_the_stated_one_within_limits() {
        for (attributes, expected) in [
            ("width='24' height='24'", (1024, 1024)),
            ("width='48px' height=\"24px\"", (1024, 512)),
            ("width='1200' height='3000'", (1200, 3000)),
            ("viewBox='0 0 200 100'", (1024, 512)),
            ("viewBox='-10,-10, 2000,500'", (2000, 500)),
            ("width='100%' height='100%' viewBox='0 0 30 40'", (768, 1024)),
            ("width='2048' viewBox='0 0 4 1'", (2048, 512)),
            ("height='2000' viewBox='0 0 1 2'", (1000, 2000)),
            ("width='210mm' height='297mm'", (794, 1123)),
            ("width='30in' height='10in'", (2880, 960)),
            ("", (1024, 1024)),
            ("width='0' height='-5'", (1024, 1024)),
            ("width='abc' viewBox='0 0 0 0'", (1024, 1024)),
            ("width='NaN' height='inf'", (1024, 1024)),
            ("width='1600'", (1600, 1600)),
            ("width='1000000' height='1000'", (8192, 8)),
            ("width='20000' height='20000'", (5793, 5793)),
            ("width='100000' height='0.01'", (8192, 1)),
        ] {
            let svg = format!("<?xml version='1.0'?><!-- <svg width='1'> --><svg {attributes}>");
            let size = svg_size(svg.as_bytes(), &ImageLimits::default()).unwrap();
            let close = size.0.abs_diff(expected.0) <= 1 && size.1.abs_diff(expected.1) <= 1;
            assert!(close, "{attributes}: {size:?} instead of {expected:?}");
            assert!(u64::from(size.0) * u64::from(size.1) <= 1 << 25, "{attributes}");
        }
        let small = ImageLimits { max_side: 100, max_pixels: 4000, ..ImageLimits::default() };
        let (width, height) = svg_size(b"<svg width='10' height='10'/>", &small).unwrap();
        assert_eq!(width, height);
        assert!(width * height <= 4000 && width > 60, "{width}");
        assert_eq!(svg_size(b"<!-- nothing has come", &ImageLimits::default()), None);
    }
}
