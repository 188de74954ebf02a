//! Who starts when. Knows neither tasks nor a clock: the time is passed in, so that tests can try every course of
//! events.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    recipe::{Caps, Charge, Failure, FailureKind, ProfileId, RequestId, Spending},
    studio::{
        protocol::BudgetBlock,
        queue::{
            scheduling::budget::Purse,
            scheduling::gateway_limits::{Gateways, Limits},
            scheduling::pending_queue::{Line, Waiting},
        },
    },
};

/// A request that was started.
#[derive(Clone, Debug)]
pub(in crate::studio::queue) struct Running {
    /// How it stood in the line, where it may have to go back to.
    pub waiting: Waiting,
    /// When it was sent last.
    pub sent: Timestamp,
    /// It was turned down at no cost and waits to be sent again.
    pub pausing: bool,
    /// It counts among the requests that its gateway has taken.
    counted: bool,
}

/// What a person has set.
pub(in crate::studio::queue) struct Rules<'a> {
    /// Requests at once, at all gateways together.
    pub overall: usize,
    /// What is set for each gateway.
    pub of: &'a dyn Fn(&ProfileId) -> Limits,
}

/// How a request has ended.
pub(in crate::studio::queue) enum End<'a> {
    /// With pictures.
    Well,
    /// With a failure.
    Failed(&'a Failure),
    /// A person stopped it.
    Cancelled,
}

/// Requests that wait and that are under way, gateways, and money.
pub(in crate::studio::queue) struct Scheduler {
    pub line: Line,
    pub gateways: Gateways,
    pub purse: Purse,
    /// Nothing starts.
    pub paused: bool,
    /// Nothing starts any more, because the program is about to end.
    pub finishing: bool,
    running: HashMap<RequestId, Running>,
    /// The caps that held something up when it was tried last, by whom.
    capped: Vec<BudgetBlock>,
}

impl Scheduler {
    pub fn new(caps: Caps, zone: TimeZone, now: Timestamp) -> Self {
        Self {
            line: Line::default(),
            gateways: Gateways::default(),
            purse: Purse::new(caps, zone, now),
            paused: false,
            finishing: false,
            running: HashMap::new(),
            capped: Vec::new(),
        }
    }

    /// Starts the next request, if one may start.
    pub fn start_next(&mut self, now: Timestamp, rules: &Rules<'_>) -> Option<RequestId> {
        self.purse.turn_page(now);
        self.gateways.forget_old(now);
        self.line.wake(now);
        self.capped.clear();
        if self.paused || self.finishing {
            return None;
        }
        let Self { line, gateways, purse, capped, .. } = self;
        let open = |profile: &ProfileId| gateways.is_open(profile, (rules.of)(profile), rules.overall, now);
        let next = line.next(open, |waiting| match purse.affords(waiting.batch, waiting.estimate) {
            Ok(()) => true,
            Err(why) => {
                if capped.iter().all(|known| known.cap != why.cap) {
                    capped.push(why);
                }
                false
            }
        })?;
        let waiting = self.line.start(next)?;
        self.gateways.start(&waiting.profile, now);
        self.purse.set_aside(next, waiting.batch, waiting.estimate);
        self.running.insert(next, Running { waiting, sent: now, pausing: false, counted: true });
        Some(next)
    }

    /// Takes up a request that is under way already.
    pub fn take_up(&mut self, id: RequestId, waiting: Waiting, now: Timestamp) {
        self.gateways.start(&waiting.profile, now);
        self.running.insert(id, Running { waiting, sent: now, pausing: false, counted: true });
    }

    /// A request was turned down at no cost, and waits to be sent again.
    pub fn turned_down(&mut self, id: RequestId) {
        let Some(running) = self.running.get_mut(&id) else { return };
        if !std::mem::replace(&mut running.pausing, true) {
            self.gateways.pause(&running.waiting.profile);
        }
        self.gateways.reached(&running.waiting.profile);
    }

