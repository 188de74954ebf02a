//! Thumbnails on the graphics card: a bounded cache that uploads a few per frame and requests them as they are drawn.
//!
//! While a frame is drawn, pages [`look`](Textures::look) up thumbnails. Missing ones are put on a list, which is sent
//! to the studio after the frame if it has changed. The first one is the most urgent.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashSet, VecDeque},
};

use egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureOptions, Vec2, pos2, vec2};

use crate::{
    recipe::ImageId,
    studio::{GalleryEvent, ImageLoadError, OrganizeEvent, Pixels, ThumbnailSize},
};

/// Maximum number of bytes of cached textures, unless more than that is visible at the same time.
const MAX_TEXTURE_BYTES: usize = 192 << 20;
/// Maximum number of bytes that are uploaded in one frame, beside the first image.
const MAX_UPLOAD_BYTES_PER_FRAME: usize = 8 << 20;

/// Number of bytes that an eviction frees below the limit.
const EVICTION_MARGIN_BYTES: usize = 8 << 20;
/// Maximum number of entries: unreadable images have an entry but no texture.
const MAX_ENTRIES: usize = 16_384;

type ThumbnailKey = (ImageId, ThumbnailSize);

/// The state of a thumbnail when it is drawn.
#[derive(Clone, Copy)]
pub enum TextureLookup<'a> {
    /// The thumbnail is not loaded yet.
    Nothing,
    /// A texture, possibly of another size than the requested one while that is loading.
    Ready(&'a TextureHandle),
    /// The image cannot be read.
    Unreadable(ImageLoadError),
}

enum Slot {
    Arrived(Pixels),
    Ready(TextureHandle),
    Unreadable(ImageLoadError),
}

struct CacheEntry {
    slot: Slot,
    used: Cell<u64>,
}

/// The thumbnails.
#[derive(Default)]
pub struct Textures {
    entries: BTreeMap<ThumbnailKey, CacheEntry>,
    arrived: VecDeque<ThumbnailKey>,
    bytes: usize,
    frame: u64,
    wish: RefCell<Vec<ThumbnailKey>>,
    sent: Vec<ThumbnailKey>,
}

