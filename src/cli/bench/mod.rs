//! `atelier bench-library`: measures the speed of a library of any size on this machine.

mod library_figures;
mod window;

pub(super) use library_figures::run;
