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
const MINUTE: Duration = Duration::from_mins(1);

/// The first wait before a gateway that was not reached is tried again; it doubles with every try.
const FIRST_TRY: Duration = Duration::from_secs(2);

/// The longest such wait.
const LONGEST_TRY: Duration = Duration::from_mins(2);

/// What a person has set for a gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::studio::queue) struct Limits {
    /// Requests at once.
    pub at_once: Option<usize>,
    /// Requests that may be sent within any minute.
    pub per_minute: Option<u32>,
}

#[derive(Clone, Debug)]
struct Unreached {
    since: Timestamp,
    next_try: Timestamp,
    tries: u32,
    failure: Failure,
    /// Somebody is trying it.
    trying: bool,
}

/// One gateway.
#[derive(Clone, Debug, Default)]
struct Gateway {
    running: usize,
    /// Requests that wait to be sent again.
    pausing: usize,
    /// What was learned of its limits.
    limiter: Limiter,
    unreached: Option<Unreached>,
    /// When the requests of the last minute were sent.
    sent: VecDeque<Timestamp>,
}

impl Gateway {
    fn forget_old(&mut self, now: Timestamp) {
        // What lies ahead was sent before the clock was set back.
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent).unsigned_abs() >= MINUTE) {
            self.sent.pop_front();
        }
        self.limiter.settle(now);
    }

    /// When it takes another one as far as its limits and the requests of the last minute go.
    fn free_at(&self, limits: Limits) -> Option<Timestamp> {
        let full = limits.per_minute.map(|most| most.max(1) as usize).filter(|most| self.sent.len() >= *most);
        let oldest = full.and_then(|most| self.sent.get(self.sent.len() - most));
        let room = oldest.and_then(|sent| sent.checked_add(MINUTE).ok());
        room.max(self.limiter.free_at())
    }

    fn has_room(&self, limits: Limits, now: Timestamp) -> bool {
        let here = self.running + self.pausing;
        self.unreached.is_none()
            && limits.at_once.is_none_or(|most| here < most.max(1))
            && self.limiter.is_open(here, now)
            && self.free_at(limits).is_none_or(|at| at <= now)
    }
}

/// Every gateway that was asked.
#[derive(Clone, Debug, Default)]
pub(in crate::studio::queue) struct Gateways(BTreeMap<ProfileId, Gateway>);

impl Gateways {
    fn of(&mut self, profile: &ProfileId) -> &mut Gateway {
        self.0.entry(profile.clone()).or_default()
    }

    /// How many requests are at work in all; those that wait to be sent again are not.
    pub fn at_work(&self) -> usize {
        self.0.values().map(|gateway| gateway.running).sum()
    }

    /// Whether a gateway takes another one, if `overall` may be at work at all gateways together. One that asks for a
    /// pause holds up its own requests only.
    pub fn is_open(&self, profile: &ProfileId, limits: Limits, overall: usize, now: Timestamp) -> bool {
        let at_work = self.at_work();
        match self.0.get(profile) {
            Some(gateway) => at_work + gateway.pausing < overall && gateway.has_room(limits, now),
            None => at_work < overall,
        }
    }

    /// A request starts.
    pub fn start(&mut self, profile: &ProfileId, now: Timestamp) {
        let gateway = self.of(profile);
        gateway.limiter.send(gateway.running + gateway.pausing, now);
        gateway.running += 1;
        gateway.sent.push_back(now);
    }

    /// A request that was to be sent `before` was sent `now`.
    pub fn sent(&mut self, profile: &ProfileId, before: Timestamp, now: Timestamp) {
        self.of(profile).limiter.resend(before, now);
    }

    /// A request that was turned down is sent once more.
    pub fn start_again(&mut self, profile: &ProfileId, now: Timestamp) {
        let gateway = self.of(profile);
        gateway.pausing = gateway.pausing.saturating_sub(1);
        gateway.limiter.send(gateway.running + gateway.pausing, now);
        gateway.running += 1;
        gateway.sent.push_back(now);
    }

    /// A request was turned down and waits to be sent again.
    pub fn pause(&mut self, profile: &ProfileId) {
        let gateway = self.of(profile);
        gateway.running = gateway.running.saturating_sub(1);
        gateway.pausing += 1;
    }

    /// A request has ended, where it was waiting to be sent again or not.
    pub fn leave(&mut self, profile: &ProfileId, pausing: bool) {
        let gateway = self.of(profile);
        let count = if pausing { &mut gateway.pausing } else { &mut gateway.running };
        *count = count.saturating_sub(1);
    }

    /// A request was not sent after all.
    pub fn unsend(&mut self, profile: &ProfileId, sent: Timestamp) {
        self.of(profile).limiter.unsend(sent);
    }

