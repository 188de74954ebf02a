//! Everything by which a person organizes images: ratings, flags, labels, tags, notes, collections, and the trash.

pub(super) mod inverse_change;
pub(super) mod journal_sync;
mod marks;
pub(super) mod organizer;
mod organizing_log;
mod projection;
#[cfg(test)]
mod tests;
pub(super) mod trash;
