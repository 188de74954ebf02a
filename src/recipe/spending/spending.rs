//! The cost of one request.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipe::{
    failure::Charge,
    values::{BatchId, Money, ProfileId, RequestId},
};

/// What one request that was sent has come to. A line of the journal of spending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// When it ended.
    pub at: Timestamp,
    /// Which request.
    pub request: RequestId,
    /// Which gateway was asked.
    pub profile: ProfileId,
    /// Which model.
    pub model: String,
    /// The batch that it was submitted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// Whether it cost money.
    pub charged: Charge,
    /// What it cost, where the gateway has said so or nothing was charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// What it was thought to cost, where a price was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Money>,
    /// Images that came of it.
    #[serde(rename = "pictures", default)]
    pub image_count: usize,
    /// How long it took from sending to the last byte, if images came, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
}

impl Spending {
    /// What is counted: what it cost, else what it was thought to cost; nothing where neither is known. What may have
    /// been charged counts as if it were.
    pub fn counted(&self) -> Option<Money> {
        match self.charged {
            Charge::No => Some(Money::default()),
            Charge::Maybe | Charge::Yes => self.amount.or(self.estimate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spending(charged: Charge, amount: Option<f64>, estimate: Option<f64>) -> Spending {
        Spending {
            at: Timestamp::UNIX_EPOCH,
            request: RequestId::from_uuid(uuid::Uuid::from_u128(1)),
            profile: ProfileId::dgrid(),
            model: "painter".to_owned(),
            batch: None,
            charged,
            amount: amount.map(Money::from_dollars),
            estimate: estimate.map(Money::from_dollars),
            image_count: 0,
            took_ms: None,
        }
    }

    #[test]
    fn what_may_have_been_charged_counts_as_if_it_were() {
        let counted = |charged, amount, estimate| spending(charged, amount, estimate).counted().map(Money::dollars);
        assert_eq!(counted(Charge::Yes, Some(0.05), Some(0.04)), Some(0.05));
        assert_eq!(counted(Charge::Yes, None, Some(0.04)), Some(0.04));
        assert_eq!(counted(Charge::Maybe, None, Some(0.04)), Some(0.04));
        assert_eq!(counted(Charge::No, None, Some(0.04)), Some(0.0));
        assert_eq!(counted(Charge::Yes, None, None), None, "nobody knows");
    }
}
