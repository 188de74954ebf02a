//! Prompt sheets: saving, planning and running them.
//!
//! The window owns the open sheet. Each change sends the whole sheet, which is cheap because unchanged rows are shared.
//! The studio saves it a moment later, or before its requests are sent.

mod environment;
mod export;
mod files;
mod send;
mod sheets;

pub(super) use sheets::{SheetInputs, Sheets};