    /// A gateway has refused a request at no cost, because there are too many: the gateway rests. The request is put back
    /// next.
    pub fn refused(&mut self, id: RequestId, wait: Option<Duration>, now: Timestamp, random: f64) {
        let Some(running) = self.running.get_mut(&id) else { return };
        running.counted = false;
        let profile = &running.waiting.profile;
        self.gateways.reached(profile);
        self.gateways.refuse(profile, running.sent, wait, now, random);
    }

    /// A request was sent, for the first time or again.
    pub fn sent(&mut self, id: RequestId, now: Timestamp) {
        let Some(running) = self.running.get_mut(&id) else { return };
        let before = std::mem::replace(&mut running.sent, now);
        if std::mem::take(&mut running.pausing) {
            self.gateways.start_again(&running.waiting.profile, now);
        } else {
            self.gateways.sent(&running.waiting.profile, before, now);
        }
    }

    /// Takes in what a request has come to in money, before it ends.
    pub fn book(&mut self, spending: &Spending, now: Timestamp) {
        self.purse.turn_page(now);
        self.purse.book(spending);
        self.purse.release(spending.request);
    }

    /// A request has ended.
    pub fn ended(&mut self, id: RequestId, end: &End<'_>, now: Timestamp, rules: &Rules<'_>) {
        self.purse.release(id);
        let Some(running) = self.running.remove(&id) else { return };
        let profile = &running.waiting.profile;
        match end {
            End::Well => {
                self.gateways.reached(profile);
                self.gateways.went_well(profile, running.sent, (rules.of)(profile), rules.overall, now);
            }
            End::Failed(failure) => {
                if failure.http_status.is_some() {
                    self.gateways.reached(profile);
                }
                if failure.kind == FailureKind::RateLimited && failure.charged == Charge::No {
                    self.gateways.refuse(profile, running.sent, failure.wait, now, 0.0);
                } else if failure.http_status.is_some() {
                    self.gateways.went_well(profile, running.sent, (rules.of)(profile), rules.overall, now);
                }
            }
            End::Cancelled => {}
        }
        self.gateways.leave(profile, running.pausing);
    }

    /// A request was not carried out, which surely cost nothing: it goes back to its place in the line.
    pub fn put_back(&mut self, id: RequestId, now: Timestamp) {
        self.purse.release(id);
        let Some(running) = self.running.remove(&id) else { return };
        self.gateways.leave(&running.waiting.profile, running.pausing);
        if running.counted {
            self.gateways.unsend(&running.waiting.profile, running.sent);
        }
        self.line.add(id, running.waiting, now);
    }

    /// The requests that could start if they could be afforded.
    pub fn too_dear(&self) -> Vec<RequestId> {
        let dear = |id: &RequestId| {
            let waiting = self.line.get(*id);
            waiting
                .is_some_and(|waiting| !waiting.paused && self.purse.affords(waiting.batch, waiting.estimate).is_err())
        };
        self.line.ids().filter(dear).collect()
    }

    /// Requests under way.
    pub fn running(&self) -> &HashMap<RequestId, Running> {
        &self.running
    }

    /// The caps that hold something up.
    pub fn capped(&self) -> &[BudgetBlock] {
        &self.capped
    }

    /// When something may start that could not start at `now`, unless something happens before.
    pub fn next_time(&self, now: Timestamp, rules: &Rules<'_>) -> Option<Timestamp> {
        let day = (!self.capped.is_empty()).then(|| self.purse.next_day()).flatten();
        let gateways = self.gateways.next_time(rules.of, now).filter(|_| self.line.len() > 0);
        [self.line.next_time(), day, gateways].into_iter().flatten().filter(|at| *at > now).min()
    }

    /// Requests that wait and could start, and those under way, by gateway and model.
    pub fn to_do(&self) -> BTreeMap<(ProfileId, String), usize> {
        let mut to_do = BTreeMap::new();
        for (profile, model, count) in self.line.ready() {
            *to_do.entry((profile.clone(), model.to_owned())).or_default() += count;
        }
        to_do
    }
}
