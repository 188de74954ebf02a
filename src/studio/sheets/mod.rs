//! Prompt sheets: keeping them, saying what their rows come to, and asking for what they ask.
//!
//! The window owns the sheet that is open. Every change is sent whole, which is cheap, because rows that have not changed
//! are shared; the studio writes it down a moment later, or before anything is sent for it.

mod environment;
mod export;
mod files;
mod send;
mod sheets;

pub(super) use sheets::{SheetInputs, Sheets};
