//! Settings as they are typed, and how they are read.

pub(super) mod advanced_draft;
pub(super) mod provider_draft;
