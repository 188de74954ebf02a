//! The dialog in which a mask is painted: which part of the first reference is to be made anew.

mod canvas;
mod dialog;

pub use dialog::{buttons, show};
