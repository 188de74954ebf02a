//! Random sequences of commands, responses, faults, crashes and passing time, applied to the scheduler and to a model
//! that knows what must never happen.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    recipe::{BatchId, Caps, Charge, Failure, FailureKind, Money, ProfileId, RequestId, Spending},
    studio::{
        protocol::QueuePosition,
        queue::{
            scheduling::gateway_limits::ConfiguredLimits,
            scheduling::pending_queue::PendingRequest,
            scheduling::scheduler::{RequestEnd, Scheduler, SchedulingLimits},
        },
    },
};

/// An event of a sequence.
#[derive(Clone, Debug)]
enum ModelEvent {
    /// A batch of requests to this gateway is queued, at this price in cents, or of unknown price.
    Enqueue { count: u8, gateway: u8, cents: Option<u8>, first: bool },
    /// A person pauses or resumes the queue.
    PauseQueue(bool),
    /// A person puts a request on hold or resumes it.
    Hold(u8, bool),
    /// A person schedules a request for this number of seconds later.
    Schedule(u8, u8),
    /// A person moves a request.
    Move(u8, u8, u8),
    /// A person cancels a queued request.
    Cancel(u8),
    /// A person retries an ended request, whatever that costs.
    Retry(u8),
    /// A request under way ends like this.
    End(u8, Outcome),
    /// Unreachable gateways are probed.
    Probe(bool),
    /// A person changes the cap of a day, in cents.
    ChangeCap(Option<u8>),
    /// This number of seconds passes.
    Wait(u16),
    /// The machine sleeps for this number of hours.
    Sleep(u8),
    /// The program crashes, and starts again.
    Crash,
}

/// The outcome of a running request.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    /// Its image arrives, and cost what was estimated, or less.
    Image { cheaper: bool },
    /// It fails without charge.
    Rejected,
    /// It fails and may have been charged.
    CutOff,
    /// The gateway rejects it because of its rate limit, and it is put back into the queue.
    RateLimited { wait: bool },
    /// The gateway is unreachable, and it is put back into the queue.
    Unreachable,
    /// A person cancels it.
    Cancelled,
}

/// The stage of a request in the model. It only advances, except from `Sent` back to `Queued` if the gateway was
/// certainly not reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Queued,
    Sent,
    Ended,
}

#[derive(Clone, Debug)]
struct ModelRequest {
    stage: Stage,
    pending: PendingRequest,
    /// How often it was sent so that it may have been charged.
    chargeable_sends: usize,
}

struct Model {
    scheduler: Scheduler,
    now: Timestamp,
    caps: Caps,
    requests: BTreeMap<RequestId, ModelRequest>,
    spending_log: Vec<Spending>,
    paused: bool,
    /// When requests were sent, and to which gateway.
    sent: Vec<(ProfileId, Timestamp)>,
    image_counts: BTreeMap<RequestId, usize>,
    next: u128,
}

const MAX_TOTAL: usize = 4;

fn gateway(number: u8) -> ProfileId {
    ProfileId::new(["near", "far", "slow"][usize::from(number) % 3])
}

fn configured_limits(profile: &ProfileId) -> ConfiguredLimits {
    match profile.as_str() {
        "far" => ConfiguredLimits { max_concurrent: Some(2), max_per_minute: None },
        "slow" => ConfiguredLimits { max_concurrent: None, max_per_minute: Some(3) },
        _ => ConfiguredLimits::default(),
    }
}

impl Model {
    fn new() -> Self {
        let now = "2026-11-30T12:00:00Z".parse().unwrap();
        Self {
            scheduler: Scheduler::new(Caps::default(), TimeZone::UTC, now),
            now,
            caps: Caps::default(),
            requests: BTreeMap::new(),
            spending_log: Vec::new(),
            paused: false,
            sent: Vec::new(),
            image_counts: BTreeMap::new(),
            next: 0,
        }
    }

    fn id(&mut self) -> u128 {
        self.next += 1;
        self.next
    }

    /// One of the requests at a stage.
    fn pick(&self, stage: Stage, number: u8) -> Option<RequestId> {
        let at: Vec<RequestId> =
            self.requests.iter().filter(|(_, request)| request.stage == stage).map(|(id, _)| *id).collect();
        (!at.is_empty()).then(|| at[usize::from(number) % at.len()])
    }

    fn add(&mut self, pending: PendingRequest) {
        let id = RequestId::from_uuid(Uuid::from_u128(self.id()));
        self.scheduler.pending.add(id, pending.clone(), self.now);
        self.requests.insert(id, ModelRequest { stage: Stage::Queued, pending, chargeable_sends: 0 });
    }

