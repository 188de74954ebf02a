//! SVG, drawn to pixels: without scripts, without other files, and with bounds on what it may cost.

mod cost;
mod draw;

pub(crate) use draw::decode_svg;
