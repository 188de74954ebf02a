//! Limits of each gateway: configured ones, learned ones, pauses, and whether the gateway is reachable.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    recipe::{Failure, ProfileId},
    studio::{
        protocol::{GatewayPause, UnreachableGateway},
        queue::scheduling::rate_limiter::RateLimiter,
    },
};

/// The window of [`ConfiguredLimits::max_per_minute`].
const RATE_WINDOW: Duration = Duration::from_mins(1);

/// Delay of the first probe of an unreachable gateway; it doubles with every probe.
const FIRST_PROBE_DELAY: Duration = Duration::from_secs(2);

/// The longest delay of a probe.
const MAX_PROBE_DELAY: Duration = Duration::from_mins(2);

/// The limits that a person has configured for a gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::studio::queue) struct ConfiguredLimits {
    /// Concurrent requests.
    pub max_concurrent: Option<usize>,
    /// Requests that may be sent within any minute.
    pub max_per_minute: Option<u32>,
}

#[derive(Clone, Debug)]
struct Outage {
    since: Timestamp,
    next_probe: Timestamp,
    probes: u32,
    failure: Failure,
    /// A probe is under way.
    probing: bool,
}

/// The state of one gateway.
#[derive(Clone, Debug, Default)]
struct Gateway {
    running: usize,
    /// Requests that wait for their retries.
    awaiting_retry: usize,
    /// The learned limits.
    limiter: RateLimiter,
    outage: Option<Outage>,
    /// When the requests of the last minute were sent.
    sent: VecDeque<Timestamp>,
}

impl Gateway {
    fn drop_expired(&mut self, now: Timestamp) {
        // A time in the future is from before the clock was set back, hence the absolute difference.
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent).unsigned_abs() >= RATE_WINDOW) {
            self.sent.pop_front();
        }
        self.limiter.accept_overdue_probe(now);
    }

    /// When the next request may be sent, according to the limits and the requests of the last minute.
    fn next_slot(&self, limits: ConfiguredLimits) -> Option<Timestamp> {
        let full = limits.max_per_minute.map(|limit| limit.max(1) as usize).filter(|limit| self.sent.len() >= *limit);
        let oldest = full.and_then(|limit| self.sent.get(self.sent.len() - limit));
        let room = oldest.and_then(|sent| sent.checked_add(RATE_WINDOW).ok());
        room.max(self.limiter.next_slot())
    }

    fn can_start(&self, limits: ConfiguredLimits, now: Timestamp) -> bool {
        let here = self.running + self.awaiting_retry;
        self.outage.is_none()
            && limits.max_concurrent.is_none_or(|limit| here < limit.max(1))
            && self.limiter.can_send(here, now)
            && self.next_slot(limits).is_none_or(|at| at <= now)
    }
}

/// The state of every gateway that was used.
#[derive(Clone, Debug, Default)]
pub(in crate::studio::queue) struct GatewayLimits(BTreeMap<ProfileId, Gateway>);

impl GatewayLimits {
    fn entry(&mut self, profile: &ProfileId) -> &mut Gateway {
        self.0.entry(profile.clone()).or_default()
    }

    /// Number of running requests of all gateways, without those that wait for their retries.
    pub fn running(&self) -> usize {
        self.0.values().map(|gateway| gateway.running).sum()
    }

    /// Whether another request to a gateway may start, if at most `max_total` may run at all gateways together. A pause
    /// of a gateway blocks only its own requests.
    pub fn can_start(&self, profile: &ProfileId, limits: ConfiguredLimits, max_total: usize, now: Timestamp) -> bool {
        let running = self.running();
        match self.0.get(profile) {
            Some(gateway) => running + gateway.awaiting_retry < max_total && gateway.can_start(limits, now),
            None => running < max_total,
        }
    }

    /// Records that a request starts.
    pub fn start(&mut self, profile: &ProfileId, now: Timestamp) {
        let gateway = self.entry(profile);
        gateway.limiter.on_sent(gateway.running + gateway.awaiting_retry, now);
        gateway.running += 1;
        gateway.sent.push_back(now);
    }

