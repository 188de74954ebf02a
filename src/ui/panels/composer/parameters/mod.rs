//! The parameters, and the presets that set several of them.

pub(super) mod parameter_section;
pub(super) mod presets;
