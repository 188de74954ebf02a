//! The panels around the middle of the window: at its sides, above and below, and the toasts.

pub mod collections;
pub mod composer;
pub mod font_notice;
pub mod inspector;
pub mod search_completion;
pub mod status_bar;
pub mod toasts;
pub mod top_bar;
