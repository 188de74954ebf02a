//! The spending budget: what was spent and is reserved, compared with the caps.
//!
//! The estimated cost of a request is reserved before it is sent. Spent and reserved money together never exceed a cap,
//! as far as prices are known; a request of unknown price may be sent as long as the cap is not reached.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    recipe::{BatchId, Cap, Caps, Money, RequestId, Spending},
    studio::protocol::{BudgetBlock, BudgetStatus},
};

/// Money reserved for a request.
#[derive(Clone, Copy, Debug)]
struct Reservation {
    batch: Option<BatchId>,
    amount: Money,
}

/// Compares what was spent and is reserved with the caps.
#[derive(Clone, Debug)]
pub(in crate::studio::queue) struct SpendingBudget {
    pub caps: Caps,
    zone: TimeZone,
    today: Date,
    day: Money,
    month: Money,
    unknown_today: usize,
    batches: HashMap<BatchId, Money>,
    reservations: HashMap<RequestId, Reservation>,
}

impl SpendingBudget {
    pub fn new(caps: Caps, zone: TimeZone, now: Timestamp) -> Self {
        let today = zone.to_datetime(now).date();
        Self {
            caps,
            zone,
            today,
            day: Money::default(),
            month: Money::default(),
            unknown_today: 0,
            batches: HashMap::new(),
            reservations: HashMap::new(),
        }
    }

    /// Resets the sums of the day and the month when a new one has begun.
    pub fn start_new_period(&mut self, now: Timestamp) {
        let today = self.zone.to_datetime(now).date();
        if today == self.today {
            return;
        }
        if (today.year(), today.month()) != (self.today.year(), self.today.month()) {
            self.month = Money::default();
        }
        (self.day, self.unknown_today, self.today) = (Money::default(), 0, today);
    }

    /// When the current month began.
    pub fn month_start(&self) -> Timestamp {
        let first = self.today.first_of_month().to_zoned(self.zone.clone());
        first.map_or(Timestamp::MIN, |first| first.timestamp())
    }

    /// When the next day begins, and with it a new budget.
    pub fn next_midnight(&self) -> Option<Timestamp> {
        let tomorrow = self.today.tomorrow().ok()?;
        Some(tomorrow.to_zoned(self.zone.clone()).ok()?.timestamp())
    }

    /// Records the cost of a request.
    pub fn record(&mut self, spending: &Spending) {
        let Some(amount) = spending.counted() else {
            self.unknown_today += usize::from(self.zone.to_datetime(spending.at).date() == self.today);
            return;
        };
        let date = self.zone.to_datetime(spending.at).date();
        if date == self.today {
            self.day = self.day + amount;
        }
        if (date.year(), date.month()) == (self.today.year(), self.today.month()) {
            self.month = self.month + amount;
        }
        if let Some(batch) = spending.batch {
            let spent = self.batches.entry(batch).or_default();
            *spent = *spent + amount;
        }
    }

    /// Checks whether a request would exceed a cap.
    pub fn check(&self, batch: Option<BatchId>, estimate: Option<Money>) -> Result<(), BudgetBlock> {
        if self.caps.is_none() || estimate == Some(Money::default()) {
            return Ok(());
        }
        let reserved = self.reserved();
        let of_batch = batch.filter(|_| self.caps.batch.is_some()).map(|batch| {
            let reserved_for_batch = self
                .reservations
                .values()
                .filter(|reservation| reservation.batch == Some(batch))
                .map(|reservation| reservation.amount)
                .sum();
            (batch, self.batches.get(&batch).copied().unwrap_or_default() + reserved_for_batch)
        });
        let caps = [
            of_batch.and_then(|(batch, spent)| Some((Cap::Batch(batch), self.caps.batch?, spent))),
            self.caps.day.map(|limit| (Cap::Day, limit, self.day + reserved)),
            self.caps.month.map(|limit| (Cap::Month, limit, self.month + reserved)),
        ];
        let beyond = |spent: Money, limit: Money| estimate.map_or(spent >= limit, |estimate| spent + estimate > limit);
        match caps.into_iter().flatten().find(|(_, limit, spent)| beyond(*spent, *limit)) {
            Some((cap, limit, spent)) => Err(BudgetBlock { cap, limit, used: spent, next_estimate: estimate }),
            None => Ok(()),
        }
    }

    /// Reserves the estimated cost of a request that starts.
    pub fn reserve(&mut self, request: RequestId, batch: Option<BatchId>, estimate: Option<Money>) {
        self.reservations.insert(request, Reservation { batch, amount: estimate.unwrap_or_default() });
    }

    /// Releases the reservation of a request that has ended or was not sent. Its cost must have been recorded before.
    pub fn release(&mut self, request: RequestId) {
        self.reservations.remove(&request);
    }

