//! Votes in blind comparisons, and the score of each model.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipe::values::BatchId;

/// A vote in a blind comparison. Each comparison has one vote, because the models are known after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The comparison.
    pub batch: BatchId,
    /// Time of the vote.
    pub at: Timestamp,
    /// The models whose images were shown.
    pub contenders: Vec<String>,
    /// The choice.
    pub choice: VoteChoice,
}

/// The choice in a blind comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoteChoice {
    /// The image of this model won.
    Won(String),
    /// Tie.
    Tied,
    /// No vote: the user only revealed the models. It counts for no model.
    Skipped,
}

/// Score of a model in blind comparisons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Comparisons that the model won.
    pub won: usize,
    /// Comparisons that the model took part in.
    pub seen: usize,
}

impl Score {
    /// Win rate from 0 to 1; `None` without comparisons.
    pub fn rate(self) -> Option<f64> {
        (self.seen > 0).then(|| self.won as f64 / self.seen as f64)
    }
}

/// The score of each model. Skipped comparisons do not count.
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
    fn a_tie_counts_as_seen_and_a_skipped_comparison_does_not() {
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
