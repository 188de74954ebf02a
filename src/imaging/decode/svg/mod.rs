//! Renders SVG: without scripts, without other files, and with limits on its cost.

mod cost_limits;
mod renderer;

pub(crate) use renderer::decode_svg;