    /// A gateway has refused a request at no cost, because there are too many.
    pub fn refuse(
        &mut self,
        profile: &ProfileId,
        sent: Timestamp,
        wait: Option<Duration>,
        now: Timestamp,
        random: f64,
    ) {
        let gateway = self.of(profile);
        let others = (gateway.running + gateway.pausing).saturating_sub(1);
        gateway.limiter.refuse(sent, others, wait, now, random);
    }

    /// A gateway says that it takes nothing for so long.
    pub fn rest(&mut self, profile: &ProfileId, wait: Duration, now: Timestamp) {
        self.of(profile).limiter.rest(wait, now);
    }

    /// Since when a gateway has refused everything.
    pub fn refuses_since(&self, profile: &ProfileId) -> Option<Timestamp> {
        self.0.get(profile)?.limiter.refuses_since()
    }

    /// A gateway has done what it was asked.
    pub fn went_well(&mut self, profile: &ProfileId, sent: Timestamp, limits: Limits, overall: usize, now: Timestamp) {
        let most = limits.at_once.unwrap_or(overall).min(overall);
        let gateway = self.of(profile);
        let others = (gateway.running + gateway.pausing).saturating_sub(1);
        gateway.limiter.accept(sent, others, most, now);
    }

    /// A gateway was not reached. `random` from 0 up to 1 spreads the tries. Returns whether that is news.
    pub fn not_reached(&mut self, profile: &ProfileId, failure: Failure, now: Timestamp, random: f64) -> bool {
        let gateway = self.of(profile);
        let news = gateway.unreached.is_none();
        let tries = gateway.unreached.as_ref().map_or(0, |unreached| unreached.tries + u32::from(unreached.trying));
        // Of several that were not reached together only the first counts.
        if news || gateway.unreached.as_ref().is_some_and(|unreached| unreached.trying) {
            let wait = FIRST_TRY.saturating_mul(1 << tries.min(8)).min(LONGEST_TRY);
            let wait = wait.mul_f64(0.75 + random.clamp(0.0, 1.0) / 2.0);
            let since = gateway.unreached.as_ref().map_or(now, |unreached| unreached.since);
            let next_try = now.checked_add(wait).unwrap_or(now);
            gateway.unreached = Some(Unreached { since, next_try, tries, failure, trying: false });
        }
        news
    }

    /// A gateway has answered, whatever it said. Returns whether that is news.
    pub fn reached(&mut self, profile: &ProfileId) -> bool {
        self.0.get_mut(profile).is_some_and(|gateway| gateway.unreached.take().is_some())
    }

    /// The gateways that are to be tried now. Each is given once, until it was heard of.
    pub fn take_due(&mut self, now: Timestamp) -> Vec<ProfileId> {
        let due = |(profile, gateway): (&ProfileId, &mut Gateway)| {
            let unreached =
                gateway.unreached.as_mut().filter(|unreached| !unreached.trying && unreached.next_try <= now)?;
            unreached.trying = true;
            Some(profile.clone())
        };
        self.0.iter_mut().filter_map(due).collect()
    }

    /// A person wants a gateway to be tried at once, and what it asked for is over.
    pub fn try_now(&mut self, profile: &ProfileId, now: Timestamp) {
        if let Some(gateway) = self.0.get_mut(profile) {
            gateway.limiter.try_now(now);
            if let Some(unreached) = &mut gateway.unreached {
                unreached.next_try = now;
            }
        }
    }

    /// It is another gateway from now on.
    pub fn forget(&mut self, profile: &ProfileId) {
        if let Some(gateway) = self.0.get_mut(profile) {
            let (running, pausing) = (gateway.running, gateway.pausing);
            *gateway = Gateway { running, pausing, ..Gateway::default() };
        }
    }

    /// The machine has slept: nobody knows any more who is reached, and pauses that were asked for are over or not by
    /// the clock on the wall.
    pub fn woke(&mut self, now: Timestamp) {
        for gateway in self.0.values_mut() {
            if let Some(unreached) = &mut gateway.unreached {
                unreached.next_try = now;
                unreached.tries = 0;
            }
            gateway.sent.retain(|sent| *sent <= now);
            gateway.limiter.woke(now);
        }
    }

    /// The gateways that are not reached.
    pub fn offline(&self) -> Vec<UnreachableGateway> {
        let offline = |(profile, gateway): (&ProfileId, &Gateway)| {
            let unreached = gateway.unreached.as_ref()?;
            Some(UnreachableGateway {
                profile: profile.clone(),
                since: unreached.since,
                next_probe: unreached.next_try,
                failure: unreached.failure.clone(),
            })
        };
        self.0.iter().filter_map(offline).collect()
    }

    /// The gateways that are left alone, until when, and why.
    pub fn resting(&self, now: Timestamp) -> Vec<GatewayPause> {
        let rests = |(profile, gateway): (&ProfileId, &Gateway)| {
            let (until, reason) = gateway.limiter.rests(now)?;
            Some(GatewayPause { profile: profile.clone(), until, reason })
        };
        self.0.iter().filter_map(rests).collect()
    }