impl std::fmt::Debug for Textures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Textures")
            .field("entries", &self.entries.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Textures {
    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        if let GalleryEvent::Thumbnail { id, size, pixels } = event {
            self.arrive((*id, *size), pixels.clone());
        }
    }

    /// Folds an event about the trash into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        // A restored file may be readable again. If it is not, the studio reports so soon.
        if matches!(event, OrganizeEvent::RestoredFromTrash(_)) {
            self.entries.retain(|_, entry| !matches!(entry.slot, Slot::Unreadable(_)));
        }
    }

    fn arrive(&mut self, key: ThumbnailKey, pixels: Result<Pixels, ImageLoadError>) {
        if self.entries.get(&key).is_some_and(|entry| matches!(entry.slot, Slot::Ready(_))) {
            return;
        }
        let slot = match pixels {
            Ok(pixels) => Slot::Arrived(pixels),
            Err(reason) => Slot::Unreadable(reason),
        };
        if matches!(slot, Slot::Arrived(_)) {
            self.arrived.push_back(key);
        }
        self.entries.insert(key, CacheEntry { slot, used: Cell::new(self.frame) });
    }

    /// Uploads some of the arrived thumbnails, and evicts those that were not used for the longest time.
    pub fn upload(&mut self, ctx: &Context) {
        self.frame += 1;
        let mut handed = 0;
        while handed < MAX_UPLOAD_BYTES_PER_FRAME
            && let Some(key) = self.arrived.pop_front()
        {
            let Some(entry) = self.entries.get_mut(&key) else { continue };
            if let Slot::Arrived(pixels) = &entry.slot {
                // A thumbnail that has scrolled away before its upload would only fill the memory.
                if entry.used.get() + 2 < self.frame {
                    self.entries.remove(&key);
                    continue;
                }
                let texture = ctx.load_texture("thumbnail", image(pixels), OPTIONS);
                handed += texture.byte_size();
                self.bytes += texture.byte_size();
                entry.slot = Slot::Ready(texture);
            }
        }
        if !self.arrived.is_empty() {
            ctx.request_repaint();
        }
        self.drop_oldest();
    }

    fn drop_oldest(&mut self) {
        if self.bytes <= MAX_TEXTURE_BYTES && self.entries.len() <= MAX_ENTRIES {
            return;
        }
        let unseen = |entry: &CacheEntry| !matches!(entry.slot, Slot::Arrived(_)) && entry.used.get() + 1 < self.frame;
        let mut oldest: Vec<(u64, ThumbnailKey)> = self
            .entries
            .iter()
            .filter(|(_, entry)| unseen(entry))
            .map(|(key, entry)| (entry.used.get(), *key))
            .collect();
        oldest.sort_unstable();
        // Evict below the limit (hysteresis), so that fast scrolling does not evict on every frame.
        for (_, key) in oldest {
            if self.bytes <= MAX_TEXTURE_BYTES - EVICTION_MARGIN_BYTES && self.entries.len() <= MAX_ENTRIES / 2 {
                break;
            }
            if let Some(CacheEntry { slot: Slot::Ready(texture), .. }) = self.entries.remove(&key) {
                self.bytes -= texture.byte_size();
            }
        }
    }

    /// Looks up the thumbnail of an image; a missing one is requested after the frame.
    pub fn lookup(&self, id: ImageId, size: ThumbnailSize) -> TextureLookup<'_> {
        let other = match size {
            ThumbnailSize::Small => ThumbnailSize::Large,
            ThumbnailSize::Large => ThumbnailSize::Small,
        };
        let found = self.slot((id, size));
        if found.is_none() {
            self.wish.borrow_mut().push((id, size));
        }
        match found {
            Some(Slot::Ready(texture)) => TextureLookup::Ready(texture),
            Some(Slot::Unreadable(reason)) => TextureLookup::Unreadable(*reason),
            Some(Slot::Arrived(_)) | None => match self.slot((id, other)) {
                Some(Slot::Ready(texture)) => TextureLookup::Ready(texture),
                _ => TextureLookup::Nothing,
            },
        }
    }

    fn slot(&self, key: ThumbnailKey) -> Option<&Slot> {
        self.entries.get(&key).map(|entry| {
            entry.used.set(self.frame);
            &entry.slot
        })
    }

    /// The thumbnails to request from the studio after a frame, if they differ from the last request.
    pub fn take_requests(&mut self) -> Option<Vec<ThumbnailKey>> {
        let mut seen = HashSet::new();
        let mut wish = std::mem::take(self.wish.get_mut());
        wish.retain(|key| seen.insert(*key));
        // Thumbnails that have arrived in the meantime do not count as a change.
        self.sent.retain(|key| !self.entries.contains_key(key));
        (wish != self.sent).then(|| {
            self.sent.clone_from(&wish);
            wish
        })
    }
}

/// Linear filtering at any size; with mipmaps where the renderer supports them.
pub const OPTIONS: TextureOptions = TextureOptions::LINEAR.with_mipmap_mode(Some(egui::TextureFilter::Linear));

/// Converts pixels into egui's format.
pub fn image(pixels: &Pixels) -> ColorImage {
    let (colors, _) = pixels.rgba.as_chunks::<4>();
    let colors = colors.iter().map(|&[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a)).collect();
    ColorImage::new([pixels.width as usize, pixels.height as usize], colors)
}

/// The part of an image that fills a frame without stretching, as texture coordinates.
pub fn cover(image: Vec2, frame: Vec2) -> Rect {
    let scale = (frame.x / image.x).max(frame.y / image.y);
    let part = vec2(frame.x / (image.x * scale), frame.y / (image.y * scale));
    Rect::from_center_size(pos2(0.5, 0.5), part)
}

