//! Free space on the library's disk: a request is sent only if there is space for its response and its images.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    recipe::{ImageSize, Recipe},
    studio::protocol::DiskSpace,
};

/// Returns the free bytes on the disk of a folder; `None` if the system does not report them.
pub type FreeSpace = Arc<dyn Fn(&Path) -> Option<u64> + Send + Sync>;

/// How much index, log, thumbnails and sidecars may grow while requests are under way, in bytes.
const INDEX_GROWTH_BYTES: u64 = 8 << 20;

/// Bytes of a PNG per ten pixels: photographs take 15 to 25, flat graphics less.
const PNG_BYTES_PER_TEN_PIXELS: u64 = 22;

/// Expected longest edge if no size was chosen, in pixels.
const DEFAULT_EDGE_PIXELS: u64 = 1448;

/// Maximum reservation for one response, in bytes.
const MAX_RESERVED_BYTES: u64 = 256 << 20;

/// Reserves free space for requests under way.
#[derive(Clone)]
pub(in crate::studio) struct DiskSpaceLedger {
    free: FreeSpace,
    folder: PathBuf,
    reserved: Arc<AtomicU64>,
}

/// Space that is reserved for a request until this is dropped.
pub(in crate::studio) struct DiskSpaceReservation {
    reserved: Arc<AtomicU64>,
    bytes: u64,
    /// Bytes to reserve for the response itself.
    pub(in crate::studio) response_bytes: u64,
}

impl DiskSpaceLedger {
    pub(in crate::studio) fn new(free: FreeSpace, folder: PathBuf) -> Self {
        Self { free, folder, reserved: Arc::default() }
    }

    /// Reserves space for a request; otherwise returns how much is missing. Queries the system, which may block.
    pub(in crate::studio) fn reserve(&self, recipe: &Recipe) -> Result<DiskSpaceReservation, DiskSpace> {
        let images = expected_image_bytes(recipe);
        // Base64 takes four bytes for three.
        let response = (images / 3 * 4).min(MAX_RESERVED_BYTES);
        let bytes = images + response;
        let space = self.space_for(bytes);
        if space.free < space.needed {
            return Err(space);
        }
        self.reserved.fetch_add(images, Ordering::AcqRel);
        Ok(DiskSpaceReservation { reserved: Arc::clone(&self.reserved), bytes: images, response_bytes: response })
    }

    /// Returns the free space and what a request like this one needs. Queries the system, which may block.
    pub(in crate::studio) fn check(&self, recipe: &Recipe) -> DiskSpace {
        let images = expected_image_bytes(recipe);
        self.space_for(images + (images / 3 * 4).min(MAX_RESERVED_BYTES))
    }

    fn space_for(&self, bytes: u64) -> DiskSpace {
        // The files of responses under way are preallocated; the space of their images is not.
        let needed = bytes + self.reserved.load(Ordering::Acquire) + INDEX_GROWTH_BYTES;
        DiskSpace { free: (self.free)(&self.folder).unwrap_or(u64::MAX), needed }
    }
}

impl Drop for DiskSpaceReservation {
    fn drop(&mut self) {
        self.reserved.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

/// The free space that the system reports.
pub(in crate::studio) fn system() -> FreeSpace {
    Arc::new(|folder| fs4::available_space(folder).ok())
}

/// The expected size of the images of a request, in bytes.
fn expected_image_bytes(recipe: &Recipe) -> u64 {
    let edge = recipe.parameters.size.map_or(DEFAULT_EDGE_PIXELS, |size: ImageSize| u64::from(size.edge()));
    let images = u64::from(recipe.parameters.n.unwrap_or(1).max(1));
    (edge * edge * PNG_BYTES_PER_TEN_PIXELS / 10 * images).min(MAX_RESERVED_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Parameters;

    fn ledger(free: u64) -> DiskSpaceLedger {
        DiskSpaceLedger::new(Arc::new(move |_| Some(free)), PathBuf::new())
    }

    #[test]
    fn space_that_is_reserved_for_a_request_is_not_free_for_the_next() {
        let recipe = Recipe {
            parameters: Parameters { size: Some(ImageSize::One), ..Parameters::default() },
            ..Recipe::default()
        };
        let one = ledger(u64::MAX).check(&recipe).needed;
        let ledger = ledger(one);
        let first = ledger.reserve(&recipe).ok().unwrap();
        let space = ledger.reserve(&recipe).err().unwrap();
        assert!(space.needed > space.free, "{space:?}");
        drop(first);
        assert!(ledger.reserve(&recipe).is_ok());
    }

    #[test]
    fn larger_and_more_images_need_more_space() {
        let needed = |size, n| {
            let parameters = Parameters { size: Some(size), n: Some(n), ..Parameters::default() };
            ledger(0).check(&Recipe { parameters, ..Recipe::default() }).needed
        };
        assert!(needed(ImageSize::Four, 1) > 5 * needed(ImageSize::Half, 1));
        assert!(needed(ImageSize::One, 4) > needed(ImageSize::One, 1));
    }

    #[test]
    fn unknown_free_space_blocks_nothing() {
        let ledger = DiskSpaceLedger::new(Arc::new(|_| None), PathBuf::new());
        assert!(ledger.reserve(&Recipe::default()).is_ok());
    }
}