    /// Records that a request was sent `now` instead of at the time `before` of its start.
    pub fn correct_send_time(&mut self, profile: &ProfileId, before: Timestamp, now: Timestamp) {
        self.entry(profile).limiter.correct_send_time(before, now);
    }

    /// Records that the retry of a request is sent.
    pub fn resume_retry(&mut self, profile: &ProfileId, now: Timestamp) {
        let gateway = self.entry(profile);
        gateway.awaiting_retry = gateway.awaiting_retry.saturating_sub(1);
        gateway.limiter.on_sent(gateway.running + gateway.awaiting_retry, now);
        gateway.running += 1;
        gateway.sent.push_back(now);
    }

    /// Records that a request waits for its retry.
    pub fn await_retry(&mut self, profile: &ProfileId) {
        let gateway = self.entry(profile);
        gateway.running = gateway.running.saturating_sub(1);
        gateway.awaiting_retry += 1;
    }

    /// Records that a request has ended, while running or while waiting for its retry.
    pub fn finish(&mut self, profile: &ProfileId, awaiting_retry: bool) {
        let gateway = self.entry(profile);
        let count = if awaiting_retry { &mut gateway.awaiting_retry } else { &mut gateway.running };
        *count = count.saturating_sub(1);
    }

    /// Records that a request was not sent after all.
    pub fn on_not_sent(&mut self, profile: &ProfileId, sent: Timestamp) {
        self.entry(profile).limiter.on_not_sent(sent);
    }

    /// Records that a gateway rejected a request without charge because of its rate limit.
    pub fn on_rejected(
        &mut self,
        profile: &ProfileId,
        sent: Timestamp,
        wait: Option<Duration>,
        now: Timestamp,
        random: f64,
    ) {
        let gateway = self.entry(profile);
        let others = (gateway.running + gateway.awaiting_retry).saturating_sub(1);
        gateway.limiter.on_rejected(sent, others, wait, now, random);
    }

    /// Pauses a gateway that announced that it accepts nothing for this long.
    pub fn pause_for(&mut self, profile: &ProfileId, wait: Duration, now: Timestamp) {
        self.entry(profile).limiter.pause_for(wait, now);
    }

    /// Since when a gateway has rejected all requests.
    pub fn rejecting_since(&self, profile: &ProfileId) -> Option<Timestamp> {
        self.0.get(profile)?.limiter.rejecting_since()
    }

    /// Records that a gateway accepted a request.
    pub fn on_accepted(
        &mut self,
        profile: &ProfileId,
        sent: Timestamp,
        limits: ConfiguredLimits,
        max_total: usize,
        now: Timestamp,
    ) {
        let limit = limits.max_concurrent.unwrap_or(max_total).min(max_total);
        let gateway = self.entry(profile);
        let others = (gateway.running + gateway.awaiting_retry).saturating_sub(1);
        gateway.limiter.on_accepted(sent, others, limit, now);
    }

    /// Marks a gateway as unreachable and schedules a probe, whose delay `random` from 0 up to 1 spreads. Returns
    /// whether the gateway was reachable before.
    pub fn mark_unreachable(&mut self, profile: &ProfileId, failure: Failure, now: Timestamp, random: f64) -> bool {
        let gateway = self.entry(profile);
        let is_new = gateway.outage.is_none();
        let probes = gateway.outage.as_ref().map_or(0, |outage| outage.probes + u32::from(outage.probing));
        // If several requests failed together, only the first counts.
        if is_new || gateway.outage.as_ref().is_some_and(|outage| outage.probing) {
            let wait = FIRST_PROBE_DELAY.saturating_mul(1 << probes.min(8)).min(MAX_PROBE_DELAY);
            let wait = wait.mul_f64(0.75 + random.clamp(0.0, 1.0) / 2.0);
            let since = gateway.outage.as_ref().map_or(now, |outage| outage.since);
            let next_probe = now.checked_add(wait).unwrap_or(now);
            gateway.outage = Some(Outage { since, next_probe, probes, failure, probing: false });
        }
        is_new
    }

    /// Marks a gateway that has answered as reachable. Returns whether it was unreachable before.
    pub fn mark_reachable(&mut self, profile: &ProfileId) -> bool {
        self.0.get_mut(profile).is_some_and(|gateway| gateway.outage.take().is_some())
    }

