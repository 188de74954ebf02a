//! The open view of the library, and loading of what the window shows of its images.

pub(in crate::studio) mod details;
pub(in crate::studio) mod gallery;
pub(in crate::studio) mod stacks;
pub(in crate::studio) mod thumbnails;
pub(in crate::studio) mod view;
