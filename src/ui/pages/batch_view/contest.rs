//! The images of a blind comparison, in the order of their places.

use crate::{
    recipe::{BatchId, Part, RequestId},
    studio::{Ballot, BatchMember, Job, JobState},
};

/// One of the compared candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Candidate {
    pub(super) picture: Option<BatchMember>,
    /// Its request, if that has no image.
    pub(super) request: Option<RequestId>,
    pub(super) failed: bool,
}

/// The candidates of a blind comparison.
#[derive(Debug, Default)]
pub(super) struct BlindComparison {
    /// The candidates in their shuffled order.
    pub(super) contenders: Vec<Candidate>,
}

impl BlindComparison {
    /// Collects it from the images and requests of a batch.
    pub fn of<'a>(batch: BatchId, members: &[BatchMember], jobs: impl Iterator<Item = &'a Job>) -> Self {
        let mut contest = Self::default();
        for member in members {
            if let Part::Contender { place } = member.part {
                // The first image of a response represents it.
                contest.at(place).picture.get_or_insert_with(|| member.clone());
            }
        }
        for job in jobs.filter(|job| job.recipe.batch == Some(batch)) {
            let Part::Contender { place } = job.recipe.part else { continue };
            let contender = contest.at(place);
            if contender.picture.is_none() && !matches!(job.state, JobState::Done { .. }) {
                contender.request = Some(job.id);
                contender.failed = matches!(job.state, JobState::Failed(_) | JobState::Cancelled { .. });
            }
        }
        contest
    }

    pub(super) fn at(&mut self, place: u32) -> &mut Candidate {
        let place = (place as usize).min(MAX_CANDIDATES - 1);
        if self.contenders.len() <= place {
            self.contenders.resize(place + 1, Candidate::default());
        }
        &mut self.contenders[place]
    }

    /// Whether the batch is no comparison.
    pub fn is_empty(&self) -> bool {
        self.contenders.is_empty()
    }

    /// Whether all requests have ended and at least two images can be chosen from.
    pub(super) fn can_vote(&self) -> bool {
        let waits = |contender: &Candidate| contender.request.is_some() && !contender.failed;
        !self.contenders.iter().any(waits) && self.pictures() > 1
    }

    pub(super) fn pictures(&self) -> usize {
        self.contenders.iter().filter(|contender| contender.picture.is_some()).count()
    }

    pub(super) fn best(&self, place: usize) -> Option<Ballot> {
        self.contenders.get(place)?.picture.as_ref().map(|member| Ballot::Best(member.image))
    }
}

/// Maximum number of models in a comparison.
pub const MAX_CANDIDATES: usize = 6;
