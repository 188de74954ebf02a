//! Append-only logs of JSON lines: ratings, tags and collections, spending, votes.

pub(super) mod append_log;
pub(super) mod entry;
pub(super) mod organizing_journal;
pub(super) mod organizing_state;
pub(super) mod spending_log;
pub(super) mod vote_log;
