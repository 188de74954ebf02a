//! Properties of images: file format, aspect ratio, size, and masks.

mod aspect_ratio;
mod format;
mod image_size;
mod mask;
mod pixel_size;

pub use aspect_ratio::AspectRatio;
pub use format::Format;
pub use image_size::ImageSize;
pub(crate) use image_size::size_class;
pub use mask::{BrushStroke, Coverage};
pub use pixel_size::{PixelLimits, PixelSize};
