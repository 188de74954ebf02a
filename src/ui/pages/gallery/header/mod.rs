//! The bar above the images: their number, the commands for the selected ones, and the size of thumbnails.

mod filters;
mod title_row;
mod trash;

pub use title_row::{SIDES, resize, show};
