//! Reports of what was spent.

pub(in crate::studio) mod spending;
