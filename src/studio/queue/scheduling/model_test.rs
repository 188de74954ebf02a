//! Any course of events, tried by chance: commands, answers, faults, crashes and the passing of time, beside a model that
//! knows what must never happen.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    recipe::{BatchId, Caps, Charge, Failure, FailureKind, Money, ProfileId, RequestId, Spending},
    studio::{
        protocol::QueuePosition,
        queue::{
            scheduling::gateway_limits::Limits,
            scheduling::pending_queue::Waiting,
            scheduling::scheduler::{End, Rules, Scheduler},
        },
    },
};

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
    /// So many requests are asked for together: of this gateway, at this price in cents, or of unknown price.
    Ask { count: u8, gateway: u8, cents: Option<u8>, first: bool },
    /// A person holds everything back, or lets it go on.
    PauseAll(bool),
    /// A person holds one back, or lets it go on.
    Pause(u8, bool),
    /// A person puts one off by so many seconds.
    Later(u8, u8),
    /// A person moves one.
    Move(u8, u8, u8),
    /// A person stops one that waits.
    Cancel(u8),
    /// A person asks again for one that has ended, whatever that costs.
    Again(u8),
    /// One under way comes to this end.
    End(u8, Fate),
    /// A gateway that is not reached is tried.
    Try(bool),
    /// A person changes what may be spent in a day, in cents.
    Cap(Option<u8>),
    /// So many seconds pass.
    Pass(u16),
    /// The machine sleeps for so many hours.
    Sleep(u8),
    /// The program dies, and starts again.
    Crash,
}

/// What becomes of a running request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Its picture comes, and has cost what was thought, or less.
    Picture { cheaper: bool },
    /// It fails at no cost.
    Refused,
    /// It fails and may have cost money.
    CutOff,
    /// The gateway complains of too many, and it goes back into the line.
    TooMany { wait: bool },
    /// The gateway is not reached, and it goes back into the line.
    NotReached,
    /// A person stops it.
    Cancelled,
}

/// How far the model knows a request to be. Only ever goes down this list, but from `Sent` back to `Waits` where the
/// gateway was surely not reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waits,
    Sent,
    Ended,
}

#[derive(Clone, Debug)]
struct Known {
    stage: Stage,
    waiting: Waiting,
    /// How often it was sent so that it may have been charged.
    posts: usize,
}

struct Model {
    scheduler: Scheduler,
    now: Timestamp,
    caps: Caps,
    known: BTreeMap<RequestId, Known>,
    journal: Vec<Spending>,
    paused: bool,
    /// When each gateway was sent what.
    sent: Vec<(ProfileId, Timestamp)>,
    pictures: BTreeMap<RequestId, usize>,
    next: u128,
}

const OVERALL: usize = 4;

fn gateway(number: u8) -> ProfileId {
    ProfileId::new(["near", "far", "slow"][usize::from(number) % 3])
}

fn limits(profile: &ProfileId) -> Limits {
    match profile.as_str() {
        "far" => Limits { at_once: Some(2), per_minute: None },
        "slow" => Limits { at_once: None, per_minute: Some(3) },
        _ => Limits::default(),
    }
}

impl Model {
    fn new() -> Self {
        let now = "2026-11-30T12:00:00Z".parse().unwrap();
        Self {
            scheduler: Scheduler::new(Caps::default(), TimeZone::UTC, now),
            now,
            caps: Caps::default(),
            known: BTreeMap::new(),
            journal: Vec::new(),
            paused: false,
            sent: Vec::new(),
            pictures: BTreeMap::new(),
            next: 0,
        }
    }

    fn id(&mut self) -> u128 {
        self.next += 1;
        self.next
    }

    /// One of those at a stage.
    fn pick(&self, stage: Stage, number: u8) -> Option<RequestId> {
        let at: Vec<RequestId> =
            self.known.iter().filter(|(_, known)| known.stage == stage).map(|(id, _)| *id).collect();
        (!at.is_empty()).then(|| at[usize::from(number) % at.len()])
    }

    fn ask(&mut self, waiting: Waiting) {
        let id = RequestId::from_uuid(Uuid::from_u128(self.id()));
        self.scheduler.line.add(id, waiting.clone(), self.now);
        self.known.insert(id, Known { stage: Stage::Waits, waiting, posts: 0 });
    }

