//! What pictures look like, so that they are found by their colours and their likeness: new ones as they are stored,
//! those of older libraries by and by.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{error_chain::chain, library::VisualFeatures};

use super::{thumbnails, world::World};

/// How many pictures are looked at before it is written down.
const AT_ONCE: usize = 50;

/// Looks at every picture that nobody has looked at yet, a few at a time. Blocks.
pub(super) fn look_at_all(world: &World, closing: &AtomicBool) {
    let closes = || closing.load(Ordering::Relaxed);
    while !closes() {
        let looked = world.library.backfill().missing_features(AT_ONCE).and_then(|ids| {
            let looks: Vec<_> = ids
                .iter()
                .take_while(|_| !closes())
                .map(|id| (*id, thumbnails::small(&world.library, *id).ok().as_ref().map(VisualFeatures::of)))
                .collect();
            world.library.backfill().store_features(&looks)?;
            Ok(ids.len())
        });
        match looked {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %chain(&error), "what older pictures look like was not written down");
                return;
            }
        }
    }
}