    /// Lets go of what is older than a minute.
    pub fn forget_old(&mut self, now: Timestamp) {
        for gateway in self.0.values_mut() {
            gateway.forget_old(now);
        }
    }

    /// The next time at which a gateway takes more or is to be tried, after now.
    pub fn next_time(&self, limits: impl Fn(&ProfileId) -> Limits, now: Timestamp) -> Option<Timestamp> {
        let times = self.0.iter().flat_map(|(profile, gateway)| {
            let unreached = gateway.unreached.as_ref().filter(|unreached| !unreached.trying);
            [unreached.map(|unreached| unreached.next_try), gateway.free_at(limits(profile))]
        });
        times.flatten().filter(|at| *at > now).min()
    }

    /// How many at once a gateway is thought to bear.
    pub fn at_once(&self, profile: &ProfileId, limits: Limits, overall: usize) -> usize {
        let learned = self.0.get(profile).and_then(|gateway| gateway.limiter.at_once()).unwrap_or(overall);
        limits.at_once.unwrap_or(overall).min(overall).min(learned).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::FailureKind;
    use crate::studio::protocol::PauseReason;

    const OVERALL: usize = 8;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// Starts as many as may be, and says how many they were.
    fn fill(gateways: &mut Gateways, limits: Limits, now: Timestamp) -> usize {
        let profile = ProfileId::dgrid();
        (0..100)
            .take_while(|_| {
                let open = gateways.is_open(&profile, limits, OVERALL, now);
                if open {
                    gateways.start(&profile, now);
                }
                open
            })
            .count()
    }

    fn end_all(gateways: &mut Gateways, count: usize, now: Timestamp) {
        for _ in 0..count {
            gateways.leave(&ProfileId::dgrid(), false);
            gateways.went_well(&ProfileId::dgrid(), now, Limits::default(), OVERALL, now);
        }
    }

    #[test]
    fn a_pause_that_a_gateway_needs_holds_up_its_own_requests_only() {
        let (mut gateways, dgrid, other) = (Gateways::default(), ProfileId::dgrid(), ProfileId::new("other"));
        gateways.start(&dgrid, at(0));
        gateways.refuse(&dgrid, at(0), Some(Duration::from_secs(30)), at(1), 0.0);
        gateways.leave(&dgrid, false);
        let open =
            |gateways: &Gateways, profile, second| gateways.is_open(profile, Limits::default(), OVERALL, at(second));
        assert!(!open(&gateways, &dgrid, 30) && open(&gateways, &other, 2));
        assert_eq!(gateways.next_time(|_| Limits::default(), at(2)), Some(at(31)));
        let [GatewayPause { profile, until, reason: PauseReason::Requested }] = &gateways.resting(at(2))[..] else {
            panic!("{:?}", gateways.resting(at(2)));
        };
        assert_eq!((profile, *until), (&dgrid, at(31)));
        assert!(open(&gateways, &dgrid, 31));
        gateways.try_now(&dgrid, at(2));
        assert!(open(&gateways, &dgrid, 2));
    }

    #[test]
    fn no_minute_sees_more_requests_than_are_allowed() {
        let mut gateways = Gateways::default();
        let limits = Limits { per_minute: Some(5), ..Limits::default() };
        let mut sent = Vec::new();
        for second in 0..300 {
            gateways.forget_old(at(second));
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
        let (mut gateways, dgrid) = (Gateways::default(), ProfileId::dgrid());
        let failure = || Failure::new(FailureKind::NoConnection);
        assert!(gateways.not_reached(&dgrid, failure(), at(0), 0.5));
        assert!(!gateways.not_reached(&dgrid, failure(), at(0), 0.5), "those that were sent together are one");
        let mut now = at(0);
        let mut waits = Vec::new();
        for _ in 0..9 {
            assert_eq!(fill(&mut gateways, Limits::default(), now), 0);
            let next = gateways.next_time(|_| Limits::default(), now).unwrap();
            waits.push(next.duration_since(now).as_secs());
            now = next;
            assert_eq!(gateways.take_due(now), std::slice::from_ref(&dgrid));
            assert_eq!(gateways.take_due(now), [], "once is enough");
            gateways.not_reached(&dgrid, failure(), now, 0.5);
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 120, 120, 120]);
        assert_eq!(gateways.offline()[0].since, at(0));
        assert!(gateways.reached(&dgrid));
        assert_eq!(fill(&mut gateways, Limits::default(), now), 8);
    }

    #[test]
    fn after_a_sleep_it_is_tried_at_once() {
        let (mut gateways, dgrid) = (Gateways::default(), ProfileId::dgrid());
        gateways.not_reached(&dgrid, Failure::new(FailureKind::NoConnection), at(0), 0.5);
        gateways.woke(at(1));
        assert_eq!(gateways.take_due(at(1)), [dgrid]);
    }
}