    fn happen(&mut self, happening: &Happening) {
        let rules = Rules { overall: OVERALL, of: &limits };
        match *happening {
            Happening::Ask { count, gateway: number, cents, first } => {
                let batch = BatchId::from_uuid(Uuid::from_u128(self.id()));
                let count = usize::from(count);
                let line = &self.scheduler.line;
                let places = if first { line.first_places(count) } else { line.last_places(count) };
                for place in places {
                    self.ask(Waiting {
                        profile: gateway(number),
                        batch: Some(batch),
                        place,
                        estimate: cents.map(|cents| Money::from_micros(i64::from(cents) * 10_000)),
                        ..Waiting::default()
                    });
                }
            }
            Happening::PauseAll(paused) => {
                self.scheduler.paused = paused;
                self.paused = paused;
            }
            Happening::Pause(number, paused) => {
                let Some(id) = self.pick(Stage::Waits, number) else { return };
                self.scheduler.line.change(id, self.now, |waiting| waiting.paused = paused).unwrap();
                self.known.get_mut(&id).unwrap().waiting.paused = paused;
            }
            Happening::Later(number, seconds) => {
                let Some(id) = self.pick(Stage::Waits, number) else { return };
                let at = self.now + std::time::Duration::from_secs(seconds.into());
                self.scheduler.line.change(id, self.now, |waiting| waiting.not_before = Some(at)).unwrap();
                self.known.get_mut(&id).unwrap().waiting.not_before = Some(at);
            }
            Happening::Move(number, spot, other) => {
                let Some(id) = self.pick(Stage::Waits, number) else { return };
                let other = self.pick(Stage::Waits, other).unwrap();
                let spot = [
                    QueuePosition::First,
                    QueuePosition::Last,
                    QueuePosition::Before(other),
                    QueuePosition::After(other),
                ][usize::from(spot) % 4];
                for moved in self.scheduler.line.relocate(&[id], spot, self.now) {
                    let place = self.scheduler.line.get(moved).unwrap().place;
                    self.known.get_mut(&moved).unwrap().waiting.place = place;
                }
            }
            Happening::Cancel(number) => {
                let Some(id) = self.pick(Stage::Waits, number) else { return };
                self.scheduler.line.remove(id).unwrap();
                self.known.get_mut(&id).unwrap().stage = Stage::Ended;
            }
            Happening::Again(number) => {
                // A new request: the old one has ended and stays so.
                let Some(id) = self.pick(Stage::Ended, number) else { return };
                let place = self.scheduler.line.last_place();
                self.ask(Waiting { place, paused: false, not_before: None, ..self.known[&id].waiting.clone() });
            }
            Happening::End(number, fate) => {
                let Some(id) = self.pick(Stage::Sent, number) else { return };
                self.end(id, fate, &rules);
            }
            Happening::Try(works) => {
                for profile in self.scheduler.gateways.take_due(self.now) {
                    if works {
                        self.scheduler.gateways.reached(&profile);
                    } else {
                        let failure = Failure::new(FailureKind::NoConnection);
                        self.scheduler.gateways.not_reached(&profile, failure, self.now, 0.5);
                    }
                }
            }
            Happening::Cap(cents) => {
                self.caps.day = cents.map(|cents| Money::from_micros(i64::from(cents) * 10_000));
                self.scheduler.purse.caps = self.caps;
            }
            Happening::Pass(seconds) => self.now += std::time::Duration::from_secs(seconds.into()),
            Happening::Sleep(hours) => {
                self.now += std::time::Duration::from_secs(u64::from(hours) * 3600);
                self.scheduler.gateways.woke(self.now);
            }
            Happening::Crash => self.crash(),
        }
    }

    fn book(&mut self, id: RequestId, charged: Charge, amount: Option<Money>) {
        let waiting = &self.known[&id].waiting;
        let spending = Spending {
            at: self.now,
            request: id,
            profile: waiting.profile.clone(),
            model: waiting.model.clone(),
            batch: waiting.batch,
            charged,
            amount,
            estimate: waiting.estimate,
            pictures: 0,
            took_ms: None,
        };
        self.scheduler.book(&spending, self.now);
        self.journal.push(spending);
    }

