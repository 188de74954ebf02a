//! The bar above the pictures: how many there are, what to do with the selected ones, how large they are drawn.

mod filters;
mod title_row;
mod trash;

pub use title_row::{SIDES, resize, show};
