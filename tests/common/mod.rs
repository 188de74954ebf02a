//! What several tests share.

pub mod ui;