    /// Returns the gateways that are to be probed now, each once until the result of its probe is known.
    pub fn take_due_probes(&mut self, now: Timestamp) -> Vec<ProfileId> {
        let due = |(profile, gateway): (&ProfileId, &mut Gateway)| {
            let outage = gateway.outage.as_mut().filter(|outage| !outage.probing && outage.next_probe <= now)?;
            outage.probing = true;
            Some(profile.clone())
        };
        self.0.iter_mut().filter_map(due).collect()
    }

    /// Ends the pause of a gateway and schedules its probe for now, because a person requested that.
    pub fn probe_now(&mut self, profile: &ProfileId, now: Timestamp) {
        if let Some(gateway) = self.0.get_mut(profile) {
            gateway.limiter.probe_now(now);
            if let Some(outage) = &mut gateway.outage {
                outage.next_probe = now;
            }
        }
    }

    /// Forgets what is known of a gateway, because its profile leads to another one now.
    pub fn reset(&mut self, profile: &ProfileId) {
        if let Some(gateway) = self.0.get_mut(profile) {
            let (running, awaiting_retry) = (gateway.running, gateway.awaiting_retry);
            *gateway = Gateway { running, awaiting_retry, ..Gateway::default() };
        }
    }

    /// Handles that the machine has slept or its clock was set: reachability is unknown, and pauses end by the wall
    /// clock.
    pub fn on_clock_change(&mut self, now: Timestamp) {
        for gateway in self.0.values_mut() {
            if let Some(outage) = &mut gateway.outage {
                outage.next_probe = now;
                outage.probes = 0;
            }
            gateway.sent.retain(|sent| *sent <= now);
            gateway.limiter.on_clock_change(now);
        }
    }

    /// The unreachable gateways.
    pub fn unreachable(&self) -> Vec<UnreachableGateway> {
        let outage_of = |(profile, gateway): (&ProfileId, &Gateway)| {
            let outage = gateway.outage.as_ref()?;
            Some(UnreachableGateway {
                profile: profile.clone(),
                since: outage.since,
                next_probe: outage.next_probe,
                failure: outage.failure.clone(),
            })
        };
        self.0.iter().filter_map(outage_of).collect()
    }

    /// The gateways to which nothing is sent for a while.
    pub fn pauses(&self, now: Timestamp) -> Vec<GatewayPause> {
        let pause_of = |(profile, gateway): (&ProfileId, &Gateway)| {
            let (until, reason) = gateway.limiter.pause_reason(now)?;
            Some(GatewayPause { profile: profile.clone(), until, reason })
        };
        self.0.iter().filter_map(pause_of).collect()
    }

    /// Drops send times that are older than the window.
    pub fn drop_expired(&mut self, now: Timestamp) {
        for gateway in self.0.values_mut() {
            gateway.drop_expired(now);
        }
    }

    /// The next time after `now` at which a gateway may accept a request or is to be probed.
    pub fn next_change(&self, limits: impl Fn(&ProfileId) -> ConfiguredLimits, now: Timestamp) -> Option<Timestamp> {
        let times = self.0.iter().flat_map(|(profile, gateway)| {
            let outage = gateway.outage.as_ref().filter(|outage| !outage.probing);
            [outage.map(|outage| outage.next_probe), gateway.next_slot(limits(profile))]
        });
        times.flatten().filter(|at| *at > now).min()
    }

