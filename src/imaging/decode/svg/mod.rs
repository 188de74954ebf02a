//! Renders SVG without scripts or external files, and with limits on its cost.

mod cost_limits;
mod renderer;

pub(crate) use renderer::decode_svg;
