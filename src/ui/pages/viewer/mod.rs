//! One picture, large: its thumbnail at once, all of its pixels when they are there.

mod camera;
mod full_image;
mod input;
mod state;
mod toolbar;
mod view;

pub use state::Viewer;
pub use view::show;