    fn end(&mut self, id: RequestId, fate: Fate, rules: &Rules<'_>) {
        let now = self.now;
        let end = |model: &mut Self, end: &End<'_>| {
            model.scheduler.ended(id, end, now, rules);
            model.known.get_mut(&id).unwrap().stage = Stage::Ended;
        };
        match fate {
            Fate::Picture { cheaper } => {
                let thought = self.known[&id].waiting.estimate;
                let cost = thought.map(|thought| if cheaper { thought.part(0, 2) } else { thought });
                *self.pictures.entry(id).or_default() += 1;
                self.book(id, Charge::Yes, cost);
                end(self, &End::Well);
            }
            Fate::Refused => {
                self.book(id, Charge::No, None);
                end(self, &End::Failed(&Failure::new(FailureKind::WrongKey).status(401)));
            }
            Fate::CutOff => {
                self.book(id, Charge::Maybe, None);
                end(self, &End::Failed(&Failure::new(FailureKind::CutOff)));
            }
            Fate::Cancelled => {
                self.book(id, Charge::Maybe, None);
                end(self, &End::Cancelled);
            }
            Fate::TooMany { wait } => {
                let wait = wait.then_some(std::time::Duration::from_secs(20));
                self.scheduler.refused(id, wait, now, 0.5);
                self.scheduler.put_back(id, now);
                let known = self.known.get_mut(&id).unwrap();
                known.stage = Stage::Waits;
                known.posts -= 1;
            }
            Fate::NotReached => {
                let profile = self.known[&id].waiting.profile.clone();
                let failure = Failure::new(FailureKind::NoConnection);
                self.scheduler.gateways.not_reached(&profile, failure, now, 0.5);
                self.scheduler.put_back(id, now);
                let known = self.known.get_mut(&id).unwrap();
                known.stage = Stage::Waits;
                known.posts -= 1;
            }
        }
    }

    /// Everything that is not on disk is gone: what was under way is interrupted and may be charged, and is never sent
    /// again by itself.
    fn crash(&mut self) {
        let on_their_road: Vec<RequestId> =
            self.known.iter().filter(|(_, known)| known.stage == Stage::Sent).map(|(id, _)| *id).collect();
        for id in on_their_road {
            self.book(id, Charge::Maybe, None);
            self.known.get_mut(&id).unwrap().stage = Stage::Ended;
        }
        self.scheduler = Scheduler::new(self.caps, TimeZone::UTC, self.now);
        self.scheduler.paused = self.paused;
        for spending in &self.journal {
            self.scheduler.purse.book(spending);
        }
        for (id, known) in &self.known {
            if known.stage == Stage::Waits {
                self.scheduler.line.add(*id, known.waiting.clone(), self.now);
            }
        }
    }

    /// What was spent today, from the journal alone.
    fn spent_today(&self) -> Money {
        let today = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
        let of_today = self.journal.iter().filter(|spending| today(spending.at) == today(self.now));
        of_today.filter_map(Spending::counted).sum()
    }

    /// Lets start what may, and looks at each that does.
    fn start(&mut self) {
        let rules = Rules { overall: OVERALL, of: &limits };
        while let Some(id) = self.scheduler.start_next(self.now, &rules) {
            let known = self.known.get_mut(&id).unwrap();
            assert_eq!(known.stage, Stage::Waits, "only who waits is sent");
            assert!(!self.paused && !known.waiting.paused, "what is held back is not sent");
            assert!(known.waiting.not_before.is_none_or(|at| at <= self.now), "nothing comes before its time");
            known.stage = Stage::Sent;
            known.posts += 1;
            assert_eq!(known.posts, 1, "nothing is sent twice that may have been charged");
            let (profile, estimate) = (known.waiting.profile.clone(), known.waiting.estimate);
            self.sent.push((profile.clone(), self.now));
            let running = |profile: Option<&ProfileId>| {
                let on_road = self.known.values().filter(|known| known.stage == Stage::Sent);
                on_road.filter(|known| profile.is_none_or(|profile| known.waiting.profile == *profile)).count()
            };
            assert!(running(None) <= OVERALL);
            assert!(running(Some(&profile)) <= limits(&profile).at_once.unwrap_or(OVERALL));
            if let (Some(most), Some(_)) = (self.caps.day, estimate.filter(|estimate| *estimate > Money::default())) {
                let on_road = self.known.values().filter(|known| known.stage == Stage::Sent);
                let aside: Money = on_road.filter_map(|known| known.waiting.estimate).sum();
                assert!(self.spent_today() + aside <= most, "what is spent and set aside never goes beyond the cap");
            }
        }
        // Nobody who waits is forgotten, and nobody else is in the line.
        let waits = self.known.values().filter(|known| known.stage == Stage::Waits).count();
        assert_eq!(self.scheduler.line.len(), waits);
        assert_eq!(self.scheduler.line.order().len(), waits);
        assert_eq!(
            self.scheduler.running().len(),
            self.known.values().filter(|known| known.stage == Stage::Sent).count()
        );
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => any::<bool>().prop_map(|cheaper| Fate::Picture { cheaper }),
        1 => Just(Fate::Refused),
        1 => Just(Fate::CutOff),
        1 => any::<bool>().prop_map(|wait| Fate::TooMany { wait }),
        1 => Just(Fate::NotReached),
        1 => Just(Fate::Cancelled),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => (1_u8..6, any::<u8>(), prop::option::of(0_u8..20), any::<bool>())
            .prop_map(|(count, gateway, cents, first)| Happening::Ask { count, gateway, cents, first }),
        1 => any::<bool>().prop_map(Happening::PauseAll),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(number, paused)| Happening::Pause(number, paused)),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(number, seconds)| Happening::Later(number, seconds)),
        1 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(one, spot, other)| Happening::Move(one, spot, other)),
        1 => any::<u8>().prop_map(Happening::Cancel),
        1 => any::<u8>().prop_map(Happening::Again),
        8 => (any::<u8>(), fate()).prop_map(|(number, fate)| Happening::End(number, fate)),
        1 => any::<bool>().prop_map(Happening::Try),
        1 => prop::option::of(any::<u8>()).prop_map(Happening::Cap),
        2 => (0_u16..200).prop_map(Happening::Pass),
        1 => (1_u8..30).prop_map(Happening::Sleep),
        1 => Just(Happening::Crash),
    ]
}