    fn reserved(&self) -> Money {
        self.reservations.values().map(|reservation| reservation.amount).sum()
    }

    pub fn status(&self) -> BudgetStatus {
        BudgetStatus { day: self.day, month: self.month, reserved: self.reserved(), unknown_today: self.unknown_today }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::recipe::{Charge, ProfileId};

    fn dollars(dollars: f64) -> Money {
        Money::from_dollars(dollars)
    }

    fn id(number: u128) -> RequestId {
        RequestId::from_uuid(Uuid::from_u128(number))
    }

    fn batch(number: u128) -> BatchId {
        BatchId::from_uuid(Uuid::from_u128(number))
    }

    fn spending(at: Timestamp, amount: Option<f64>, of: Option<BatchId>) -> Spending {
        Spending {
            at,
            request: id(1),
            profile: ProfileId::dgrid(),
            model: String::new(),
            batch: of,
            charged: Charge::Yes,
            amount: amount.map(dollars),
            estimate: None,
            image_count: 1,
            took_ms: None,
        }
    }

    fn budget(caps: Caps) -> (SpendingBudget, Timestamp) {
        let zone = TimeZone::get("Asia/Taipei").unwrap_or(TimeZone::UTC);
        let noon = "2026-11-30T04:00:00Z".parse().unwrap();
        (SpendingBudget::new(caps, zone, noon), noon)
    }

    #[test]
    fn reserved_money_counts_and_a_raised_cap_unblocks_requests() {
        let (mut budget, now) = budget(Caps { day: Some(dollars(0.10)), ..Caps::default() });
        let each = Some(dollars(0.04));
        for number in 0..2 {
            assert_eq!(budget.check(None, each), Ok(()));
            budget.reserve(id(number), None, each);
        }
        let block = BudgetBlock { cap: Cap::Day, limit: dollars(0.10), used: dollars(0.08), next_estimate: each };
        assert_eq!(budget.check(None, each), Err(block));
        assert_eq!(budget.check(None, Some(Money::default())), Ok(()), "a free request never exceeds a cap");
        // It cost less than estimated.
        budget.record(&spending(now, Some(0.01), None));
        budget.release(id(0));
        assert_eq!(budget.check(None, each), Ok(()));
        budget.reserve(id(2), None, each);
        assert!(budget.check(None, each).is_err());
        budget.caps.day = Some(dollars(1.0));
        assert_eq!(budget.check(None, each), Ok(()));
        assert_eq!(budget.status().reserved, dollars(0.08));
    }

    #[test]
    fn a_new_day_begins_at_midnight_in_the_time_zone_of_the_person() {
        let (mut budget, now) = budget(Caps { day: Some(dollars(1.0)), month: Some(dollars(5.0)), ..Caps::default() });
        budget.record(&spending(now, Some(1.0), None));
        budget.record(&spending(now, None, None));
        assert_eq!(budget.check(None, Some(dollars(0.1))).unwrap_err().cap, Cap::Day);
        let midnight = budget.next_midnight().unwrap();
        budget.start_new_period(midnight);
        assert_eq!(budget.check(None, Some(dollars(0.1))), Ok(()));
        // It was the last day of November.
        assert_eq!(budget.status(), BudgetStatus::default());
    }

    #[test]
    fn months_and_batches_have_their_own_caps() {
        let caps = Caps { month: Some(dollars(2.0)), batch: Some(dollars(0.5)), ..Caps::default() };
        let (mut budget, now) = budget(caps);
        budget.record(&spending(now, Some(0.45), Some(batch(1))));
        let each = Some(dollars(0.1));
        assert_eq!(budget.check(Some(batch(1)), each).unwrap_err().cap, Cap::Batch(batch(1)));
        assert_eq!(budget.check(Some(batch(2)), each), Ok(()));
        budget.reserve(id(1), Some(batch(2)), Some(dollars(0.45)));
        assert!(budget.check(Some(batch(2)), each).is_err());
        budget.record(&spending("2026-11-02T00:00:00Z".parse().unwrap(), Some(1.5), None));
        assert_eq!(budget.check(Some(batch(3)), each).unwrap_err().cap, Cap::Month);
    }

    #[test]
    fn a_request_of_unknown_price_is_sent_until_the_cap_is_reached() {
        let (mut budget, now) = budget(Caps { day: Some(dollars(1.0)), ..Caps::default() });
        assert_eq!(budget.check(None, None), Ok(()));
        budget.record(&spending(now, None, None));
        assert_eq!(budget.status().unknown_today, 1);
        budget.record(&spending(now, Some(1.0), None));
        assert_eq!(budget.check(None, None).unwrap_err().next_estimate, None);
    }
}
