//! The commands: each runs with a studio of its own, and prints its results.

pub(super) mod check;
pub(super) mod doctor;
pub(super) mod export;
pub(super) mod generate;
pub(super) mod import;
pub(super) mod organize;
pub(super) mod profiles;
pub(super) mod rebuild;
pub(super) mod sheet;
pub(super) mod spending;
