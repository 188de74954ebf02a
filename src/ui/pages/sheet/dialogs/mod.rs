//! The dialogs of the page.

pub(super) mod export_dialog;
pub(super) mod open_table_dialog;
