//! The viewer of one image: its thumbnail immediately, all of its pixels when they are loaded.

mod camera;
mod full_image;
mod input;
mod state;
mod toolbar;
mod view;

pub use state::Viewer;
pub use view::show;
