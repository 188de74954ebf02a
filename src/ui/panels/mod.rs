//! What surrounds the middle of the window: the panels at its sides, the bars above and below, and the messages.

pub mod collections;
pub mod composer;
pub mod inspector;
pub mod status_bar;
pub mod toasts;
pub mod top_bar;