/// The largest size with the image's proportions that fits into a frame; at most `limit` times the image's size.
pub fn contain(image: Vec2, frame: Vec2, limit: f32) -> Vec2 {
    image * (frame.x / image.x).min(frame.y / image.y).min(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn pixels(edge: u32) -> Pixels {
        Pixels { width: edge, height: edge, rgba: vec![255; (edge * edge * 4) as usize].into() }
    }

    fn thumbnail(n: u128, edge: u32) -> GalleryEvent {
        GalleryEvent::Thumbnail { id: id(n), size: ThumbnailSize::Large, pixels: Ok(pixels(edge)) }
    }

    #[test]
    fn texture_is_requested_once() {
        let mut textures = Textures::default();
        let look = |textures: &Textures| {
            for n in [1, 2, 1] {
                textures.lookup(id(n), ThumbnailSize::Large);
            }
        };
        look(&textures);
        let wish = textures.take_requests().unwrap();
        assert_eq!(wish, [(id(1), ThumbnailSize::Large), (id(2), ThumbnailSize::Large)]);
        look(&textures);
        assert_eq!(textures.take_requests(), None);
        textures.fold_gallery(&thumbnail(1, 4));
        look(&textures);
        assert_eq!(textures.take_requests(), None);
        // The image has scrolled away before it arrived, so the studio need not load it.
        assert_eq!(textures.take_requests(), Some(Vec::new()));
    }

    #[test]
    fn uploads_are_spread_over_frames() {
        let ctx = Context::default();
        let mut textures = Textures::default();
        for n in 0..20 {
            textures.fold_gallery(&thumbnail(n, 512));
        }
        let mut frame = || {
            for n in 0..20 {
                textures.lookup(id(n), ThumbnailSize::Large);
            }
            textures.upload(&ctx);
            textures.bytes
        };
        assert_eq!([frame(), frame(), frame()], [8 << 20, 16 << 20, 20 << 20]);
        assert!(matches!(textures.lookup(id(19), ThumbnailSize::Small), TextureLookup::Ready(_)));
    }

    #[test]
    fn uploads_scrolled_out_of_view_are_dropped() {
        let ctx = Context::default();
        let mut textures = Textures::default();
        for n in 0..2_000 {
            textures.fold_gallery(&thumbnail(n, 512));
        }
        for _ in 0..5 {
            textures.lookup(id(1_999), ThumbnailSize::Large);
            textures.upload(&ctx);
        }
        assert!(matches!(textures.lookup(id(1_999), ThumbnailSize::Large), TextureLookup::Ready(_)));
        assert!(textures.entries.len() < 100, "{textures:?}");
        assert_eq!(textures.arrived.len(), 0);
    }

    #[test]
    fn memory_stays_below_its_limit_and_visible_textures_stay() {
        let ctx = Context::default();
        let mut textures = Textures::default();
        for n in 0..300 {
            textures.fold_gallery(&thumbnail(n, 512));
            textures.lookup(id(0), ThumbnailSize::Large);
            textures.upload(&ctx);
        }
        assert!(textures.bytes <= MAX_TEXTURE_BYTES);
        assert!(matches!(textures.lookup(id(0), ThumbnailSize::Large), TextureLookup::Ready(_)));
        assert!(matches!(textures.lookup(id(1), ThumbnailSize::Large), TextureLookup::Nothing));
    }

    #[test]
    fn cover_crops_the_longer_side_centered() {
        let part = cover(vec2(200.0, 100.0), vec2(50.0, 50.0));
        assert_eq!(part, Rect::from_min_max(pos2(0.25, 0.0), pos2(0.75, 1.0)));
        assert_eq!(contain(vec2(200.0, 100.0), vec2(50.0, 50.0), 1.0), vec2(50.0, 25.0));
        assert_eq!(contain(vec2(20.0, 10.0), vec2(50.0, 50.0), 1.0), vec2(20.0, 10.0));
    }
}
