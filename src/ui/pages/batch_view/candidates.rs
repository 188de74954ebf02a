//! The images of a blind comparison, in the order of their places.

use crate::{
    recipe::{BatchId, BatchRole, RequestId},
    studio::{Ballot, BatchMember, CardState, RequestCard},
};

/// One of the compared candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Candidate {
    pub(super) image: Option<BatchMember>,
    /// Its request, if that has no image.
    pub(super) request: Option<RequestId>,
    pub(super) failed: bool,
}

/// The candidates of a blind comparison.
#[derive(Debug, Default)]
pub(super) struct BlindComparison {
    /// The candidates in their shuffled order.
    pub(super) candidates: Vec<Candidate>,
}

impl BlindComparison {
    /// Collects it from the images and requests of a batch.
    pub fn of<'a>(batch: BatchId, members: &[BatchMember], jobs: impl Iterator<Item = &'a RequestCard>) -> Self {
        let mut comparison = Self::default();
        for member in members {
            if let BatchRole::Contender { place } = member.role {
                // The first image of a response represents it.
                comparison.at(place).image.get_or_insert_with(|| member.clone());
            }
        }
        for job in jobs.filter(|job| job.recipe.batch == Some(batch)) {
            let BatchRole::Contender { place } = job.recipe.role else { continue };
            let candidate = comparison.at(place);
            if candidate.image.is_none() && !matches!(job.state, CardState::Done { .. }) {
                candidate.request = Some(job.id);
                candidate.failed = matches!(job.state, CardState::Failed(_) | CardState::Cancelled { .. });
            }
        }
        comparison
    }

    pub(super) fn at(&mut self, place: u32) -> &mut Candidate {
        let place = (place as usize).min(MAX_CANDIDATES - 1);
        if self.candidates.len() <= place {
            self.candidates.resize(place + 1, Candidate::default());
        }
        &mut self.candidates[place]
    }

    /// Whether the batch is no comparison.
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// Whether all requests have ended and at least two images can be chosen from.
    pub(super) fn can_vote(&self) -> bool {
        let waits = |candidate: &Candidate| candidate.request.is_some() && !candidate.failed;
        !self.candidates.iter().any(waits) && self.images() > 1
    }

    pub(super) fn images(&self) -> usize {
        self.candidates.iter().filter(|candidate| candidate.image.is_some()).count()
    }

    pub(super) fn best(&self, place: usize) -> Option<Ballot> {
        self.candidates.get(place)?.image.as_ref().map(|member| Ballot::Best(member.image))
    }
}

/// Maximum number of models in a comparison.
pub const MAX_CANDIDATES: usize = 6;
