//! The pages: what fills the middle of the window, or all of it.

pub mod batch_view;
pub mod gallery;
pub mod queue;
pub mod sheet;
pub mod viewer;
pub mod welcome;
