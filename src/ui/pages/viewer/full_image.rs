//! An image at full size on the graphics card, cut into tiles.
//!
//! Graphics cards limit the side of textures, and uploading an image of 8192 × 8192 pixels at once would delay a frame.
//! So it is cut into parts, and only a few visible parts are uploaded per frame. A downscaled image is averaged by
//! powers of two first, because not every renderer has mipmaps.

use std::collections::{BTreeMap, btree_map::Entry};

use egui::{Color32, ColorImage, Rect, TextureFilter, TextureHandle, TextureOptions, Ui, pos2, vec2};

use crate::studio::Pixels;

/// Side of the square of the image's own pixels that a part covers.
const PART: u32 = 1024;
/// Maximum number of parts that are uploaded in one frame.
const PARTS: usize = 4;
/// Maximum exponent of the power of two that an image is averaged by.
const MAX_HALVINGS: u32 = 5;

/// How an image is drawn: each way needs its own textures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DrawMethod {
    /// How many times its sides are halved.
    halvings: u32,
    /// Whether its pixels are drawn as squares.
    squares: bool,
}

/// The textures of an image.
pub struct FullImage {
    pixels: Pixels,
    way: DrawMethod,
    parts: BTreeMap<(u32, u32), TextureHandle>,
}

impl std::fmt::Debug for FullImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Full").field("pixels", &self.pixels).field("way", &self.way).finish_non_exhaustive()
    }
}

impl FullImage {
    /// Creates an image without textures.
    pub fn new(pixels: Pixels) -> Self {
        Self { pixels, way: DrawMethod { halvings: 0, squares: false }, parts: BTreeMap::new() }
    }

    /// Its dimensions.
    pub fn size(&self) -> egui::Vec2 {
        vec2(self.pixels.width as f32, self.pixels.height as f32)
    }

    /// Draws the part of the image that is in `clip`; the whole image fills `rect`, with `zoom` screen pixels per image
    /// pixel.
    pub fn draw(&mut self, ui: &Ui, rect: Rect, clip: Rect, zoom: f32) {
        let way = way(zoom);
        if way != self.way {
            self.way = way;
            self.parts.clear();
        }
        let seen = clip.intersect(rect);
        if !seen.is_positive() {
            return;
        }
        let scale = rect.width() / self.pixels.width as f32;
        let part = |at: f32| (at.max(0.0) / scale) as u32 / PART;
        let (left, right) = (part(seen.left() - rect.left()), part(seen.right() - rect.left()));
        let (top, bottom) = (part(seen.top() - rect.top()), part(seen.bottom() - rect.top()));
        let mut made = 0;
        self.parts.retain(|(x, y), _| (left..=right).contains(x) && (top..=bottom).contains(y));
        for y in top..=bottom.min((self.pixels.height - 1) / PART) {
            for x in left..=right.min((self.pixels.width - 1) / PART) {
                let texture = match self.parts.entry((x, y)) {
                    Entry::Occupied(part) => part.into_mut(),
                    Entry::Vacant(_) if made == PARTS => {
                        ui.ctx().request_repaint();
                        continue;
                    }
                    Entry::Vacant(gap) => {
                        made += 1;
                        let image = cut(&self.pixels, x * PART, y * PART, way.halvings);
                        gap.insert(ui.ctx().load_texture("full", image, options(way.squares)))
                    }
                };
                let own = own(&self.pixels, x * PART, y * PART);
                let place = Rect::from_min_size(rect.min + own.min.to_vec2() * scale, own.size() * scale);
                ui.painter().image(texture.id(), place, inside(texture, own, way.halvings), Color32::WHITE);
            }
        }
    }
}

fn way(zoom: f32) -> DrawMethod {
    let halvings = if zoom < 1.0 { (1.0 / zoom).log2().floor() as u32 } else { 0 };
    DrawMethod { halvings: halvings.min(MAX_HALVINGS), squares: zoom > 2.0 }
}

