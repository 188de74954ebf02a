//! Renders text on images: glyphs of given fonts as filled outlines. It is meant for single-line labels, so there is no
//! shaping: each character is one glyph, which suffices for Latin, Greek, Cyrillic, Chinese, Japanese and Korean.

use std::sync::Arc;

use skrifa::{
    FontRef, GlyphId, MetadataProvider as _,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
};
use tiny_skia::{Color, FillRule, Paint, PathBuilder, PixmapMut, Transform};

use super::pixels::Bitmap;

/// The bytes of a font file.
pub type FontBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// The side of the box in place of a missing glyph, as a fraction of the font size.
const MISSING_GLYPH_WIDTH: f32 = 0.6;

/// Renders labels with fonts, of which the first that contains a character draws it.
#[derive(Clone, Default)]
pub struct LabelRasterizer {
    fonts: Vec<(FontBytes, u32)>,
}

impl std::fmt::Debug for LabelRasterizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lettering").field("fonts", &self.fonts.len()).finish()
    }
}

/// The outline of a character.
struct Glyph {
    font: usize,
    id: GlyphId,
    advance: f32,
}

impl LabelRasterizer {
    /// Adds a font after the existing ones: the bytes of its file, and its index in the file.
    pub fn add(&mut self, bytes: FontBytes, index: u32) {
        self.fonts.push((bytes, index));
    }

    /// The characters of a text that no font contains.
    pub fn lacking(&self, text: &str) -> Vec<char> {
        let mut lacking = Vec::new();
        for letter in text.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()) {
            if !lacking.contains(&letter) && self.glyph(letter, 1.0).is_none() {
                lacking.push(letter);
            }
        }
        lacking
    }

    /// The width of a text in pixels.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(letter, size)).sum()
    }

    /// The longest prefix of a text that fits, with an ellipsis if it is not the whole text.
    pub fn fitted(&self, text: &str, size: f32, room: f32) -> String {
        if self.width(text, size) <= room {
            return text.to_owned();
        }
        let mut fitted = String::new();
        let mut left = room - self.advance('…', size);
        for letter in text.chars() {
            left -= self.advance(letter, size);
            if left < 0.0 {
                break;
            }
            fitted.push(letter);
        }
        fitted.truncate(fitted.trim_end().len());
        fitted.push('…');
        fitted
    }

    /// Draws a text on an opaque bitmap, in one line that starts at `x` with this `baseline`.
    pub fn draw(&self, on: &mut Bitmap, (x, baseline): (f32, f32), text: &str, size: f32, [r, g, b]: [u8; 3]) {
        let (width, height) = (on.width, on.height);
        let Some(mut pixels) = PixmapMut::from_bytes(&mut on.rgba, width, height) else { return };
        let mut paint = Paint::default();
        paint.set_color(Color::from_rgba8(r, g, b, 255));
        let mut x = x;
        for letter in text.chars() {
            let mut pen = Pen { path: PathBuilder::new(), x, baseline };
            match self.glyph(letter, size) {
                Some(glyph) => self.outline(&glyph, size, &mut pen),
                None if letter.is_whitespace() || letter.is_control() => {}
                // A missing glyph is drawn as a box, so that it is not silently omitted.
                None => pen.missing(size),
            }
            x += self.advance(letter, size);
            if let Some(path) = pen.path.finish() {
                pixels.fill_path(&path, &paint, FillRule::EvenOdd, Transform::identity(), None);
            }
        }
    }

    fn outline(&self, glyph: &Glyph, size: f32, pen: &mut Pen) {
        let Some(font) = self.font(glyph.font) else { return };
        if let Some(outline) = font.outline_glyphs().get(glyph.id) {
            let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
            // A damaged glyph keeps the outline that was read so far.
            outline.draw(settings, pen).ok();
        }
    }

    fn advance(&self, letter: char, size: f32) -> f32 {
        match self.glyph(letter, size) {
            Some(glyph) => glyph.advance,
            None if letter.is_control() => 0.0,
            None if letter.is_whitespace() => size / 4.0,
            None => size * (MISSING_GLYPH_WIDTH + 0.2),
        }
    }

    fn font(&self, index: usize) -> Option<FontRef<'_>> {
        let (bytes, index) = self.fonts.get(index)?;
        FontRef::from_index((**bytes).as_ref(), *index).ok()
    }

    /// The glyph of the first font that contains an outline for the character, or none for a space.
    fn glyph(&self, letter: char, size: f32) -> Option<Glyph> {
        (0..self.fonts.len()).find_map(|at| {
            let font = self.font(at)?;
            let id = font.charmap().map(letter).filter(|id| *id != GlyphId::NOTDEF)?;
            font.outline_glyphs().get(id)?;
            let advance = font.glyph_metrics(Size::new(size), LocationRef::default()).advance_width(id)?;
            Some(Glyph { font: at, id, advance })
        })
    }
}

