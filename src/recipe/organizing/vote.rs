//! Votes in blind comparisons, and the score of each model.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipe::values::BatchId;

/// What a person said about the images of a blind comparison. It is said once: after that the models are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The comparison.
    pub batch: BatchId,
    /// When.
    pub at: Timestamp,
    /// The models whose images were there to choose from.
    pub contenders: Vec<String>,
    /// What was said.
    pub choice: VoteChoice,
}

/// What a person said about the images of a blind comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoteChoice {
    /// The image of this model is the best.
    Won(String),
    /// None of them is better than the others.
    Tied,
    /// Nothing: the person only wanted to know which is which. It counts for no model.
    Skipped,
}

/// How a model fares in blind comparisons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Comparisons that it has won.
    pub won: usize,
    /// Comparisons that it was part of.
    pub seen: usize,
}

impl Score {
    /// The share of its comparisons that it has won, from 0 to 1; nothing if there were none.
    pub fn rate(self) -> Option<f64> {
        (self.seen > 0).then(|| self.won as f64 / self.seen as f64)
    }
}

/// How each model fares. What was skipped does not count.
pub fn scores<'a>(votes: impl IntoIterator<Item = &'a Vote>) -> BTreeMap<String, Score> {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for vote in votes.into_iter().filter(|vote| vote.choice != VoteChoice::Skipped) {
        for model in &vote.contenders {
            scores.entry(model.clone()).or_default().seen += 1;
        }
        if let VoteChoice::Won(model) = &vote.choice
            && let Some(score) = scores.get_mut(model)
        {
            score.won += 1;
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vote(choice: VoteChoice) -> Vote {
        let contenders = ["a", "b", "c"].map(str::to_owned).to_vec();
        Vote { batch: BatchId::from_uuid(uuid::Uuid::nil()), at: Timestamp::UNIX_EPOCH, contenders, choice }
    }

    #[test]
    fn a_tie_counts_for_nobody_and_what_was_skipped_not_at_all() {
        let votes =
            [VoteChoice::Won("a".to_owned()), VoteChoice::Won("a".to_owned()), VoteChoice::Tied, VoteChoice::Skipped]
                .map(vote);
        let scores = scores(&votes);
        assert_eq!(scores["a"], Score { won: 2, seen: 3 });
        assert_eq!(scores["b"], Score { won: 0, seen: 3 });
        assert_eq!(scores["a"].rate(), Some(2.0 / 3.0));
        assert_eq!(Score::default().rate(), None);
    }
}