fn options(squares: bool) -> TextureOptions {
    TextureOptions {
        magnification: if squares { TextureFilter::Nearest } else { TextureFilter::Linear },
        ..TextureOptions::LINEAR
    }
}

/// The image's own pixels that a part covers.
fn own(pixels: &Pixels, x: u32, y: u32) -> Rect {
    let size = vec2((pixels.width - x).min(PART) as f32, (pixels.height - y).min(PART) as f32);
    Rect::from_min_size(pos2(x as f32, y as f32), size)
}

/// The texture coordinates of a part without the border that it shares with its neighbors.
fn inside(texture: &TextureHandle, own: Rect, halvings: u32) -> Rect {
    let [width, height] = texture.size();
    let step = (1u32 << halvings) as f32;
    let size = vec2(own.width() / step / width as f32, own.height() / step / height as f32);
    let border = |at: f32, side: usize| if at > 0.0 { 1.0 / side as f32 } else { 0.0 };
    Rect::from_min_size(pos2(border(own.left(), width), border(own.top(), height)), size)
}

/// Cuts out a part, averaged down, with a border of one pixel at its neighbors, because filtering reads across the
/// edge.
fn cut(pixels: &Pixels, x: u32, y: u32, halvings: u32) -> ColorImage {
    let step = 1u32 << halvings;
    let range = |start: u32, side: u32| {
        let end = (start + PART + step).min(side);
        let start = start.saturating_sub(step);
        (start, (end - start).div_ceil(step))
    };
    let ((left, width), (top, height)) = (range(x, pixels.width), range(y, pixels.height));
    let mut colors = Vec::with_capacity((width * height) as usize);
    for row in 0..height {
        for column in 0..width {
            colors.push(average(pixels, left + column * step, top + row * step, step));
        }
    }
    ColorImage::new([width as usize, height as usize], colors)
}

/// The average of a square of pixels, clipped to the image.
fn average(pixels: &Pixels, x: u32, y: u32, step: u32) -> Color32 {
    let (mut sum, mut count) = ([0u32; 4], 0);
    for row in y..(y + step).min(pixels.height) {
        let start = (row as usize * pixels.width as usize + x as usize) * 4;
        let end = start + ((pixels.width - x).min(step) * 4) as usize;
        for color in pixels.rgba[start..end].as_chunks::<4>().0 {
            for (sum, channel) in sum.iter_mut().zip(color) {
                *sum += u32::from(*channel);
            }
            count += 1;
        }
    }
    let mean = sum.map(|sum| ((sum + count / 2) / count.max(1)) as u8);
    Color32::from_rgba_premultiplied(mean[0], mean[1], mean[2], mean[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(width: u32, height: u32) -> Pixels {
        let rgba = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 7, 255])).collect();
        Pixels { width, height, rgba }
    }

    #[test]
    fn tiles_have_borders_only_towards_neighbors() {
        let pixels = pixels(1500, 900);
        let first = cut(&pixels, 0, 0, 0);
        assert_eq!(first.size, [1025, 900]);
        let second = cut(&pixels, 1024, 0, 0);
        assert_eq!(second.size, [477, 900]);
        assert_eq!(second.pixels[0], Color32::from_rgb((1023 % 256) as u8, 0, 7));
    }

    #[test]
    fn downscaled_image_uses_averages() {
        let half = cut(&pixels(5, 4), 0, 0, 1);
        assert_eq!(half.size, [3, 2]);
        assert_eq!(half.pixels[0], Color32::from_rgb(1, 1, 7));
        // The last column has only one pixel of its own.
        assert_eq!(half.pixels[2], Color32::from_rgb(4, 1, 7));
    }

    #[test]
    fn nearest_filtering_starts_above_double_size() {
        assert_eq!(way(0.2), DrawMethod { halvings: 2, squares: false });
        assert_eq!(way(1.0), DrawMethod { halvings: 0, squares: false });
        assert_eq!(way(2.5), DrawMethod { halvings: 0, squares: true });
        assert_eq!(way(0.001).halvings, MAX_HALVINGS);
    }
}