    fn apply(&mut self, event: &ModelEvent) {
        let limits = SchedulingLimits { max_total: MAX_TOTAL, for_gateway: &configured_limits };
        match *event {
            ModelEvent::Enqueue { count, gateway: number, cents, first } => {
                let batch = BatchId::from_uuid(Uuid::from_u128(self.id()));
                let count = usize::from(count);
                let pending = &self.scheduler.pending;
                let positions = if first { pending.first_positions(count) } else { pending.last_positions(count) };
                for position in positions {
                    self.add(PendingRequest {
                        profile: gateway(number),
                        batch: Some(batch),
                        position,
                        estimate: cents.map(|cents| Money::from_micros(i64::from(cents) * 10_000)),
                        ..PendingRequest::default()
                    });
                }
            }
            ModelEvent::PauseQueue(paused) => {
                self.scheduler.paused = paused;
                self.paused = paused;
            }
            ModelEvent::Hold(number, paused) => {
                let Some(id) = self.pick(Stage::Queued, number) else { return };
                self.scheduler.pending.update(id, self.now, |pending| pending.on_hold = paused).unwrap();
                self.requests.get_mut(&id).unwrap().pending.on_hold = paused;
            }
            ModelEvent::Schedule(number, seconds) => {
                let Some(id) = self.pick(Stage::Queued, number) else { return };
                let at = self.now + std::time::Duration::from_secs(seconds.into());
                self.scheduler.pending.update(id, self.now, |pending| pending.not_before = Some(at)).unwrap();
                self.requests.get_mut(&id).unwrap().pending.not_before = Some(at);
            }
            ModelEvent::Move(number, target, other) => {
                let Some(id) = self.pick(Stage::Queued, number) else { return };
                let other = self.pick(Stage::Queued, other).unwrap();
                let target = [
                    QueuePosition::First,
                    QueuePosition::Last,
                    QueuePosition::Before(other),
                    QueuePosition::After(other),
                ][usize::from(target) % 4];
                for moved in self.scheduler.pending.move_to(&[id], target, self.now) {
                    let position = self.scheduler.pending.get(moved).unwrap().position;
                    self.requests.get_mut(&moved).unwrap().pending.position = position;
                }
            }
            ModelEvent::Cancel(number) => {
                let Some(id) = self.pick(Stage::Queued, number) else { return };
                self.scheduler.pending.remove(id).unwrap();
                self.requests.get_mut(&id).unwrap().stage = Stage::Ended;
            }
            ModelEvent::Retry(number) => {
                // A retry is a new request; the old one stays ended.
                let Some(id) = self.pick(Stage::Ended, number) else { return };
                let position = self.scheduler.pending.last_position();
                self.add(PendingRequest {
                    position,
                    on_hold: false,
                    not_before: None,
                    ..self.requests[&id].pending.clone()
                });
            }
            ModelEvent::End(number, outcome) => {
                let Some(id) = self.pick(Stage::Sent, number) else { return };
                self.end(id, outcome, &limits);
            }
            ModelEvent::Probe(works) => {
                for profile in self.scheduler.gateways.take_due_probes(self.now) {
                    if works {
                        self.scheduler.gateways.mark_reachable(&profile);
                    } else {
                        let failure = Failure::new(FailureKind::NoConnection);
                        self.scheduler.gateways.mark_unreachable(&profile, failure, self.now, 0.5);
                    }
                }
            }
            ModelEvent::ChangeCap(cents) => {
                self.caps.day = cents.map(|cents| Money::from_micros(i64::from(cents) * 10_000));
                self.scheduler.budget.caps = self.caps;
            }
            ModelEvent::Wait(seconds) => self.now += std::time::Duration::from_secs(seconds.into()),
            ModelEvent::Sleep(hours) => {
                self.now += std::time::Duration::from_secs(u64::from(hours) * 3600);
                self.scheduler.gateways.on_clock_change(self.now);
            }
            ModelEvent::Crash => self.crash(),
        }
    }

    fn record_cost(&mut self, id: RequestId, charged: Charge, amount: Option<Money>) {
        let pending = &self.requests[&id].pending;
        let spending = Spending {
            at: self.now,
            request: id,
            profile: pending.profile.clone(),
            model: pending.model.clone(),
            batch: pending.batch,
            charged,
            amount,
            estimate: pending.estimate,
            image_count: 0,
            took_ms: None,
        };
        self.scheduler.record_cost(&spending, self.now);
        self.spending_log.push(spending);
    }

