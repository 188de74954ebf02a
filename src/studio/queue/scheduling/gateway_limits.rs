//! How much each gateway takes at once: what is set, what it was seen to bear, its pauses, and whether it is reached.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    recipe::{Failure, ProfileId},
    studio::{
        protocol::{GatewayPause, UnreachableGateway},
        queue::scheduling::limiter::Limiter,
    },
};

/// The window in which requests are counted.
const RATE_WINDOW: Duration = Duration::from_mins(1);

/// The first wait before a gateway that was not reached is tried again; it doubles with every try.
const FIRST_PROBE_DELAY: Duration = Duration::from_secs(2);

/// The longest such wait.
const MAX_PROBE_DELAY: Duration = Duration::from_mins(2);

/// What a person has set for a gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::studio::queue) struct ConfiguredLimits {
    /// Requests at once.
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
    /// Somebody is trying it.
    probing: bool,
}

/// One gateway.
#[derive(Clone, Debug, Default)]
struct Gateway {
    running: usize,
    /// Requests that wait to be sent again.
    awaiting_retry: usize,
    /// What was learned of its limits.
    limiter: Limiter,
    outage: Option<Outage>,
    /// When the requests of the last minute were sent.
    sent: VecDeque<Timestamp>,
}

impl Gateway {
    fn drop_expired(&mut self, now: Timestamp) {
        // What lies ahead was sent before the clock was set back.
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent).unsigned_abs() >= RATE_WINDOW) {
            self.sent.pop_front();
        }
        self.limiter.accept_overdue_probe(now);
    }

    /// When it takes another one as far as its limits and the requests of the last minute go.
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

/// Every gateway that was asked.
#[derive(Clone, Debug, Default)]
pub(in crate::studio::queue) struct GatewayLimits(BTreeMap<ProfileId, Gateway>);

impl GatewayLimits {
    fn entry(&mut self, profile: &ProfileId) -> &mut Gateway {
        self.0.entry(profile.clone()).or_default()
    }

    /// How many requests are at work in all; those that wait to be sent again are not.
    pub fn running(&self) -> usize {
        self.0.values().map(|gateway| gateway.running).sum()
    }

    /// Whether a gateway takes another one, if `overall` may be at work at all gateways together. One that asks for a
    /// pause holds up its own requests only.
    pub fn can_start(&self, profile: &ProfileId, limits: ConfiguredLimits, max_total: usize, now: Timestamp) -> bool {
        let running = self.running();
        match self.0.get(profile) {
            Some(gateway) => running + gateway.awaiting_retry < max_total && gateway.can_start(limits, now),
            None => running < max_total,
        }
    }

    /// A request starts.
    pub fn start(&mut self, profile: &ProfileId, now: Timestamp) {
        let gateway = self.entry(profile);
        gateway.limiter.on_sent(gateway.running + gateway.awaiting_retry, now);
        gateway.running += 1;
        gateway.sent.push_back(now);
    }

    /// A request that was to be sent `before` was sent `now`.
    pub fn correct_send_time(&mut self, profile: &ProfileId, before: Timestamp, now: Timestamp) {
        self.entry(profile).limiter.correct_send_time(before, now);
    }

    /// A request that was turned down is sent once more.
    pub fn resume_retry(&mut self, profile: &ProfileId, now: Timestamp) {
        let gateway = self.entry(profile);
        gateway.awaiting_retry = gateway.awaiting_retry.saturating_sub(1);
        gateway.limiter.on_sent(gateway.running + gateway.awaiting_retry, now);
        gateway.running += 1;
        gateway.sent.push_back(now);
    }

    /// A request was turned down and waits to be sent again.
    pub fn await_retry(&mut self, profile: &ProfileId) {
        let gateway = self.entry(profile);
        gateway.running = gateway.running.saturating_sub(1);
        gateway.awaiting_retry += 1;
    }

    /// A request has ended, where it was waiting to be sent again or not.
    pub fn finish(&mut self, profile: &ProfileId, awaiting_retry: bool) {
        let gateway = self.entry(profile);
        let count = if awaiting_retry { &mut gateway.awaiting_retry } else { &mut gateway.running };
        *count = count.saturating_sub(1);
    }

    /// A request was not sent after all.
    pub fn on_not_sent(&mut self, profile: &ProfileId, sent: Timestamp) {
        self.entry(profile).limiter.on_not_sent(sent);
    }

    /// A gateway has refused a request at no cost, because there are too many.
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

    /// A gateway says that it takes nothing for so long.
    pub fn pause_for(&mut self, profile: &ProfileId, wait: Duration, now: Timestamp) {
        self.entry(profile).limiter.pause_for(wait, now);
    }

    /// Since when a gateway has refused everything.
    pub fn rejecting_since(&self, profile: &ProfileId) -> Option<Timestamp> {
        self.0.get(profile)?.limiter.rejecting_since()
    }

    /// A gateway has done what it was asked.
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

