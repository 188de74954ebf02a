//! A run of the queue: from the first request that was added to an idle queue until the queue is idle again.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use crate::{
    recipe::{BatchId, Charge, Money},
    studio::protocol::{RunProgress, RunSummary},
};

/// The outcome of a request, as the run counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::studio::queue) enum RequestOutcome {
    Succeeded,
    Failed,
    Cancelled,
}

/// Counts the requests of a run and of its batches.
#[derive(Clone, Debug, Default)]
pub(in crate::studio::queue) struct Run {
    since: Option<Timestamp>,
    all: RunProgress,
    batches: BTreeMap<BatchId, RunProgress>,
}

impl Run {
    fn each(&mut self, batch: Option<BatchId>, change: impl Fn(&mut RunProgress)) {
        change(&mut self.all);
        if let Some(batch) = batch {
            change(self.batches.entry(batch).or_default());
        }
    }

    /// Counts a request that was added.
    pub fn add(&mut self, batch: Option<BatchId>, now: Timestamp) {
        self.since.get_or_insert(now);
        self.each(batch, |progress| progress.total += 1);
    }

    /// Counts a request that has ended.
    pub fn record_end(&mut self, batch: Option<BatchId>, how: RequestOutcome) {
        self.each(batch, |progress| match how {
            RequestOutcome::Succeeded => progress.done += 1,
            RequestOutcome::Failed => progress.failed += 1,
            RequestOutcome::Cancelled => progress.cancelled += 1,
        });
    }

    /// Counts the cost of a request.
    pub fn record_cost(&mut self, batch: Option<BatchId>, charged: Charge, amount: Option<Money>) {
        self.each(batch, |progress| match amount {
            Some(amount) => progress.spent = progress.spent + amount,
            None => progress.unknown += usize::from(charged != Charge::No),
        });
    }

    /// Ends the run if all of its requests have ended, and returns its summary. A run in which all requests were
    /// cancelled has no summary, because the person knows of it.
    pub fn finish(&mut self, now: Timestamp) -> Option<RunSummary> {
        let since = self.since.filter(|_| self.all.ended() >= self.all.total)?;
        let progress = std::mem::take(self).all;
        let took = Duration::try_from(now.duration_since(since)).unwrap_or_default();
        (progress.done + progress.failed > 0).then_some(RunSummary { progress, took })
    }

    pub fn all(&self) -> RunProgress {
        self.all
    }

    pub fn batches(&self) -> Vec<(BatchId, RunProgress)> {
        self.batches.iter().map(|(batch, progress)| (*batch, *progress)).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_run_ends_once_with_its_last_request() {
        let now = |seconds| Timestamp::from_second(seconds).unwrap();
        let batch = Some(BatchId::from_uuid(Uuid::from_u128(1)));
        let mut run = Run::default();
        assert_eq!(run.finish(now(0)), None);
        for _ in 0..3 {
            run.add(batch, now(1));
        }
        run.record_cost(batch, Charge::Yes, Some(Money::from_dollars(0.04)));
        run.record_end(batch, RequestOutcome::Succeeded);
        run.record_cost(batch, Charge::Maybe, None);
        run.record_end(batch, RequestOutcome::Failed);
        assert_eq!(run.finish(now(5)), None);
        assert_eq!(run.batches()[0].1.ended(), 2);
        run.record_end(batch, RequestOutcome::Cancelled);
        let progress =
            RunProgress { total: 3, done: 1, failed: 1, cancelled: 1, spent: Money::from_dollars(0.04), unknown: 1 };
        assert_eq!(run.finish(now(9)), Some(RunSummary { progress, took: Duration::from_secs(8) }));
        assert_eq!(run.finish(now(9)), None);

        run.add(None, now(10));
        run.record_end(None, RequestOutcome::Cancelled);
        assert_eq!(run.finish(now(11)), None, "the person who cancelled it knows");
    }
}
