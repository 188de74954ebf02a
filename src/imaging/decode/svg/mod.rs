//! SVG, drawn to pixels: without scripts, without other files, and with bounds on what it may cost.

mod cost_limits;
mod renderer;

pub(crate) use renderer::decode_svg;