    fn end(&mut self, id: RequestId, outcome: Outcome, limits: &SchedulingLimits<'_>) {
        let now = self.now;
        let end = |model: &mut Self, end: &RequestEnd<'_>| {
            model.scheduler.finish(id, end, now, limits);
            model.requests.get_mut(&id).unwrap().stage = Stage::Ended;
        };
        match outcome {
            Outcome::Image { cheaper } => {
                let estimate = self.requests[&id].pending.estimate;
                let cost = estimate.map(|estimate| if cheaper { estimate.share(0, 2) } else { estimate });
                *self.image_counts.entry(id).or_default() += 1;
                self.record_cost(id, Charge::Yes, cost);
                end(self, &RequestEnd::Succeeded);
            }
            Outcome::Rejected => {
                self.record_cost(id, Charge::No, None);
                end(self, &RequestEnd::Failed(&Failure::new(FailureKind::WrongKey).status(401)));
            }
            Outcome::CutOff => {
                self.record_cost(id, Charge::Maybe, None);
                end(self, &RequestEnd::Failed(&Failure::new(FailureKind::CutOff)));
            }
            Outcome::Cancelled => {
                self.record_cost(id, Charge::Maybe, None);
                end(self, &RequestEnd::Cancelled);
            }
            Outcome::RateLimited { wait } => {
                let wait = wait.then_some(std::time::Duration::from_secs(20));
                self.scheduler.on_rate_limited(id, wait, now, 0.5);
                self.scheduler.requeue(id, now);
                let request = self.requests.get_mut(&id).unwrap();
                request.stage = Stage::Queued;
                request.chargeable_sends -= 1;
            }
            Outcome::Unreachable => {
                let profile = self.requests[&id].pending.profile.clone();
                let failure = Failure::new(FailureKind::NoConnection);
                self.scheduler.gateways.mark_unreachable(&profile, failure, now, 0.5);
                self.scheduler.requeue(id, now);
                let request = self.requests.get_mut(&id).unwrap();
                request.stage = Stage::Queued;
                request.chargeable_sends -= 1;
            }
        }
    }

    /// Loses everything that is not on disk: requests under way are interrupted and may be charged, and are never sent
    /// again automatically.
    fn crash(&mut self) {
        let under_way: Vec<RequestId> =
            self.requests.iter().filter(|(_, request)| request.stage == Stage::Sent).map(|(id, _)| *id).collect();
        for id in under_way {
            self.record_cost(id, Charge::Maybe, None);
            self.requests.get_mut(&id).unwrap().stage = Stage::Ended;
        }
        self.scheduler = Scheduler::new(self.caps, TimeZone::UTC, self.now);
        self.scheduler.paused = self.paused;
        for spending in &self.spending_log {
            self.scheduler.budget.record(spending);
        }
        for (id, request) in &self.requests {
            if request.stage == Stage::Queued {
                self.scheduler.pending.add(*id, request.pending.clone(), self.now);
            }
        }
    }

    /// What was spent today, according to the spending log alone.
    fn spent_today(&self) -> Money {
        let today = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
        let of_today = self.spending_log.iter().filter(|spending| today(spending.at) == today(self.now));
        of_today.filter_map(Spending::counted).sum()
    }

    /// Starts all requests that may start, and checks each of them.
    fn start(&mut self) {
        let limits = SchedulingLimits { max_total: MAX_TOTAL, for_gateway: &configured_limits };
        while let Some(id) = self.scheduler.start_next(self.now, &limits) {
            let request = self.requests.get_mut(&id).unwrap();
            assert_eq!(request.stage, Stage::Queued, "only queued requests are sent");
            assert!(!self.paused && !request.pending.on_hold, "requests on hold are not sent");
            assert!(
                request.pending.not_before.is_none_or(|at| at <= self.now),
                "scheduled requests are not sent early"
            );
            request.stage = Stage::Sent;
            request.chargeable_sends += 1;
            assert_eq!(request.chargeable_sends, 1, "no request is sent again that may have been charged");
            let (profile, estimate) = (request.pending.profile.clone(), request.pending.estimate);
            self.sent.push((profile.clone(), self.now));
            let running = |profile: Option<&ProfileId>| {
                let under_way = self.requests.values().filter(|request| request.stage == Stage::Sent);
                under_way.filter(|request| profile.is_none_or(|profile| request.pending.profile == *profile)).count()
            };
            assert!(running(None) <= MAX_TOTAL);
            assert!(running(Some(&profile)) <= configured_limits(&profile).max_concurrent.unwrap_or(MAX_TOTAL));
            if let (Some(limit), Some(_)) = (self.caps.day, estimate.filter(|estimate| *estimate > Money::default())) {
                let under_way = self.requests.values().filter(|request| request.stage == Stage::Sent);
                let reserved: Money = under_way.filter_map(|request| request.pending.estimate).sum();
                assert!(self.spent_today() + reserved <= limit, "spent and reserved money never exceeds the cap");
            }
        }
        // Exactly the queued requests are in the queue.
        let queued = self.requests.values().filter(|request| request.stage == Stage::Queued).count();
        assert_eq!(self.scheduler.pending.len(), queued);
        assert_eq!(self.scheduler.pending.order().len(), queued);
        assert_eq!(
            self.scheduler.running().len(),
            self.requests.values().filter(|request| request.stage == Stage::Sent).count()
        );
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => any::<bool>().prop_map(|cheaper| Outcome::Image { cheaper }),
        1 => Just(Outcome::Rejected),
        1 => Just(Outcome::CutOff),
        1 => any::<bool>().prop_map(|wait| Outcome::RateLimited { wait }),
        1 => Just(Outcome::Unreachable),
        1 => Just(Outcome::Cancelled),
    ]
}

