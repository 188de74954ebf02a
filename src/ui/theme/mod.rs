//! The look: colors, sizes and fonts by name. Drawing code takes them from here and never writes its own.

pub mod fonts;
pub mod icons;
mod palette;
pub mod size;
mod style;
mod system_fonts;

pub use palette::{MARK, Palette, label_on_image};
pub use style::{choose, install, palette, set_motion, set_text_scale};
pub use system_fonts::{has_font_for, set_font_language};
