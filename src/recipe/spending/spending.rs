//! The cost of one request.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipe::{
    failure::Charge,
    values::{BatchId, Money, ProfileId, RequestId},
};

/// The cost of one request that was sent. One line of the spending log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// Time of its end.
    pub at: Timestamp,
    /// The request.
    pub request: RequestId,
    /// The profile of the gateway.
    pub profile: ProfileId,
    /// The model.
    pub model: String,
    /// The batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// Whether it cost money.
    pub charged: Charge,
    /// Actual cost, if the gateway reported it or nothing was charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Estimated cost, if a price was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Money>,
    /// Number of resulting images.
    #[serde(rename = "pictures", default)]
    pub image_count: usize,
    /// Time from sending to the last byte in milliseconds, if there were images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
}

impl Spending {
    /// The amount that counts: the actual cost, or else the estimate; `None` if neither is known. A request that may
    /// have been charged counts as charged.
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
    fn requests_that_may_have_been_charged_count() {
        let counted = |charged, amount, estimate| spending(charged, amount, estimate).counted().map(Money::dollars);
        assert_eq!(counted(Charge::Yes, Some(0.05), Some(0.04)), Some(0.05));
        assert_eq!(counted(Charge::Yes, None, Some(0.04)), Some(0.04));
        assert_eq!(counted(Charge::Maybe, None, Some(0.04)), Some(0.04));
        assert_eq!(counted(Charge::No, None, Some(0.04)), Some(0.0));
        assert_eq!(counted(Charge::Yes, None, None), None, "nobody knows");
    }

    #[test]
    fn names_on_disk_stay_the_same() {
        let stored = serde_json::json!({
            "at": "2026-11-03T10:00:00Z", "request": "01a23135-469d-751e-baea-2e955da4c9be", "profile": "dgrid",
            "model": "painter", "charged": "yes", "amount": 39000, "pictures": 2,
        });
        let spending: Spending = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!((spending.image_count, spending.amount), (2, Some(Money::from_micros(39_000))));
        assert_eq!(serde_json::to_value(&spending).unwrap(), stored);
    }
}
