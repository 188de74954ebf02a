//! Measured durations of requests, by gateway and model.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use crate::recipe::ProfileId;

/// Number of the latest measurements that count.
const MAX_SAMPLES: usize = 9;

/// The latest durations of each model.
#[derive(Clone, Debug, Default)]
pub(in crate::studio::queue) struct DurationStats(BTreeMap<(ProfileId, String), VecDeque<Duration>>);

impl DurationStats {
    /// Records the duration of a request.
    pub fn record(&mut self, profile: &ProfileId, model: &str, took: Duration) {
        let times = self.0.entry((profile.clone(), model.to_owned())).or_default();
        times.push_back(took);
        if times.len() > MAX_SAMPLES {
            times.pop_front();
        }
    }

    /// The median duration of a model's requests, if any was measured.
    pub fn median(&self, profile: &ProfileId, model: &str) -> Option<Duration> {
        let times = self.0.get(&(profile.clone(), model.to_owned()))?;
        let mut sorted: Vec<Duration> = times.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied()
    }

    /// Estimates the time until all requests in `to_do` have ended. `to_do` is the number of requests by gateway and
    /// model, `concurrency` the number of concurrent requests of a gateway, `max_total` that of all gateways. `None` if
    /// a model was never measured.
    pub fn time_left(
        &self,
        to_do: &BTreeMap<(ProfileId, String), usize>,
        concurrency: impl Fn(&ProfileId) -> usize,
        max_total: usize,
    ) -> Option<Duration> {
        let mut by_gateway: BTreeMap<&ProfileId, Duration> = BTreeMap::new();
        for ((profile, model), count) in to_do {
            let each = self.median(profile, model)?;
            *by_gateway.entry(profile).or_default() += each.saturating_mul(u32::try_from(*count).unwrap_or(u32::MAX));
        }
        let all: Duration = by_gateway.values().sum();
        let slowest =
            by_gateway.iter().map(|(profile, work)| work.div_f64(concurrency(profile).max(1) as f64)).max()?;
        Some(slowest.max(all.div_f64(max_total.max(1) as f64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_time_left_follows_from_measured_durations() {
        let (near, far) = (ProfileId::new("near"), ProfileId::new("far"));
        let mut durations = DurationStats::default();
        for seconds in [1, 4, 4, 4, 90] {
            durations.record(&near, "painter", seconds * SECOND);
        }
        let mut to_do = BTreeMap::from([((near.clone(), "painter".to_owned()), 6)]);
        assert_eq!(durations.time_left(&to_do, |_| 3, 3), Some(8 * SECOND));
        to_do.insert((far.clone(), "painter".to_owned()), 2);
        assert_eq!(durations.time_left(&to_do, |_| 3, 3), None, "one of the models was never measured");
        durations.record(&far, "painter", 30 * SECOND);
        assert_eq!(durations.time_left(&to_do, |profile| if *profile == far { 1 } else { 3 }, 4), Some(60 * SECOND));
        assert_eq!(durations.time_left(&BTreeMap::new(), |_| 3, 3), None);
    }
}