    /// A gateway was not reached. `random` from 0 up to 1 spreads the tries. Returns whether that is news.
    pub fn mark_unreachable(&mut self, profile: &ProfileId, failure: Failure, now: Timestamp, random: f64) -> bool {
        let gateway = self.entry(profile);
        let is_new = gateway.outage.is_none();
        let probes = gateway.outage.as_ref().map_or(0, |outage| outage.probes + u32::from(outage.probing));
        // Of several that were not reached together only the first counts.
        if is_new || gateway.outage.as_ref().is_some_and(|outage| outage.probing) {
            let wait = FIRST_PROBE_DELAY.saturating_mul(1 << probes.min(8)).min(MAX_PROBE_DELAY);
            let wait = wait.mul_f64(0.75 + random.clamp(0.0, 1.0) / 2.0);
            let since = gateway.outage.as_ref().map_or(now, |outage| outage.since);
            let next_probe = now.checked_add(wait).unwrap_or(now);
            gateway.outage = Some(Outage { since, next_probe, probes, failure, probing: false });
        }
        is_new
    }

    /// A gateway has answered, whatever it said. Returns whether that is news.
    pub fn mark_reachable(&mut self, profile: &ProfileId) -> bool {
        self.0.get_mut(profile).is_some_and(|gateway| gateway.outage.take().is_some())
    }

    /// The gateways that are to be tried now. Each is given once, until it was heard of.
    pub fn take_due_probes(&mut self, now: Timestamp) -> Vec<ProfileId> {
        let due = |(profile, gateway): (&ProfileId, &mut Gateway)| {
            let outage = gateway.outage.as_mut().filter(|outage| !outage.probing && outage.next_probe <= now)?;
            outage.probing = true;
            Some(profile.clone())
        };
        self.0.iter_mut().filter_map(due).collect()
    }

    /// A person wants a gateway to be tried at once, and what it asked for is over.
    pub fn probe_now(&mut self, profile: &ProfileId, now: Timestamp) {
        if let Some(gateway) = self.0.get_mut(profile) {
            gateway.limiter.probe_now(now);
            if let Some(outage) = &mut gateway.outage {
                outage.next_probe = now;
            }
        }
    }

    /// It is another gateway from now on.
    pub fn reset(&mut self, profile: &ProfileId) {
        if let Some(gateway) = self.0.get_mut(profile) {
            let (running, awaiting_retry) = (gateway.running, gateway.awaiting_retry);
            *gateway = Gateway { running, awaiting_retry, ..Gateway::default() };
        }
    }

    /// The machine has slept: nobody knows any more who is reached, and pauses that were asked for are over or not by
    /// the clock on the wall.
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

    /// The gateways that are not reached.
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

    /// The gateways that are left alone, until when, and why.
    pub fn pauses(&self, now: Timestamp) -> Vec<GatewayPause> {
        let pause_of = |(profile, gateway): (&ProfileId, &Gateway)| {
            let (until, reason) = gateway.limiter.pause_reason(now)?;
            Some(GatewayPause { profile: profile.clone(), until, reason })
        };
        self.0.iter().filter_map(pause_of).collect()
    }

    /// Lets go of what is older than a minute.
    pub fn drop_expired(&mut self, now: Timestamp) {
        for gateway in self.0.values_mut() {
            gateway.drop_expired(now);
        }
    }

    /// The next time at which a gateway takes more or is to be tried, after now.
    pub fn next_change(&self, limits: impl Fn(&ProfileId) -> ConfiguredLimits, now: Timestamp) -> Option<Timestamp> {
        let times = self.0.iter().flat_map(|(profile, gateway)| {
            let outage = gateway.outage.as_ref().filter(|outage| !outage.probing);
            [outage.map(|outage| outage.next_probe), gateway.next_slot(limits(profile))]
        });
        times.flatten().filter(|at| *at > now).min()
    }

    /// How many at once a gateway is thought to bear.
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

    /// Starts as many as may be, and says how many they were.
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
    fn a_pause_that_a_gateway_needs_holds_up_its_own_requests_only() {
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
    fn no_minute_sees_more_requests_than_are_allowed() {
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
    fn a_gateway_that_is_not_reached_is_tried_more_and_more_seldom_until_it_answers() {
        let (mut gateways, dgrid) = (GatewayLimits::default(), ProfileId::dgrid());
        let failure = || Failure::new(FailureKind::NoConnection);
        assert!(gateways.mark_unreachable(&dgrid, failure(), at(0), 0.5));
        assert!(!gateways.mark_unreachable(&dgrid, failure(), at(0), 0.5), "those that were sent together are one");
        let mut now = at(0);
        let mut waits = Vec::new();
        for _ in 0..9 {
            assert_eq!(fill(&mut gateways, ConfiguredLimits::default(), now), 0);
            let next = gateways.next_change(|_| ConfiguredLimits::default(), now).unwrap();
            waits.push(next.duration_since(now).as_secs());
            now = next;
            assert_eq!(gateways.take_due_probes(now), std::slice::from_ref(&dgrid));
            assert_eq!(gateways.take_due_probes(now), [], "once is enough");
            gateways.mark_unreachable(&dgrid, failure(), now, 0.5);
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 120, 120, 120]);
        assert_eq!(gateways.unreachable()[0].since, at(0));
        assert!(gateways.mark_reachable(&dgrid));
        assert_eq!(fill(&mut gateways, ConfiguredLimits::default(), now), 8);
    }

    #[test]
    fn after_a_sleep_it_is_tried_at_once() {
        let (mut gateways, dgrid) = (GatewayLimits::default(), ProfileId::dgrid());
        gateways.mark_unreachable(&dgrid, Failure::new(FailureKind::NoConnection), at(0), 0.5);
        gateways.on_clock_change(at(1));
        assert_eq!(gateways.take_due_probes(at(1)), [dgrid]);
    }
}
