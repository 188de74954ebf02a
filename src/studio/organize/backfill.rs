//! Computes missing index values of older libraries in the background: colors, similarity and mismatches.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{
    error_chain::chain,
    library::VisualFeatures,
    studio::{
        gallery::thumbnails,
        runtime::{context::Context, task_message::TaskMessage},
    },
};

/// Number of rows per write to the index, so that other writes do not wait long.
const ROWS_PER_WRITE: usize = 200;

/// Number of images per write of visual features.
const IMAGES_PER_WRITE: usize = 50;

/// Computes the visual features of all images without them, in small batches. Blocks.
pub(in crate::studio) fn backfill_features(context: &Context, closing: &AtomicBool) {
    let closes = || closing.load(Ordering::Relaxed);
    while !closes() {
        let looked = context.library.backfill().missing_features(IMAGES_PER_WRITE).and_then(|ids| {
            let looks: Vec<_> = ids
                .iter()
                .take_while(|_| !closes())
                .map(|id| (*id, thumbnails::load_small(&context.library, *id).ok().as_ref().map(VisualFeatures::of)))
                .collect();
            context.library.backfill().store_features(&looks)?;
            Ok(ids.len())
        });
        match looked {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %chain(&error), "what older images look like was not written down");
                return;
            }
        }
    }
}

/// Fills the index of an older library from its sidecars and compares its images with their requests, in small batches
/// so that other writes do not wait long. Blocks.
pub(in crate::studio) fn backfill_index(context: &Context, closing: &AtomicBool) {
    while !closing.load(Ordering::Relaxed) {
        match context.library.backfill().fill_rows(ROWS_PER_WRITE) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %chain(&error), "the index of older images was not filled");
                break;
            }
        }
    }
    let mut differing = 0;
    while !closing.load(Ordering::Relaxed) {
        match context.library.backfill().compare_with_requests(ROWS_PER_WRITE) {
            Ok((0, _)) => break,
            Ok((_, found)) => differing += found,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "older images were not compared with what was asked for");
                break;
            }
        }
    }
    if differing > 0 {
        context.notify_core(TaskMessage::MismatchBackfillDone);
    }
}
