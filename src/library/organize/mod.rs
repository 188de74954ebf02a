//! What a person does to images: ratings, flags, labels, tags, notes, collections, and the trash.

pub(super) mod inverse_change;
pub(super) mod journal_sync;
pub(super) mod marks;
pub(super) mod projection;
pub(super) mod trash;
