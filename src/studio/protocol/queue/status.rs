//! The queue as a whole, as the window shows it.

use std::{sync::Arc, time::Duration};

use crate::recipe::{BatchId, ProfileId, RequestId};

use super::{
    budget::{Capped, Spent},
    gateways::{Offline, Resting},
    progress::Progress,
    room::Room,
};

/// How the queue stands. Sent when that has changed, a few times a second at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueState {
    /// A person has said that nothing is to be sent.
    pub paused: bool,
    /// Nothing else begins, because the program ends when what is under way has come to its end.
    pub finishing: bool,
    /// Requests under way.
    pub running: usize,
    /// Requests that wait and could start, those that wait for a gateway or a cap among them.
    pub waiting: usize,
    /// Requests that a person holds back one by one, and those that waited when the program last stopped.
    pub held: usize,
    /// Requests that wait for a time.
    pub later: usize,
    /// Requests that failed and were not put away.
    pub failed: usize,
    /// Gateways that are not reached. Their requests wait, and go on by themselves.
    pub offline: Vec<Offline>,
    /// Gateways to which nothing is sent for a while, because they limit requests.
    pub resting: Vec<Resting>,
    /// Caps that hold requests up. They go on by themselves when the cap is raised, or its day or month is over.
    pub capped: Vec<Capped>,
    /// The library's disk has no room for the next request. The queue goes on by itself when it has.
    pub short_of: Option<Room>,
    /// How far the present run is.
    pub progress: Progress,
    /// The same for the requests of it that were asked for together.
    pub batches: Vec<(BatchId, Progress)>,
    /// How long the present run still takes, from measured times; nothing where that is not known.
    pub left: Option<Duration>,
    /// What was spent.
    pub spent: Spent,
    /// Requests that wait, in the order in which they are thought to start.
    pub order: Arc<[RequestId]>,
}

impl QueueState {
    /// The rest of a gateway, if nothing is sent to it for a while.
    pub fn rests(&self, profile: &ProfileId) -> Option<&Resting> {
        self.resting.iter().find(|resting| resting.profile == *profile)
    }
}
