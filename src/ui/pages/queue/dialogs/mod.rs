//! The dialogs of the page.

pub(super) mod confirmation;
pub(super) mod edit_dialog;
pub(super) mod schedule_dialog;