/// Receives outlines, whose vertical axis points up.
struct Pen {
    path: PathBuilder,
    x: f32,
    baseline: f32,
}

impl Pen {
    fn missing(&mut self, size: f32) {
        let stroke = (size / 16.0).max(1.0);
        for inset in [0.0, stroke] {
            let (left, right) = (self.x + size * 0.1 + inset, self.x + size * (0.1 + MISSING_GLYPH_WIDTH) - inset);
            let (top, bottom) = (self.baseline - size * 0.7 + inset, self.baseline - inset);
            if let Some(rect) = tiny_skia::Rect::from_ltrb(left, top, right, bottom) {
                self.path.push_rect(rect);
            }
        }
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, self.baseline - y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, self.baseline - y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, self.baseline - cy, self.x + x, self.baseline - y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (left, base) = (self.x, self.baseline);
        self.path.cubic_to(left + ax, base - ay, left + bx, base - by, left + x, base - y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inter() -> LabelRasterizer {
        let mut lettering = LabelRasterizer::default();
        lettering.add(Arc::new(include_bytes!("../../assets/fonts/Inter-Regular.otf")), 0);
        lettering
    }

    fn white(width: u32, height: u32) -> Bitmap {
        Bitmap { width, height, rgba: vec![255; (width * height * 4) as usize], opaque: true }
    }

    /// The number of dark pixels in some columns.
    fn dark(bitmap: &Bitmap, columns: std::ops::Range<u32>) -> usize {
        let pixels = bitmap.rgba.as_chunks::<4>().0.iter().enumerate();
        pixels.filter(|(at, pixel)| columns.contains(&(*at as u32 % bitmap.width)) && pixel[0] < 128).count()
    }

    #[test]
    fn text_is_drawn_at_its_position_with_the_measured_width() {
        let lettering = inter();
        let mut bitmap = white(200, 40);
        lettering.draw(&mut bitmap, (50.0, 30.0), "Temperature", 20.0, [0, 0, 0]);
        let width = lettering.width("Temperature", 20.0).ceil() as u32;
        assert!((90..140).contains(&width), "{width}");
        assert!(dark(&bitmap, 50..50 + width) > 200);
        assert_eq!(dark(&bitmap, 0..49) + dark(&bitmap, 51 + width..200), 0);
        assert!(bitmap.rgba.iter().skip(3).step_by(4).all(|alpha| *alpha == 255));
    }

    #[test]
    fn missing_glyphs_are_boxes_and_are_reported() {
        let lettering = inter();
        assert_eq!(lettering.lacking("ink 墨 墨水"), ['墨', '水']);
        let mut bitmap = white(60, 40);
        lettering.draw(&mut bitmap, (10.0, 30.0), "墨", 30.0, [0, 0, 0]);
        assert!(dark(&bitmap, 10..40) > 20);
        let none = LabelRasterizer::default();
        none.draw(&mut white(9, 9), (0.0, 5.0), "a b", 8.0, [0, 0, 0]);
    }

    #[test]
    fn text_without_space_is_elided() {
        let lettering = inter();
        let fitted = lettering.fitted("gemini-2.5-flash-image", 20.0, 120.0);
        assert!(fitted.starts_with("gemini-2") && fitted.ends_with('…'), "{fitted}");
        assert!(lettering.width(&fitted, 20.0) <= 120.0);
        assert_eq!(lettering.fitted("fox", 20.0, 120.0), "fox");
    }
}