/// How many courses of events are tried. Set `ATELIER_CASES` for more.
fn cases() -> u32 {
    std::env::var("ATELIER_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]
    #[test]
    fn whatever_happens_nothing_is_paid_twice_no_cap_is_passed_and_nobody_is_forgotten(
        happenings in prop::collection::vec(happening(), 1..80)
    ) {
        let mut model = Model::new();
        for happening in &happenings {
            model.happen(happening);
            model.start();
        }
        // What may be spent is raised, everything is let go and every gateway works: all of it comes to an end.
        model.happen(&Happening::Cap(None));
        model.happen(&Happening::PauseAll(false));
        let waiting: Vec<RequestId> = model.known.keys().copied().collect();
        for id in waiting {
            model.scheduler.line.change(id, model.now, |waiting| waiting.paused = false);
            model.known.get_mut(&id).unwrap().waiting.paused = false;
        }
        for _ in 0..4_000 {
            // As the loop does it: who is due is tried before anybody starts.
            model.happen(&Happening::Try(true));
            model.start();
            match model.pick(Stage::Sent, 0) {
                Some(id) => {
                    let rules = Rules { overall: OVERALL, of: &limits };
                    model.end(id, Fate::Picture { cheaper: false }, &rules);
                }
                None if model.pick(Stage::Waits, 0).is_none() => break,
                None => {
                    // Nothing may start now: the scheduler knows when something may.
                    let rules = Rules { overall: OVERALL, of: &limits };
                    let next = model.scheduler.next_time(model.now, &rules);
                    model.now = next.expect("a request waits, and nobody knows for what");
                }
            }
        }
        prop_assert_eq!(model.pick(Stage::Waits, 0), None, "nobody waits for ever");
        prop_assert!(model.pictures.values().all(|count| *count == 1));
        // No more is sent within a minute than a gateway is given.
        for profile in ["near", "far", "slow"].map(ProfileId::new) {
            let times: Vec<Timestamp> =
                model.sent.iter().filter(|(of, _)| *of == profile).map(|(_, at)| *at).collect();
            let Some(most) = limits(&profile).per_minute else { continue };
            // A crash forgets what was sent in the minute before it.
            if !happenings.iter().any(|happening| matches!(happening, Happening::Crash)) {
                for window in times.windows(most as usize + 1) {
                    let apart = window[most as usize].duration_since(window[0]).as_secs();
                    prop_assert!(apart >= 60, "{window:?}");
                }
            }
        }
    }
}