    /// Concurrent requests that a gateway accepts, according to configured and learned limits.
    pub fn effective_concurrency(&self, profile: &ProfileId, limits: ConfiguredLimits, max_total: usize) -> usize {
        let learned = self.0.get(profile).and_then(|gateway| gateway.limiter.concurrency()).unwrap_or(max_total);
        limits.max_concurrent.unwrap_or(max_total).min(max_total).min(learned).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::FailureKind;
    use crate::studio::protocol::PauseReason;

    const MAX_TOTAL: usize = 8;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// Starts as many requests as may start, and returns their number.
    fn fill(gateways: &mut GatewayLimits, limits: ConfiguredLimits, now: Timestamp) -> usize {
        let profile = ProfileId::dgrid();
        (0..100)
            .take_while(|_| {
                let open = gateways.can_start(&profile, limits, MAX_TOTAL, now);
                if open {
                    gateways.start(&profile, now);
                }
                open
            })
            .count()
    }

    fn end_all(gateways: &mut GatewayLimits, count: usize, now: Timestamp) {
        for _ in 0..count {
            gateways.finish(&ProfileId::dgrid(), false);
            gateways.on_accepted(&ProfileId::dgrid(), now, ConfiguredLimits::default(), MAX_TOTAL, now);
        }
    }

    #[test]
    fn a_pause_of_a_gateway_blocks_only_its_own_requests() {
        let (mut gateways, dgrid, other) = (GatewayLimits::default(), ProfileId::dgrid(), ProfileId::new("other"));
        gateways.start(&dgrid, at(0));
        gateways.on_rejected(&dgrid, at(0), Some(Duration::from_secs(30)), at(1), 0.0);
        gateways.finish(&dgrid, false);
        let open = |gateways: &GatewayLimits, profile, second| {
            gateways.can_start(profile, ConfiguredLimits::default(), MAX_TOTAL, at(second))
        };
        assert!(!open(&gateways, &dgrid, 30) && open(&gateways, &other, 2));
        assert_eq!(gateways.next_change(|_| ConfiguredLimits::default(), at(2)), Some(at(31)));
        let [GatewayPause { profile, until, reason: PauseReason::Requested }] = &gateways.pauses(at(2))[..] else {
            panic!("{:?}", gateways.pauses(at(2)));
        };
        assert_eq!((profile, *until), (&dgrid, at(31)));
        assert!(open(&gateways, &dgrid, 31));
        gateways.probe_now(&dgrid, at(2));
        assert!(open(&gateways, &dgrid, 2));
    }

    #[test]
    fn no_minute_has_more_requests_than_configured() {
        let mut gateways = GatewayLimits::default();
        let limits = ConfiguredLimits { max_per_minute: Some(5), ..ConfiguredLimits::default() };
        let mut sent = Vec::new();
        for second in 0..300 {
            gateways.drop_expired(at(second));
            let started = fill(&mut gateways, limits, at(second));
            sent.extend(std::iter::repeat_n(second, started));
            end_all(&mut gateways, started, at(second));
        }
        assert_eq!(sent.len(), 25);
        for window in sent.windows(6) {
            assert!(window[5] - window[0] >= 60, "{window:?}");
        }
    }

    #[test]
    fn an_unreachable_gateway_is_probed_at_growing_delays_until_it_answers() {
        let (mut gateways, dgrid) = (GatewayLimits::default(), ProfileId::dgrid());
        let failure = || Failure::new(FailureKind::NoConnection);
        assert!(gateways.mark_unreachable(&dgrid, failure(), at(0), 0.5));
        assert!(!gateways.mark_unreachable(&dgrid, failure(), at(0), 0.5), "requests that failed together count once");
        let mut now = at(0);
        let mut waits = Vec::new();
        for _ in 0..9 {
            assert_eq!(fill(&mut gateways, ConfiguredLimits::default(), now), 0);
            let next = gateways.next_change(|_| ConfiguredLimits::default(), now).unwrap();
            waits.push(next.duration_since(now).as_secs());
            now = next;
            assert_eq!(gateways.take_due_probes(now), std::slice::from_ref(&dgrid));
            assert_eq!(gateways.take_due_probes(now), [], "a probe is under way");
            gateways.mark_unreachable(&dgrid, failure(), now, 0.5);
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 120, 120, 120]);
        assert_eq!(gateways.unreachable()[0].since, at(0));
        assert!(gateways.mark_reachable(&dgrid));
        assert_eq!(fill(&mut gateways, ConfiguredLimits::default(), now), 8);
    }

    #[test]
    fn after_a_sleep_an_unreachable_gateway_is_probed_at_once() {
        let (mut gateways, dgrid) = (GatewayLimits::default(), ProfileId::dgrid());
        gateways.mark_unreachable(&dgrid, Failure::new(FailureKind::NoConnection), at(0), 0.5);
        gateways.on_clock_change(at(1));
        assert_eq!(gateways.take_due_probes(at(1)), [dgrid]);
    }
}
