//! SVG, drawn to pixels: without scripts, without other files, and with bounds on what it may cost.

mod cost;
mod draw;
mod size;

pub(super) use draw::decode_svg;
pub(super) use size::svg_size;
