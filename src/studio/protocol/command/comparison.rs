//! Commands about blind comparisons.

use crate::recipe::{BatchId, ImageId, Recipe};

/// Starts and decides blind comparisons.
#[derive(Debug)]
pub enum ComparisonCommand {
    /// Queue the same prompt for several models. The order of their images is random, so that it does not reveal the
    /// models.
    Start(Vec<Recipe>),
    /// Record which image of a blind comparison is the best. Only the first vote counts.
    Vote {
        /// The comparison.
        batch: BatchId,
        /// The vote.
        ballot: Ballot,
    },
}

/// The vote on a blind comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ballot {
    /// This image is the best.
    Best(ImageId),
    /// None is better than the others.
    Tie,
    /// No vote; only reveal the models.
    Skip,
}