fn event() -> impl Strategy<Value = ModelEvent> {
    prop_oneof![
        3 => (1_u8..6, any::<u8>(), prop::option::of(0_u8..20), any::<bool>())
            .prop_map(|(count, gateway, cents, first)| ModelEvent::Enqueue { count, gateway, cents, first }),
        1 => any::<bool>().prop_map(ModelEvent::PauseQueue),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(number, paused)| ModelEvent::Hold(number, paused)),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(number, seconds)| ModelEvent::Schedule(number, seconds)),
        1 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(one, target, other)| ModelEvent::Move(one, target, other)),
        1 => any::<u8>().prop_map(ModelEvent::Cancel),
        1 => any::<u8>().prop_map(ModelEvent::Retry),
        8 => (any::<u8>(), outcome()).prop_map(|(number, outcome)| ModelEvent::End(number, outcome)),
        1 => any::<bool>().prop_map(ModelEvent::Probe),
        1 => prop::option::of(any::<u8>()).prop_map(ModelEvent::ChangeCap),
        2 => (0_u16..200).prop_map(ModelEvent::Wait),
        1 => (1_u8..30).prop_map(ModelEvent::Sleep),
        1 => Just(ModelEvent::Crash),
    ]
}

/// Number of sequences that are tried. Set `ATELIER_CASES` for more.
fn cases() -> u32 {
    std::env::var("ATELIER_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]
    #[test]
    fn nothing_is_paid_twice_no_cap_is_exceeded_and_no_request_is_lost(
        events in prop::collection::vec(event(), 1..80)
    ) {
        let mut model = Model::new();
        for event in &events {
            model.apply(event);
            model.start();
        }
        // Without a cap, with the queue resumed and all gateways reachable, all requests come to an end.
        model.apply(&ModelEvent::ChangeCap(None));
        model.apply(&ModelEvent::PauseQueue(false));
        let pending: Vec<RequestId> = model.requests.keys().copied().collect();
        for id in pending {
            model.scheduler.pending.update(id, model.now, |pending| pending.on_hold = false);
            model.requests.get_mut(&id).unwrap().pending.on_hold = false;
        }
        for _ in 0..4_000 {
            // Due probes run before requests start, as in the core.
            model.apply(&ModelEvent::Probe(true));
            model.start();
            match model.pick(Stage::Sent, 0) {
                Some(id) => {
                    let limits = SchedulingLimits { max_total: MAX_TOTAL, for_gateway: &configured_limits };
                    model.end(id, Outcome::Image { cheaper: false }, &limits);
                }
                None if model.pick(Stage::Queued, 0).is_none() => break,
                None => {
                    // Nothing may start now; the scheduler must know when something may.
                    let limits = SchedulingLimits { max_total: MAX_TOTAL, for_gateway: &configured_limits };
                    let next = model.scheduler.next_change(model.now, &limits);
                    model.now = next.expect("a request is queued, and the scheduler does not know when it may start");
                }
            }
        }
        prop_assert_eq!(model.pick(Stage::Queued, 0), None, "no request stays queued for ever");
        prop_assert!(model.image_counts.values().all(|count| *count == 1));
        // No gateway gets more requests within a minute than configured.
        for profile in ["near", "far", "slow"].map(ProfileId::new) {
            let times: Vec<Timestamp> =
                model.sent.iter().filter(|(of, _)| *of == profile).map(|(_, at)| *at).collect();
            let Some(limit) = configured_limits(&profile).max_per_minute else { continue };
            // A crash forgets what was sent in the minute before it.
            if !events.iter().any(|event| matches!(event, ModelEvent::Crash)) {
                for window in times.windows(limit as usize + 1) {
                    let apart = window[limit as usize].duration_since(window[0]).as_secs();
                    prop_assert!(apart >= 60, "{window:?}");
                }
            }
        }
    }
}
