//! Dialogs: each is a state of its own and a function that draws it while it is open.

pub mod batch;
pub mod blind_comparison;
pub mod certificate_trust;
pub mod close_window;
pub mod exchange;
pub mod export;
pub mod grid;
pub mod grid_image;
pub mod import;
pub mod key_help;
pub mod maintenance;
pub mod palette;
pub mod settings;
pub mod spending;
pub mod typed_path;
