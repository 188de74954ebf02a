//! The dialog in which a mask is painted: which part of the first reference is generated again.

mod canvas;
mod dialog;

pub use dialog::{buttons, show};
