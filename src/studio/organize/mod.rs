//! Marks, collections, the trash and votes, and features of images that are computed in the background.

pub(in crate::studio) mod backfill;
pub(in crate::studio) mod maintenance;
pub(in crate::studio) mod marks_job;
pub(in crate::studio) mod organize_workers;
pub(in crate::studio) mod serial_worker;
pub(in crate::studio) mod trash_job;
pub(in crate::studio) mod votes;
